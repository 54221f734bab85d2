from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.eap import EAP, EAP_MD5
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Padding, Raw
from scapy.utils import rdpcap

from ruijie_proxy.inspect.layers import (
    RuijieAccounting,
    RuijieBareAnswer,
    RuijieBlock,
    RuijieChallenge,
    RuijieEAPOL,
    RuijieGrant,
    RuijieHeartbeat,
    RuijieMessage,
    RuijiePiece,
    RuijieProperty,
    RuijieResult,
    RuijieShortProperty,
    RuijieTypedPiece,
)
from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, SWITCH_ADDRESS
from ruijie_proxy.lab.options import (
    ClientOptions,
    SuccessShape,
    SwitchOptions,
    linux_1_31,
    switch_of_another_vendor,
)
from ruijie_proxy.lab.options import (
    Padding as PaddingKind,
)
from ruijie_proxy.protocol.heartbeat import Heartbeat
from ruijie_proxy.protocol.private_block import PrivateBlock
from ruijie_proxy.protocol.properties import PropertyType
from tests.inspect.recorded import login, pcap

CAPTURES = Path(__file__).resolve().parents[3] / "shared" / "vectors"


@pytest.fixture
def read_capture() -> Callable[[str], Any]:
    def read(name: str) -> Any:
        if not (CAPTURES / name).exists():
            pytest.skip(f"the captures are not beside this clone ({CAPTURES / name})")
        return json.loads((CAPTURES / name).read_text(encoding="utf-8"))

    return read


@pytest.mark.parametrize("shape", list(SuccessShape))
@pytest.mark.parametrize("padding", list(PaddingKind))
def test_what_was_read_builds_to_the_same_bytes(shape: SuccessShape, padding: PaddingKind) -> None:
    switch = SwitchOptions(success=shape, padding=padding, services=("甲", "乙"))
    for one in login(switch):
        assert bytes(Ether(one.frame)) == one.frame
        rebuilt = Ether(one.frame)
        rebuilt.clear_cache()
        assert bytes(rebuilt) == one.frame


def test_a_login_is_dissected() -> None:
    file = io.BytesIO(pcap(login(SwitchOptions(services=("移动宽带接入",)), seconds=1.0)))
    start, _, identity, challenge, answer, success, heartbeat = rdpcap(file)

    assert start[RuijieBlock].content(PropertyType.MAC_ADDRESS) == CLIENT_ADDRESS
    assert start[RuijieBlock].dhcp == 1
    assert start[RuijieBlock].crc == start[RuijieBlock].right_crc()
    assert identity[EAP].identity == b"student"
    assert identity[RuijieBlock].program.rstrip(b"\0") == b"8021x.exe"
    assert [piece.type for piece in challenge[RuijieChallenge].pieces] == [0x2E, 0x66]
    assert answer[EAP_MD5].optional_name == b"student"
    assert len(answer[RuijieBlock].content(PropertyType.PASSWORD)) == 16
    layers = [type(piece) for piece in success[RuijieResult].pieces]
    assert [layer for layer in layers if layer in (RuijieMessage, RuijieGrant, RuijieAccounting)]
    assert success[RuijieGrant].key == 0x32764AE1
    assert success[RuijieGrant].interval == 20
    assert success[RuijieMessage].text.decode("gbk").strip() == "欢迎使用校园网"
    assert heartbeat[RuijieHeartbeat].key == 0x32764AE1
    assert heartbeat[RuijieHeartbeat].number == 0x102B
    for packet in (start, challenge, success, heartbeat):
        assert packet.summary()
        assert packet.show(dump=True)


def test_lengths_leave_the_private_block_out_and_the_crc_is_computed() -> None:
    packet = (
        Ether(src="02:00:00:00:cc:01")
        / RuijieEAPOL(type=0)
        / EAP(code=2, id=1, type=1, identity=b"20260001")
        / RuijieBlock(
            dns="202.114.0.242", properties=[RuijieProperty(type=0x18, content=b"\0\0\0\1")]
        )
    )
    read = Ether(bytes(packet))

    assert (read[RuijieEAPOL].len, read[EAP].len) == (13, 13)
    assert read[RuijieBlock].crc == 0xF24B
    block = PrivateBlock.parse(bytes(read[RuijieBlock]))
    assert block.content(0x18) == b"\0\0\0\1"


def test_a_heartbeat_can_be_built() -> None:
    packet = (
        Ether(dst=SWITCH_ADDRESS.hex(":"), src=CLIENT_ADDRESS.hex(":"))
        / RuijieEAPOL(type=0xBF)
        / RuijieHeartbeat(number=0x102B, total=0x0A1B2C3D + 0x102B)
    )

    frame = bytes(packet).ljust(60, b"\0")
    assert frame == Heartbeat(0x0A1B2C3D, 0x102B).encode(SWITCH_ADDRESS, CLIENT_ADDRESS)


