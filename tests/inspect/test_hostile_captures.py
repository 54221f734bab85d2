"""Files that were made to cost much, or to steer a terminal: what is bounded, and by what."""

from __future__ import annotations

import gzip
import io
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from ruijie_proxy.inspect.capture import window
from ruijie_proxy.inspect.capture.capture_file import CaptureFile, DamagedCapture, NoCapture
from tests.inspect.recorded import BEGAN, Recorded, login, pcap, story_of
from tests.inspect.test_formats import WRITTEN_BY_HAND, interface, section

MEGABYTE = 1024 * 1024


def test_what_unpacks_without_an_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "LARGEST_UNPACKED", 3 * MEGABYTE)
    packed = gzip.compress(pcap(login(seconds=1.0)) + bytes(8 * MEGABYTE))
    with gzip.open(io.BytesIO(packed)) as file:
        packets = CaptureFile(file).packets((b"\x88\x8e",))
        assert len([next(packets) for _ in range(7)]) == 7
        with pytest.raises(DamagedCapture, match="comes to more than 3145728 bytes unpacked"):
            next(packets)


@pytest.mark.parametrize(
    "block",
    [
        struct.pack("<II", 6, 0) + bytes(40),  # of no size, which would never be passed
        struct.pack("<II", 6, 8) + bytes(40),
        struct.pack("<II", 6, 33) + bytes(40),
        struct.pack("<III", 6, 36, 7) + bytes(20) + struct.pack("<I", 36),  # of no interface
        struct.pack("<IIIIIII", 6, 32, 0, 0, 0, 5000, 5000) + struct.pack("<I", 32),
        struct.pack("<II", 1, 12) + struct.pack("<I", 12),
        b"\n\r\r\n" + struct.pack("<III", 28, 0x11111111, 0),
    ],
)
def test_impossible_blocks_end_the_reading(block: bytes) -> None:
    for needles in ((), (b"\x88\x8e",)):
        content = section("<") + interface("<") + block
        with pytest.raises(DamagedCapture):
            list(CaptureFile(io.BytesIO(content)).packets(needles))


def test_interfaces_without_end_are_damage() -> None:
    content = section("<") + interface("<") * 5000
    with pytest.raises(DamagedCapture):
        list(CaptureFile(io.BytesIO(content)).packets())


def test_options_that_fill_a_block_are_read_once() -> None:
    many = interface("<", *((2988, b"x") for _ in range(200_000)))
    content = section("<") + many

    assert list(CaptureFile(io.BytesIO(content)).packets()) == []


def test_times_that_no_clock_shows_are_told_as_impossible() -> None:
    resolution = interface("<", (9, b"\x00"), (14, struct.pack("<q", 2**62)))
    frame = login(seconds=0.1)[0].frame
    head = struct.pack("<IIIII", 0, 0xFFFFFFFF, 0xFFFFFFFF, len(frame), len(frame))
    body = head + frame + bytes(-len(frame) % 4)
    size = struct.pack("<I", len(body) + 12)
    story = story_of(section("<") + resolution + struct.pack("<I", 6) + size + body + size)

    assert [step.seconds for step in story.steps] == [0.0]


@pytest.mark.parametrize("way", WRITTEN_BY_HAND)
def test_cut_at_every_byte_each_form_tells_what_came_before(way: str) -> None:
    content = WRITTEN_BY_HAND[way]()[:2500]
    before = 0
    for size in range(len(content)):
        try:
            capture = CaptureFile(io.BytesIO(content[:size]))
            found = 0
            for _packet in capture.packets((b"\x88\x8e",)):
                found += 1
        except NoCapture:
            continue
        except DamagedCapture:
            pass
        assert found >= before
        before = found


def test_a_long_file_costs_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "long.pcap"
    other = Recorded(BEGAN * 10**9, bytes(12) + b"\x08\x00" + bytes(1400), True)
    traffic = pcap([other] * 1000)[24:]
    own = login(seconds=1.0)
    with file.open("wb") as written:
        written.write(pcap([]))
        for one in own:
            for _ in range(6):
                written.write(traffic)
            written.write(pcap([one])[24:])
    code = (
        "from ruijie_proxy.cli.commands import commands\n"
        "try:\n"
        f"    commands(['inspect', {str(file)!r}])\n"
        "finally:\n"
        "    print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *_story, told, kilobytes = done.stdout.splitlines()

    others = 6000 * len(own)
    assert told == f"{len(own)} EAPOL frames; {others} packets of other protocols left out."
    assert file.stat().st_size > 50 * MEGABYTE
    assert int(kilobytes) < 40 * 1024
