"""Every parser of what comes from outside: it reads the bytes, or raises its one error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fuzz.byte_source import ByteSource
from ruijie_proxy.config.notations.document import decode
from ruijie_proxy.config.notations.uci_document import parse_uci
from ruijie_proxy.config.notations.uci_syntax import parse_sections
from ruijie_proxy.config.reader import parse_configuration
from ruijie_proxy.config.shape.problems import ConfigurationProblems
from ruijie_proxy.config.shape.schema import CONFIGURATION
from ruijie_proxy.config.shape.shapes import Report
from ruijie_proxy.engine.frame_reading import (
    answers_a_start,
    eap_code,
    eap_method,
    is_eapol,
    read_challenge,
    read_eap,
    read_heartbeat,
    read_result,
)
from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.engine.login_memory import LoginMemory
from ruijie_proxy.engine.refusals import read_refusal
from ruijie_proxy.engine.relay.fields import rewrite_fields
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.i18n import DamagedCatalogue, read_catalogue
from ruijie_proxy.notation import quoted
from ruijie_proxy.protocol.bare_properties import (
    encode_bare_properties,
    find_bare_properties,
    parse_bare_properties,
)
from ruijie_proxy.protocol.clients.profile_data import profile_from_plain, profile_to_plain
from ruijie_proxy.protocol.eap import EapPacket
from ruijie_proxy.protocol.eapol import EapolFrame
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import MINIMUM_FRAME_SIZE
from ruijie_proxy.protocol.heartbeat import Heartbeat
from ruijie_proxy.protocol.private_block import PrivateBlock, find_private_block
from ruijie_proxy.protocol.properties import parse_properties
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import Result
from ruijie_proxy.protocol.text import decode_text
from ruijie_proxy.takeover.sections import merge_into_uci
from ruijie_proxy.takeover.sessions import take_over
from ruijie_proxy.takeover.source import NotTakenOver

_FACTS = RouterFacts(
    bytes.fromhex("0200000000e1"),
    address=bytes((10, 20, 30, 101)),
    link_local=bytes.fromhex("fe80000000000000000000fffe0000e1"),
)


def frame(data: bytes) -> None:
    """An Ethernet frame, as the session looks at it."""
    if is_eapol(data):
        code = eap_code(data)
        eap_method(data)
        answers_a_start(data, code, None)
        read_heartbeat(data)
        if code is not None:
            result, packet = read_result(data), read_eap(data)
            read_challenge(data)
            _one_line(result.message, result.accounting)
            assert 0 <= packet.code <= 0xFF
    find_private_block(data)
    parsed = EapolFrame.parse(data)
    if len(data) >= MINIMUM_FRAME_SIZE:
        assert parsed.encode() == data


def fields(data: bytes) -> None:
    """A client's frame, whose private block is to tell the router's addresses."""
    changed = bytearray(data)
    changes = rewrite_fields(changed, data[6:12], _FACTS.mac, _FACTS)
    assert len(changed) == len(data)
    assert all(len(old) == len(new) for old, new in changes)
    again = bytearray(changed)
    rewrite_fields(again, data[6:12], _FACTS.mac, _FACTS)
    assert again == changed, "what was changed once stays as it is"


def eap(data: bytes) -> None:
    """An EAP packet."""
    packet, rest = EapPacket.parse(data)
    if packet.length <= len(data):
        assert packet.encode() + rest == data


def challenge(data: bytes) -> None:
    """The body of a Request/MD5-Challenge."""
    packet, _ = EapPacket.parse(data)
    parsed = Md5Challenge.parse(packet)
    _one_line(parsed.reason, parsed.account, parsed.service, parsed.broadcast, *parsed.services)
    parsed.encode()


def result(data: bytes) -> None:
    """The body of a Success or Failure."""
    parsed = Result.parse(data)
    _one_line(parsed.message, parsed.accounting)
    read_refusal(parsed.message)
    grant = parsed.grant
    if grant is not None:
        assert len(grant.encode()) == 15
    assert parsed.prefix + b"".join(piece.encode() for piece in parsed.pieces) == data[4:]


def block(data: bytes) -> None:
    """A private block."""
    assert PrivateBlock.parse(data).encode() == data


def properties(data: bytes) -> None:
    """Properties, one behind the other."""
    found, rest = parse_properties(data)
    assert b"".join(item.encode() for item in found) + rest == data


def bare(data: bytes) -> None:
    """Bare properties, and an answer that may have some."""
    found, rest = parse_bare_properties(data)
    assert encode_bare_properties(found) + rest == data
    begin = find_bare_properties(data)
    if begin is not None:
        found, rest = parse_bare_properties(data[begin:])
        assert found, "they are whole"
        assert not rest, "they are whole"


def heartbeat(data: bytes) -> None:
    """A heartbeat."""
    parsed = Heartbeat.parse(data)
    assert Heartbeat.parse(parsed.encode(data[:6], data[6:12])) == parsed


def text(data: bytes) -> None:
    """A server's text."""
    _one_line(decode_text(data))
    read_refusal(decode_text(data))


