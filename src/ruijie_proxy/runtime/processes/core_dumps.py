"""No core dump: the memory of whatever reads the configuration holds a password.

Every command begins with this (``cli.main``), before anything was read; what it forks has it, too,
and a program that it starts begins anew.
"""

from __future__ import annotations

from ruijie_proxy.runtime.processes.privileges import c_library

_PR_SET_DUMPABLE = 4
"""linux/prctl.h"""
_NOT_DUMPABLE = 0


def prevent_core_dumps() -> None:
    """Have the kernel keep this process's memory from files, dump handlers and debuggers.

    A limit of nothing would keep it from files alone: a handler that core_pattern names gets a dump
    whatever the limit is (core(5)), and is asked to look at it. A process that cannot be dumped at
    all is passed over; only root may look at what it holds, by ptrace(2) or in /proc.
    """
    try:
        call = c_library()
    except ImportError:
        # An OpenWrt without python3-ctypes; it has no such handler.
        from resource import RLIMIT_CORE, getrlimit, setrlimit

        _soft, hard = getrlimit(RLIMIT_CORE)
        # The soft one: commands that are started may raise theirs.
        setrlimit(RLIMIT_CORE, (0, hard))
        return
    call("prctl", _PR_SET_DUMPABLE, _NOT_DUMPABLE, 0, 0, 0)
