"""How the doctor listens: interrupted, flooded, on interfaces that go away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from ruijie_proxy.doctor.gathering.heard import Speaker
from ruijie_proxy.doctor.gathering.listening import FRAMES_FROM_A_SOCKET, MOST_SIGHTINGS, Listener
from tests.ctrl_c import HEARING_CTRL_C
from tests.namespaces.daemon_process import COMMAND
from tests.namespaces.doctor_visit import IDENTITY_REQUEST, Practice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.namespaces.conftest import Namespace, Network

FLOOD = """
import os, socket, sys

packets, frame = socket.socket(socket.AF_PACKET, socket.SOCK_RAW), bytes.fromhex(sys.argv[2])
packets.bind((sys.argv[1], 0))
print("floods", flush=True)
while True:
    try:
        packets.send(frame[:6] + b"\\x02" + os.urandom(5) + frame[12:])
    except OSError:
        pass  # its queue is full
"""


def listen_in(
    namespace: Namespace,
    interfaces: Sequence[str],
    on_second: Callable[[float], None] = lambda _: None,
) -> Listener:
    with namespace.entered():
        return Listener(interfaces, [], on_second, {})


def test_a_flood_of_forged_stations_is_bounded(network: Network, tmp_path: Path) -> None:
    practice = Practice(network, tmp_path)
    flooder = network.start(
        practice.campus, sys.executable, "-c", FLOOD, "port", IDENTITY_REQUEST.hex()
    )
    assert flooder.stdout is not None
    assert flooder.stdout.readline() == "floods\n"

    heard = listen_in(practice.router, ["wan"]).listen(0.5)

    assert len(heard.sightings) == MOST_SIGHTINGS
    assert sum(one.count for one in heard.sightings) <= FRAMES_FROM_A_SOCKET
    assert heard.seconds < 5


def test_half_of_the_time_interfaces_receive_everything(network: Network, tmp_path: Path) -> None:
    practice = Practice(network, tmp_path)
    practice.talk(practice.campus, "port", IDENTITY_REQUEST)

    heard = listen_in(practice.router, ["wan"]).listen(2)

    (sighting,) = heard.sightings
    assert sighting.speaker is Speaker.SERVER
    assert 0 < sighting.promiscuous < sighting.count


def test_interfaces_may_go_away_meanwhile(network: Network, tmp_path: Path) -> None:
    practice = Practice(network, tmp_path)
    practice.talk(practice.pc, "eth0", IDENTITY_REQUEST)

    def unplug(left: float) -> None:
        if left > 1:
            practice.router.ip("link", "delete", "wan")
            practice.router.ip("link", "set", "lan", "down")
            practice.router.ip("link", "set", "lan", "up")

    heard = listen_in(practice.router, ["wan", "lan", "gone", "lo"], unplug).listen(2)

    assert {one.interface for one in heard.sightings} == {"lan"}, "it works on when it is up again"


def test_ctrl_c_ends_the_listening_and_the_findings_are_told(
    network: Network, tmp_path: Path
) -> None:
    practice = Practice(network, tmp_path)
    ours, terminal = os.openpty()
    with subprocess.Popen(
        [
            *("ip", "netns", "exec", practice.router.name, *HEARING_CTRL_C, *COMMAND, "doctor"),
            *("-c", str(practice.configuration), "--seconds", "600"),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=terminal,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "TERM": "xterm"},
    ) as process:
        os.close(terminal)
        told = b""
        while b"listening on wan, lan" not in told:
            told += os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    os.close(ours)

    assert process.returncode == 0
    assert "wan (wan) has a link." in output
