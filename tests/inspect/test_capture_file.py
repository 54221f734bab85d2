from __future__ import annotations

import gzip
import io
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.inspect.capture.capture_file import (
    CaptureFile,
    CaptureFormat,
    DamagedCapture,
    NoCapture,
)
from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.inspect.capture.window import LARGEST_RECORD
from ruijie_proxy.runtime.records.pcapng import PcapngWriter
from tests.inspect.recorded import Recorded, login, pcap, pcapng, story_of

FRAMES = [Recorded(1_795_000_000_123_456_000 + n, bytes((n,)) * 20, n % 2 == 0) for n in range(3)]


def packets_of(content: bytes) -> list[Packet]:
    return list(CaptureFile(io.BytesIO(content)).packets())


def read_until_damage(content: bytes) -> tuple[list[Packet], DamagedCapture | None]:
    found = []
    try:
        for packet in CaptureFile(io.BytesIO(content)).packets():
            found.append(packet)
    except DamagedCapture as damaged:
        return found, damaged
    return found, None


@pytest.mark.parametrize("endian", "<>")
@pytest.mark.parametrize("nano", [False, True])
def test_pcap_of_either_byte_order_and_resolution_is_read(endian: str, nano: bool) -> None:
    read = packets_of(pcap(FRAMES, endian=endian, nano=nano))

    assert [packet.data for packet in read] == [one.frame for one in FRAMES]
    assert [packet.number for packet in read] == [1, 2, 3]
    resolution = 1 if nano else 1000
    assert [packet.at for packet in read] == [one.at // resolution * resolution for one in FRAMES]


def test_pcapng_tells_interface_and_direction() -> None:
    read = packets_of(pcapng(FRAMES))

    assert [packet.at for packet in read] == [one.at for one in FRAMES]
    assert [packet.outgoing for packet in read] == [True, False, True]
    assert {packet.interface for packet in read} == {"eth0"}


def test_each_section_of_a_pcapng_has_interfaces_of_its_own() -> None:
    file = io.BytesIO()
    for name in ("eth0", "eth1"):
        writer = PcapngWriter(file, "a section")
        writer.write_packet(writer.add_interface(name), 0, b"frame")

    assert [packet.interface for packet in packets_of(file.getvalue())] == ["eth0", "eth1"]


def test_a_compressed_capture_that_is_damaged_ends_where_it_is() -> None:
    whole = gzip.compress(pcap(login()))
    with gzip.open(io.BytesIO(whole[: len(whole) // 2])) as file:
        capture = CaptureFile(file)
        with pytest.raises(DamagedCapture, match="compressed data"):
            list(capture.packets())


@pytest.mark.parametrize("content", [b"", b"\0", b"GIF89a", b"\xa1\xb2\xc3\xd4", b"\n\r\r\n" * 9])
def test_what_is_no_capture_is_refused(content: bytes) -> None:
    with pytest.raises(NoCapture):
        packets_of(content)


@pytest.mark.parametrize("write", [pcap, pcapng])
def test_cut_anywhere_what_came_before_the_cut_is_read(write: object) -> None:
    content = write(FRAMES)  # type: ignore[operator]
    whole_after = [
        size
        for size in range(len(content) + 1)
        if size >= 24 and _ends_well(content[:size]) is not None
    ]
    for size in range(len(content)):
        try:
            found, damaged = read_until_damage(content[:size])
        except NoCapture:
            assert not [end for end in whole_after if end <= size]
            continue
        assert [packet.data for packet in found] == [one.frame for one in FRAMES[: len(found)]]
        if size in whole_after:
            assert damaged is None
        else:
            assert damaged is not None
            assert damaged.number == len(found) + 1
            assert "ends in the middle" in str(damaged)


def _ends_well(content: bytes) -> int | None:
    """Walk a file's records by their sizes alone; None where it does not end between two."""
    if content.startswith(b"\n\r\r\n"):
        at = 0
        while at < len(content):
            if at + 8 > len(content):
                return None
            at += struct.unpack_from("<I", content, at + 4)[0]
    else:
        at = 24
        while at < len(content):
            if at + 16 > len(content):
                return None
            at += 16 + struct.unpack_from("<I", content, at + 8)[0]
    return at if at == len(content) else None


@pytest.mark.parametrize("size", [LARGEST_RECORD + 13, 0xFFFFFFFF])
def test_an_impossible_size_does_not_fill_the_memory(size: int) -> None:
    header = pcapng([])
    block = struct.pack("<II", 6, size)
    found, damaged = read_until_damage(header + block + bytes(100))

    assert found == []
    assert damaged is not None
    assert "impossible size" in str(damaged)


@given(st.binary(max_size=300))
def test_random_bytes_are_a_capture_or_none(content: bytes) -> None:
    for start in (b"", pcap([]), pcapng([])):
        try:
            story_of(start + content)
        except NoCapture:
            assert not start


@given(st.data())
def test_changed_bytes_never_do_more_than_damage(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from((_PCAP, _PCAPNG))))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        story_of(bytes(content))
    except NoCapture:
        return


_PCAP = pcap(login(seconds=1.0))
_PCAPNG = pcapng(login(seconds=1.0))


@pytest.mark.parametrize("write", [pcap, pcapng])
def test_tcpdump_reads_what_is_written_here(write: object, tmp_path: Path) -> None:
    file = tmp_path / "capture"
    file.write_bytes(write(login(seconds=1.0)))  # type: ignore[operator]
    read = subprocess.run(
        ["tcpdump", "-nr", str(file)], capture_output=True, text=True, check=True, timeout=20
    )

    assert read.stdout.count("EAP") == 6
    assert read.stdout.count("(191)") == 1
    assert read.stderr.count("\n") == 1


def test_the_format_is_told() -> None:
    assert CaptureFile(io.BytesIO(_PCAP)).format is CaptureFormat.PCAP
    assert CaptureFile(io.BytesIO(_PCAPNG)).format is CaptureFormat.PCAPNG
