"""One login, rewritten in every form that a capture has: by Wireshark's tools and tcpdump where
they can write it, else by hand after the format's description. Its story is ever the same.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from scapy.utils import RawPcapNgReader, RawPcapReader

from ruijie_proxy.inspect.capture.capture_file import CaptureFile, NoCapture
from ruijie_proxy.inspect.capture.link_layers import LINUX_COOKED, PKTAP
from ruijie_proxy.inspect.redacting.redacted_copy import write_redacted
from tests.inspect.recorded import SECOND, Recorded, Told, login, pcap, pcapng, story_of

FRAMES = login(seconds=45.0)
ORIGINAL = pcap(FRAMES, nano=True)
PASSWORD = b"secret"
WIRESHARK = pytest.mark.skipif(
    not all(map(shutil.which, ("editcap", "mergecap", "tshark"))), reason="needs Debian's tshark"
)


def essence(story: Told) -> list[object]:
    """Return what a story says, but for what a form may not know: interface, direction, number."""
    assert story.damage is None
    return [
        (
            step.kind,
            step.seconds and round(step.seconds, 5),
            step.sender,
            step.login,
            [(fact.key, fact.text) for fact in step.facts],
        )
        for step in story.steps
    ]


EXPECTED = essence(story_of(ORIGINAL))


# By the tools themselves.

REWRITERS: dict[str, tuple[str, ...]] = {
    "pcapng": ("editcap", "-F", "pcapng", "IN", "OUT"),
    "pcap": ("editcap", "-F", "pcap", "IN", "OUT"),
    "nanosecond pcap": ("editcap", "-F", "nsecpcap", "IN", "OUT"),
    "modified pcap": ("editcap", "-F", "modpcap", "IN", "OUT"),
    "with comments": (
        "editcap",
        "-a",
        "1:odd \x1b[2J",
        "--capture-comment",
        "x",
        "IN",
        "OUT",
    ),
    "with keys": ("editcap", "--inject-secrets", "tls,KEYS", "IN", "OUT"),
    "merged": ("mergecap", "-w", "OUT", "IN"),
    "merged with one of nothing": ("mergecap", "-w", "OUT", "IN", "EMPTY"),
    "shortened by nothing": ("editcap", "-s", "65535", "IN", "OUT"),
    "by tshark": ("tshark", "-r", "IN", "-w", "OUT"),
    "by tshark, with names": ("tshark", "-r", "IN", "-w", "OUT", "-W", "n"),
    "by tshark, compressed": ("tshark", "-r", "IN", "-w", "OUT", "--compress", "gzip"),
    "by tcpdump": ("tcpdump", "-r", "IN", "-w", "OUT"),
}


@WIRESHARK
@pytest.mark.parametrize("way", REWRITERS)
def test_what_wireshark_s_tools_make_of_it_tells_the_same(way: str, tmp_path: Path) -> None:
    (tmp_path / "IN").write_bytes(ORIGINAL)
    (tmp_path / "EMPTY").write_bytes(pcapng([]))
    (tmp_path / "KEYS").write_text("CLIENT_RANDOM " + "00" * 32 + " " + "11" * 48 + "\n")
    done = subprocess.run(
        REWRITERS[way], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    if "compress" in done.stderr and done.returncode:
        pytest.skip("this tshark does not compress")
    assert done.returncode == 0, done.stderr
    content = (tmp_path / "OUT").read_bytes()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)

    assert essence(story_of(content)) == EXPECTED
    assert essence(story_of(redacted(content))) == essence(story_of(redacted(ORIGINAL)))


def redacted(content: bytes) -> bytes:
    copy = io.BytesIO()
    _, damage = write_redacted(lambda: CaptureFile(io.BytesIO(content)), copy, b"salt" * 4)
    assert damage is None
    return copy.getvalue()


# By hand.


def block(order: str, kind: int, body: bytes) -> bytes:
    size = len(body) + -len(body) % 4 + 12
    padded = body + bytes(-len(body) % 4)
    return struct.pack(f"{order}II", kind, size) + padded + struct.pack(f"{order}I", size)


def section(order: str) -> bytes:
    return block(order, 0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1))


def option(order: str, code: int, value: bytes) -> bytes:
    return struct.pack(f"{order}HH", code, len(value)) + value + bytes(-len(value) % 4)


def interface(order: str, *options: tuple[int, bytes], link_type: int = 1, snap: int = 0) -> bytes:
    told = b"".join(option(order, *one) for one in options)
    return block(order, 1, struct.pack(f"{order}HxxI", link_type, snap) + told + bytes(4))


def packet(
    order: str, one: Recorded, ticks: int, number: int = 0, extra: bytes = b"", frame: bytes = b""
) -> bytes:
    data = frame or one.frame
    head = struct.pack(
        f"{order}IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data)
    )
    return block(order, 6, head + data + bytes(-len(data) % 4) + extra)


def each(order: str, ticks: Callable[[Recorded], int], extra: bytes = b"") -> bytes:
    return b"".join(packet(order, one, ticks(one), extra=extra) for one in FRAMES)


def micro(one: Recorded) -> int:
    return one.at // 1000


def sections_of_both_orders() -> bytes:
    written = b""
    for number, one in enumerate(FRAMES):
        order = "<>"[number % 2]
        written += section(order) + interface(order) + packet(order, one, micro(one))
    return written


def with_all_other_blocks() -> bytes:
    others = b"".join(
        (
            block("<", 4, struct.pack("<HH", 1, 9) + b"\x7f\0\0\1host\0\0\0\0" + bytes(4)),
            block("<", 5, struct.pack("<III", 0, 0, 0) + bytes(4)),
            block("<", 10, struct.pack("<II", 0x544C534B, 4) + b"keys"),
            block("<", 0xBAD, struct.pack("<I", 32473) + b"\x88\x8e of our own"),
            block("<", 0x40000BAD, struct.pack("<I", 32473) + b"not to be copied"),
            block("<", 0x7FFF0001, b"what nobody knows \x88\x8e" * 50),
        )
    )
    written = section("<") + others + interface("<", (2, b"eth0"), (1, b"a comment")) + others
    for one in FRAMES:
        comment = option("<", 1, b"how odd") + option("<", 2, struct.pack("<I", 0)) + bytes(4)
        written += packet("<", one, micro(one), extra=comment) + others
    return written


def in_old_blocks() -> bytes:
    written = section(">") + interface(">")
    for one in FRAMES:
        ticks, size = micro(one), len(one.frame)
        head = struct.pack(">HHIIII", 0, 5, ticks >> 32, ticks & 0xFFFFFFFF, size, size)
        written += block(">", 2, head + one.frame)
    return written


def on_windows() -> bytes:
    name = rb"\Device\NPF_{4D36E972-E325-11CE-BFC1-08002BE10318}"
    names = interface("<", (2, name), (3, "以太网".encode()), (9, b"\x06"), (12, b"Windows 11"))
    return section("<") + names + each("<", micro)


def by_etl2pcapng() -> bytes:
    """A comment with process and time to each packet, behind its direction."""
    written = section("<") + interface("<", (2, b"eth:7:0"), link_type=105)
    written += interface("<", (2, b"eth:12:0"))
    for one in FRAMES:
        told = option("<", 2, struct.pack("<I", 2 if one.by_client else 1))
        told += option("<", 1, b"PID=4 ProcessName=System VLAN=0") + bytes(4)
        written += packet("<", one, micro(one), 1, told)
    return written


def in_ticks_of_two() -> bytes:
    resolution = interface("<", (9, bytes((0x80 | 30,))))
    return section("<") + resolution + each("<", lambda one: (one.at << 30) // SECOND + 1)


def in_milliseconds_from_1970_plus() -> bytes:
    began = FRAMES[0].at // SECOND
    options = interface("<", (9, b"\x09"), (14, struct.pack("<q", began)))
    return section("<") + options + each("<", lambda one: one.at - began * SECOND)


def tagged(*tags: str) -> bytes:
    tag = bytes.fromhex("".join(tags))
    return pcap(
        [Recorded(one.at, one.frame[:12] + tag + one.frame[12:], one.by_client) for one in FRAMES],
        nano=True,
    )


def from_macos(link_type: int) -> bytes:
    """With what Apple's tcpdump writes before each packet, bsd/net/pktap.h."""
    written = []
    for one in FRAMES:
        head = struct.pack("<III24sIIII", 108, 1, 1, b"en7", 2 - (not one.by_client), 2, 14, 0)
        written.append(Recorded(one.at, head.ljust(108, b"\0") + one.frame, one.by_client))
    return pcap(written, nano=True, link_type=link_type)


