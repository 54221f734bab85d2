"""``python -m bench``: measures the daemon beside a kernel bridge and a bare forwarder.

Everything happens in network namespaces of its own and takes about ten minutes, six of them for
many sessions.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Collection
from pathlib import Path

from bench.bytecode import installed_program
from bench.campus.rows import measure_campus
from bench.cold_start import measure_cold_start
from bench.comparison import Comparison
from bench.errors import BenchError
from bench.flooded_login import measure_flooded_logins
from bench.forwarder import Forwarder
from bench.lane import open_lanes
from bench.latency import measure_latency
from bench.many_sessions import measure_many_sessions
from bench.memory import measure_memory
from bench.own_login import measure_own_login, measure_own_ruijie_login
from bench.portal_login import measure_portal_login
from bench.portal_memory import measure_portal_memory
from bench.report import table
from bench.whole_login import measure_simulated_login, measure_standard_login
from ruijie_proxy.lab.campus.interrupts import interruptible
from ruijie_proxy.lab.errors import LabError

INTERRUPTED = 130
"""Exit status of a program that Ctrl-C ended, as shells have it."""

EXPLANATION = """\
The program is measured as make install compiles it.
interpreter: python -c pass, from its start to its end. bridge: the kernel's, which costs next to
nothing. bare: bench/bare_forwarder.py, the least that Python can do.
Latency: logins in Ruijie's dialect through all three in turns, a frame every 10 ms, each compared
byte for byte with what has to arrive; kernel timestamps at the far ends of both cables. The Start
is the same in each login, as a genuine client's is, so after the first the daemon has it ready.
On a machine with other work, run it by `chrt -f 10`: whoever waits for a processor is late.
Memory: after those logins, the daemon being online with its heartbeats going.
Whole login: Start to Success at the PC. In Ruijie's dialect the virtual campus's switch and client
compute and check everything, in about a millisecond a step, which is quick beside a real switch
with its RADIUS server. hostapd and wpa_supplicant on one machine answer within 50 µs, so theirs
shows the relay and hardly anything else: see what the bare forwarder makes of it.
Own login: no PC, no relay. The program and wpa_supplicant log in at the same port in turns, each
time as a new process; Start to Success at the client's end of the cable.
Flooded logins: Starts of strangers from the LAN, requests of strangers from the WAN, each frame of
another address, and the client named by client:. Own logins are of a process that knows no server.
A flood keeps the processors awake, so a login in it may even be quicker.
At a web portal: from the link, with an address and a way out set right after it, until the portal
lets the port in, by the portal's own clock. The curl script (bench/portal_script.sh) is started at
that moment, so its pauses cost it nothing; its memory is that of all its processes at their peak,
each page counted once, the daemon's what stays when it is online. The login session is the
daemon's own, by 802.1X.
Sessions: own logins in one daemon, a simulated switch at each port, a heartbeat every 30 s. Over a
minute: what the kernel counts as the daemon's processor time, and by how much each heartbeat was
later on the cable than it was due.
Power cut: ten thousand routers come back within a second, in simulated time, each at a switch port
of the virtual campus. One RADIUS server manages 200 logins a second and drops what finds 500
waiting; each switch asks it again after 5 s, three times, and then gives the login up without a
word. Of this program the worst kind is shown; minieap and MentoHUST as their sources have them."""
NEEDS_ROOT = "network namespaces need root: run it with sudo"


def main() -> int:
    """Measure, and show the result. Returns the exit status."""
    arguments = _arguments()
    try:
        with interruptible():
            comparisons = _measure(arguments.only or list(_MEASUREMENTS))
    except (BenchError, LabError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: interrupted", file=sys.stderr)
        return INTERRUPTED
    if arguments.json is not None:
        plain = [comparison.to_plain() for comparison in comparisons]
        arguments.json.write_text(json.dumps(plain, indent=2, ensure_ascii=False) + "\n")
    print(table(comparisons), EXPLANATION, sep="\n\n")
    missed = any(comparison.reached is False for comparison in comparisons)
    return 1 if missed and arguments.strict else 0


def _measure_frames() -> list[Comparison]:
    with open_lanes(*Forwarder) as lanes:
        return [*measure_latency(lanes), *measure_memory(lanes)]


def _measure_own_logins() -> list[Comparison]:
    return [*measure_own_login(), *measure_own_ruijie_login()]


def _measure_portals() -> list[Comparison]:
    return [*measure_portal_login(), *measure_portal_memory()]


_MEASUREMENTS: dict[str, tuple[str, Callable[[], list[Comparison]]]] = {
    "frames": ("a frame's latency, and memory (40 s)", _measure_frames),
    "login": ("whole logins in Ruijie's dialect (25 s)", measure_simulated_login),
    "standard-login": ("whole logins of hostapd and wpa_supplicant (30 s)", measure_standard_login),
    "own-login": ("whole logins of its own, beside wpa_supplicant's (35 s)", _measure_own_logins),
    "flooded-login": (
        "whole logins while strangers flood both sides (1 min)",
        measure_flooded_logins,
    ),
    "sessions": ("1, 10, 100 and 500 sessions in one daemon (6 min)", measure_many_sessions),
    "portal": ("logins at a web portal, beside a curl script's (1 min)", _measure_portals),
    "campus": ("ten thousand routers after a power cut (4 min)", measure_campus),
    "start": ("cold starts (5 s)", measure_cold_start),
}


def _measure(names: Collection[str]) -> list[Comparison]:
    if os.geteuid() != 0 and set(names) != {"campus"}:
        raise BenchError(NEEDS_ROOT)
    comparisons = []
    with installed_program():
        for name, (doing, measure) in _MEASUREMENTS.items():
            if name in names:
                print(f"bench: {doing} …", file=sys.stderr)
                comparisons += measure()
    return comparisons


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--strict", action="store_true", help="fail when a target is missed")
    parser.add_argument(
        "--only", action="append", choices=_MEASUREMENTS, help="measure only this; may be repeated"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
