"""What has to be said of a capture besides its facts: what is missing in it, and why."""

from __future__ import annotations

from collections.abc import Iterator

from ruijie_proxy.learn.candidates import Candidate
from ruijie_proxy.learn.findings import Findings, Outcome, Remark, RemarkCode
from ruijie_proxy.learn.observing import Login, Observed

_MANY = 2
"""Clients that are heard by one port alone where it is a switch's mirror port, or a hub's."""
_SHORTEST = 60.0
"""Seconds after Success that show heartbeats and probes."""


def remarks_on(
    findings: Findings, observed: Observed, candidate: Candidate | None
) -> tuple[Remark, ...]:
    """Return all there is to say, what matters most first."""
    return (
        *_on_the_file(findings, observed),
        *(() if candidate is None else _on_the_login(findings, observed, candidate)),
    )


def _on_the_file(findings: Findings, observed: Observed) -> Iterator[Remark]:
    if not observed.packets + observed.others:
        yield Remark(RemarkCode.EMPTY)
        return
    wireless = observed.wireless_key if observed.wireless is None else observed.wireless
    if findings.outcome is Outcome.NONE:
        if observed.eapol_frames and wireless is None:
            yield Remark(RemarkCode.NO_LOGIN, observed.first_eapol)
        elif wireless is None:
            yield Remark(RemarkCode.NO_8021X)
    if wireless is not None:
        yield Remark(RemarkCode.WIRELESS, wireless)
    web = observed.web_login
    if web is not None:
        values = (("portal", web.portal.value), ("site", web.site))
        yield Remark(RemarkCode.WEB_PORTAL, web.number, values)


def _on_the_login(findings: Findings, observed: Observed, candidate: Candidate) -> Iterator[Remark]:
    client = candidate.client
    if candidate.is_relayed:
        yield Remark(RemarkCode.RELAYED, _first_number(candidate.outward.session))
    yield from _on_the_outcome(findings, candidate)
    for login in candidate.logins[-1:]:
        if login.other_request is not None and not login.exchanges:
            method = login.other_request.method
            values = (("method", -1 if method is None else method),)
            yield Remark(RemarkCode.OTHER_METHOD, login.other_request.number, values)
        elif findings.outcome is Outcome.ONLINE:
            yield from _on_missing_frames(login)
    if observed.cut is not None:
        yield Remark(RemarkCode.CUT, observed.cut)
    yield from _on_the_place(observed, candidate)
    if findings.udp_heartbeat.value is not None:
        yield Remark(RemarkCode.UDP_HEARTBEAT, findings.udp_heartbeat.frame)
    online = findings.online_seconds
    has_signs = client.heartbeats.count or candidate.outward.probes.count
    if online is not None and online < _SHORTEST and not has_signs:
        yield Remark(RemarkCode.SHORT, None, (("seconds", round(online)),))


def _on_the_outcome(findings: Findings, candidate: Candidate) -> Iterator[Remark]:
    client = candidate.client
    match findings.outcome:
        case Outcome.REFUSED:
            yield Remark(RemarkCode.REFUSED, findings.refused.frame)
        case Outcome.BEFORE:
            yield Remark(RemarkCode.BEGAN_ONLINE, client.was_online_before)
        case Outcome.UNANSWERED if not client.received:
            yield Remark(RemarkCode.UNANSWERED, _first_number(candidate.logins))
        case Outcome.NO_RESULT if not client.received:
            yield Remark(RemarkCode.CLIENT_ALONE, _first_number(candidate.logins))
        case Outcome.NO_RESULT | Outcome.UNANSWERED:
            yield Remark(RemarkCode.ENDED_EARLY, _first_number(candidate.logins))
        case _:
            pass


def _on_missing_frames(login: Login) -> Iterator[Remark]:
    """Tell the first frame that is missing of a login that succeeded."""
    if login.start is None and login.identity is None and not login.exchanges:
        code = RemarkCode.BEGAN_ONLINE if login.unpaired is None else RemarkCode.NO_CHALLENGE
        yield Remark(RemarkCode.SERVER_ALONE if login.challenge is not None else code, login.first)
    elif not login.exchanges or login.unpaired is not None:
        yield Remark(RemarkCode.NO_CHALLENGE, login.unpaired or login.first)
    elif login.start is None:
        yield Remark(RemarkCode.NO_START, login.first)
    elif login.identity is None:
        yield Remark(RemarkCode.NO_IDENTITY, login.first)


def _on_the_place(observed: Observed, candidate: Candidate) -> Iterator[Remark]:
    """Tell where it was recorded, if that was not at the client."""
    ours = candidate.client, candidate.outward
    beside = [
        one
        for one in observed.clients
        if one.interface == candidate.client.interface
        and one not in ours
        and one.is_sender is None
        and one.received
    ]
    if 1 + len(beside) >= _MANY:
        values = (("clients", 1 + len(beside)),)
        yield Remark(RemarkCode.MIRROR, _first_number(candidate.logins), values)
    elif candidate.client.vlans:
        values = (("vlan", candidate.client.vlans[-1]),)
        yield Remark(RemarkCode.TAGGED, _first_number(candidate.logins), values)


def _first_number(logins: tuple[Login, ...]) -> int | None:
    return logins[0].first if logins else None
