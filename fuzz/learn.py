"""Captures of logins, changed in whatever way, that ``learn`` makes a session of."""

from __future__ import annotations

from collections.abc import Callable

from fuzz.byte_source import ByteSource
from ruijie_proxy.config.reader import parse_configuration
from ruijie_proxy.engine.settings import LoginSettings
from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.lab.campus.memory import MemoryCampus
from ruijie_proxy.lab.options import (
    DEFAULT_PASSWORD,
    DEFAULT_USER,
    Challenges,
    ClientOptions,
    Dialect,
    Shape,
    SwitchOptions,
    linux_1_31,
    switch_of_another_vendor,
)
from ruijie_proxy.learn.candidates import candidates, last_heard
from ruijie_proxy.learn.findings import Findings, findings_to_json
from ruijie_proxy.learn.observing import Observer
from ruijie_proxy.learn.session import Ports, session_of
from ruijie_proxy.learn.studying import study_capture
from ruijie_proxy.learn.telling import heading_of, rows_of, sentence_on, sentences_on_the_router
from ruijie_proxy.secret import Secret
from ruijie_proxy.takeover.sections import merge_into_uci
from ruijie_proxy.takeover.yaml_sessions import merge_into_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.takeover.draft import Options

MOST_CHANGES = 40
_SECOND = 1_000_000_000
_ETHERNET = 1
_LINK_TYPES = (_ETHERNET, 113, 276, 127)
_ACCOUNT = LoginSettings(DEFAULT_USER, Secret(DEFAULT_PASSWORD))
_BEFORE = "# mine\nsessions:\n  - {wan: eth2, lan: br-guest}\n"
_OF_OTHERS = (
    bytes.fromhex("ffffffffffff 0200000000cc 0806 0001080006040001 02000000cc01 0a000002")
    + bytes(10),
    bytes.fromhex("02000000cc01 00d0f8000001 0800 4500 0000 0000 4000 4011 0000 0a000001 0a000002")
    + bytes.fromhex("0043 0044 0108 0000 020106 00")
    + bytes(24)
    + bytes.fromhex("02000000cc01")
    + bytes(202)
    + bytes.fromhex("63825363 350105 0104ffff0000 ff"),
    bytes.fromhex("02000000cc01 00d0f8000001 0800 4500 0000 0000 4000 4006 0000 0a000001 0a000002")
    + bytes.fromhex("0050 c000 00000000 00000000 5018 ffff 0000 0000")
    + b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.5/eportal/index.jsp?a=b\r\n\r\n",
)
"""Frames of ARP, DHCP and HTTP."""


def _recorded(switch: SwitchOptions, client: ClientOptions) -> list[bytes]:
    campus = MemoryCampus(switch, client)
    seen: list[bytes] = []

    def note(frame: bytes) -> bytes:
        seen.append(frame)
        return frame

    campus.tamper = campus.tamper_back = note
    for _round in range(switch.successes):
        campus.login(2.0)
    campus.run(65.0)
    return seen


_LOGINS = [
    _recorded(SwitchOptions(probe_interval=20.0), ClientOptions()),
    _recorded(switch_of_another_vendor(successes=2), linux_1_31()),
    _recorded(SwitchOptions(shape=Shape.INSIDE), ClientOptions(shape=Shape.INSIDE)),
    _recorded(SwitchOptions(dialect=Dialect.PLAIN), ClientOptions(private_block=False)),
    _recorded(SwitchOptions(users={}, challenges=Challenges.TWO_SAME), ClientOptions()),
]


def run(data: bytes) -> None:
    """Take the bytes as changes of a recorded login, learn from it, and write what comes of it."""
    source = ByteSource(data)
    observer = Observer()
    frames = list(source.pick(_LOGINS))
    for _ in range(MOST_CHANGES):
        if source.is_empty:
            break
        source.pick(_CHANGES)(source, frames)
    link_type = _LINK_TYPES[source.byte() & 0x03] if source.byte() & 0x80 else _ETHERNET
    at = 0
    for number, frame in enumerate(frames, 1):
        at += _SECOND // 2
        observer.take(Packet(number, at, frame, len(frame) + (number & 1), link_type, None, None))
    observed = observer.result({})
    made: list[Options] = []
    for candidate in (*candidates(observed), last_heard(observed)):
        for account in (None, _ACCOUNT):
            findings = study_capture(observed, candidate, account)
            _tell(findings)
            options = session_of(findings, Ports("eth1", None), account).options
            if options not in made:
                made.append(options)
    for options in made:
        _write(options)


def _tell(findings: Findings) -> None:
    told = [heading_of(findings) or "", *map(sentence_on, findings.remarks)]
    told += [text for row in rows_of(findings) for text in row]
    told += sentences_on_the_router(findings)
    assert all(text.isprintable() for text in told), told
    findings_to_json(findings)


def _write(options: Options) -> None:
    in_uci = merge_into_uci("", "file", options, "eth1").text
    in_yaml = merge_into_yaml(_BEFORE, "file", options).text
    for text in (in_uci, in_yaml):
        sessions = parse_configuration(text.encode(), "file").plain["sessions"]
        assert [one["wan"] for one in sessions if one["wan"] != "eth2"] == ["eth1"], text


def _change_a_byte(source: ByteSource, frames: list[bytes]) -> None:
    at = source.byte() % len(frames)
    frame = bytearray(frames[at])
    if frame:
        place = int.from_bytes(source.take(2), "big") % len(frame)
        frame[place] = source.byte()
        frames[at] = bytes(frame)


def _cut(source: ByteSource, frames: list[bytes]) -> None:
    at = source.byte() % len(frames)
    frames[at] = frames[at][: source.byte()]


def _leave_out(source: ByteSource, frames: list[bytes]) -> None:
    if len(frames) > 1:
        del frames[source.byte() % len(frames)]


def _repeat(source: ByteSource, frames: list[bytes]) -> None:
    frames.insert(source.byte() % len(frames), frames[source.byte() % len(frames)])


def _add_of_another_login(source: ByteSource, frames: list[bytes]) -> None:
    frames.insert(source.byte() % len(frames), source.pick(source.pick(_LOGINS)))


def _add_of_others(source: ByteSource, frames: list[bytes]) -> None:
    frames.insert(source.byte() % len(frames), source.pick(_OF_OTHERS))


def _add_bytes(source: ByteSource, frames: list[bytes]) -> None:
    frames.insert(source.byte() % len(frames), source.take(source.byte()))


_Change = Callable[[ByteSource, list[bytes]], None]
_CHANGES: tuple[_Change, ...] = (
    _change_a_byte,
    _cut,
    _leave_out,
    _repeat,
    _add_of_another_login,
    _add_of_others,
    _add_bytes,
)
LOGINS, CHANGES = len(_LOGINS), len(_CHANGES)
"""How many there are to pick from."""