def test_frames_behind_a_vlan_tag_are_dissected() -> None:
    start = login(seconds=0.1)[0].frame
    tagged = start[:12] + bytes.fromhex("8100 0064") + start[12:]
    packet = Ether(tagged)

    assert packet[Dot1Q].vlan == 100
    assert RuijieBlock in packet
    assert bytes(packet) == tagged


def test_stale_memory_behind_a_servers_frame_is_padding() -> None:
    switch = SwitchOptions(padding=PaddingKind.STALE, success=SuccessShape.BARE)
    for one in login(switch, ClientOptions(heartbeats=False)):
        packet = Ether(one.frame)
        assert (RuijieBlock in packet) == one.by_client
        assert one.by_client or Padding in packet


def test_genuine_blocks_and_results_are_dissected(read_capture: Callable[[str], Any]) -> None:
    blocks = read_capture("client_blocks.json")
    for name in ("start", "identity", "md5_challenge"):
        data = bytes.fromhex(blocks[name])
        block = RuijieBlock(data)
        assert bytes(block) == data
        assert block.crc == block.right_crc()
        assert not [item for item in block.properties if isinstance(item, Raw)]
    for row in read_capture("server_results.json")["success"]:
        frame = SWITCH_ADDRESS + CLIENT_ADDRESS + b"\x88\x8e\x01\x00" + bytes.fromhex(row["hex"])
        packet = Ether(frame)
        assert bytes(packet) == frame
        if row["heartbeat_key"] is not None:
            assert packet[RuijieGrant].key == row["heartbeat_key"]
            assert packet[RuijieGrant].interval == row["heartbeat_interval"]


@given(st.binary(max_size=200))
def test_garbage_never_raises(content: bytes) -> None:
    frame = SWITCH_ADDRESS + CLIENT_ADDRESS + b"\x88\x8e" + content
    packet = Ether(frame)
    packet.clear_cache()
    packet.summary()


@given(st.data())
def test_changed_frames_never_raise(data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(_LOGIN))
    changed = bytearray(one.frame)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(14, len(changed) - 1))] = data.draw(st.integers(0, 255))
    frame = bytes(changed[: data.draw(st.integers(14, len(changed)))])
    packet = Ether(frame)
    assert bytes(packet) == frame
    packet.show(dump=True)


_LOGIN = login(SwitchOptions(services=("甲",)), seconds=1.0)


# The bare shape, and pieces that have a type.


def bare_login() -> list[bytes]:
    switch = switch_of_another_vendor(pieces=((0x99, "c0ffee"),))
    return [one.frame for one in login(switch, linux_1_31(), 1.0)]


def test_a_bare_answer_is_read_property_by_property() -> None:
    answer = next(Ether(frame) for frame in bare_login() if RuijieBareAnswer in Ether(frame))
    layer = answer[RuijieBareAnswer]

    assert all(isinstance(item, RuijieShortProperty) for item in layer.properties)
    assert layer.content(PropertyType.MAC_ADDRESS) == CLIENT_ADDRESS
    assert layer.content(0x99) is None
    assert "client name" in layer.properties[-2].mysummary()
    assert EAP_MD5 in answer
    assert Raw not in answer


def test_a_bare_answer_that_is_built_has_its_lengths() -> None:
    answer = next(Ether(frame) for frame in bare_login() if RuijieBareAnswer in Ether(frame))
    whole = bytes(answer)
    del answer[RuijieEAPOL].len, answer[RuijieBareAnswer].len
    for item in answer[RuijieBareAnswer].properties:
        del item.size

    assert bytes(answer) == whole


def test_bare_pieces_behind_a_challenge_are_read() -> None:
    requests = [Ether(frame) for frame in bare_login() if RuijieChallenge in Ether(frame)]
    pieces = requests[-1][RuijieChallenge].pieces

    assert pieces[0].type == 0x05
    assert (pieces[-1].type, pieces[-1].content) == (0x99, b"\xc0\xff\xee")


def test_bare_frames_cut_at_any_byte_build_to_the_same_bytes() -> None:
    for frame in bare_login():
        for size in range(18, len(frame)):
            assert bytes(Ether(frame[:size])) == frame[:size]


def test_a_piece_that_has_a_type_is_still_a_piece() -> None:
    raw = bytes.fromhex("0000131156 06 00000e10 ff")
    frame = bytes(12) + bytes.fromhex("888e 0100") + (4 + len(raw)).to_bytes(2, "big")
    packet = Ether(frame + b"\3\1\0\4" + raw)
    piece = packet[RuijieTypedPiece]

    assert (piece.type, piece.text, piece.rest) == (0x56, b"\0\0\x0e\x10", b"\xff")
    assert isinstance(piece, RuijiePiece)
    assert (piece.header, piece.content) == (0x5606, b"\0\0\x0e\x10\xff")
    assert bytes(packet).endswith(raw)
