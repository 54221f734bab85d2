"""What a server's requests and results tell."""

from __future__ import annotations

from ruijie_proxy.engine.refusals import (
    DROPPED_SILENTLY,
    UNKNOWN_REFUSAL,
    Refusal,
    read_refusal,
)
from ruijie_proxy.i18n import _
from ruijie_proxy.inspect.digests import shortened
from ruijie_proxy.inspect.pieces import PieceKind, kinds_of
from ruijie_proxy.inspect.property_lines import property_name
from ruijie_proxy.inspect.steps import Fact, UnknownBytes
from ruijie_proxy.protocol.eap import EapCode
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import Result
from ruijie_proxy.runtime.telling.advice import sentence_of, word_of

_KNOWN_PIECES = (PieceType.CHALLENGE_FLAG, PieceType.SERVICES_ON_OFFER)


def challenge_facts(request: Md5Challenge) -> list[Fact]:
    """Return what an MD5 challenge tells."""
    whole = request.challenge.hex()
    facts = [Fact("challenge", shortened(whole), shortened(whole), full=whole)]
    if request.services:
        facts.append(Fact("services", list(request.services), ", ".join(request.services)))
    reason = request.reason
    if reason is not None:
        facts += [Fact("reason", reason, reason), *_refusal_facts(read_refusal(reason))]
    return facts


def challenge_unknown(request: Md5Challenge) -> list[UnknownBytes]:
    """Return what of an MD5 challenge has no known meaning."""
    found = [
        UnknownBytes(property_name(piece.type), piece.content)
        for piece in request.pieces
        if piece.type not in _KNOWN_PIECES
    ]
    if request.unparsed and request.reason is None:
        found.append(UnknownBytes("behind the challenge", request.unparsed))
    return found


def result_facts(result: Result, *, was_online: bool) -> list[Fact]:
    """Return what a Success or Failure tells; ``was_online``: the client was, before it."""
    facts: list[Fact] = []
    if result.message is not None:
        facts.append(Fact("message", result.message, result.message))
    if result.grant is not None:
        key, interval = f"{result.grant.key:08x}", result.grant.interval
        told = _("key {key}, a heartbeat every {interval} s", key=key, interval=interval)
        facts.append(Fact("grant", {"key": key, "interval": interval}, told))
    if result.accounting is not None:
        facts.append(Fact("account", result.accounting, result.accounting))
    if result.code == EapCode.FAILURE:
        refusal = read_refusal(result.message)
        if refusal is UNKNOWN_REFUSAL and was_online:
            refusal = DROPPED_SILENTLY
        if result.message is None:
            facts.append(Fact("message", None, _("none: the reason is not told")))
        facts += _refusal_facts(refusal)
    elif result.grant is None:
        told = _("none: identity probes, or nothing at all, keep the session here")
        facts.append(Fact("grant", None, told))
    return facts


def result_unknown(result: Result) -> list[UnknownBytes]:
    """Return what of a result has no known meaning, zeros left out."""
    found = [UnknownBytes("before the pieces", result.prefix)] if result.prefix else []
    for kind, piece in kinds_of(result):
        unknown = {
            PieceKind.UNKNOWN: piece.header + piece.content,
            PieceKind.BLOCK: piece.content,
            PieceKind.EMPTY: piece.content,
            PieceKind.GRANT: piece.content[9:],
        }.get(kind, b"")
        if any(unknown):
            found.append(UnknownBytes(f"{kind.value} piece", unknown))
    return found


def _refusal_facts(refusal: Refusal) -> list[Fact]:
    kind = refusal.kind
    return [
        Fact("refusal", kind.value, word_of(kind), good=False),
        Fact("advice", sentence_of(refusal.advice), sentence_of(refusal.advice)),
    ]
