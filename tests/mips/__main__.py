"""``python -m tests.mips``: the package on a real MIPS kernel, and a whole relayed login.

The router is emulated; switch and client are the virtual campus's, in namespaces of this machine,
and
the router's two network cards are plugged in between them.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from openwrt.packaging.kinds import self_contained_package
from openwrt.packaging.package import Package
from openwrt.packaging.release import time_of_members
from openwrt.standalone.architectures import ARCHITECTURES
from openwrt.standalone.build import Built, build
from openwrt.standalone.commands import run
from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.network import SINGLE_LAN_PORT, WAN_INTERFACE, Role
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import SwitchOptions
from ruijie_proxy.values import Frozen
from tests.mips.machine import INSTRUCTIONS, Machine, fetch_kernel, make_file_system
from tests.mips.usual_python import install_usual_python
from tests.runtime.test_resident_modules import STANDARD_LIBRARY

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "mips"
ARCHITECTURE = ARCHITECTURES["mipsel_24kc"]
CONFIGURATION = """\
config globals 'globals'
	option control '/var/run/ruijie-proxy/control.sock'

config session 'campus'
	option mode 'relay'
	option wan 'eth0'
	option lan 'eth1'
	option dhcp_renew 'off'
"""
INTERVAL = 2
"""Seconds between heartbeats, as the switch grants them."""
HEARTBEATS = 5
"""How many the switch must accept after the PC has left."""
PATIENCE = 120.0
"""Seconds for each step: the machine is emulated, and its host may be busy."""
LARGEST_PACKAGE = 2_600_000
LARGEST_INSTALLED = 6_000_000
"""Bytes."""
LARGEST_RESIDENT = 6.9
"""MB, while it keeps a relayed session."""
USUAL_MODULES = (
    "__future__ array binascii encodings.ascii enum errno fcntl gc heapq marshal resource select "
    "signal socket struct time"
)
"""Of Python's own, what a daemon like this one loads when it is written as usual, and this one did
at first. Without socket, signal and enum it starts sooner; the measure stays the same."""
LARGEST_START = 1.5
"""Times that of the bare interpreter with those modules."""
_STARTS = {
    "daemon": "daemon until it serves",
    "usual": "CPython as it is usually installed, with a daemon's standard modules",
    "frozen": "the program's own interpreter, with the same modules frozen into it",
}
_STAGES = {
    "interpreter": "the interpreter by itself",
    "modules": "with Python's modules",
    "waiting": "the daemon, waiting for a client",
    "online": "the daemon, keeping a session",
}
_COLUMNS = ("code", "tables", "data", "heap", "stack", "all")
"""guest/scenario.py says what they are."""
BRIDGE_ALL_BUT_PAUSES = "8"
"""group_fwd_mask: a bridge keeps the PAE group address, 01:80:c2:00:00:03, to itself otherwise
(IEEE 802.1D, 7.12.6)."""


class Judged(Frozen):
    """A figure, and what it must not be more than."""

    what: str
    figure: float
    most: float

    @property
    def holds(self) -> bool:
        """Whether it is no more than that."""
        return self.figure <= self.most

    def __str__(self) -> str:
        verdict = "ok" if self.holds else "MISSED"
        return f"{self.what:<40} {self.figure:6.2f} <= {self.most:g}  {verdict}"


class Boot:
    """The machine from its start to its end, and what it told on the way."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.results: dict[str, Any] = {}

    def read_until(self, words: str) -> None:
        """Read on until a line holds these words. Raises SystemExit when none does."""
        while (line := self._machine.read_line()) is not None:
            print(f"  {line}", flush=True)
            _, marked, told = line.partition("result: ")
            if marked:
                self.results |= json.loads(told)
            if words in line:
                return
        raise SystemExit(f"the machine has never said “{words}”")


def main() -> int:
    """Build, boot, watch and judge; return the exit code."""
    built = build(ARCHITECTURE, ROOT / "src", ROOT / "build" / "standalone")
    package = self_contained_package(ROOT, ARCHITECTURE.name, built.executable)
    kernel = fetch_kernel(FOLDER)
    file_system = make_file_system(kernel, _what_the_machine_needs(built, package), FOLDER)
    with Campus() as campus:
        taps = [_plug_in(campus, port) for port in (WAN_INTERFACE, SINGLE_LAN_PORT)]
        switch = campus.start_switch(SwitchOptions(interval=INTERVAL, alive_interval=PATIENCE))
        client = campus.start_client()
        entry = campus.network.entry(Role.ROUTER)
        with Machine(kernel, file_system, entry, taps) as machine:
            boot = Boot(machine)
            boot.read_until("ready")
            client.command("login")
            boot.read_until("takeover")
            client.command("leave")
            campus.wait_for(Role.PC.value, EventKind.LEFT, timeout=PATIENCE)
            campus.plug(Role.PC, plugged=False)
            for _ in range(HEARTBEATS):
                campus.wait_for(
                    Role.SWITCH.value, EventKind.HEARTBEAT, timeout=PATIENCE, since=time.monotonic()
                )
            switch.command("report")
            report = campus.wait_for(Role.SWITCH.value, EventKind.REPORT, timeout=PATIENCE)
            machine.say("look")
            boot.read_until("scenario ended with 0")
    return _judge(boot.results, report.detail, package)


