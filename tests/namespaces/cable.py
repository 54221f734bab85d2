"""A cable between the virtual campus's switch and its router that a process of the test's own is.

It is laid between two veth pairs, in a namespace of its own, and ends with whoever started it.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator

from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.network import (
    ADDRESSES,
    SWITCH_INTERFACE,
    WAN_INTERFACE,
    Role,
    wait_until_it_sends,
)
from ruijie_proxy.lab.campus.owners import owned_prefix

TIMEOUT = 60

PICKY = """
import select, socket, sys
ends = []
for name in ("left", "right"):
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    end.bind((name, 0x888E))
    index = socket.if_nametoindex(name)
    end.setsockopt(263, 1, index.to_bytes(4, sys.byteorder) + bytes((1, 0, 0, 0)) + bytes(8))
    ends.append(end)
deaf, to_lose = False, []
def kind_of(frame):
    if frame[15] != 0:
        return "start" if frame[15] == 1 else "other"
    code = {1: "request", 2: "response", 3: "success", 4: "failure"}[frame[18]]
    return code if code in ("success", "failure") else f"{code}-{frame[22]}"
print("ready", flush=True)
while True:
    readable, _, _ = select.select([*ends, sys.stdin], [], [])
    if sys.stdin in readable:
        words = sys.stdin.readline().split()
        if not words:
            sys.exit()
        if words[0] == "lose":
            to_lose += words[1:]
        else:
            deaf = words[0] == "deaf"
        print("done", flush=True)
        continue
    for end in readable:
        frame, address = end.recvfrom(65535)
        if address[2] == socket.PACKET_OUTGOING:
            continue
        if deaf and end is ends[1]:
            continue
        if kind_of(frame) in to_lose:
            to_lose.remove(kind_of(frame))
            continue
        ends[1 - ends.index(end)].send(frame)
"""
"""Loses what it is told to, such as ``lose success request-4`` (an EAP type's number), once each;
``deaf``: everything of the router, until ``hear``."""


class Cable:
    """A cable that obeys lines on its standard input."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def lose(self, *kinds: str) -> None:
        """Lose the next frame of each kind."""
        self._say("lose", *kinds)

    def be_deaf(self, deaf: bool) -> None:
        """Let nothing of the router's through, or everything again."""
        self._say("deaf" if deaf else "hear")

    def _say(self, *words: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(" ".join(words) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"


@contextlib.contextmanager
def lay_picky_cable(campus: Campus) -> Iterator[Cable]:
    """Lay a cable that loses what it is told to."""
    with lay_cable(campus, "picky", PICKY) as process:
        yield Cable(process)


@contextlib.contextmanager
def lay_cable(
    campus: Campus, name: str, program: str, *arguments: str
) -> Iterator[subprocess.Popen[str]]:
    """Put a program in the place of the cable between switch and router, while the context lasts.

    It finds the interfaces ``left``, towards the switch, and ``right``; it says ``ready``, and ends
    with its standard input.
    """
    middle = f"{owned_prefix()}{name}"
    ends = ((Role.SWITCH, SWITCH_INTERFACE, "left"), (Role.ROUTER, WAN_INTERFACE, "right"))
    _run("ip", "netns", "add", middle)
    try:
        switch = campus.network.namespace(Role.SWITCH)
        _run("ip", "-n", switch, "link", "delete", SWITCH_INTERFACE)
        for role, interface, end in ends:
            there = campus.network.namespace(role)
            made = ["link", "add", "name", interface, "address", ADDRESSES[role, interface]]
            peer = ["type", "veth", "peer", "name", end, "netns", middle]
            _run("ip", "-n", there, *made, *peer)
            _run("ip", "-n", there, "link", "set", interface, "up")
            _run("ip", "-n", middle, "link", "set", end, "up")
            wait_until_it_sends(there, interface)
        entry = ["setpriv", "--pdeathsig", "TERM", "ip", "netns", "exec", middle]
        process = subprocess.Popen(
            [*entry, sys.executable, "-c", program, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.communicate(timeout=TIMEOUT)
    finally:
        _run("ip", "netns", "delete", middle)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, timeout=TIMEOUT, capture_output=True)
