"""Who manages a network interface's address here, and how to ask for a fresh lease.

Nothing in this module runs a command: it names the questions to ask, reads the answers, and says
what is to be done. The link never goes down. What each of them does when asked:

- **netifd** (OpenWrt): ``ubus call network.interface.NAME renew`` signals its udhcpc, see below.
- **NetworkManager** has no command for it, and reapplying a connection that has not changed does
  nothing. A changed DHCP setting of the device makes it start its DHCP client anew, while the
  address stays. The setting chosen is how long it waits for a lease: for ever, as suits a WAN port.
- **systemd-networkd**: ``networkctl renew`` asks the server of the old lease, and hears no refusal
  of another one. ``networkctl reconfigure`` then begins again.
- **udhcpc**: SIGUSR1 asks the server of the old lease, then all of them, and some 12 seconds
  later, without an answer, begins again. BusyBox before 1.33 asks the first alone; a second signal
  makes that one begin again. SIGUSR2, which releases the lease, would have to be followed by a
  SIGUSR1, and two signals overtake each other: a client that got the release last stays silent.
- **dhcpcd**: SIGHUP, which is what ``dhcpcd --rebind`` sends, asks all servers and begins again if
  none confirms. (The command itself starts a second dhcpcd when it does not find the first.)
- **dhclient** cannot be asked. Another one is started with the same arguments, which asks all
  servers for the lease in the file that both write; then the old one is ended, by SIGKILL, because
  SIGTERM makes some give the address back. In this order, so that there is always one.

In every case it is the servers that decide. An address of the quarantine network is replaced
because they refuse it or do not answer to it any more (docs/protocol.md, "Logins").
"""

from __future__ import annotations

import os

from ruijie_proxy.runtime.basis.c_modules import signal
from ruijie_proxy.runtime.basis.json_text import from_json
from ruijie_proxy.runtime.processes.child_process import find_program
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PROC = "/proc"

_COMMAND_SIZE_LIMIT = 4096
"""Bytes of a process's command line that are looked at."""

_LONGEST_WAITS_FOR_A_LEASE = ("2147483646", "2147483647")
"""Seconds; the latter is NetworkManager's way to say for ever. That they differ is what counts:
whatever was set before, the second is a change."""

_NETWORKMANAGER_FIRST_ACTIVE_STATE = 40
_NETWORKMANAGER_LAST_ACTIVE_STATE = 100
"""NMDeviceState: from NM_DEVICE_STATE_PREPARE to NM_DEVICE_STATE_ACTIVATED."""


class Process(Frozen):
    """A running DHCP client."""

    pid: int
    words: tuple[str, ...]
    """Program and arguments as it was started, or, of dhcpcd, as it calls itself by now."""

    @property
    def program(self) -> str:
        """The client's name, without directory, whatever it was started through."""
        names = [os.path.basename(word) for word in self.words[:2]]
        if names[0] == "busybox" and len(names) > 1:
            return names[1]
        return names[0].removesuffix(":")

    def names(self, interface: str) -> bool:
        """Whether it was told this interface."""
        forms = (interface, f"-i{interface}", f"--interface={interface}")
        return any(word in forms for word in self.words[1:])


class Run(Frozen):
    """A step of a renewal: run a command, which must succeed."""

    command: tuple[str, ...]


class Signal(Frozen):
    """A step of a renewal: send a signal to a process, if it still is the same one."""

    process: Process
    number: int


class Renewal(Frozen):
    """How an interface's lease is renewed here."""

    client: str
    """Who does it, for the log."""
    steps: tuple[Run | Signal, ...]
    """One after another; the first that fails ends it."""
    again: tuple[Run | Signal, ...] = ()
    """What helps when seconds later no server has confirmed or given anything."""


class NotByDhcp(Frozen):
    """A manager of interfaces has this one, and asks no DHCP server for its address."""

    protocol: str
    """How the address comes about, as the manager calls it: ``static``, ``pppoe``, ``none``."""


class Question(Frozen):
    """A command whose output tells whether a manager of interfaces manages this one."""

    command: tuple[str, ...]
    read: Callable[[str, str], Renewal | NotByDhcp | None]
    """From the interface's name and the output of the command; None: it does not."""


def questions(
    interface: str, find: Callable[[str], str | None] = find_program
) -> tuple[Question, ...]:
    """Return the questions to the managers that are installed, in the order to ask them."""
    show_state = ("nmcli", "--terse", "--fields", "GENERAL.STATE", "device", "show", interface)
    list_one = ("networkctl", "--no-legend", "--no-pager", "list", interface)
    all_questions = (
        Question(("ubus", "call", "network.interface", "dump"), _read_netifd),
        Question(show_state, _read_networkmanager),
        Question(list_one, _read_networkd),
    )
    return tuple([question for question in all_questions if find(question.command[0]) is not None])


def renewal_by_process(interface: str, processes: Iterable[Process]) -> Renewal | None:
    """Return how to renew through a DHCP client that runs by itself, None if there is none.

    One that was told the interface goes before one that looks after all of them.
    """
    found: dict[str, Process] = {}
    for process in processes:
        if process.program == "dhcpcd" and _is_main_dhcpcd_for_all(process):
            found.setdefault("dhcpcd for all", process)
        elif process.names(interface) and _is_renewable(process, interface):
            found.setdefault(process.program, process)
    if "udhcpc" in found:
        nudge = (Signal(found["udhcpc"], signal.SIGUSR1),)
        return Renewal("udhcpc", nudge, again=nudge)
    if "dhcpcd" in found:
        return Renewal("dhcpcd", (Signal(found["dhcpcd"], signal.SIGHUP),))
    if "dhclient" in found:
        old = found["dhclient"]
        # -nw: it goes to the background at once, and tries for as long as it takes.
        others = [word for word in old.words[1:] if word != "-nw"]
        another = Run((old.words[0], "-nw", *others))
        return Renewal("dhclient", (another, Signal(old, signal.SIGKILL)))
    if "dhcpcd for all" in found:
        return Renewal("dhcpcd", (Signal(found["dhcpcd for all"], signal.SIGHUP),))
    return None


