"""``make setting``: what it lists is all there, for every setting of the program."""

from __future__ import annotations

import pytest

from tools.setting import Setting, main, missing, named, settings


@pytest.mark.parametrize("setting", list(settings()), ids=lambda setting: setting.option)
def test_a_setting_stands_in_every_place_that_it_has_to(setting: Setting) -> None:
    assert missing(setting) == []


def test_a_setting_that_nobody_has_written_anywhere_is_missing_everywhere() -> None:
    unwritten = Setting(("sessions", "colour_of_the_cable"), "colour_of_the_cable")
    assert missing(unwritten) == [
        "what it takes",
        "its type and default",
        "the example of all keys",
        "the form in LuCI",
        "tests of what it takes",
    ]


@pytest.mark.parametrize("name", ["interval", "heartbeat.interval", "heartbeat_interval"])
def test_a_setting_is_found_however_it_is_written(name: str) -> None:
    assert ("sessions", "heartbeat", "interval") in [setting.path for setting in named(name)]


def test_its_places_are_listed_with_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("client_logoff") == 0
    told = capsys.readouterr().out
    assert "sessions.client_logoff (OpenWrt: client_logoff)" in told
    assert "configs/full.yaml:" in told


def test_a_setting_that_does_not_exist_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("hartbeat") == 2
    assert "There is no setting 'hartbeat'" in capsys.readouterr().err
