"""Who manages a network interface's address here, and how to ask for a fresh lease.

Nothing in this module runs a command: it names the questions to ask, reads the answers, and says
what is to be done. What each client does when asked:

- **netifd** (OpenWrt): ``ubus call network.interface.NAME renew`` signals its udhcpc, as below.
- **NetworkManager** has no command for it. A changed DHCP setting of the device makes it start its
  DHCP client anew, while link and address stay (``nmcli device modify``; reapplying without a
  change does not).
- **systemd-networkd**: ``networkctl renew`` asks the server of the old lease only; where that one
  is out of reach now, ``networkctl reconfigure`` begins again, with the link up.
- **udhcpc**: SIGUSR1 asks the server of the old lease, then all of them, and after some 12 seconds
  without an answer begins again. Old ones (before BusyBox 1.33) ask only the first: a second
  signal makes those begin again. Its release (SIGUSR2) is not used: two signals overtake each
  other, and a client that got the release last asks for nothing any more.
- **dhcpcd**: ``dhcpcd --rebind`` asks all servers, and begins again if none confirms.
- **dhclient** has no way to be asked. Another one with the same arguments is started, which asks
  all servers for the lease that the file of leases names, and the old one is ended by SIGKILL,
  since SIGTERM may make it give its address back. In this order, so that there is always one.

In every case it is the server that decides: an address of the quarantine network is replaced
because its server refuses it, or is not there any more. docs/protocol.md, "Logins".
"""

from __future__ import annotations

import os
import signal

from ruijie_proxy.runtime.child_process import find_program
from ruijie_proxy.values import frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PROC = "/proc"


@frozen
class Process:
    """A running DHCP client."""

    pid: int
    command: tuple[str, ...]
    """Program and arguments, as it was started or as it calls itself now."""

    @property
    def program(self) -> str:
        """The client's name, whatever file it was started from."""
        words = [os.path.basename(word) for word in self.command[:2]]
        if words[0] == "busybox" and len(words) > 1:
            return words[1]
        # dhcpcd writes over its command: "dhcpcd: eth1 [ip4]".
        return words[0].split(":")[0]

    def names(self, interface: str) -> bool:
        """Whether the command is about this interface."""
        words = {word for argument in self.command for word in argument.split()[-2:]}
        words |= {word for argument in self.command for word in argument.split()}
        return not words.isdisjoint({interface, f"-i{interface}", f"--interface={interface}"})


@frozen
class Run:
    """A step of a renewal: run a command, which must succeed."""

    command: tuple[str, ...]


@frozen
class Signal:
    """A step of a renewal: send a signal to a process, if it still is the same one."""

    process: Process
    number: int


@frozen
class Renewal:
    """How an interface's lease is renewed here."""

    client: str
    """Who does it, for the log."""
    steps: tuple[Run | Signal, ...]
    """One after another; the first that fails ends it."""
    again: tuple[Run | Signal, ...] = ()
    """What helps when no server answers within seconds."""


@frozen
class Question:
    """A command whose output tells whether a manager of interfaces manages this one."""

    command: tuple[str, ...]
    read: Callable[[str, str], Renewal | None]
    """From the interface's name and the output; None: it does not."""


def questions(
    interface: str, find: Callable[[str], str | None] = find_program
) -> tuple[Question, ...]:
    """Return the questions to the managers that are installed, in the order to ask them."""
    known = (
        Question(("ubus", "call", "network.interface", "dump"), _netifd_renewal),
        Question(
            ("nmcli", "--terse", "--fields", "GENERAL.STATE", "device", "show", interface),
            _networkmanager_renewal,
        ),
        Question(
            ("networkctl", "--no-legend", "--no-pager", "list", interface), _networkd_renewal
        ),
    )
    return tuple(question for question in known if find(question.command[0]) is not None)


def renewal_by_process(interface: str, processes: Iterable[Process]) -> Renewal | None:
    """Return how to renew through a DHCP client that runs by itself, if one is there.

    One that names the interface goes before one that serves them all.
    """
    found = {process.program: process for process in processes if process.names(interface)}
    if (udhcpc := found.get("udhcpc")) is not None:
        nudge = (Signal(udhcpc, signal.SIGUSR1),)
        return Renewal("udhcpc", nudge, again=nudge)
    if "dhcpcd" in found:
        return _dhcpcd_renewal(interface)
    if (dhclient := found.get("dhclient")) is not None:
        return _dhclient_renewal(dhclient)
    if any(process.program == "dhcpcd" and _serves_all(process) for process in processes):
        return _dhcpcd_renewal(interface)
    return None
