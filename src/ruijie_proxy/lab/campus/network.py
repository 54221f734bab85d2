"""The cables of the virtual campus: namespaces and veth pairs.

::

    switch ── port ═══ eth1 ── router ── lan ═══ eth0 ── pc          (a LAN of one port)
                               router ── br-lan: lan1 ═══ eth0 ── pc  (a LAN that is a bridge)
                                                 lan2 ═══ eth0 ── pc2

Nothing of it is ever in the machine's own namespace. Namespaces are called
``rp-lab-<pid>-<run>-<role>``, so those of a run that crashed are known by their dead owner, and are
removed when the next campus is built.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any

from ruijie_proxy.i18n import N_, _
from ruijie_proxy.installing import how_to_install
from ruijie_proxy.lab.campus.owners import is_stale, owned_prefix
from ruijie_proxy.lab.errors import LabError, LabUnavailable
from ruijie_proxy.lab.options import RUIJIES_SWITCH

try:
    import pyroute2
    from pyroute2 import netns
except ImportError:  # an optional dependency: LabError says so when a campus is wanted
    pyroute2 = None


PATIENCE = 60
"""Seconds for a step within a namespace. pyroute2 has two, and ten for a socket (its ``config``):
a loaded machine takes them, as the kernel makes and removes namespaces one after the other."""
LINK_LOOK_INTERVAL = 0.01
"""Seconds between two looks at a link that is coming up."""


class Role(StrEnum):
    """Who lives in a namespace."""

    SWITCH = "switch"
    ROUTER = "router"
    PC = "pc"
    SECOND_PC = "pc2"


ROLE_NAMES = (N_("switch"), N_("router"), N_("pc"), N_("pc2"))
"""The roles' values, as people are told of them."""

SWITCH_INTERFACE = "port"
WAN_INTERFACE = "eth1"
SINGLE_LAN_PORT = "lan"
BRIDGE = "br-lan"
BRIDGE_PORTS = {Role.PC: "lan1", Role.SECOND_PC: "lan2"}
PC_INTERFACE = "eth0"

ADDRESSES = {
    (Role.SWITCH, SWITCH_INTERFACE): RUIJIES_SWITCH,
    (Role.ROUTER, WAN_INTERFACE): "02:00:00:00:aa:01",
    (Role.ROUTER, BRIDGE): "02:00:00:00:aa:02",
    (Role.PC, PC_INTERFACE): "02:00:00:00:cc:01",
    (Role.SECOND_PC, PC_INTERFACE): "02:00:00:00:cc:02",
}
"""MAC addresses, for people to recognise in what they see; other interfaces get random ones."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the router's side looks."""

    bridge: bool = False
    """The LAN is a bridge with two ports and a PC behind each, instead of one port."""
    wan_address: str | None = None
    """IPv4 address with prefix length of the router's WAN port, such as `10.20.0.2/24`."""
    switch_address: str = RUIJIES_SWITCH
    """MAC address of the switch, whose vendor clients tell by it."""

    @property
    def lan(self) -> str:
        """The interface that a configuration names as `lan`."""
        return BRIDGE if self.bridge else SINGLE_LAN_PORT

    @property
    def pcs(self) -> dict[Role, str]:
        """Each PC, and the port of the router that it is plugged into."""
        return dict(BRIDGE_PORTS) if self.bridge else {Role.PC: SINGLE_LAN_PORT}


