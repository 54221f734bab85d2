"""How long a whole login takes while strangers flood both sides, and how long in silence."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing, nullcontext

from bench.comparison import Comparison, Target
from bench.errors import BenchError
from bench.flood import FRAMES_A_SECOND, Flood
from bench.forwarder import SILENCE, Forwarder
from bench.lane import LAYOUT, open_lanes
from bench.own_login import OwnLogin
from bench.quantiles import median
from bench.simulated_peers import SimulatedPeers
from bench.tap import Tap
from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.network import (
    ADDRESSES,
    PC_INTERFACE,
    SWITCH_INTERFACE,
    WAN_INTERFACE,
    Role,
)
from ruijie_proxy.lab.options import (
    DEFAULT_PASSWORD,
    DEFAULT_USER,
    Heartbeats,
    SwitchOptions,
)
from ruijie_proxy.protocol.eap import EapCode
from ruijie_proxy.protocol.eapol import BODY_OFFSET, TYPE_OFFSET, EapolType
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, SOURCE_OFFSET, parse_mac

LOGINS = 12
WARM_UP_LOGINS = 2
SECONDS_A_LOGIN = 1.1
"""The daemon passes on one Start a second in the long run."""
SETTLING = 0.2
"""Seconds of flood before a login begins."""
TARGET = Target(against=SILENCE, ratio=1.5)
_SWITCH = parse_mac(ADDRESSES[Role.SWITCH, SWITCH_INTERFACE])
_ROUTER = parse_mac(ADDRESSES[Role.ROUTER, WAN_INTERFACE])
_NANOSECONDS_A_MILLISECOND = 1_000_000


def measure_flooded_logins() -> list[Comparison]:
    """Measure relayed logins and own ones. Raises LabError or BenchError."""
    flooded = f"at {FRAMES_A_SECOND} strangers' frames/s"
    return [
        Comparison(f"relayed login {flooded}", "ms", _relayed_logins(), TARGET),
        Comparison(f"own login {flooded}", "ms", _own_logins(), TARGET),
    ]


def _relayed_logins() -> dict[str, float]:
    named = {"client": [ADDRESSES[Role.PC, PC_INTERFACE]]}
    with open_lanes(Forwarder.DAEMON, client_logoff="forward", **named) as (lane,):
        peers = SimulatedPeers(lane)
        return _measure(lane.campus, lane.pc, peers.begin_login, peers.end_session)


def _own_logins() -> dict[str, float]:
    with Campus(LAYOUT) as campus:
        switch = campus.start_switch(SwitchOptions(heartbeats=Heartbeats.OPTIONAL))
        with (
            closing(OwnLogin(campus, DEFAULT_USER, DEFAULT_PASSWORD)) as client,
            closing(Tap(campus.network.namespace(Role.ROUTER), WAN_INTERFACE)) as tap,
        ):

            def end_session() -> None:
                client.end_session()
                switch.command("kick")
                campus.poll(0)  # it complains of answers to strangers, as it should

            return _measure(campus, tap, client.begin_login, end_session)


def _measure(
    campus: Campus, tap: Tap, begin_login: Callable[[], None], end_session: Callable[[], None]
) -> dict[str, float]:
    """Return the median of logins in silence and in the flood, which take turns."""
    measured: dict[str, list[float]] = {SILENCE: [], Forwarder.DAEMON: []}
    for number in range(WARM_UP_LOGINS + LOGINS):
        for column, values in measured.items():
            flood = nullcontext() if column == SILENCE else Flood(campus, _ROUTER)
            with flood:
                time.sleep(SETTLING)
                began = time.monotonic()
                tap.forget()
                begin_login()
                milliseconds = _read_login(tap, column)
                end_session()
            if number >= WARM_UP_LOGINS:
                values.append(milliseconds)
            time.sleep(max(0.0, began + SECONDS_A_LOGIN - time.monotonic()))
    return {column: median(values) for column, values in measured.items()}


def _read_login(tap: Tap, column: str) -> float:
    """Return the milliseconds from the client's Start to the switch's Success."""
    started = None
    while passage := tap.next():
        source = passage.frame[SOURCE_OFFSET : SOURCE_OFFSET + ADDRESS_SIZE]
        packet_type = passage.frame[TYPE_OFFSET]
        if passage.outgoing and packet_type == EapolType.START and started is None:
            started = passage.at if source in _CLIENTS else None
        elif (
            started is not None
            and source == _SWITCH
            and packet_type == EapolType.EAP_PACKET
            and passage.frame[BODY_OFFSET] == EapCode.SUCCESS
        ):
            return (passage.at - started) / _NANOSECONDS_A_MILLISECOND
        if started is not None and passage.at - started > _GIVE_UP:
            break
    raise BenchError(f"{column}: the login came to no Success")


_CLIENTS = (_ROUTER, parse_mac(ADDRESSES[Role.PC, PC_INTERFACE]))
_GIVE_UP = 30_000_000_000
"""Nanoseconds: the flood never lets the tap fall silent."""
