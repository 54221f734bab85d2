from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.display_width import columns
from ruijie_proxy.inspect.capture.capture_file import CaptureFile
from ruijie_proxy.inspect.telling import tell
from ruijie_proxy.inspect.text_report import TextReport
from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, SWITCH_ADDRESS
from ruijie_proxy.lab.options import SwitchOptions
from ruijie_proxy.protocol.heartbeat import Heartbeat
from tests.inspect.recorded import SECOND, Recorded, login, pcap


def lines_of(content: bytes, *, verbose: bool = False, width: int | None = None) -> list[str]:
    lines: list[str] = []
    report = TextReport(lines.append, verbose=verbose, width=width)
    tell(CaptureFile(io.BytesIO(content)), report, None)
    return lines


def plain(line: str) -> str:
    """Return a line without its colours."""
    while "\x1b[" in line:
        before, _, rest = line.partition("\x1b[")
        line = before + rest.partition("m")[2]
    return line


@given(st.data())
def test_nothing_in_a_capture_can_steer_the_terminal(data: st.DataObject) -> None:
    frames = []
    for one in _LOGIN:
        changed = bytearray(one.frame)
        at = data.draw(st.integers(14, len(changed) - 8))
        changed[at : at + 8] = data.draw(
            st.sampled_from((b"\x1b[2J\x07\r\n\t", b"\xe2\x80\xae" * 3))
        )
        frames.append(Recorded(one.at, bytes(changed), one.by_client))
    for verbose in (False, True):
        for line in lines_of(pcap(frames), verbose=verbose):
            assert all(character.isprintable() for character in plain(line))


def test_long_texts_are_folded_to_the_terminal() -> None:
    switch = SwitchOptions(refusals=("使用了非管理员指定的客户端" * 8,))
    lines = lines_of(pcap(login(switch)), width=80)

    assert max(columns(plain(line)) for line in lines) <= 80


def test_heartbeats_that_differ_are_not_counted_away() -> None:
    frames = [
        Recorded(number * SECOND, Heartbeat(7, number).encode(SWITCH_ADDRESS, CLIENT_ADDRESS), True)
        for number in (1, 2, 3, 9, 10)
    ]
    text = "\n".join(map(plain, lines_of(pcap(frames))))

    assert "heartbeat 0x1 " in text
    assert "… 2 more, each number one more, up to 0x3" in text
    assert "✗ does not follow 0x3" in text
    assert "… 1 more, each number one more, up to 0xa" in text


def test_a_flood_of_stations_does_not_fill_the_memory() -> None:
    frames = [
        Recorded(
            number,
            Heartbeat(7, 7).encode(SWITCH_ADDRESS, b"\x02" + number.to_bytes(5, "big")),
            True,
        )
        for number in range(3000)
    ]
    lines: list[str] = []
    report = TextReport(lines.append, verbose=False)
    tell(CaptureFile(io.BytesIO(pcap(frames))), report, None)

    for remembered in (report._chapters, report._runs, report._met):
        assert len(remembered) <= 1001


_LOGIN = login(SwitchOptions(services=("甲",)), seconds=1.0)
