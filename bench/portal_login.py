"""How long a port takes from its link to the portal's letting it in, and what that takes in memory.

::

    switch ── port: gateway and portal ═══ eth1 ── router

Beside the daemon, a script of the usual kind (``portal_script.sh``), which is started at the moment
at which its port is ready: it never waits for its own next turn, as it would in life. The moment of
success is the portal's own, for both.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyroute2

from bench.comparison import Comparison, Target
from bench.errors import BenchError
from bench.forwarder import CURL_SCRIPT, Forwarder
from bench.memory import PAGE, read_memory, read_page_frames
from bench.processes import COMMAND
from bench.quantiles import median
from bench.tap import inside
from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.network import WAN_INTERFACE, Role
from ruijie_proxy.lab.portal.options import PortalOptions
from ruijie_proxy.lab.portal.process import (
    GATE,
    PREFIX_LENGTH,
    ROUTERS,
    PortalProcess,
    lay_gate,
)

SCRIPT = Path(__file__).with_name("portal_script.sh")
PROGRAMS = ("bash", "curl", "awk")
LOGINS = 15
WARM_UP_LOGINS = 1
PATIENCE = 10.0
"""Seconds in which somebody has to be let in."""
GLANCE = 0.01
"""Seconds between two looks."""
TIME_TARGET = Target(against=CURL_SCRIPT, ratio=1.2)
MEMORY_TARGET = Target(against=CURL_SCRIPT, ratio=1.0)
IN_CLEAR = PortalOptions(encrypts=False)
"""What the script can log in to."""
ENCIPHERED = PortalOptions()
PAGES = "Pages"
FIRST, AGAIN, SECRETLY = "first", "again", "secretly"


def measure_portal_login() -> list[Comparison]:
    """Measure logins in turns. Raises LabError or BenchError."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        raise BenchError(f"not installed: {', '.join(missing)}")
    with Bench() as bench:
        for number in range(WARM_UP_LOGINS + LOGINS):
            if number == WARM_UP_LOGINS:
                bench.forget()
            for turn in (bench.log_in_by_script, bench.log_in_by_daemon, bench.watch_script):
                turn()
        return bench.compare()