def with_a_loopback_beside() -> bytes:
    """As Wireshark on Windows writes it with Npcap's loopback ticked."""
    loopback = rb"\Device\NPF_Loopback"
    written = section("<") + interface("<") + interface("<", (2, loopback), link_type=0)
    written += each("<", micro)
    talk = b"\2\0\0\0" + b"E\0" + b"\x88\x8e" * 20
    return written + packet("<", FRAMES[-1], micro(FRAMES[-1]), 1, frame=talk) * 3


WRITTEN_BY_HAND: dict[str, Callable[[], bytes]] = {
    "big-endian pcap": lambda: pcap(FRAMES, endian=">"),
    "big-endian pcap of nanoseconds": lambda: pcap(FRAMES, endian=">", nano=True),
    "big-endian pcapng": lambda: section(">") + interface(">") + each(">", micro),
    "sections of both orders": sections_of_both_orders,
    "all other blocks": with_all_other_blocks,
    "packet blocks of old": in_old_blocks,
    "Windows' names": on_windows,
    "etl2pcapng": by_etl2pcapng,
    "ticks of a power of two": in_ticks_of_two,
    "times from an offset on": in_milliseconds_from_1970_plus,
    "a VLAN": lambda: tagged("81000064"),
    "a VLAN in a VLAN": lambda: tagged("88a80064", "81000007"),
    "macOS": lambda: from_macos(PKTAP),
    "an older macOS": lambda: from_macos(149),
    "a loopback beside": with_a_loopback_beside,
}


