"""Other programs that speak 802.1X on this machine's interfaces.

The kernel lists the packet sockets in /proc/net/packet, and each process's descriptors tell whose
they are. That much needs root; without it, only names are known.
"""

from __future__ import annotations

import os

from ruijie_proxy.config.usual_path import usual_path
from ruijie_proxy.protocol.ethernet import ETHERTYPE_EAPOL
from ruijie_proxy.runtime.address.dhcp_clients import PROC, command_words, network_namespace
from ruijie_proxy.runtime.ports.port_lock import lock_name
from ruijie_proxy.runtime.processes.child_process import find_program
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

CAMPUS_CLIENTS = ("mentohust", "minieap", "rjsupplicant", "xsupplicant", "njit-client", "ead")
"""Programs that do nothing else than to log in at a wired port, and whose socket may listen to all
protocols, so that it does not tell what they are for."""
STANDARD_PROGRAMS = ("wpa_supplicant", "hostapd", "wpad")
"""Programs that serve Wi-Fi as well: only with an interface of ours they are in the way."""
OWN_NAMES = ("ruijie-proxy", "ruijie_proxy")

INIT_SCRIPTS = "/etc/init.d"


class Program(Frozen):
    """A process that speaks 802.1X, or is known to."""

    pid: int
    name: str
    interfaces: frozenset[str] = frozenset()
    """Where it has a socket for 802.1X, or the interfaces of its command line; empty: unknown."""
    is_campus_client: bool = False
    is_own: bool = False
    """It is this program, in another process."""
    end_by: str = ""
    """The command that ends it."""


def read_programs(
    interfaces: dict[int, str],
    proc: str = PROC,
    init_scripts: str = INIT_SCRIPTS,
    find: Callable[[str], str | None] = find_program,
) -> tuple[Program, ...]:
    """Return the programs of this network namespace that speak 802.1X, this process excepted.

    ``interfaces`` are the names by index.
    """
    sockets = _eapol_sockets(proc)
    own_namespace = network_namespace(proc, "self")
    found = []
    for pid in _pids(proc):
        if pid == os.getpid() or network_namespace(proc, str(pid)) != own_namespace:
            continue
        words = command_words(proc, str(pid))
        if not words:
            continue
        name = _name(words)
        bound = {sockets[inode] for inode in _socket_inodes(proc, pid) if inode in sockets}
        named = set(words[1:]) | {word[2:] for word in words[1:] if word.startswith("-i")}
        is_known = name in CAMPUS_CLIENTS or name in STANDARD_PROGRAMS
        places = {interfaces[index] for index in bound if index in interfaces}
        if is_known:
            places.update(named.intersection(interfaces.values()))
        if places or name in CAMPUS_CLIENTS:
            found.append(
                Program(
                    pid=pid,
                    name=name,
                    interfaces=frozenset(places),
                    is_campus_client=name in CAMPUS_CLIENTS,
                    is_own=name == OWN_NAMES[0],
                    end_by=_end_by(name, pid, words, sorted(places), init_scripts, find),
                )
            )
    return tuple(found)


def read_port_holders(wans: Sequence[str], proc: str = PROC) -> tuple[tuple[str, int], ...]:
    """Return which WAN ports a process of this program serves, and that process's number.

    Found by the lock's socket. Calling it, as whoever wants the lock does, would take one of its
    few places for callers for good.
    """
    names = {lock_name(wan): wan for wan in wans}
    with open(f"{proc}/net/unix", encoding="utf-8", errors="replace") as lines:
        # Num RefCount Protocol Flags Type St Inode Path
        rows = [line.split() for line in lines if line.rstrip().endswith(tuple(names))]
    locks = {row[6]: names[row[7]] for row in rows if len(row) == 8 and row[7] in names}
    found = {
        locks[inode]: pid
        for pid in (_pids(proc) if locks else ())
        for inode in _socket_inodes(proc, pid)
        if inode in locks
    }
    return tuple(found.items())


def start_command(path: str, init_scripts: str = INIT_SCRIPTS) -> str:
    """Return the command that starts the daemon on this machine, with a configuration."""
    if path == usual_path():
        if os.path.exists(f"{init_scripts}/ruijie-proxy"):
            return "service ruijie-proxy start"
        return "ruijie-proxy run"
    return f"ruijie-proxy run -c {path}"


def _end_by(
    name: str,
    pid: int,
    words: tuple[str, ...],
    places: list[str],
    init_scripts: str,
    find: Callable[[str], str | None],
) -> str:
    # Under NetworkManager it is started over D-Bus (-u), and would be started again.
    if name == "wpa_supplicant" and "-u" in words and places and find("nmcli") is not None:
        return f"nmcli device set {places[0]} managed no"
    if os.path.exists(f"{init_scripts}/{name}"):
        return f"service {name} stop"
    return f"kill {pid}"


def _eapol_sockets(proc: str) -> dict[str, int]:
    """Return the packet sockets for 802.1X: interface index by inode.

    One without an interface (index 0) is not among them: Wi-Fi's programs have such.
    """
    try:
        with open(f"{proc}/net/packet", encoding="ascii") as lines:
            rows = [line.split() for line in lines][1:]
    except PermissionError:
        return {}
    # sk RefCnt Type Proto Iface R Rmem User Inode
    return {
        row[8]: int(row[4])
        for row in rows
        if int(row[3], 16) == ETHERTYPE_EAPOL and int(row[4]) != 0
    }


def _pids(proc: str) -> Iterator[int]:
    return (int(name) for name in sorted(os.listdir(proc)) if name.isdecimal())


def _socket_inodes(proc: str, pid: int) -> Iterator[str]:
    folder = f"{proc}/{pid}/fd"
    try:
        descriptors = os.listdir(folder)
    except OSError:  # it has ended, or is another user's
        return
    for descriptor in descriptors:
        try:
            target = os.readlink(f"{folder}/{descriptor}")
        except OSError:  # closed meanwhile
            continue
        if target.startswith("socket:["):
            yield target[len("socket:[") : -1]


def _name(words: tuple[str, ...]) -> str:
    names = [os.path.basename(word) for word in words[:3]]
    if any(name in OWN_NAMES for name in names):
        return OWN_NAMES[0]
    return names[0]
