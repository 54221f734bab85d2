"""A session's WAN port and LAN, followed as they come, go and change under their names."""

from __future__ import annotations

from ruijie_proxy.i18n import _, listed
from ruijie_proxy.runtime.ports.bridge_ports import is_wireless
from ruijie_proxy.runtime.ports.interface_errors import InterfaceError
from ruijie_proxy.runtime.ports.port import latest
from ruijie_proxy.runtime.telling.level import Level

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.engine.actions import HeedClients, HeedServers, ListenToClient
    from ruijie_proxy.runtime.ports.lan_side import LanSide
    from ruijie_proxy.runtime.ports.links import LinkMonitor
    from ruijie_proxy.runtime.ports.netlink import Link
    from ruijie_proxy.runtime.ports.port import Port, TooLong


class SessionInterfaces:
    """Opens what is there, until it is closed, and tells the user of what is not."""

    __slots__ = (
        "_lan",
        "_lan_name",
        "_links",
        "_lost_link",
        "_missing_told",
        "_say",
        "_wan",
        "_wan_link",
        "_wan_name",
    )

    def __init__(
        self,
        links: LinkMonitor,
        configuration: SessionConfiguration,
        wan: Port,
        lan: LanSide | None,
        lost_link: Callable[[], None],
        say: Callable[[Level, str], None],
    ) -> None:
        """``lost_link`` is called where the WAN port's link is lost, ``say`` tells the user."""
        self._links = links
        self._wan_name = configuration.wan
        self._lan_name = configuration.lan
        self._wan = wan
        self._lan = lan
        self._lost_link = lost_link
        self._say = say
        self._wan_link: Link | None = None
        """The WAN port as it was when it was last seen."""
        self._missing_told: tuple[str, ...] = ()

    def warn_of_wireless_lan(self) -> None:
        """Say so where no client's 802.1X can come in by the LAN."""
        name = self._lan_name
        if name is not None and is_wireless(name):
            self._say(
                Level.WARNING,
                _(
                    "lan is {name}, a Wi-Fi interface: 802.1X of a wired client cannot come in by "
                    "it. Name the port or bridge that the PC's cable goes to",
                    name=name,
                ),
            )

    def has_carrier(self) -> bool:
        """Whether the WAN port is there and has a link."""
        link = self._links.by_name(self._wan_name)
        return link is not None and link.running

    @property
    def too_long(self) -> TooLong | None:
        """The frames that the WAN port or the LAN did not take, of late."""
        return latest((self._wan.too_long, self._lan.too_long if self._lan else None))

    def refresh_lan(self) -> None:
        """Open what is there of the LAN. Raises InterfaceError for what is of no use."""
        if self._lan is not None and self._lan_name is not None:
            self._tell_if_missing("lan", self._lan_name)
            self._lan.refresh()

    def follow_wan(self) -> Link | None:
        """Open the WAN port, if it is there, and return it.

        Raises InterfaceError when what is there is of no use.
        """
        link = self._links.by_name(self._wan_name)
        if link is not None:
            if self._wan_link is not None and link.was_lost_since(self._wan_link):
                # Gone for a moment, or made anew, before anybody looked.
                self._lost_link()
            self._wan_link = link
        # First, for it is there even where it cannot be listened on.
        self._tell_if_missing("wan", self._wan_name)
        try:
            self._wan.follow(link)
        except InterfaceError:
            self._lost_link()
            raise
        return link

    def close(self) -> None:
        """Let go of both."""
        self._wan.close()
        if self._lan is not None:
            self._lan.close()

    # Whom the engine wants to hear.

    def listen_to_client(self, action: ListenToClient) -> None:
        """Take in frames that the client addresses to the server, or leave off doing so."""
        if self._lan is not None:
            self._lan.listen_to_client(action.listening)

    def heed_clients(self, action: HeedClients) -> None:
        """Hear these clients, however much strangers send."""
        if self._lan is not None:
            self._lan.heed(action.clients)

    def heed_servers(self, action: HeedServers) -> None:
        """Hear these servers, however much strangers send."""
        self._wan.heed(action.servers)
        if action.anew:
            self._wan.hear_anew()

    def _tell_if_missing(self, role: str, name: str) -> None:
        if self._links.by_name(name) is not None:
            self._missing_told = tuple([told for told in self._missing_told if told != role])
        elif role not in self._missing_told:
            self._missing_told += (role,)
            present = listed(sorted(link.name for link in self._links.links.values()))
            self._say(
                Level.WARNING,
                _(
                    "there is no interface {name} ({role}); waiting for it. "
                    "Interfaces here: {present}",
                    name=name,
                    role=role,
                    present=present,
                ),
            )
