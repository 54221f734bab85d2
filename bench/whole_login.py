"""How long a whole login takes, from the client's Start to the Success, as seen at the PC."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from typing import Protocol

from bench.comparison import Comparison, Target
from bench.errors import BenchError
from bench.forwarder import Forwarder
from bench.lane import Lane, open_lanes
from bench.quantiles import median
from bench.simulated_peers import SimulatedPeers
from bench.standard_peers import StandardPeers, missing_programs
from bench.tap import Tap
from ruijie_proxy.protocol.eap import EapCode
from ruijie_proxy.protocol.eapol import BODY_OFFSET, TYPE_OFFSET, EapolType

SIMULATED_LOGINS = 20
STANDARD_LOGINS = 10
"""wpa_supplicant takes two seconds from its start to its Start."""
WARM_UP_LOGINS = 2
STAGGER = 0.15
"""Seconds between the lanes' logins: they take their time one after the other, not from each
other."""
SECONDS_A_ROUND = 1.1
"""The daemon passes on one Start a second in the long run."""
TARGET = Target(against=Forwarder.BRIDGE, ratio=1.1)
STANDARD_TARGET = Target(against=Forwarder.BARE, ratio=1.25)
"""Their peers answer within 50 µs: what Python costs at all is most of what there is."""
_NANOSECONDS_A_MILLISECOND = 1_000_000


class Peers(Protocol):
    """A switch and a client, at the ends of a lane."""

    def begin_login(self) -> None:
        """Have the client log in."""

    def end_session(self) -> None:
        """Take both back to where they began."""

    def close(self) -> None:
        """End both."""


def measure_simulated_login() -> list[Comparison]:
    """Measure logins in Ruijie's dialect. Raises LabError or BenchError."""
    # The bare forwarder cannot relay these: the switch compares the addresses in the private block.
    milliseconds = _measure((Forwarder.BRIDGE, Forwarder.DAEMON), SimulatedPeers, SIMULATED_LOGINS)
    return [Comparison("whole login, Ruijie's dialect", "ms", milliseconds, TARGET)]


def measure_standard_login() -> list[Comparison]:
    """Measure logins of Debian's own programs. Raises LabError or BenchError."""
    missing = missing_programs()
    if missing:
        raise BenchError(f"not installed: {', '.join(missing)}")
    milliseconds = _measure(tuple(Forwarder), StandardPeers, STANDARD_LOGINS)
    return [Comparison("whole login, hostapd's EAP-MD5", "ms", milliseconds, STANDARD_TARGET)]


def _measure(
    forwarders: Sequence[Forwarder], make_peers: Callable[[Lane], Peers], logins: int
) -> dict[str, float]:
    """Return the median of each forwarder's logins, in milliseconds."""
    with ExitStack() as resources:
        # A client that logs off ends its session, so that the next login finds none.
        lanes = resources.enter_context(open_lanes(*forwarders, client_logoff="forward"))
        pairs = [(lane, resources.enter_context(closing(make_peers(lane)))) for lane in lanes]
        measured: dict[str, list[float]] = {lane.forwarder: [] for lane in lanes}
        for number in range(WARM_UP_LOGINS + logins):
            began = time.monotonic()
            for lane, peers in pairs:
                lane.pc.forget()
                peers.begin_login()
                time.sleep(STAGGER)
            for lane, peers in pairs:
                milliseconds = _read_login(lane.pc, lane.forwarder)
                if number >= WARM_UP_LOGINS:
                    measured[lane.forwarder].append(milliseconds)
                peers.end_session()
            pairs = pairs[1:] + pairs[:1]
            time.sleep(max(0.0, began + SECONDS_A_ROUND - time.monotonic()))
        return {forwarder: median(values) for forwarder, values in measured.items()}


def _read_login(pc: Tap, forwarder: Forwarder) -> float:
    """Return the milliseconds from the Start to the Success that passed by the PC's interface."""
    started = None
    while passage := pc.next():
        packet_type = passage.frame[TYPE_OFFSET]
        if passage.outgoing and packet_type == EapolType.START:
            started = passage.at
        elif (
            started is not None
            and not passage.outgoing
            and packet_type == EapolType.EAP_PACKET
            and passage.frame[BODY_OFFSET] == EapCode.SUCCESS
        ):
            return (passage.at - started) / _NANOSECONDS_A_MILLISECOND
    raise BenchError(f"{forwarder}: the login came to no Success")
