"""``ruijie-proxy lab --campus``: a virtual campus that behaves as the one in a capture."""

from __future__ import annotations

import click

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.output import say
from ruijie_proxy.cli.basics.passwords import take_password
from ruijie_proxy.cli.captures.learn import observed_in
from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine.settings import LoginSettings
from ruijie_proxy.i18n import _
from ruijie_proxy.lab.campus.captured import campus_of
from ruijie_proxy.lab.campus.demo import run_captured
from ruijie_proxy.learn.candidates import candidates
from ruijie_proxy.learn.findings import Outcome
from ruijie_proxy.learn.session import Ports, session_of
from ruijie_proxy.learn.studying import study_capture
from ruijie_proxy.secret import Secret
from ruijie_proxy.takeover.sections import keys_of

_OF_THE_LAB = ("wan", "lan", "mode", "dhcp")
"""Keys that the virtual campus sets by itself: its ports, and that no DHCP server is there."""


def run_campus(path: str, username: str | None, password_file: str | None) -> int:
    """Keep the campus up until Ctrl-C; return the exit code. Raises click.UsageError."""
    read = observed_in(path)
    if read is None:
        return ExitCode.ERROR
    observed, _damage = read
    found = candidates(observed)
    if not found:
        say(_("{path}: no login in it succeeds", path=path), error=True)
        return ExitCode.ERROR
    if username is None:
        username = study_capture(observed, found[-1], None).account.value
    if username is None:
        raise click.UsageError(_("no user name is in this capture; add -u NAME"))
    password = take_password(password_file, username)
    account = LoginSettings(username, Secret(password))
    findings = study_capture(observed, found[-1], account)
    if findings.outcome is not Outcome.ONLINE:
        say(_("{path}: no login in it succeeds", path=path), error=True)
        return ExitCode.ERROR
    learned = session_of(findings, Ports(None, None), account)
    session = None
    if learned.mode is not Mode.RELAY:
        keys = keys_of(learned.options)
        session = {key: value for key, value in keys.items() if key not in _OF_THE_LAB}
        session["mode"] = Mode.LOGIN.value
    return run_captured(campus_of(findings, username, password), session)
