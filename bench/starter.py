"""Starts processes again and again and times them: ``python -m bench.starter CONFIG COUNT``.

Runs in the router's namespace, so that nothing of entering it is in the times. Prints milliseconds
as JSON: from the start of the process until it listens, and until its end for the interpreter.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.forwarder import INTERPRETER, Forwarder
from bench.lane import BARE_FORWARDER
from bench.processes import PROGRAM
from ruijie_proxy.lab.campus.network import SINGLE_LAN_PORT, WAN_INTERFACE
from ruijie_proxy.protocol.ethernet import ETHERTYPE_EAPOL

PACKET_SOCKETS = Path("/proc/net/packet")
READ_SIZE = 4096
PORTS = 2
"""WAN and LAN."""


@dataclass(frozen=True, slots=True)
class Program:
    """What is started."""

    name: str
    arguments: Sequence[str]
    """To the interpreter."""
    says: bytes | None
    """What it writes once it listens; None: it ends by itself."""

    def start(self) -> float:
        """Start it once and end it; return how many milliseconds it took.

        Raises RuntimeError when it does not listen.
        """
        reading_end, writing_end = os.pipe()
        outputs = [
            (os.POSIX_SPAWN_DUP2, writing_end, descriptor)
            for descriptor in (sys.stdout.fileno(), sys.stderr.fileno())
        ]
        command = [sys.executable, *self.arguments]
        began = time.perf_counter()
        process_id = os.posix_spawn(command[0], command, os.environ, file_actions=outputs)
        os.close(writing_end)
        said = b""
        while self.says is None or self.says not in said:
            piece = os.read(reading_end, READ_SIZE)
            if not piece:
                break
            said += piece
        took = time.perf_counter() - began
        if self.says is not None:
            listening = _count_listeners()
            os.kill(process_id, signal.SIGTERM)
            if listening != PORTS:
                raise RuntimeError(f"{self.name} does not listen on both ports: {said.decode()}")
        os.waitpid(process_id, 0)
        os.close(reading_end)
        return took * 1000


def _count_listeners() -> int:
    """Return how many packet sockets for EAPOL there are in this namespace (packet(7))."""
    lines = PACKET_SOCKETS.read_text().splitlines()[1:]
    return sum(int(line.split()[3], 16) == ETHERTYPE_EAPOL for line in lines)


def main(configuration: str, count: int) -> None:
    """Start all programs in turns."""
    programs = (
        Program(INTERPRETER, ("-c", "pass"), None),
        Program(Forwarder.BARE, (str(BARE_FORWARDER), WAN_INTERFACE, SINGLE_LAN_PORT), b"ready"),
        Program(
            Forwarder.DAEMON,
            (PROGRAM, "run", "-c", configuration),
            b"waiting for a client on",
        ),
    )
    times: dict[str, list[float]] = {program.name: [] for program in programs}
    for program in programs:
        program.start()  # once, to have everything in the disk's cache
    for _ in range(count):
        for program in programs:
            times[program.name].append(program.start())
    print(json.dumps(times))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
