"""Which ports OpenWrt's network configuration has for the campus and for people's computers."""

from __future__ import annotations

from ruijie_proxy.config.notations.uci_syntax import parse_sections
from ruijie_proxy.takeover.uci_sources import port_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ruijie_proxy.config.notations.uci_syntax import UciSection

NETWORK_PATH = "/etc/config/network"
_INTERFACE = "interface"
_WAN, _LAN = "wan", "lan"
"""What OpenWrt calls the two interfaces."""


def openwrt_ports(text: str, file: str) -> tuple[str | None, str | None]:
    """Return the devices of ``wan`` and ``lan``; None for one that is not there.

    ``file`` is the configuration's name for messages. Raises ConfigurationProblems when the text is
    no UCI.
    """
    interfaces = [one for one in parse_sections(text, file) if one.type == _INTERFACE]
    named = {one.name: _device_of(one, interfaces) for one in interfaces}
    return named.get(_WAN), named.get(_LAN)


def _device_of(section: UciSection, interfaces: Sequence[UciSection]) -> str | None:
    """Return an interface's device: before OpenWrt 21.02, netifd made the bridge of one itself."""
    if any(option.name == "type" and option.value == "bridge" for option in section.options):
        return f"br-{section.name}"
    return port_of(section, interfaces)
