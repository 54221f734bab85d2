"""Everything that was gathered, for the examiners."""

from __future__ import annotations

from ruijie_proxy.doctor.gathering.heard import Heard
from ruijie_proxy.doctor.gathering.interfaces import Interfaces
from ruijie_proxy.notation import YAML
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ruijie_proxy.config.shape.model import Configuration, SessionConfiguration
    from ruijie_proxy.config.shape.problems import Problem
    from ruijie_proxy.doctor.gathering.addresses import WanAddress
    from ruijie_proxy.doctor.gathering.programs import Program
    from ruijie_proxy.engine.portal.finding import Found
    from ruijie_proxy.notation import Notation
    from ruijie_proxy.runtime.ports.bridge_vlans import LanVlan

ONLINE = "online"
"""The state of a session that is (docs of `status --json`)."""


class Machine(Frozen):
    """The facts. A test of an examiner gives those that matter to it."""

    path: str = ""
    """The configuration's file."""
    configuration: Configuration | None = None
    """None when it cannot be used."""
    notation: Notation = YAML
    """How the configuration is written, or would be."""
    is_missing: bool = False
    """There is no such file."""
    is_forbidden: bool = False
    """This user may not read it."""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    missing_capabilities: tuple[str, ...] = ()
    interfaces: Interfaces = Interfaces()
    lan_vlans: tuple[tuple[str, LanVlan], ...] = ()
    """What the sessions' LANs have to do with VLANs, those that have."""
    heard: Heard = Heard()
    unlearnt: frozenset[bytes] = frozenset()
    """MAC addresses that were heard on a bridge of ours, and that the bridge knows no port for."""
    programs: tuple[Program, ...] = ()
    port_holders: tuple[tuple[str, int], ...] = ()
    """WAN ports that a process of this program serves, and its number."""
    wan_addresses: tuple[tuple[str, WanAddress], ...] = ()
    portals: tuple[tuple[str, Found], ...] = ()
    """The web portals behind WAN ports on which no switch was heard."""
    lans_with_gateway: frozenset[str] = frozenset()
    """Interfaces of a LAN through which a default route leads."""
    statuses: tuple[dict[str, Any], ...] | None = None
    """What the daemon says of its sessions, as in `status --json`; None: no daemon answers."""
    daemon_trouble: str | None = None
    """Why the daemon could not be asked although it seems to run."""
    start_command: str = "ruijie-proxy run"
    storage_trouble: str | None = None
    """Why nothing can be written where sessions are kept."""
    now: float = 0.0
    """The time, in seconds since 1970."""
    newest_file: float = 0.0
    """When the configuration or the program was written, whichever is later; the same unit."""
    booted_at: float = 0.0
    """When the machine started, by its clock as it is now; the same unit."""

    def status_of(self, session: SessionConfiguration) -> dict[str, Any] | None:
        """Return what the daemon says of a session; None: nothing."""
        for status in self.statuses or ():
            if status["name"] == session.name:
                return status
        return None

    def is_online(self, session: SessionConfiguration) -> bool:
        """Whether the daemon says that a session is online."""
        status = self.status_of(session)
        return status is not None and status["state"] == ONLINE

    def lan_side(self, session: SessionConfiguration) -> frozenset[str]:
        """Return the interfaces of a session's LAN: the bridge and its ports, or the one port."""
        vlan = self.lan_vlan(session)
        if session.lan is None or vlan is None:
            return self.interfaces.side(session.lan) if session.lan else frozenset()
        return frozenset({session.lan, *vlan.port_names})

    def lan_vlan(self, session: SessionConfiguration) -> LanVlan | None:
        """Return what a session's LAN has to do with VLANs; None: nothing."""
        return dict(self.lan_vlans).get(session.lan or "")
