"""In which order frames are told, and which are one frame that was seen twice."""

from __future__ import annotations

import io
import struct

import pytest

from ruijie_proxy.inspect.capture.capture_file import CaptureFile
from ruijie_proxy.inspect.capture.link_layers import LINUX_COOKED
from ruijie_proxy.inspect.own_frames import MOST_HELD, OwnFrame, OwnFrames
from ruijie_proxy.runtime.records.pcapng import PcapngWriter
from tests.inspect.recorded import BEGAN, SECOND, Recorded, Told, login, pcap, story_of

MILLISECOND = SECOND // 1000
MICROSECOND = SECOND // 1_000_000
ROUTER = bytes.fromhex("0200000000aa")


def relayed(
    *interfaces: str, bridge_late_by: int = 0, directions: bool = False, blocks: bool = True
) -> bytes:
    """Write what a relay's WAN port, the LAN port and further interfaces of the LAN have seen.

    A relay takes a millisecond; each interface's packets stand in a block, as dumpcap writes them.
    """
    file = io.BytesIO()
    writer = PcapngWriter(file, "the tests")
    seen = []
    for number, name in enumerate(interfaces):
        writer.add_interface(name)
        for one in apart(login(seconds=10.0)):
            frame, at, outgoing = one.frame, one.at, not one.by_client
            if name == "wan":
                at += MILLISECOND if one.by_client else -MILLISECOND
                frame, outgoing = passed_on(one), one.by_client
            elif number > 1:
                at += bridge_late_by
            seen.append((number, at, frame, outgoing))
    for number, at, frame, outgoing in seen if blocks else sorted(seen, key=lambda one: one[1]):
        writer.write_packet(number, at, frame, outgoing=outgoing if directions else None)
    return file.getvalue()


def passed_on(one: Recorded) -> bytes:
    """Return the frame as it is on the WAN side."""
    if one.by_client:
        return one.frame[:6] + ROUTER + one.frame[12:]
    return ROUTER + one.frame[6:]


def told_of(story: Told) -> list[tuple[str | None, str, float | None]]:
    return [(step.interface, step.kind.value, step.seconds) for step in story.steps]


@pytest.mark.parametrize("directions", [False, True])
def test_blocks_of_interfaces_are_put_in_the_order_of_time(directions: bool) -> None:
    blocks = story_of(relayed("wan", "lan1", directions=directions))
    in_order = story_of(relayed("wan", "lan1", directions=directions, blocks=False))

    assert told_of(blocks) == told_of(in_order)
    seconds = [step.seconds for step in blocks.steps if step.seconds is not None]
    assert seconds == sorted(seconds)
    assert seconds[0] == 0.0
    assert blocks.summary["copies"] == 0


def test_what_comes_by_a_bridge_s_port_and_the_bridge_is_told_once() -> None:
    alone = story_of(relayed("wan", "lan1"))
    beside = story_of(relayed("wan", "lan1", "br-lan"))

    assert told_of(beside) == told_of(alone)
    assert beside.summary["copies"] == sum(step.interface == "lan1" for step in alone.steps)


def test_a_relay_under_the_client_s_own_address_is_no_copy() -> None:
    file = io.BytesIO()
    writer = PcapngWriter(file, "the tests")
    for number, name in enumerate(("wan", "lan1")):
        writer.add_interface(name)
        for one in apart(login(seconds=1.0)):
            late = 80 * MICROSECOND * (1 if one.by_client else -1) * (number == 0)
            writer.write_packet(number, one.at + late, one.frame)
    story = story_of(file.getvalue())

    assert story.summary["copies"] == 0
    assert {step.interface for step in story.steps} == {"wan", "lan1"}
    assert [step.repeats for step in story.steps if step.repeats] == []


def test_a_client_s_repetition_is_told_as_such_and_is_no_copy() -> None:
    first, *others = login(seconds=1.0)
    again = Recorded(first.at + 3 * SECOND, first.frame, first.by_client)
    story = story_of(pcap([first, again]))

    assert [step.repeats for step in story.steps] == [None, 1]
    assert story.summary["copies"] == 0
    assert others


def apart(frames: list[Recorded]) -> list[Recorded]:
    """Let some milliseconds pass between frames, as they do on a cable."""
    return [
        Recorded(one.at + number * 7 * MILLISECOND, one.frame, one.by_client)
        for number, one in enumerate(frames)
    ]


def cooked(one: Recorded, source: bytes, packet_type: int) -> bytes:
    head = struct.pack(">HHH8sH", packet_type, 1, 6, source + b"\0\0", 0x888E)
    return head + one.frame[14:]


def test_cooked_captures_are_told_by_sides() -> None:
    """As tshark writes a relay with `-i any`: by the direction alone the halves can be told."""
    frames = []
    for one in apart(login(seconds=1.0)):
        source, later = one.frame[6:12], one.at + 80 * MICROSECOND
        if one.by_client:
            frames.append(Recorded(one.at, cooked(one, source, 3), True))
            # The bridge floods it to its other port, and then it is passed on.
            frames.append(Recorded(one.at + 14 * MICROSECOND, cooked(one, source, 4), True))
            frames.append(Recorded(one.at, cooked(one, source, 3), True))
            frames.append(Recorded(later, cooked(one, ROUTER, 4), True))
        else:
            frames.append(Recorded(one.at, cooked(one, source, 0), False))
            frames.append(Recorded(later, cooked(one, source, 4), False))
    story = story_of(pcap(frames, nano=True, link_type=LINUX_COOKED))

    told = login(seconds=1.0)
    assert len(story.steps) == 2 * len(told)
    for side in ("client", "server"):
        half = [step for step in story.steps if step.side == side]
        assert len(half) == len(told)
        assert [step.login for step in half] == [1] * len(half)


def test_a_flood_is_told_in_pieces_that_are_each_in_order() -> None:
    frame = login(seconds=0.1)[0].frame
    many = [Recorded(BEGAN * SECOND + n * 1000, frame, True) for n in range(MOST_HELD + 5)]
    used: list[OwnFrame] = []
    frames = OwnFrames(used.append)
    frames.read(CaptureFile(io.BytesIO(pcap(many, nano=True))))

    assert frames.count == len(used) == len(many)


def test_what_a_pipe_has_is_told_before_it_has_more() -> None:
    """A recording that goes on is watched as it goes."""
    content = pcapng_of(login(seconds=1.0))
    shown_at: list[int] = []
    frames = OwnFrames(lambda frame: shown_at.append(pipe.given))
    pipe = SlowPipe(content, 700)
    frames.read(CaptureFile(pipe), lambda: True)

    assert len(set(shown_at)) > 1
    assert shown_at[0] < len(content)
    assert frames.count == len(shown_at)


class SlowPipe:
    """Gives a few bytes at a time."""

    def __init__(self, content: bytes, most: int) -> None:
        self._file = io.BytesIO(content)
        self._most = most
        self.given = 0

    def read1(self, size: int, /) -> bytes:
        part = self._file.read(min(size, self._most))
        self.given += len(part)
        return part


def pcapng_of(frames: list[Recorded]) -> bytes:
    file = io.BytesIO()
    writer = PcapngWriter(file, "the tests")
    writer.add_interface("eth0")
    for one in frames:
        writer.write_packet(0, one.at, one.frame)
    return file.getvalue()
