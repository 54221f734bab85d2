"""Many simulated switches in one process, a port each: ``python -m bench.switch_bank COUNT``.

Runs in the switches' namespace, whose interfaces are called ``port0`` and so on. Says ``ready``,
then ``online`` once every port has let its client in; at the end of its standard input it prints,
as JSON, when heartbeats came (by port, in nanoseconds of CLOCK_REALTIME as the kernel took them in)
and what the switches complained of after that.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from dataclasses import dataclass, field

from bench.tap import LONGEST_FRAME, SO_TIMESTAMPNS, TIMESPEC, timestamp
from ruijie_proxy.lab.options import SwitchOptions
from ruijie_proxy.lab.switch.switch import Switch
from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolType
from ruijie_proxy.protocol.ethernet import ETHERTYPE_EAPOL
from ruijie_proxy.runtime.ports.hardware_address import hardware_address

PORT = "port"
TICK = 0.1
"""Seconds between looks at the switches' deadlines."""
RECEIVE_QUEUE = 4 * 1024 * 1024
"""Bytes: every client may start at the same moment."""
SO_RCVBUFFORCE = 33
"""asm-generic/socket.h"""
GRANTED = 60
"""Seconds: longer than the interval that is measured, which the configuration sets."""
OPTIONS = SwitchOptions(
    interval=GRANTED,
    alive_interval=2 * GRANTED,
    # Where hundreds log in at once, everybody waits for everybody.
    first_heartbeat_within=GRANTED,
    step_timeout=GRANTED,
)


@dataclass
class Bank:
    """All switches, behind one socket."""

    count: int
    heartbeats: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [f"{PORT}{number}" for number in range(self.count)]
        self.switches = {name: Switch(OPTIONS, hardware_address(name)) for name in names}
        self.heartbeats = {name: [] for name in names}
        # Bound to no interface, and so of all in this namespace (packet(7)).
        everything = socket.htons(ETHERTYPE_EAPOL)
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, everything)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_QUEUE)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)

    @property
    def online(self) -> int:
        """How many clients are in."""
        return sum(switch.session is not None for switch in self.switches.values())

    def serve(self) -> None:
        """Serve until standard input ends."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        poll.register(sys.stdin, select.POLLIN)
        print("ready", flush=True)
        all_online = False
        tick = time.monotonic()
        while True:
            descriptors = {descriptor for descriptor, _ in poll.poll(TICK * 1000)}
            if self._socket.fileno() in descriptors:
                self._receive()
            if sys.stdin.fileno() in descriptors and not sys.stdin.readline():
                return
            now = time.monotonic()
            if now >= tick:
                tick = now + TICK
                self._look_at_deadlines(now)
                if not all_online and self.online == self.count:
                    all_online = True
                    # Where hundreds log in at once, some do so twice. What counts comes now.
                    for switch in self.switches.values():
                        switch.complaints.clear()
                    print("online", flush=True)

    def _receive(self) -> None:
        frame, control, _, address = self._socket.recvmsg(
            LONGEST_FRAME, socket.CMSG_SPACE(TIMESPEC.size)
        )
        name = address[0]
        switch = self.switches.get(name)
        if switch is None:
            return
        if frame[TYPE_OFFSET] == EapolType.RUIJIE_HEARTBEAT:
            self.heartbeats[name].append(timestamp(control))
        switch.receive(frame, time.monotonic())
        self._send(name, switch)

    def _look_at_deadlines(self, now: float) -> None:
        for name, switch in self.switches.items():
            deadline = switch.next_deadline()
            if deadline is not None and deadline <= now:
                switch.handle_timer(now)
                self._send(name, switch)

    def _send(self, name: str, switch: Switch) -> None:
        for frame in switch.frames_to_send():
            self._socket.sendto(frame, (name, ETHERTYPE_EAPOL))
        switch.events()  # nobody listens, and they would pile up


def main(count: int) -> None:
    """Be so many switches."""
    bank = Bank(count)
    bank.serve()
    complaints = [text for switch in bank.switches.values() for text in switch.complaints]
    print(
        json.dumps(
            {"heartbeats": bank.heartbeats, "complaints": complaints, "online": bank.online}
        ),
        flush=True,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
