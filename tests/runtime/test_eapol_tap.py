from __future__ import annotations

import socket
from pathlib import Path

import pytest

from ruijie_proxy.runtime.ports.eapol_tap import interfaces_to_tap
from ruijie_proxy.runtime.ports.packet_filter import UNTAGGED, attach_filter, tap_filter


@pytest.mark.parametrize(("ethertype", "passes"), [("888e", True), ("0800", False)])
def test_the_filter_keeps_eapol_alone(ethertype: str, passes: bool) -> None:
    frame = (bytes(12) + bytes.fromhex(ethertype)).ljust(60, b"\0")
    sender, receiver = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    with sender, receiver:
        attach_filter(receiver, tap_filter(UNTAGGED))
        sender.send(frame)
        if passes:
            assert receiver.recv(100) == frame
        else:
            with pytest.raises(BlockingIOError):
                receiver.recv(100)


def test_a_bridge_is_watched_at_its_wired_ports(tmp_path: Path) -> None:
    for port in ("lan1", "lan2", "wlan0"):
        (tmp_path / "br-lan" / "brif" / port).mkdir(parents=True)
        (tmp_path / port).mkdir()
    (tmp_path / "br-lan" / "bridge").mkdir()
    (tmp_path / "br-empty" / "bridge").mkdir(parents=True)
    (tmp_path / "br-empty" / "brif").mkdir()
    (tmp_path / "wlan0" / "phy80211").mkdir()

    assert interfaces_to_tap("br-lan", str(tmp_path)) == {"lan1": UNTAGGED, "lan2": UNTAGGED}
    assert interfaces_to_tap("br-empty", str(tmp_path)) == {"br-empty": UNTAGGED}
    assert interfaces_to_tap("lan1", str(tmp_path)) == {"lan1": UNTAGGED}
