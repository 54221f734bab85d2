"""The power comes back, and all routers with it: what follows, on a clock of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import inf
from random import Random

from bench.campus.kinds import Kind
from bench.campus.port import Port
from ruijie_proxy.lab.switch.radius_server import RadiusServer

LOGINS_A_SECOND = 200.0
QUEUE = 500
"""Requests that wait at the server at the most; what comes then is dropped."""
BACK_WITHIN = 1.0
"""Seconds in which all routers come back."""
WATCHED = 900.0
"""Seconds after which those that are not online are given up."""
HEARTBEATS_WATCHED = 20.0
"""Seconds over which heartbeats are counted, once all are online: a bit more than the interval."""


@dataclass(frozen=True, slots=True)
class Campus:
    """How large it is, and what its server manages."""

    routers: int = 10_000
    logins_a_second: float = LOGINS_A_SECOND
    queue: int = QUEUE
    dead_for: float = 0.0
    """Seconds in which the switches answer nobody, after the power is back."""
    seed: int = 17

    @property
    def least_time(self) -> float:
        """Seconds that the server needs for all of them."""
        return self.routers / self.logins_a_second


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What came of it. Times are seconds since the switches answer."""

    campus: Campus
    online: Sequence[float]
    """When each of those got online that did."""
    starts: Sequence[int]
    """Of each router."""
    tries: Sequence[int]
    """Of each router: logins that the switch has begun."""
    limited: int
    """How many routers had to wait because of their tries, or gave up."""
    dropped: int
    longest_queue: int
    start_wave: float | None
    """Starts in the busiest second but the first, over their mean up to when all are online;
    None: there are none."""
    heartbeat_wave: float | None
    """Heartbeats in the busiest second over their mean, once all are online; None: there are none.
    """
    complaints: Sequence[str]

    @property
    def offline(self) -> int:
        """How many are not online in the end."""
        return self.campus.routers - len(self.online)

    def online_after(self, part: float) -> float:
        """Return when so many (0 to 1) of all were online; infinity: never."""
        wanted = round(part * self.campus.routers)
        return sorted(self.online)[wanted - 1] if wanted <= len(self.online) else inf


def power_cut(kind: Kind, campus: Campus) -> Aftermath:
    """Let all routers of a kind come back within a second, and see what follows."""
    random = Random(campus.seed)
    server = RadiusServer(campus.logins_a_second, campus.queue)
    ports = [kind.make_port(number, random, server) for number in range(campus.routers)]
    for port in ports:
        port.is_dead = campus.dead_for > 0
    run = _Run(ports, [random.uniform(0, BACK_WITHIN) for _ in ports])
    if campus.dead_for:
        run.until(campus.dead_for)
        for port in ports:
            port.is_dead = False
    began = campus.dead_for
    while any(port.online_at is None for port in ports) and run.now < began + WATCHED:
        run.until(run.now + BACK_WITHIN)
    all_online = run.now
    run.until(all_online + HEARTBEATS_WATCHED)
    starts = [at - began for port in ports for at in port.starts if at >= began]
    beats = [at for port in ports for at in port.heartbeats if at >= all_online]
    return Aftermath(
        campus,
        [port.online_at - began for port in ports if port.online_at is not None],
        [len(port.starts) for port in ports],
        [port.tries for port in ports],
        sum(port.router.was_limited for port in ports),
        server.dropped,
        server.longest_queue,
        _wave([at for at in starts if at >= BACK_WITHIN], all_online - began - BACK_WITHIN),
        _wave(beats, HEARTBEATS_WATCHED),
        [text for port in ports for text in port.switch.complaints],
    )


class _Run:
    """The ports in the order in which something is due at them."""

    def __init__(self, ports: Sequence[Port], begins: Sequence[float]) -> None:
        self.now = 0.0
        self._ports = ports
        self._due = [(at, number) for number, at in enumerate(begins)]
        self._to_begin = set(range(len(ports)))
        heapify(self._due)

    def until(self, end: float) -> None:
        """Let time pass."""
        while self._due and self._due[0][0] <= end:
            at, number = heappop(self._due)
            self.now = max(self.now, at)
            port = self._ports[number]
            if number in self._to_begin:
                self._to_begin.remove(number)
                following = port.begin(self.now)
            else:
                following = port.step(self.now)
            if following is not None:
                heappush(self._due, (following, number))
        self.now = end


def _wave(times: Sequence[float], seconds: float) -> float | None:
    """Return how many there were in the busiest second over the mean of so many seconds."""
    if not times:
        return None
    ordered = sorted(times)
    most = first = 0
    for last, at in enumerate(ordered):
        while ordered[first] <= at - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most / (len(ordered) / seconds)