def _what_the_machine_needs(built: Built, package: Package) -> dict[str, Path | str]:
    ipk = FOLDER / "package.ipk"
    ipk.write_bytes(package.to_ipk(time_of_members()))
    python = FOLDER / "python"
    shutil.rmtree(python, ignore_errors=True)
    install_usual_python(built, python)
    packed = FOLDER / "python.tar.gz"
    run(["tar", "-czf", packed.name, "-C", python.name, "."], FOLDER, "Python cannot be packed")
    # Giving up privileges is a module of the program's own there.
    modules = sorted(STANDARD_LIBRARY.keys() - {"_ctypes"})
    return {
        "python.tar.gz": packed,
        "package.ipk": ipk,
        "interpreter": built.interpreter,
        "configuration": CONFIGURATION,
        "standard_modules": ", ".join(modules),
        "usual_modules": USUAL_MODULES.replace(" ", ", "),
    }


def _plug_in(campus: Campus, port: str) -> str:
    """Join a network card of the machine's with one of the router's ports; return its tap."""
    tap, bridge = f"tap-{port}", f"join-{port}"
    entry = campus.network.entry(Role.ROUTER)
    for words in (
        ["ip", "tuntap", "add", tap, "mode", "tap"],
        ["ip", "link", "add", bridge, "type", "bridge", "group_fwd_mask", BRIDGE_ALL_BUT_PAUSES],
        ["ip", "link", "set", port, "master", bridge],
        ["ip", "link", "set", tap, "master", bridge],
        ["ip", "link", "set", tap, "up"],
        ["ip", "link", "set", bridge, "up"],
    ):
        run([*entry, *words], ROOT, "the machine cannot be plugged in")
    return tap


def _judge(results: dict[str, Any], report: Any, package: Package) -> int:
    starts = results["cold_starts"]
    figures = [
        Judged("package, MB", (FOLDER / "package.ipk").stat().st_size / 1e6, LARGEST_PACKAGE / 1e6),
        Judged(
            "installed, MB",
            sum(len(file.data) for file in package.files) / 1e6,
            LARGEST_INSTALLED / 1e6,
        ),
        Judged(
            "resident, relayed session kept, MB", _megabytes(results, "online"), LARGEST_RESIDENT
        ),
        Judged("cold start, x bare interpreter", _times(starts, "usual"), LARGEST_START),
    ]
    _print_memory(results)
    for name, what in _STARTS.items():
        seconds = _quickest(starts, name)
        print(
            f"cold start, {what}: {seconds:.2f} s at {INSTRUCTIONS} million instructions a second"
        )
    print(f"cold start, x the interpreter with frozen modules: {_times(starts, 'frozen'):.2f}")
    for figure in figures:
        print(figure)
    failures = [figure.what for figure in figures if not figure.holds]
    if results["status"]["state"] != "online" or results["exit_code"] != 0:
        failures.append(f"status: {results['status']}, exit code {results['exit_code']}")
    if report["complaints"] or report["starts"] != 1:
        failures.append(f"the switch: {dict(report)}")
    for failure in failures:
        print(f"FAILED: {failure}")
    return 1 if failures else 0


def _quickest(starts: list[dict[str, float]], name: str) -> float:
    """Return the seconds of the quickest start.

    The processor's table of pages (TLB) has 16 entries, and where things lie in memory decides how
    often it is filled: the usual Python takes a quarter longer when it has bad luck, from one build
    to the next or within a run. No start is quicker by luck.
    """
    return min(start[name] for start in starts)


def _times(starts: list[dict[str, float]], other: str) -> float:
    return _quickest(starts, "daemon") / _quickest(starts, other)


def _megabytes(results: dict[str, Any], when: str) -> float:
    kilobytes: int = results[f"resident_{when}"]["all"]
    return kilobytes * 1024 / 1e6


def _print_memory(results: dict[str, Any]) -> None:
    """Print what resident memory is for: by stages, and by what it is."""
    print(f"{'resident, kB':<34}" + "".join(f"{column:>8}" for column in _COLUMNS))
    for name, what in _STAGES.items():
        kilobytes = results[f"resident_{name}"]
        print(f"{what:<34}" + "".join(f"{kilobytes[column]:>8}" for column in _COLUMNS))
    online = results["resident_online"]
    print(f"{online['sockets']} sockets, with {online['queued']} bytes queued, the kernel's")


if __name__ == "__main__":
    sys.exit(main())
