"""A virtual campus that behaves as the one in a capture, as far as that shows.

What a capture of one login cannot show is as at most campuses, and strict: a check that was sent
has to be right, and a group that was not used is not answered.
"""

from __future__ import annotations

from ruijie_proxy.engine.frame_reading import read_challenge
from ruijie_proxy.engine.settings import GroupMode, ZeroCheck
from ruijie_proxy.lab.options import (
    Challenges,
    ClientOptions,
    Dialect,
    Group,
    Heartbeats,
    Shape,
    SuccessShape,
    SwitchOptions,
)
from ruijie_proxy.learn.findings import Findings
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.values import Frozen

_SILENT_FACTOR = 4.0
"""After so many intervals without a sign of life the port is dropped; nobody is told, nor knows."""
_GROUPS = {GroupMode.STANDARD: Group.STANDARD, GroupMode.RUIJIE: Group.RUIJIE}


class CapturedCampus(Frozen):
    """A campus, and a client that it lets in."""

    switch: SwitchOptions
    client: ClientOptions
    address: str | None
    """The switch's MAC address; None: it was not captured."""


def campus_of(findings: Findings, username: str, password: str) -> CapturedCampus:
    """Return the campus of a login that succeeded, for an account that it is to let in."""
    dialect = Dialect(findings.dialect.value.value) if findings.dialect.value else Dialect.RUIJIE
    shape = Shape(findings.shape.value.value) if findings.shape.value else Shape.BLOCK
    edition = Edition(findings.edition.value or 1)
    is_computed = findings.edition.value is not None
    text_check = findings.zero_check.value is ZeroCheck.TEXT
    group = _GROUPS.get(findings.group.value or GroupMode.STANDARD, Group.STANDARD)
    interval = _interval(findings)
    probes = findings.probes.value
    again = findings.reauthentications.value
    switch = SwitchOptions(
        users={username: password},
        dialect=dialect,
        shape=shape,
        check_v4=is_computed,
        edition=edition,
        text_check=text_check,
        accepted_starts=group,
        challenges=_challenges(findings),
        services=findings.services.value or (),
        success=SuccessShape.MODERN if findings.granted.value else SuccessShape.BARE,
        message=findings.message.value or "",
        accounting=findings.accounting.value or "",
        successes=findings.successes.value or 1,
        heartbeats=_heartbeats(findings),
        interval=interval,
        alive_interval=interval * _SILENT_FACTOR,
        probe_interval=probes,
        probe_silence=(probes or 0.0) * _SILENT_FACTOR or SwitchOptions().probe_silence,
        reauthentication_interval=again,
        check_mac=False,
    )
    client = ClientOptions(
        username=username,
        password=password,
        edition=edition,
        private_block=dialect in (Dialect.RUIJIE, Dialect.RUIJIE_V2),
        shape=shape,
        service=findings.service.value or "",
        text_check=text_check,
        start_group=group,
        heartbeats=switch.heartbeats != Heartbeats.FORBIDDEN and switch.grants,
    )
    server = findings.server.value
    return CapturedCampus(switch, client, server.hex(":") if server else None)


def _interval(findings: Findings) -> int:
    granted = findings.granted.value
    told = granted.interval if granted else None
    return told or round(findings.heartbeat_interval.value or SwitchOptions().interval)


def _heartbeats(findings: Findings) -> Heartbeats:
    granted = findings.granted.value
    if granted is not None and granted.interval is None:
        return Heartbeats.FORBIDDEN
    # A client that sent none was not dropped for it while it was captured.
    return Heartbeats.REQUIRED if findings.heartbeat_interval.value else Heartbeats.OPTIONAL


def _challenges(findings: Findings) -> Challenges:
    login = findings.source.session[-1] if findings.source and findings.source.session else None
    if login is None or len(login.exchanges) < 2:
        return Challenges.ONE
    asked = [read_challenge(one.challenge.data) for one in login.exchanges[:2]]
    first, second = (one and one.challenge for one in asked)
    return Challenges.TWO_SAME if first == second else Challenges.TWO_DIFFERENT