class Bench:
    """A campus with a portal, and whoever logs in there."""

    def __init__(self) -> None:
        self._resources = ExitStack()
        self.forget()

    def __enter__(self) -> Bench:
        """Build the campus."""
        with ExitStack() as resources:
            self._campus = resources.enter_context(Campus())
            lay_gate(self._campus, IN_CLEAR)
            router = self._campus.network.namespace(Role.ROUTER)
            self._links: Any = resources.enter_context(pyroute2.NetNS(router, flags=0))
            (self._wan,) = self._links.link_lookup(ifname=WAN_INTERFACE)
            self._resources = resources.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Take it down."""
        self._resources.close()

    def forget(self) -> None:
        """Leave out what was measured until now."""
        self._times: dict[str, list[float]] = {}
        self._memory: dict[str, list[dict[str, float]]] = {}

    # Whose turn it is.

    def log_in_by_script(self) -> None:
        """Have the script log in once."""
        self._pull_plug()
        with self._portal(IN_CLEAR) as portal:
            began = self._plug_in()
            with self._script():
                self._note(CURL_SCRIPT, portal, began)

    def watch_script(self) -> None:
        """Have it log in once more, which is not timed, and look at the memory of its processes."""
        self._pull_plug()
        with self._portal(IN_CLEAR) as portal:
            self._plug_in()
            peak: dict[str, float] = {}
            with self._script() as script:
                while not portal.let_in:
                    for name, value in _memory_of_all(script.pid).items():
                        peak[name] = max(value, peak.get(name, 0.0))
                    self._campus.poll(0)
            self._memory.setdefault(CURL_SCRIPT, []).append(peak)

    def log_in_by_daemon(self) -> None:
        """Have a new daemon log in, then again where it knows the portal, then enciphered."""
        self._pull_plug()
        shutil.rmtree(self._campus.state_directory, ignore_errors=True)
        self._campus.configure(
            mode="portal",
            username=IN_CLEAR.user,
            password=IN_CLEAR.password,
            logoff_on_exit=False,
        )
        daemon = self._campus.start_daemon(COMMAND)
        try:
            for name, options in ((FIRST, IN_CLEAR), (AGAIN, IN_CLEAR), (SECRETLY, ENCIPHERED)):
                self._wait_for_state("link-down")
                with self._portal(options) as portal:
                    self._note(name, portal, self._plug_in())
                    if name == FIRST:
                        _wait_for_no_child(daemon.pid)
                        memory = _memory_of_all(daemon.pid)
                        self._memory.setdefault(Forwarder.DAEMON, []).append(memory)
                    self._wait_for_state("online")
                    if portal.complaints:
                        raise BenchError(f"the portal complains: {portal.complaints[0]}")
                    self._pull_plug()
        finally:
            self._campus.stop(daemon)

    # What it comes to.

    def compare(self) -> list[Comparison]:
        """Return what was measured."""
        times = {name: median(values) for name, values in self._times.items()}

        def row(what: str, name: str) -> Comparison:
            figures = {CURL_SCRIPT: times[CURL_SCRIPT], Forwarder.DAEMON.value: times[name]}
            return Comparison(what, "ms", figures, TIME_TARGET)

        def memory(kind: str) -> dict[str, float]:
            return {
                name: median([one[kind] for one in values]) for name, values in self._memory.items()
            }

        secretly = {Forwarder.DAEMON.value: times[SECRETLY]}
        return [
            row("at a web portal: link to online", FIRST),
            row("  again, where the portal is known", AGAIN),
            Comparison("  again, the password enciphered", "ms", secretly),
            Comparison("  memory online; the script's peak", "kB", memory(PAGES), MEMORY_TARGET),
            Comparison("  the processes' sum (RSS)", "kB", memory("Rss")),
            Comparison("  shared pages divided (PSS)", "kB", memory("Pss")),
        ]

    def _note(self, name: str, portal: PortalProcess, began: float) -> None:
        deadline = time.monotonic() + PATIENCE
        while not portal.let_in:
            if time.monotonic() > deadline:
                raise BenchError(f"{name}: nobody was let in within {PATIENCE:.0f} s")
            self._campus.poll(deadline - time.monotonic())
        self._times.setdefault(name, []).append((portal.let_in[0] - began) * 1000)

    # Its steps.

    def _plug_in(self) -> float:
        """Give the port a link, an address and a way out; return when that began."""
        began = time.monotonic()
        self._links.link("set", index=self._wan, state="up")
        self._links.addr("add", index=self._wan, address=ROUTERS, prefixlen=PREFIX_LENGTH)
        self._links.route("add", dst="default", gateway=GATE)
        return began

    def _pull_plug(self) -> None:
        self._links.flush_addr(index=self._wan)
        self._links.link("set", index=self._wan, state="down")

    @contextlib.contextmanager
    def _portal(self, options: PortalOptions) -> Iterator[PortalProcess]:
        """Start a portal that knows nobody yet, and end it."""
        # What came before would be taken for its first word.
        self._campus.history.clear()
        portal = self._campus.start_process(PortalProcess(self._campus, options))
        try:
            yield portal
        finally:
            self._campus.stop(portal)

    @contextlib.contextmanager
    def _script(self) -> Iterator[subprocess.Popen[bytes]]:
        """Start the script, in no other way than its port's own shell would, and end it."""
        with inside(self._campus.network.namespace(Role.ROUTER)):
            script = subprocess.Popen(
                [SCRIPT, IN_CLEAR.user, IN_CLEAR.password],
                stdout=subprocess.DEVNULL,
                # Without a proxy of this machine's.
                env={"PATH": os.environ["PATH"]},
                start_new_session=True,
            )
        try:
            yield script
        finally:
            os.killpg(script.pid, signal.SIGKILL)
            script.wait()

    def _wait_for_state(self, state: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while self._campus.status()["state"] != state:
            if time.monotonic() > deadline:
                raise BenchError(f"the daemon's session does not become “{state}”")


def _wait_for_no_child(process_id: int) -> None:
    """Wait until a process has taken note that those which it has started have ended."""
    while _children(process_id):
        time.sleep(GLANCE)


def _children(process_id: int) -> list[int]:
    told = Path(f"/proc/{process_id}/task/{process_id}/children").read_text()
    return [int(child) for child in told.split()]


def _memory_of_all(process_id: int) -> dict[str, float]:
    """Return what a process and all that it has started have in memory, in kB.

    By the kernel's names as their sum, and by :data:`PAGES` with what they share counted once.
    """
    total = {"Rss": 0.0, "Pss": 0.0}
    frames: set[int] = set()
    waiting = [process_id]
    while waiting:
        one = waiting.pop()
        # It may end meanwhile.
        with contextlib.suppress(OSError, ValueError):
            waiting += _children(one)
            memory = read_memory(one)
            frames |= read_page_frames(one)
            for kind in total:
                total[kind] += memory[kind]
    return {**total, PAGES: len(frames) * PAGE / 1024}
