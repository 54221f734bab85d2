"""What a server's requests and results tell."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from ruijie_proxy.engine.refusals import Refusal, RefusalKind, read_refusal
from ruijie_proxy.i18n import _, listed
from ruijie_proxy.inspect.digests import shortened
from ruijie_proxy.inspect.pieces import PieceKind, kinds_of
from ruijie_proxy.inspect.property_lines import property_line
from ruijie_proxy.inspect.steps import Fact, PropertyLine, UnknownBytes
from ruijie_proxy.protocol.bare_properties import parse_bare_properties
from ruijie_proxy.protocol.eap import EapCode
from ruijie_proxy.protocol.heartbeat import UdpHeartbeat, udp_heartbeat
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.properties import Property
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import BLOCK_SIZE, Result
from ruijie_proxy.protocol.text import decode_text, names_of_services
from ruijie_proxy.runtime.telling.advice import sentence_of, word_of

_VERSION_SIZE = 4


@dataclass(frozen=True, slots=True)
class ToldBefore:
    """A reason that stood in a request before the result."""

    text: str
    number: int
    """Of the packet."""


def challenge_facts(request: Md5Challenge) -> list[Fact]:
    """Return what an MD5 challenge tells."""
    whole = request.challenge.hex()
    facts = [Fact("challenge", shortened(whole), shortened(whole), full=whole)]
    if request.services:
        facts.append(Fact("services", list(request.services), listed(request.services)))
    if request.account is not None:
        facts.append(Fact("account", request.account, request.account))
    facts += _piece_facts(_pieces_of(request))
    if request.reason is not None:
        # Whether it is that of a refusal shows when the Failure comes.
        facts.append(Fact("reason", request.reason, request.reason))
    return facts


def challenge_lines(request: Md5Challenge) -> tuple[PropertyLine, ...]:
    """Return every piece behind the challenge, in its order."""
    return tuple(map(property_line, _pieces_of(request)))


def challenge_unknown(request: Md5Challenge) -> list[UnknownBytes]:
    """Return what of an MD5 challenge has no known meaning."""
    found = [
        UnknownBytes(f"property {piece.type:#04x}", piece.content)
        for piece in _pieces_of(request)
        if property_line(piece).name is None and piece.content
    ]
    rest = parse_bare_properties(request.unparsed)[1] if request.is_bare else request.unparsed
    if rest and request.reason is None:
        found.append(UnknownBytes("behind the challenge", rest))
    return found


def _pieces_of(request: Md5Challenge) -> tuple[Property, ...]:
    return (*request.pieces, *(request.bare_pieces if request.is_bare else ()))


def _piece_facts(pieces: tuple[Property, ...]) -> list[Fact]:
    """Return what pieces tell besides services, account and reason, which stand elsewhere, too."""
    facts = []
    contents = {piece.type: piece.content for piece in pieces}
    service = decode_text(contents.get(PieceType.SERVICE, b"").rstrip(b"\0"))
    if service:
        facts.append(Fact("service", service, service, standing=True))
    broadcast = decode_text(contents.get(PieceType.BROADCAST, b""))
    if broadcast:
        facts.append(Fact("broadcast", broadcast, broadcast))
    newest = contents.get(PieceType.NEWEST_VERSION, b"")
    if len(newest) == _VERSION_SIZE and any(newest):
        facts.append(_newest_fact(newest))
    heartbeat = udp_heartbeat(pieces)
    if heartbeat is not None:
        facts.append(_udp_fact(heartbeat))
    return facts


def _newest_fact(version: bytes) -> Fact:
    told = _("{major}.{minor} ({hex})", major=version[0], minor=version[1], hex=version.hex(" "))
    return Fact("newest_version", version.hex(), told, standing=True)


def _udp_fact(heartbeat: UdpHeartbeat) -> Fact:
    server = str(ipaddress.IPv4Address(heartbeat.server))
    told = _(
        "{server}, port {port}: this campus also wants a heartbeat by UDP, which only the genuine "
        "client sends; expect to be dropped after some minutes without the PC",
        server=server,
        port=heartbeat.port,
    )
    return Fact("udp_heartbeat", {"server": server, "port": heartbeat.port}, told, standing=True)


def tells_known_reason(text: bytes) -> bool:
    """Whether a text of the server's is the reason of a refusal that is known."""
    return read_refusal(decode_text(text)).kind is not RefusalKind.UNKNOWN


