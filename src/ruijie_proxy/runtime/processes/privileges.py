"""Giving up what root may do and the daemon does not need: capabilities(7).

Python knows neither capset(2) nor prctl(2). They are called through ``_ctypes``, the extension that
:mod:`ctypes` stands on: 180 kB resident, 56 of them its own. ctypes itself would add as much again,
and a start by way of setpriv(1) a third to the time until the daemon listens. The self-contained
program (openwrt/standalone) has the two in a module of its own, as it cannot load libraries.
"""

from __future__ import annotations

import struct

from ruijie_proxy.i18n import _

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# linux/capability.h
CAP_CHOWN = 0
CAP_DAC_OVERRIDE = 1
CAP_FOWNER = 3
CAP_KILL = 5
CAP_SETGID = 6
CAP_SETUID = 7
CAP_SETPCAP = 8
CAP_NET_BIND_SERVICE = 10
CAP_NET_BROADCAST = 11
CAP_NET_ADMIN = 12
CAP_NET_RAW = 13
CAP_SYS_CHROOT = 18

KEPT = (
    # Packet sockets are opened anew when an interface comes back.
    CAP_NET_RAW,
    # MAC addresses are set at any time (mac: clone, restore_mac).
    CAP_NET_ADMIN,
    # A renewal signals DHCP clients, and dhcpcd runs as a user of its own.
    CAP_KILL,
    # Files that the configuration names may belong to the user who wrote it: a password file read
    # again on SIGHUP, a state_dir or a control socket in somebody's home. Root's own files, which
    # are what matters on a router, are root's without it.
    CAP_DAC_OVERRIDE,
)
"""What the daemon keeps."""
LEFT_TO_COMMANDS = (
    *KEPT,
    # A DHCP client binds port 68, sends broadcasts, ...
    CAP_NET_BIND_SERVICE,
    CAP_NET_BROADCAST,
    # ... becomes a user of its own in an empty directory, ...
    CAP_SETUID,
    CAP_SETGID,
    CAP_SYS_CHROOT,
    # ... and its script replaces resolv.conf, whoever's that is.
    CAP_CHOWN,
    CAP_FOWNER,
)
"""What commands (``dhcp.renew``, a second dhclient, hooks) may have, by root's right when they are
started. The daemon itself has lost it. A command that needs more than a DHCP client has to have it
done by who has it: ``systemctl``, ``ubus``, ``networkctl`` and ``nmcli`` only ask."""

_PR_CAPBSET_DROP = 24
_VERSION = 0x20080522
"""_LINUX_CAPABILITY_VERSION_3: two words for each set."""
_HEADER = struct.Struct("Ii")
"""struct __user_cap_header_struct: version, and the process, 0 for this one."""
_DATA = struct.Struct("6I")
"""struct __user_cap_data_struct, twice: effective, permitted, inheritable; low words first."""
_STATUS_FILE = "/proc/self/status"


class PrivilegesKept(Exception):
    """The process still has what it should have given up; the text says why."""


def drop_privileges() -> bool:
    """Give up for good what is not in :data:`KEPT`; return whether there was anything to give up.

    A process without a capability of that list goes on without it. Raises PrivilegesKept.
    """
    try:
        held = _read_sets()
        if not held["CapPrm"] & ~_mask(KEPT):
            return False  # a service manager has done it
        may_narrow = held["CapEff"] >> CAP_SETPCAP & 1
        surplus = held["CapBnd"] & ~_mask(LEFT_TO_COMMANDS) if may_narrow else 0
        _limit(surplus, held["CapPrm"] & _mask(KEPT))
    except ImportError as error:
        told = _("this Python has no _ctypes (OpenWrt: python3-ctypes)")
        raise PrivilegesKept(told) from error
    except OSError as error:
        raise PrivilegesKept(str(error)) from error
    return True


def _limit(surplus: int, permitted: int) -> None:
    call = c_library()
    # First, because it takes CAP_SETPCAP, which is about to go.
    for number in _numbers(surplus):
        if call("prctl", _PR_CAPBSET_DROP, number, 0, 0, 0) != 0:
            raise OSError(
                _("capability {number} cannot be taken from the bounding set", number=number)
            )
    low, high = permitted & 0xFFFFFFFF, permitted >> 32
    if call("capset", _HEADER.pack(_VERSION, 0), _DATA.pack(low, low, 0, high, high, 0)) != 0:
        raise OSError(_("the capabilities cannot be given up"))


def c_library() -> Callable[..., int]:
    """Return what calls a function of the C library: by its name, with numbers and bytes.

    Raises ImportError where this Python has no way to it.
    """
    try:
        import _linux_calls
    except ImportError:
        import _ctypes

        # NULL, for what is loaded already: dlopen(3). The stubs do not know it.
        library = _ctypes.dlopen(None, 0)  # type: ignore[arg-type]

        def call(name: str, *arguments: int | bytes) -> int:
            result: int = _ctypes.call_cdeclfunction(_ctypes.dlsym(library, name), arguments)
            return result
    else:

        def call(name: str, *arguments: int | bytes) -> int:
            result: int = getattr(_linux_calls, name)(*arguments)
            return result

    return call


def _read_sets() -> dict[str, int]:
    """Return the sets of capabilities by the kernel's names (proc(5)), a bit for each."""
    with open(_STATUS_FILE, encoding="utf-8", errors="replace") as file:
        pairs = (line.split(":", 1) for line in file if line.startswith("Cap"))
        return {name: int(value, 16) for name, value in pairs}


def _mask(numbers: Iterable[int]) -> int:
    return sum(1 << number for number in numbers)


def _numbers(mask: int) -> Iterable[int]:
    return (number for number in range(mask.bit_length()) if mask >> number & 1)