@pytest.mark.parametrize("way", WRITTEN_BY_HAND)
def test_every_other_form_tells_the_same(way: str) -> None:
    content = WRITTEN_BY_HAND[way]()

    assert essence(story_of(content)) == EXPECTED
    assert len(story_of(redacted(content)).steps) == len(EXPECTED)


@pytest.mark.parametrize("way", WRITTEN_BY_HAND)
def test_what_is_written_by_hand_is_read_alike_by_scapy(way: str, tmp_path: Path) -> None:
    """Another reader, so that a slip in a form is not read back as it was written."""
    content = WRITTEN_BY_HAND[way]()
    ours = [one.data for one in CaptureFile(io.BytesIO(content)).packets()]
    (tmp_path / "file").write_bytes(content)
    reader = RawPcapReader if content[:4] != b"\n\r\r\n" else RawPcapNgReader
    theirs = [bytes(data) for data, _told in reader(str(tmp_path / "file"))]
    if way in ("macOS", "an older macOS"):
        theirs = [data[108:] for data in theirs]

    assert ours == theirs


@WIRESHARK
@pytest.mark.parametrize("way", WRITTEN_BY_HAND)
def test_what_is_written_by_hand_is_read_alike_by_tshark(way: str, tmp_path: Path) -> None:
    content = WRITTEN_BY_HAND[way]()
    (tmp_path / "file").write_bytes(content)
    fields = ("-T", "fields", "-e", "frame.number", "-e", "frame.time_epoch")
    done = subprocess.run(
        ["tshark", "-r", str(tmp_path / "file"), *fields],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    told = [line.split("\t") for line in done.stdout.splitlines()]
    theirs = [(int(number), round(float(at), 5)) for number, at in told if at]

    assert theirs == [
        (one.number, round((one.at or 0) / SECOND, 5))
        for one in CaptureFile(io.BytesIO(content)).packets()
    ]


def test_simple_packets_have_no_time_and_keep_their_order() -> None:
    written = section("<") + interface("<")
    for one in FRAMES:
        written += block("<", 3, struct.pack("<I", len(one.frame)) + one.frame)
    story = story_of(written)

    assert [step.kind for step in story.steps] == [expected[0] for expected in EXPECTED]  # type: ignore[index]
    assert {step.seconds for step in story.steps} == {None}


def test_names_of_windows_are_those_that_people_know() -> None:
    assert {step.interface for step in story_of(on_windows()).steps} == {"以太网"}


def test_a_name_that_would_steer_a_terminal_is_made_harmless() -> None:
    named = interface("<", (2, b"eth0\x1b]0;owned\x07\n" + b"x" * 5000))
    (name,) = {step.interface for step in story_of(section("<") + named + each("<", micro)).steps}

    assert name is not None
    assert name.isprintable()
    assert len(name) <= 64


def test_etl2pcapng_tells_interface_and_direction() -> None:
    steps = story_of(by_etl2pcapng()).steps

    assert {step.interface for step in steps} == {"eth:12:0"}
    assert [step.outgoing for step in steps] == [one.by_client for one in FRAMES]


def test_macos_tells_interface_and_direction() -> None:
    steps = story_of(from_macos(PKTAP)).steps

    assert {step.interface for step in steps} == {"en7"}
    assert [step.outgoing for step in steps] == [one.by_client for one in FRAMES]


def test_the_modified_form_tells_what_was_sent(tmp_path: Path) -> None:
    header = struct.pack("<IHHiIII", 0xA1B2CD34, 2, 4, 0, 0, 65535, 1)
    for one in FRAMES:
        sizes = len(one.frame), len(one.frame)
        kind = 4 if one.by_client else 0
        header += struct.pack("<IIIIIHBB", one.at // SECOND, 0, *sizes, 3, 0x888E, kind, 0)
        header += one.frame
    steps = story_of(header).steps

    assert {step.interface for step in steps} == {"#3"}
    assert [step.outgoing for step in steps] == [one.by_client for one in FRAMES]


def test_what_was_recorded_short_says_so_in_each_frame() -> None:
    """As `tcpdump -s 96` does."""
    content = pcap([])
    for one in FRAMES:
        seconds, rest = divmod(one.at, SECOND)
        content += struct.pack("<IIII", seconds, rest // 1000, 96, len(one.frame))
        content += one.frame[:96].ljust(96, b"\0")
    story = story_of(content)
    told = [fact for step in story.steps for fact in step.facts if fact.key == "not_captured"]

    assert len(told) == sum(len(one.frame) > 96 for one in FRAMES)
    assert told[0].text == "418 of 514 bytes: record whole packets (tcpdump -s 0)"
    blocks = [fact.value for step in story.steps for fact in step.facts if "private" in fact.key]
    assert blocks == ["cut"] * 3, "what was not captured is not said to be missing"


@pytest.mark.parametrize(
    ("link_type", "name"),
    [(0, "itself"), (105, "Wi-Fi"), (127, "Wi-Fi"), (239, "nflog"), (220, "USB")],
)
def test_other_link_types_are_counted_each_by_its_number(link_type: int, name: str) -> None:
    from ruijie_proxy.inspect.telling import tell
    from ruijie_proxy.inspect.text_report import TextReport

    lines: list[str] = []
    content = pcap(FRAMES, link_type=link_type)
    tell(CaptureFile(io.BytesIO(content)), TextReport(lines.append, verbose=False), None)

    assert f"{len(FRAMES)} packets of link type {link_type}" in lines[-2]
    assert name in lines[-2]
    assert lines[-1] == "Record at the port of this machine that the campus's cable is in."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x28\xb5\x2f\xfd" + bytes(40), "zstd"),
        (b"\x04\x22\x4d\x18" + bytes(40), "lz4"),
        (lzma.compress(ORIGINAL), "xz"),
        (bz2.compress(ORIGINAL), "bzip2"),
        (b"PK\x03\x04" + bytes(40), "zip"),
    ],
)
def test_what_is_packed_in_another_way_is_told_by_name(content: bytes, told: str) -> None:
    with pytest.raises(NoCapture, match=f"compressed by {told}: unpack it first"):
        CaptureFile(io.BytesIO(content))


def test_cooked_halves_are_told_alike_after_a_redaction() -> None:
    head = struct.pack(">HHH8sH", 4, 1, 6, FRAMES[0].frame[6:12] + b"\0\0", 0x888E)
    content = pcap([one for one in FRAMES if one.by_client], link_type=LINUX_COOKED, header=head)
    before, after = story_of(content), story_of(redacted(content))

    assert [step.side for step in after.steps] == [step.side for step in before.steps]
