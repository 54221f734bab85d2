"""How long a frame takes through a forwarder, by the kernel's timestamps at both ends.

Both ends are outside the router: the time at which the kernel hands a frame to the cable at one
end, and the one at which it takes it from the cable at the other. So the relay is not touched, and
everything that it costs is in: waking up, reading, deciding, writing.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence

from bench.comparison import Comparison, Target
from bench.errors import BenchError
from bench.forwarder import Forwarder
from bench.lane import Lane
from bench.login_frames import LoginFrame, drop_frame, login_frames
from bench.quantiles import median, quantile
from bench.tap import Passage, Tap
from ruijie_proxy.lab.events import FrameName

LOGINS = 30
WARM_UP_LOGINS = 3
PACE = 0.01
"""Seconds between two frames: those of a real login are as far apart, or farther, so a forwarder
sleeps between them and has left the processor's caches."""
SECONDS_A_LOGIN = 1.05
"""The daemon passes on one Start a second in the long run."""
TARGET = Target(against=Forwarder.BARE, ratio=1.2)
"""Of the median."""
EDGE_TARGET = Target(against=Forwarder.BARE, ratio=1.5)
"""Of the slowest tenth, and of the Start, which begins a login and so decides more than any other
frame."""
_NANOSECONDS_A_MICROSECOND = 1000

Latencies = dict[str, list[float]]
"""Microseconds of each frame, by what it was."""


def measure_latency(lanes: Sequence[Lane]) -> list[Comparison]:
    """Send logins through all lanes in turns.

    Raises BenchError when a frame does not arrive as it has to.
    """
    frames = {lane.forwarder: login_frames(lane) for lane in lanes}
    measured: dict[str, Latencies] = {lane.forwarder: defaultdict(list) for lane in lanes}
    order = list(lanes)
    for number in range(WARM_UP_LOGINS + LOGINS):
        began = time.monotonic()
        for lane in order:
            for frame in frames[lane.forwarder]:
                microseconds = pass_frame(lane, frame)
                if number >= WARM_UP_LOGINS:
                    measured[lane.forwarder][frame.label].append(microseconds)
                time.sleep(PACE)
            end_session(lane)
            time.sleep(PACE)
        # Whoever is slowed down by the one before is another one each time.
        order = order[1:] + order[:1]
        time.sleep(max(0.0, began + SECONDS_A_LOGIN - time.monotonic()))
    return _compare(measured)


def pass_frame(lane: Lane, frame: LoginFrame) -> float:
    """Send one frame through, and return how many microseconds it took.

    Raises BenchError when it does not arrive whole, or arrives changed in another way than this
    forwarder has to change it.
    """
    near, far = (lane.pc, lane.switch) if frame.to_server else (lane.switch, lane.pc)
    near.forget()
    far.forget()
    near.send(frame.sent)
    arrived = _expect(far, lane, frame)
    if arrived.outgoing or arrived.frame != frame.expected:
        raise BenchError(
            f"{lane.forwarder}: the {frame.name} did not arrive as it has to:\n"
            f"  expected {frame.expected.hex()}\n  arrived  {arrived.frame.hex()}"
        )
    left = _expect(near, lane, frame)
    return (arrived.at - left.at) / _NANOSECONDS_A_MICROSECOND


def end_session(lane: Lane) -> None:
    """Let the switch end the session that a login began."""
    lane.switch.send(drop_frame(lane))
    # Nobody reads the daemon's log meanwhile, and a full pipe would stop it.
    lane.campus.poll(0)


def _expect(tap: Tap, lane: Lane, frame: LoginFrame) -> Passage:
    passage = tap.next()
    if passage is None:
        raise BenchError(f"{lane.forwarder}: the {frame.name} did not arrive")
    return passage


def _compare(measured: dict[str, Latencies]) -> list[Comparison]:
    everything = {
        forwarder: [one for latencies in by_label.values() for one in latencies]
        for forwarder, by_label in measured.items()
    }

    def compare(what: str, part: float, target: Target | None) -> Comparison:
        figures = {forwarder: quantile(all_, part) for forwarder, all_ in everything.items()}
        return Comparison(what, "µs", figures, target)

    return [
        compare("latency of a frame, median", 0.5, TARGET),
        compare("  90th percentile", 0.9, EDGE_TARGET),
        compare("  99th percentile", 0.99, None),
        *(
            Comparison(
                f"  median of {label}",
                "µs",
                {forwarder: median(by_label[label]) for forwarder, by_label in measured.items()},
                EDGE_TARGET if label.startswith(FrameName.START) else None,
            )
            for label in measured[Forwarder.DAEMON]
        ),
    ]
