"""A secret's text shows itself nowhere: not in logs, not in crash reports."""

from __future__ import annotations

import json
import logging
import traceback

import pytest

from ruijie_proxy.config.shape.model import Configuration, SessionConfiguration
from ruijie_proxy.engine.login.client_to_be import client_to_be
from ruijie_proxy.engine.login.login_session import LoginSession
from ruijie_proxy.engine.login.shaped_frames import frames_of
from ruijie_proxy.engine.login_memory import LoginMemory, settings_digest
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import LoginSettings, SessionSettings
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace

TEXT = "plum-tree-7"
SECRET = Secret(TEXT)
LOGIN = LoginSettings("20260001", SECRET)
SETTINGS = SessionSettings(login=LOGIN)
FACTS = RouterFacts(bytes.fromhex("0200000000e1"))
CONFIGURATION = Configuration((SessionConfiguration("dorm", "eth1", settings=SETTINGS),))


def test_whoever_asks_gets_the_text() -> None:
    assert SECRET.reveal() == TEXT


HOLDERS = [SECRET, LOGIN, SETTINGS, CONFIGURATION.sessions[0], CONFIGURATION, [SECRET], {1: LOGIN}]


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: type(holder).__name__)
def test_what_holds_a_secret_does_not_show_it(holder: object) -> None:
    shown = (
        repr(holder),
        str(holder),
        f"{holder}",
        f"{holder!r} {holder!s} {holder!a}",
        "%s %r" % (holder, holder),  # noqa: UP031 - as the log writes
        f"{(holder,)}",
    )

    assert all(text and TEXT not in text for text in shown)
    assert all("…" in text or "\\u2026" in text for text in shown), "and that it holds one, it says"


@pytest.mark.parametrize("specification", [">40", "s", "x", ".3"])
def test_a_format_that_a_text_would_fit_shows_nothing(specification: str) -> None:
    try:
        shown = format(SECRET, specification)
    except TypeError as error:
        shown = str(error)

    assert TEXT[:3] not in shown


def test_a_crash_report_with_all_local_variables_does_not_show_it() -> None:
    def crash(login: LoginSettings, settings: SessionSettings) -> None:
        password = login.password
        frames = frames_of(settings, login, FACTS, None, None)
        session = LoginSession(settings, login, FACTS, True, LoginMemory(), None, lambda: 0.0)
        raise RuntimeError(f"{password} {frames} {session} {client_to_be(login, None, None)}")

    try:
        crash(LOGIN, SETTINGS)
    except RuntimeError as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
    report = "".join(told.format())

    assert "password = Secret(…)" in report
    assert TEXT not in report


def test_it_cannot_be_changed_and_an_attempt_does_not_show_it() -> None:
    with pytest.raises(AttributeError) as raised:
        SECRET._text = "other"  # type: ignore[misc]
    assert TEXT not in str(raised.value)


def test_json_does_not_take_it() -> None:
    with pytest.raises(TypeError) as raised:
        json.dumps({"password": SECRET})
    assert TEXT not in str(raised.value)


def test_a_log_line_does_not_show_it(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("%s and %r", SECRET, LOGIN)

    assert "Secret(…)" in caplog.text
    assert TEXT not in caplog.text


def test_secrets_are_the_same_when_their_texts_are() -> None:
    """A reload of the configuration asks whether a session's settings have changed."""
    assert Secret(TEXT) == SECRET
    assert Secret("another") != SECRET
    assert replace(SETTINGS, login=replace(LOGIN, password=Secret(TEXT))) == SETTINGS


def test_what_is_written_down_of_logins_does_not_tell_passwords_apart() -> None:
    """A digest of the settings lies on disk: with the password in it, it could be guessed."""
    assert settings_digest(LOGIN) == settings_digest(replace(LOGIN, password=Secret("another")))
