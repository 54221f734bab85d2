"""From what was kept of a capture to findings: what the campus wants, and what the client is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from ruijie_proxy.engine.refusals import read_refusal
from ruijie_proxy.engine.relay.edition_seen import edition_seen, sends_text_check
from ruijie_proxy.engine.settings import Dialect, GroupMode, LoginSettings, Shape, ZeroCheck
from ruijie_proxy.inspect.checks import checks_of
from ruijie_proxy.inspect.client_data import ClientData, client_data_of
from ruijie_proxy.inspect.identities import cernet_addresses
from ruijie_proxy.inspect.reading import Reading, read_frame
from ruijie_proxy.learn.addresses import study_addresses
from ruijie_proxy.learn.campuses import campuses_that_fit
from ruijie_proxy.learn.candidates import Candidate
from ruijie_proxy.learn.comparing import compare, decoded_name, name_of
from ruijie_proxy.learn.findings import (
    NOT_SEEN,
    ClientSaid,
    Findings,
    Found,
    Granted,
    Outcome,
    Refused,
)
from ruijie_proxy.learn.observing import Client, Frame, Login, Observed, Times
from ruijie_proxy.learn.remarks import remarks_on
from ruijie_proxy.protocol.clients.ruijie_vendors import is_of_ruijie
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import RUIJIE_GROUP_ADDRESS
from ruijie_proxy.protocol.properties import PropertyType
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import Result
from ruijie_proxy.protocol.text import decode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

SHORTEST_ONLINE = 60.0
"""Seconds that have to be captured after Success for what does not come to say anything …"""
_INTERVALS = 3
"""… or so many intervals of heartbeats, if they are longer."""
_FEWEST_TIMES = 3
"""Of what comes again and again, before the time between says how regular it is."""


def study_capture(
    observed: Observed, candidate: Candidate | None, account: LoginSettings | None = None
) -> Findings:
    """Return what a capture teaches of one client; ``candidate`` None: it has none.

    With an ``account`` the frames are compared with those that the router would have sent.
    """
    findings = Findings(Outcome.NONE)
    if candidate is not None:
        findings = _Study(observed, candidate).findings(account)
    return replace(findings, remarks=remarks_on(findings, observed, candidate))


class _Study:
    """Of one client: its frames, taken apart once."""

    def __init__(self, observed: Observed, candidate: Candidate) -> None:
        self._observed = observed
        self._candidate = candidate
        self._client = candidate.client
        self._logins = candidate.logins
        self._readings = list(_read(_frames_of(self._logins)))
        self._data = [
            (frame, data)
            for frame, reading in self._readings
            if (data := client_data_of(reading)) is not None
        ]
        self._challenges = list(_challenges_of(self._logins))
        self._result = _result_of(self._logins)

    def findings(self, account: LoginSettings | None) -> Findings:
        """Return all facts."""
        candidate, client = self._candidate, self._client
        first = self._logins[0].first if self._logins else client.was_online_before
        dialect = self._dialect()
        addresses = study_addresses(self._observed, candidate, self._data)
        online = self._online_seconds()
        regular = partial(_regular, online=online)
        findings = Findings(
            outcome=_outcome_of(client),
            client=_at(client.address or None, first),
            server=_at(candidate.outward.server, first),
            account=self._account(dialect.value),
            dialect=dialect,
            shape=self._shape(dialect.value),
            edition=self._edition(),
            zero_check=self._zero_check(),
            said=self._said(),
            service=self._service(),
            services=self._services(),
            group=_group(candidate.outward_logins),
            challenges=self._count_of_challenges(),
            successes=self._successes(),
            message=self._of_result(lambda told: told.message),
            accounting=self._of_challenge(lambda told: told.account)
            or self._of_result(lambda told: told.accounting),
            granted=self._granted(),
            heartbeat_interval=self._heartbeat_interval(online),
            first_number=self._first_number(),
            heartbeat_key_is_granted=self._key_is_granted(),
            probes=regular(candidate.outward.probes),
            reauthentications=regular(candidate.outward.reauthentications),
            udp_heartbeat=self._of_challenge(lambda told: told.udp_heartbeat)
            or self._of_result(lambda told: told.udp_heartbeat),
            dhcp=addresses.dhcp,
            address=addresses.address,
            quarantine=addresses.quarantine,
            refused=self._refused(),
            online_seconds=online,
            comparison=compare(client.session, dialect.value, account),
            source=client,
        )
        return replace(findings, campuses=campuses_that_fit(findings))

    # What the client is.

    def _account(self, dialect: Dialect | None) -> Found[str]:
        for login in reversed(self._logins):
            name = name_of(login)
            if name is not None and login.identity is not None:
                text = decode_text(decoded_name(name, dialect).encode("gb18030", "replace"))
                return Found.shown(text, login.identity.number)
        return NOT_SEEN

    def _dialect(self) -> Found[Dialect]:
        for login in self._logins:
            if login.other_request is not None and not login.exchanges:
                return Found.shown(None, login.other_request.number)
        for frame, reading in self._readings:
            if reading.eap is not None and cernet_addresses(reading.eap.data) is not None:
                return Found.shown(Dialect.CERNET, frame.number)
        for frame, data in reversed(self._data):
            if _is_of_v2(data):
                return Found.inferred(Dialect.RUIJIE_V2, frame.number)
            return Found.shown(Dialect.RUIJIE, frame.number)
        answered = [
            (frame, reading) for frame, reading in self._readings if reading.eap is not None
        ]
        if not answered:
            return NOT_SEEN
        frame, _reading = answered[-1]
        if any(one.is_cut for one, _ in self._readings):
            # Private data stand behind all else, so nothing is known of them.
            server = self._candidate.outward.server
            usual = server is not None and is_of_ruijie(server)
            return Found.inferred(Dialect.RUIJIE, frame.number) if usual else NOT_SEEN
        return Found.shown(Dialect.PLAIN, frame.number)

    def _shape(self, dialect: Dialect | None) -> Found[Shape]:
        if dialect not in (Dialect.RUIJIE, Dialect.RUIJIE_V2) or not self._data:
            return NOT_SEEN
        frame, data = self._data[-1]
        return Found.shown(data.shape, frame.number)

    def _edition(self) -> Found[int]:
        challenges = {request.identifier: request.challenge for _, request in self._challenges}
        seen: Found[int] = NOT_SEEN
        for frame, data in self._data:
            check = data.content(PropertyType.V4_CHECK)
            reading = read_frame(frame.data)
            challenge = challenges.get(reading.eap.identifier) if reading.eap else None
            edition = edition_seen(frame.data)
            if edition is None and check and challenge is not None:
                edition = checks_of(challenge).get(check)
                if edition is None and any(check):
                    seen = Found.shown(None, frame.number)
            if edition is not None:
                return Found.shown(int(edition), frame.number)
        return seen

    def _zero_check(self) -> Found[ZeroCheck]:
        for frame, _data in self._data:
            if edition_seen(frame.data) is not None:
                is_text = sends_text_check(frame.data)
                return Found.shown(ZeroCheck.TEXT if is_text else ZeroCheck.ZEROS, frame.number)
        return NOT_SEEN

    def _said(self) -> Found[ClientSaid]:
        for frame, data in reversed(self._data):
            if data.version is not None and data.program is not None:
                name = data.content(PropertyType.CLIENT_NAME) or b""
                shown = (decode_text(text.rstrip(b"\0")) for text in (name, data.program))
                return Found.shown(ClientSaid(data.version, *shown), frame.number)
        return NOT_SEEN

    def _service(self) -> Found[str]:
        for frame, data in reversed(self._data):
            service = data.content(PropertyType.SERVICE)
            if service is not None:
                return Found.shown(decode_text(service.rstrip(b"\0")), frame.number)
        return self._of_challenge(lambda told: told.service) or NOT_SEEN

    # What the campus wants and says.

    def _services(self) -> Found[tuple[str, ...]]:
        found = self._of_challenge(lambda told: told.services or None)
        return found or self._of_result(lambda told: told.services or None)

    def _count_of_challenges(self) -> Found[int]:
        if not self._logins or not self._logins[-1].exchanges:
            return NOT_SEEN
        exchanges = self._logins[-1].exchanges
        return Found.shown(len(exchanges), exchanges[-1].challenge.number)

    def _successes(self) -> Found[int]:
        session = self._client.session
        if not session or session[-1].result is None:
            return NOT_SEEN
        return Found.shown(len(session), session[-1].result.number)

    def _granted(self) -> Found[Granted]:
        if self._result is None or not self._client.session:
            return NOT_SEEN
        frame, result = self._result
        if result.grant is not None:
            return Found.shown(Granted(result.grant.interval), frame.number)
        if result.forbids_heartbeats:
            return Found.shown(Granted(None), frame.number)
        return NOT_SEEN if frame.is_cut else Found.shown(None, frame.number)

    def _heartbeat_interval(self, online: float | None) -> Found[float]:
        beats = self._client.heartbeats
        if beats.first is not None:
            interval = beats.interval
            if interval is None:
                return NOT_SEEN
            sure = Found.shown if beats.count >= _FEWEST_TIMES else Found.inferred
            return sure(round(interval, 1), beats.first)
        granted = self._granted().value
        longest = _INTERVALS * (granted.interval or 0) if granted else 0
        if online is not None and online >= max(SHORTEST_ONLINE, longest):
            return Found.inferred(None)
        return NOT_SEEN

    def _first_number(self) -> Found[int]:
        beat, first = self._client.first_heartbeat, self._client.heartbeats.first
        if beat is None or first is None or not self._client.session:
            return NOT_SEEN
        return Found.shown(beat.number, first)

    def _key_is_granted(self) -> Found[bool]:
        beat, first = self._client.first_heartbeat, self._client.heartbeats.first
        if beat is None or first is None or self._result is None or self._result[0].is_cut:
            return NOT_SEEN
        grant = self._result[1].grant
        return Found.shown(grant is not None and grant.key == beat.key, first)

    def _refused(self) -> Found[Refused]:
        failure = self._client.failure
        if failure is None or failure.result is None or self._client.session:
            return NOT_SEEN
        result = _parse_result(failure.result)
        frame, text = failure.result, result.reason if result else None
        if text is None:
            for told_in, request in reversed(self._challenges):
                if request.reason is not None:
                    frame, text = told_in, request.reason
                    break
        if text is None and failure.notification is not None:
            eap = read_frame(failure.notification.data).eap
            frame, text = failure.notification, decode_text(eap.data) if eap else None
        refusal = read_refusal(text, to_plain=not self._data, was_online=self._client.was_dropped)
        return Found.shown(Refused(text, refusal.kind, refusal.advice), frame.number)

    def _of_challenge(self, told: Callable[[Md5Challenge], T | None]) -> Found[T] | None:
        for frame, request in reversed(self._challenges):
            value = told(request)
            if value is not None:
                return Found.shown(value, frame.number)
        return None

    def _of_result(self, told: Callable[[Result], T | None]) -> Found[T]:
        if self._result is None or not self._client.session:
            return NOT_SEEN
        frame, result = self._result
        value = told(result)
        return NOT_SEEN if value is None and frame.is_cut else Found.shown(value, frame.number)

    def _online_seconds(self) -> float | None:
        session = self._client.session
        result = session[-1].result if session else None
        last = self._observed.last_at
        if result is None or result.at is None or last is None:
            return None
        return max(0.0, (last - result.at) / 1e9)


def _outcome_of(client: Client) -> Outcome:
    if client.session:
        return Outcome.ONLINE
    if client.failure is not None:
        return Outcome.REFUSED
    if client.open is not None:
        login = client.open
        has_said_more = login.is_asked or login.identity is not None or login.unpaired is not None
        return Outcome.NO_RESULT if has_said_more else Outcome.UNANSWERED
    return Outcome.NONE if client.was_online_before is None else Outcome.BEFORE


def _frames_of(logins: tuple[Login, ...]) -> Iterator[Frame]:
    """Give what the client sent, in its order."""
    for login in logins:
        answers = (exchange.answer for exchange in login.exchanges)
        yield from (one for one in (login.start, login.identity, *answers) if one is not None)


def _read(frames: Iterator[Frame]) -> Iterator[tuple[Frame, Reading]]:
    for frame in frames:
        try:
            yield frame, read_frame(frame.data)
        except ProtocolError:
            continue  # cut before its header ends: nothing can be read in it


def _challenges_of(logins: tuple[Login, ...]) -> Iterator[tuple[Frame, Md5Challenge]]:
    for login in logins:
        asked = [exchange.challenge for exchange in login.exchanges]
        if login.challenge is not None and login.challenge not in asked:
            asked.append(login.challenge)
        for frame, reading in _read(iter(asked)):
            if reading.eap is None:
                continue
            try:
                yield frame, Md5Challenge.parse(reading.eap)
            except ProtocolError:
                continue  # empty or cut: there is nothing to learn from it


def _result_of(logins: tuple[Login, ...]) -> tuple[Frame, Result] | None:
    frame = logins[-1].result if logins else None
    result = None if frame is None else _parse_result(frame)
    return None if frame is None or result is None else (frame, result)


def _parse_result(frame: Frame) -> Result | None:
    try:
        return Result.parse(read_frame(frame.data).frame.body)
    except ProtocolError:
        return None


def _is_of_v2(data: ClientData) -> bool:
    """Whether a client proves itself by the V2 check alone: old Windows clients do."""
    v4 = data.content(PropertyType.V4_CHECK) or b""
    v2 = data.content(PropertyType.V2_CHECK) or b""
    return bool(v2.strip(b"\0 0")) and not any(v4)


def _group(logins: tuple[Login, ...]) -> Found[GroupMode]:
    for login in reversed(logins):
        start = login.start
        if start is not None and login.is_asked:
            is_ruijies = start.destination == RUIJIE_GROUP_ADDRESS
            group = GroupMode.RUIJIE if is_ruijies else GroupMode.STANDARD
            alone = len(login.start_groups) == 1 and any(start.destination)
            return (Found.shown if alone else Found.inferred)(group, start.number)
    return NOT_SEEN


def _regular(times: Times, online: float | None) -> Found[float]:
    """Return how often something came; where it never did, and that says something, None."""
    if times.first is None:
        long_enough = online is not None and online >= SHORTEST_ONLINE
        return Found.inferred(None) if long_enough else NOT_SEEN
    if times.interval is None:
        return NOT_SEEN
    sure = Found.shown if times.count >= _FEWEST_TIMES else Found.inferred
    return sure(round(times.interval, 1), times.first)


def _at(value: T | None, number: int | None) -> Found[T]:
    return NOT_SEEN if value is None or number is None else Found.shown(value, number)
