"""Other programs' sections in OpenWrt's configuration, and interfaces whose protocol they are."""

from __future__ import annotations

from ruijie_proxy.config.notations.uci_syntax import parse_sections
from ruijie_proxy.i18n import _
from ruijie_proxy.takeover.source import (
    JMU,
    MENTOHUST,
    MINIEAP,
    Entry,
    Interface,
    NothingOfTheirs,
    Origin,
    Source,
    is_ours,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ruijie_proxy.config.notations.uci_syntax import UciOption, UciSection

_PAGES = (MINIEAP, MENTOHUST, JMU)
_INTERFACE = "interface"
_PORT_OF_AN_INTERFACE = ("device", "ifname")
"""OpenWrt 21.02 and later, and before."""
_OF_THE_NETWORK = (
    "proto",
    "auto",
    "metric",
    "defaultroute",
    "peerdns",
    "ipv6",
    "delegate",
    "force_link",
)
"""Options that any interface can have; the other program never sees them."""
_NO_ADDRESS = (MINIEAP, "none")
_ALIAS = "@"


def sources_of_uci(text: str, file: str) -> tuple[Source, ...]:
    """Return what a file of OpenWrt's says of each port.

    Raises NothingOfTheirs, or ConfigurationProblems when it is no UCI.
    """
    sections = parse_sections(text, file)
    sources = [
        Source(section.type, _entries(section.options), origin=Origin.UCI)
        for section in sections
        if section.type in _PAGES
    ]
    interfaces = [section for section in sections if section.type == _INTERFACE]
    sources += [
        _of_interface(section, interfaces)
        for section in interfaces
        if _value(section, "proto") == MINIEAP
    ]
    if sources:
        return tuple(sources)
    if any(section.type == "session" for section in sections):
        raise is_ours()
    if interfaces:
        raise NothingOfTheirs(
            _("has no interface with option proto 'minieap'"),
            _("name the file that has the account, such as /etc/config/minieap"),
        )
    raise NothingOfTheirs(
        _("holds no section of minieap, mentohust or jmusupplicant"),
        _("name /etc/config/minieap, /etc/config/mentohust or /etc/config/jmusupplicant"),
    )


def _of_interface(section: UciSection, interfaces: Sequence[UciSection]) -> Source:
    port = port_of(section, interfaces)
    options = [
        option
        for option in section.options
        if option.name not in (*_OF_THE_NETWORK, *_PORT_OF_AN_INTERFACE)
    ]
    entries = _entries(options)
    if port is not None:
        entries += (Entry("device", port, "nic"),)
    beside = next(
        (
            other.name
            for other in interfaces
            if other is not section
            and port is not None
            and port_of(other, interfaces) == port
            and _value(other, "proto") not in _NO_ADDRESS
        ),
        None,
    )
    interface = Interface(section.name or "", beside)
    return Source(MINIEAP, entries, origin=Origin.NETWORK, interface=interface)


def port_of(section: UciSection, interfaces: Sequence[UciSection]) -> str | None:
    """Return the network port of an interface; ``@wan`` is that of the interface ``wan``."""
    port = next((value for name in _PORT_OF_AN_INTERFACE if (value := _value(section, name))), None)
    if port is None or not port.startswith(_ALIAS):
        return port
    named = next((other for other in interfaces if other.name == port[len(_ALIAS) :]), None)
    if named is None:
        return None
    value = next((value for name in _PORT_OF_AN_INTERFACE if (value := _value(named, name))), None)
    # An alias of an alias is not followed: two can name each other.
    return None if value is None or value.startswith(_ALIAS) else value


def _entries(options: Sequence[UciOption]) -> tuple[Entry, ...]:
    return tuple(Entry(option.name, option.value) for option in options if option.value)


def _value(section: UciSection, name: str) -> str | None:
    """Return what an option of a section says; of several, the last."""
    values = [option.value for option in section.options if option.name == name]
    return values[-1] if values else None
