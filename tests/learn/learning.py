"""Recordings of simulated logins, learned from, and the campuses that the outcome logs in at."""

from __future__ import annotations

import io
from collections.abc import Iterable

from ruijie_proxy.config.reader import parse_configuration
from ruijie_proxy.config.shape.model import Configuration, SessionConfiguration
from ruijie_proxy.engine.settings import LoginSettings
from ruijie_proxy.inspect.capture.capture_file import CaptureFile
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER
from ruijie_proxy.learn.candidates import candidates, last_heard
from ruijie_proxy.learn.findings import Findings
from ruijie_proxy.learn.observing import Observed, observe
from ruijie_proxy.learn.session import LearnedSession, Ports, session_of
from ruijie_proxy.learn.studying import study_capture
from ruijie_proxy.secret import Secret
from ruijie_proxy.takeover.sections import merge_into_uci, write_yaml
from tests.inspect.recorded import Recorded, pcapng

ACCOUNT = LoginSettings(DEFAULT_USER, Secret(DEFAULT_PASSWORD))
PORTS = Ports("eth1", None)


def observed(content: bytes) -> Observed:
    """Return what a file shows."""
    return observe(CaptureFile(io.BytesIO(content)))[0]


def findings_of(content: bytes, account: LoginSettings | None = ACCOUNT) -> Findings:
    """Learn from a file: of the client that logged in last."""
    seen = observed(content)
    found = candidates(seen)
    return study_capture(seen, found[-1] if found else last_heard(seen), account)


def learned(frames: Iterable[Recorded], account: LoginSettings | None = ACCOUNT) -> Findings:
    """Learn from frames."""
    return findings_of(pcapng(frames), account)


def session_from(
    findings: Findings, ports: Ports = PORTS, account: LoginSettings | None = ACCOUNT
) -> tuple[LearnedSession, SessionConfiguration]:
    """Return the session that findings lead to, and what the daemon reads it as.

    Written in either notation, it is the same.
    """
    session = session_of(findings, ports, account)
    texts = (
        write_yaml([session.options]),
        merge_into_uci("", "file", session.options, "eth1").text,
    )
    as_yaml, as_uci = (
        Configuration.from_plain(parse_configuration(text.encode(), "file").plain).sessions[0]
        for text in texts
    )
    assert as_yaml == as_uci
    return session, as_yaml
