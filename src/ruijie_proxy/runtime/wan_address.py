"""The WAN port's addresses, as far as the program has them changed.

The IPv4 address is renewed, by the DHCP client that is in charge of it; the MAC address may become
the client's.
"""

from __future__ import annotations

from ruijie_proxy.runtime.ports.hardware_address import set_hardware_address
from ruijie_proxy.runtime.ports.interface_facts import read_interface_facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.engine.actions import RenewAddress
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.runtime.address.dhcp_renewal import RenewalReport, Renewer
    from ruijie_proxy.runtime.basis.event_loop import EventLoop


class WanAddress:
    """Changes the addresses of one WAN port, until it is closed."""

    __slots__ = ("_dhcp", "_look_at_links", "_loop", "_on_renewed", "_port", "_renewer")

    def __init__(
        self,
        loop: EventLoop,
        configuration: SessionConfiguration,
        look_at_links: Callable[[], None],
        on_renewed: Callable[[RenewalReport], None],
    ) -> None:
        """``look_at_links`` reads what has happened to links until now."""
        self._loop = loop
        self._port = configuration.wan
        self._dhcp = configuration.dhcp
        self._look_at_links = look_at_links
        self._on_renewed = on_renewed
        self._renewer: Renewer | None = None

    @property
    def is_renewing(self) -> bool:
        """Whether a renewal is under way."""
        return self._renewer is not None and self._renewer.is_running

    def renew(self, _action: RenewAddress) -> None:
        """Have the IPv4 address renewed."""
        if self._renewer is None:
            # Loaded with the first Success: until then a waiting router does without it.
            from ruijie_proxy.runtime.address.dhcp_renewal import Renewer

            self._renewer = Renewer(
                self._loop, self._port, self._dhcp.command, self._dhcp.timeout, self._on_renewed
            )
        self._renewer.renew()

    def changed(self) -> None:
        """Take note that something about the port has changed."""
        if self._renewer is not None:
            self._renewer.address_changed()

    def take_hardware_address(self, address: bytes) -> RouterFacts:
        """Give the port a MAC address, 6 bytes; return what its addresses are then.

        Raises InterfaceError or OSError.
        """
        set_hardware_address(self._port, address)
        # Many drivers take the link down for it, which the session must know of before it sends
        # anything.
        self._look_at_links()
        return read_interface_facts(self._port)

    def close(self) -> None:
        """End a renewal that is under way."""
        if self._renewer is not None:
            self._renewer.close()