def dhcp_processes(proc: str = PROC) -> list[Process]:
    """Return the DHCP clients that run in the network namespace of this process."""
    found = []
    own_namespace = network_namespace(proc, "self")
    for name in os.listdir(proc):
        if not name.isdecimal():
            continue
        words = command_words(proc, name)
        if not words:
            continue
        process = Process(int(name), words)
        # A client of another namespace may well have an interface of the same name.
        is_client = process.program in ("udhcpc", "dhcpcd", "dhclient")
        if is_client and network_namespace(proc, name) == own_namespace:
            found.append(process)
    return found


def is_still_running(process: Process, proc: str = PROC) -> bool:
    """Whether the process is there and is the same program: its number may be another's by now."""
    return command_words(proc, str(process.pid)) == process.words


def _read_netifd(interface: str, output: str) -> Renewal | NotByDhcp | None:
    try:
        descriptions = from_json(output)["interface"]
        # Several share a device: wan6 (dhcpv6) has that of wan, and an alias ("@wan") has it as its
        # l3_device alone. So one that has it as its own goes first.
        for key in ("device", "l3_device"):
            for description in descriptions:
                if description.get(key) == interface and description.get("proto") == "dhcp":
                    name = f"network.interface.{description['interface']}"
                    nudge = (Run(("ubus", "call", name, "renew")),)
                    return Renewal("netifd", nudge, again=nudge)
        for description in descriptions:
            protocol = description.get("proto")
            # What IPv6 comes by says nothing of IPv4.
            if description.get("device") == interface and protocol not in (None, "dhcpv6"):
                return NotByDhcp(str(protocol))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None  # no answer of netifd's
    return None


def _read_networkmanager(interface: str, output: str) -> Renewal | None:
    # "GENERAL.STATE:100 (connected)"; "(externally)": somebody else does what it only shows.
    state = output.strip().rpartition(":")[2].partition(" ")[0]
    if "externally" in output or not state.isdecimal():
        return None
    if not _NETWORKMANAGER_FIRST_ACTIVE_STATE <= int(state) <= _NETWORKMANAGER_LAST_ACTIVE_STATE:
        return None
    change = ("nmcli", "device", "modify", interface, "ipv4.dhcp-timeout")
    steps = tuple([Run((*change, seconds)) for seconds in _LONGEST_WAITS_FOR_A_LEASE])
    return Renewal("NetworkManager", steps, again=steps)


def _read_networkd(interface: str, output: str) -> Renewal | None:
    # "2 eth1 ether routable configured"
    columns = output.split()
    if interface not in columns or columns[-1] not in ("configured", "configuring"):
        return None
    return Renewal(
        "systemd-networkd",
        (Run(("networkctl", "renew", interface)),),
        again=(Run(("networkctl", "reconfigure", interface)),),
    )


def _is_renewable(process: Process, interface: str) -> bool:
    words = process.words
    if process.program == "dhcpcd" and words[0] == "dhcpcd:":
        # "dhcpcd: eth1 [ip4]"; its helpers put what they are before the interface.
        return words[1:2] == (interface,) and not _is_for_ipv6_only(process)
    # A dhclient in the foreground (-d) has a keeper, which starts it again or stops it for good.
    return not _is_for_ipv6_only(process) and not (process.program == "dhclient" and "-d" in words)


def _is_main_dhcpcd_for_all(process: Process) -> bool:
    words = process.words
    if words[0] == "dhcpcd:":
        return words[1:2] in (("[manager]",), ("[master]",)) and not _is_for_ipv6_only(process)
    only_options = all(word.startswith("-") for word in words[1:])
    return only_options and not _is_for_ipv6_only(process)


def _is_for_ipv6_only(process: Process) -> bool:
    words = process.words
    return "-6" in words or ("[ip6]" in words and "[ip4]" not in words)


def command_words(proc: str, pid: str) -> tuple[str, ...]:
    """Return program and arguments of a process (its number, or ``self``); none: it has ended."""
    try:
        with open(f"{proc}/{pid}/cmdline", "rb") as file:
            command = file.read(_COMMAND_SIZE_LIMIT)
    except OSError:  # it has ended meanwhile
        return ()
    words = command.rstrip(b"\0").decode("utf-8", "surrogateescape").split("\0")
    if words[0].startswith("dhcpcd: "):
        # It wrote its state over its arguments, in one string.
        words = words[0].split()
    return tuple(words) if words[0] else ()


def network_namespace(proc: str, pid: str) -> tuple[int, int] | None:
    """Return what is the same for processes of one network namespace; None: it has ended."""
    # Each namespace has files of its own below there. ns/net would be the plain way, but may only
    # be looked at with all the capabilities that the other process has (ptrace(2)).
    try:
        status = os.stat(f"{proc}/{pid}/net/dev")
    except OSError:  # it has ended
        return None
    return status.st_dev, status.st_ino