class CampusNetwork:
    """The namespaces of one campus, there while the context lasts."""

    def __init__(self, layout: Layout | None = None) -> None:
        self.layout = layout or Layout()
        self._prefix = ""
        self._made: list[str] = []

    def __enter__(self) -> CampusNetwork:
        """Build it. Raises LabUnavailable when this machine or user cannot."""
        _check_requirements()
        pyroute2.config.default_communicate_timeout = PATIENCE
        pyroute2.config.default_create_socket_timeout = PATIENCE
        remove_stale_namespaces()
        self._prefix = _free_prefix()
        try:
            self._build()
        except BaseException as error:
            self._remove()
            if isinstance(error, OSError | pyroute2.NetlinkError):
                raise LabUnavailable(
                    _("The virtual campus's network cannot be built: {reason}.", reason=error)
                ) from error
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove every namespace, and with them all that is in them."""
        self._remove()

    def namespace(self, role: Role) -> str:
        """Return the name of a namespace, as ``ip netns`` takes it."""
        return f"{self._prefix}{role.value}"

    def entry(self, role: Role) -> list[str]:
        """Return the command to be put before another one that is to run in a namespace.

        /sys is the namespace's own there. What is run that way gets SIGTERM when this process dies.
        """
        return ["setpriv", "--pdeathsig", "TERM", "ip", "netns", "exec", self.namespace(role)]

    def set_link(self, role: Role, interface: str, *, up: bool) -> None:
        """Bring an interface up or down, as unplugging the cable at that end does."""
        with _open(self.namespace(role)) as links:
            links.link("set", index=_index(links, interface), state="up" if up else "down")

    def unplug(self, pc: Role) -> None:
        """Remove the cable between a PC and the router, interfaces and all."""
        port = self.layout.pcs[pc]
        with _open(self.namespace(Role.ROUTER)) as links:
            links.link("del", index=_index(links, port))

    def plug(self, pc: Role) -> None:
        """Lay the cable between a PC and the router, and bring both ends up."""
        port = self.layout.pcs[pc]
        self._cable((Role.ROUTER, port), (pc, PC_INTERFACE))
        if not self.layout.bridge:
            return
        with _open(self.namespace(Role.ROUTER)) as links:
            links.link("set", index=_index(links, port), master=_index(links, BRIDGE))

    def _build(self) -> None:
        for role in (Role.SWITCH, Role.ROUTER, *self.layout.pcs):
            name = self.namespace(role)
            self._made.append(name)
            netns.create(name)
            self.set_link(role, "lo", up=True)
        self._cable((Role.SWITCH, SWITCH_INTERFACE), (Role.ROUTER, WAN_INTERFACE))
        if self.layout.bridge:
            with _open(self.namespace(Role.ROUTER)) as links:
                address = ADDRESSES[Role.ROUTER, BRIDGE]
                links.link("add", ifname=BRIDGE, kind="bridge", address=address)
            self.set_link(Role.ROUTER, BRIDGE, up=True)
        for pc in self.layout.pcs:
            self.plug(pc)
        if self.layout.wan_address:
            address, _, prefix_length = self.layout.wan_address.partition("/")
            with _open(self.namespace(Role.ROUTER)) as links:
                wan = _index(links, WAN_INTERFACE)
                links.addr("add", index=wan, address=address, prefixlen=int(prefix_length))

    def _cable(self, one: tuple[Role, str], other: tuple[Role, str]) -> None:
        peer = {
            "ifname": other[1],
            "net_ns_fd": self.namespace(other[0]),
            **self._address(other),
        }
        with _open(self.namespace(one[0])) as links:
            links.link("add", ifname=one[1], kind="veth", peer=peer, **self._address(one))
        for role, interface in (one, other):
            self.set_link(role, interface, up=True)
        wait_until_it_sends(self.namespace(one[0]), one[1])

    def _address(self, end: tuple[Role, str]) -> dict[str, str]:
        if end == (Role.SWITCH, SWITCH_INTERFACE):
            return {"address": self.layout.switch_address}
        return {"address": ADDRESSES[end]} if end in ADDRESSES else {}

    def _remove(self) -> None:
        while self._made:
            _remove_namespace(self._made.pop())


def wait_until_it_sends(namespace: str, interface: str) -> None:
    """Wait until the end of a cable that was up before the other one sends what it is given.

    It gets its queue from a worker of the kernel, after the other end has come up
    (net/core/link_watch.c). Until then frames count as sent and are gone, which happens where many
    namespaces are made and removed. The end that comes up last sends at once, though the kernel may
    call it down for another second. Raises LabError when there is no such interface, or it does not
    come up.
    """
    with _open(namespace) as links:
        _index(links, interface)
        up = {"ifname": interface, "operstate": "UP"}
        try:
            links.poll(links.link, "dump", timeout=PATIENCE, interval=LINK_LOOK_INTERVAL, **up)
        except TimeoutError as error:
            raise LabError(
                _(
                    "The interface {interface} in this part of the virtual campus has no link "
                    "after {seconds} s.",
                    interface=interface,
                    seconds=PATIENCE,
                )
            ) from error


def remove_stale_namespaces() -> list[str]:
    """Remove the namespaces of campuses whose process is gone; return their names."""
    stale = [name for name in netns.listnetns() if is_stale(name)]
    for name in stale:
        _remove_namespace(name)
    return stale


def _check_requirements() -> None:
    if pyroute2 is None:
        raise LabUnavailable(
            _(
                "The virtual campus needs pyroute2, which is not installed: {remedy}",
                remedy=how_to_install("pyroute2", "python3-pyroute2"),
            )
        )
    if os.geteuid() != 0:
        raise LabUnavailable(
            _("The virtual campus builds network namespaces, which needs root: run it with sudo.")
        )
    for program, package in (("ip", "iproute2"), ("setpriv", "util-linux")):
        if shutil.which(program) is None:
            raise LabUnavailable(
                _(
                    "The virtual campus needs the program {program}: install {package}.",
                    program=program,
                    package=package,
                )
            )


def _free_prefix() -> str:
    """Return a prefix that no namespace has: one process may build several campuses."""
    names = netns.listnetns()
    for run in itertools.count():
        prefix = f"{owned_prefix()}{run}-"
        if not any(name.startswith(prefix) for name in names):
            break
    return prefix


def _remove_namespace(name: str) -> None:
    # Another campus may have found the same stale namespace a moment before.
    with contextlib.suppress(FileNotFoundError):
        netns.remove(name)


@contextlib.contextmanager
def _open(namespace: str) -> Iterator[Any]:
    """Yield pyroute2's view of a namespace that exists."""
    with pyroute2.NetNS(namespace, flags=0) as links:
        yield links


def _index(links: Any, interface: str) -> int:
    found = links.link_lookup(ifname=interface)
    if not found:
        raise LabError(
            _(
                "There is no interface {interface} in this part of the virtual campus.",
                interface=interface,
            )
        )
    return int(found[0])
