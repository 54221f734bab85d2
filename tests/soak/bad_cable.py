"""A bad cable, laid between the switch and the router: it loses, delays, reorders and doubles.

As ``tc qdisc add … netem`` would with the same numbers; not every kernel has that, and this one can
be made good and bad again while frames are on their way.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator

from ruijie_proxy.lab.campus.campus import Campus
from tests.namespaces.cable import lay_cable

CABLE = """
import heapq, os, random, select, socket, sys, time
LOST, DOUBLED, REORDERED, DELAY, JITTER = 0.30, 0.10, 0.25, 0.050, 0.020
chance = random.Random(int(sys.argv[1]))
ends = []
for name in ("left", "right"):
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    end.bind((name, 0x888E))
    index = socket.if_nametoindex(name)
    end.setsockopt(263, 1, index.to_bytes(4, sys.byteorder) + bytes((1, 0, 0, 0)) + bytes(8))
    ends.append(end)
bad, waiting, count = False, [], 0
print("ready", flush=True)
while True:
    patience = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
    readable, _, _ = select.select([*ends, 0], [], [], patience)
    for end in readable:
        if end == 0:
            command = os.read(0, 1)
            if not command:
                sys.exit()
            bad = command == b"b"
            continue
        frame, address = end.recvfrom(65535)
        if address[2] == socket.PACKET_OUTGOING:
            continue
        to = ends[1 - ends.index(end)]
        if bad and chance.random() < LOST:
            continue
        for _ in range(1 + (bad and chance.random() < DOUBLED)):
            late = DELAY + chance.uniform(-JITTER, JITTER) if bad else 0.0
            if chance.random() < REORDERED:
                late = 0.0  # this one overtakes
            count += 1
            heapq.heappush(waiting, (time.monotonic() + late, count, to, frame))
    while waiting and waiting[0][0] <= time.monotonic():
        _, _, to, frame = heapq.heappop(waiting)
        try:
            to.send(frame)
        except OSError:
            pass
"""


class BadCable:
    """The cable; good until it is said to be bad."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def be(self, *, bad: bool) -> None:
        """Be bad from now on, or good again."""
        assert self._process.stdin is not None
        self._process.stdin.write("b" if bad else "g")
        self._process.stdin.flush()


@contextlib.contextmanager
def lay_bad_cable(campus: Campus, seed: int) -> Iterator[BadCable]:
    """Put it in the place of the cable between switch and router, while the context lasts."""
    with lay_cable(campus, f"cable{seed}", CABLE, str(seed)) as process:
        yield BadCable(process)