def result_facts(
    result: Result, *, was_online: bool, told_before: ToldBefore | None = None
) -> list[Fact]:
    """Return what a Success or Failure tells; ``was_online``: the client was, before it."""
    facts: list[Fact] = []
    if result.message is not None:
        facts.append(Fact("message", result.message, result.message))
    if result.grant is not None:
        key, interval = f"{result.grant.key:08x}", result.grant.interval
        told = _("key {key}, a heartbeat every {interval} s", key=key, interval=interval)
        facts.append(Fact("grant", {"key": key, "interval": interval}, told))
    elif result.forbids_heartbeats:
        facts.append(Fact("grant", {"off": True}, _("switched off: no heartbeats shall be sent")))
    if result.newest_version is not None:
        facts.append(_newest_fact(result.newest_version))
    if result.looks_for_proxies is not None:
        facts.append(Fact("looks_for_proxies", result.looks_for_proxies, ""))
    if result.accounting is not None:
        facts.append(Fact("account", result.accounting, result.accounting))
    offered = names_of_services(result.typed(PieceType.SERVICES_ON_OFFER) or b"")
    if offered:
        facts.append(Fact("services", list(offered), listed(offered)))
    facts += _piece_facts(result.typed_pieces)
    if result.code == EapCode.FAILURE:
        facts += _failure_facts(result, was_online=was_online, told_before=told_before)
    elif result.grant is None and not result.forbids_heartbeats:
        told = _("none: identity probes, or nothing at all, keep the session here")
        facts.append(Fact("grant", None, told))
    return facts


def result_lines(result: Result) -> tuple[PropertyLine, ...]:
    """Return every piece that has a type, in its order."""
    return tuple(map(property_line, result.typed_pieces))


def _failure_facts(
    result: Result, *, was_online: bool, told_before: ToldBefore | None
) -> list[Fact]:
    reason = result.reason
    facts = []
    if reason is None and told_before is not None:
        told = _("none; #{number} told the reason before", number=told_before.number)
        facts = [
            Fact("message", None, told),
            Fact("reason", told_before.text, told_before.text),
            Fact("reason_in", told_before.number, ""),
        ]
        reason = told_before.text
    elif reason is None:
        facts.append(Fact("message", None, _("none: the reason is not told")))
    elif result.message is None:
        facts.append(Fact("reason", reason, reason))
    return facts + _refusal_facts(read_refusal(reason, was_online=was_online))


def result_unknown(result: Result) -> list[UnknownBytes]:
    """Return what of a result has no known meaning, zeros left out."""
    found = [UnknownBytes("before the pieces", result.prefix)] if result.prefix else []
    for kind, piece in kinds_of(result):
        unknown = {
            PieceKind.UNKNOWN: piece.header + piece.content,
            PieceKind.BLOCK: _without_known(piece.content),
            PieceKind.EMPTY: piece.content,
            PieceKind.GRANT: piece.content[9:],
        }.get(kind, b"")
        if any(unknown):
            found.append(UnknownBytes(f"{kind.value} piece", unknown))
    return found


def _without_known(upgrade: bytes) -> bytes:
    """Zero what is known of the upgrade information: the newest version, the count of rows."""
    shown = bytearray(upgrade)
    shown[:_VERSION_SIZE] = bytes(len(upgrade[:_VERSION_SIZE]))
    if len(upgrade) >= BLOCK_SIZE:
        shown[BLOCK_SIZE - 1] = 0
    return bytes(shown)


def _refusal_facts(refusal: Refusal) -> list[Fact]:
    kind = refusal.kind
    return [
        Fact("refusal", kind.value, word_of(kind), good=False),
        Fact("advice", sentence_of(refusal.advice), sentence_of(refusal.advice)),
    ]