def profile(data: bytes) -> None:
    """A profile that somebody gave to somebody."""
    read = profile_from_plain(_json(data))
    assert profile_from_plain(profile_to_plain(read)) == read


def kept(data: bytes) -> None:
    """A state file."""
    plain = _json(data)
    if isinstance(plain, dict):
        read = KeptSession.from_plain(plain)
        assert KeptSession.from_plain(read.to_plain()) == read


def memory(data: bytes) -> None:
    """A file of logins."""
    plain = _json(data)
    if isinstance(plain, dict):
        read = LoginMemory.from_plain(plain)
        assert LoginMemory.from_plain(read.to_plain()) == read
        read.moved(1.0, 1000.0).next_try(2, 1000.0)


def catalogue(data: bytes) -> None:
    """A catalogue of messages."""
    read_catalogue(data)


def uci(data: bytes) -> None:
    """A configuration in OpenWrt's way."""
    text = decode(data, "file")
    sections = parse_sections(text, "file")
    lines = []
    for section in sections:
        assert 0 < section.line <= text.count("\n") + 1
        lines.append(f"config {quoted(section.type)} {section.name or ''}")
        for option in section.options:
            assert section.line <= option.line <= option.last_line <= text.count("\n") + 1
            verb = "list" if option.is_item else "option"
            lines.append(f"{verb} {option.name} {quoted(option.value)}")
    again = parse_sections("\n".join(lines), "file")
    assert [
        (one.type, one.name, [(option.name, option.value) for option in one.options])
        for one in again
    ] == [
        (one.type, one.name, [(option.name, option.value) for option in one.options])
        for one in sections
    ], "what is written in quotes is read as it was"
    document = parse_uci(text, "file")
    report = Report("file", document.notation)
    CONFIGURATION.read(document.root, "", report)
    for problem in (*document.problems, *report.problems):
        assert problem.line is not None
        assert str(problem).isprintable()


def others(data: bytes) -> None:
    """A configuration of minieap or MentoHUST."""
    for taken in take_over(data, "file"):
        for remark in taken.remarks:
            _one_line(*remark.keys, remark.text)
        if str(taken.options.get("password")).startswith("sealed:"):
            continue  # which the reader looks into
        whole = merge_into_uci("", "file", taken.options, taken.program)
        try:
            parse_configuration(whole.text.encode(), "file")
        except ConfigurationProblems as problems:
            raise AssertionError("what was taken over passes the check") from problems


ALL: tuple[Callable[[bytes], None], ...] = (
    frame,
    eap,
    challenge,
    result,
    block,
    properties,
    heartbeat,
    text,
    profile,
    kept,
    memory,
    catalogue,
    fields,
    uci,
    others,
    bare,
)


def run(data: bytes) -> None:
    """Give the bytes behind the first one to the parser that it names."""
    source = ByteSource(data)
    parser = source.pick(ALL)
    try:
        parser(source.rest())
    except (ProtocolError, DamagedCatalogue, ConfigurationProblems, NotTakenOver):
        return
    except ValueError:
        # What plain data is refused with; no frame may raise it.
        if parser not in (profile, kept, memory):
            raise


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except RecursionError as error:
        raise ValueError("too deep") from error


def _one_line(*texts: str | None) -> None:
    for told in texts:
        assert told is None or told.isprintable()
