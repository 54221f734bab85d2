"""No message shows a password or a part of it, whatever has become of the file."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ruijie_proxy.config.reader import parse_configuration
from ruijie_proxy.config.shape.model import Configuration
from ruijie_proxy.config.shape.problems import ConfigurationProblems
from ruijie_proxy.config.shape.schema import SESSION

SECRET = "龘靐齉爩"
"""Characters that no message has of its own: one of them is a part of the password already."""
PASSWORDS = [
    SECRET,
    f"@{SECRET}",
    f"%{SECRET}",
    f"!{SECRET}!x",
    f"&{SECRET}",
    f"*{SECRET}",
    f"`{SECRET}",
    f'"{SECRET}\\q靐"',
    f"'{SECRET}''\"",
    f"{SECRET}: 龘",
    f"{SECRET} #靐",
    f"{{{SECRET}}}",
    f"- {SECRET}",
    f"| {SECRET}",
    f"|\n      {SECRET}",
    f"\n      {SECRET}\n      靐",
    f"? {SECRET}",
    f"sealed:v1:{SECRET}",
    f"[{SECRET}, 靐]",
    f"0x{SECRET}",
    SECRET * 30,
]
FILES = [
    """\
sessions:
  - name: dorm
    mode: login
    wan: eth1
    username: u20261234
    password: {password}
    service: internet
    properties: {{0x39: remove}}
    heartbeat:
      interval: 20
    dhcp: after
control: /run/c.sock
""",
    """\
sessions:
  - {{name: dorm, mode: auto, wan: eth1, lan: br-lan, client: 02:00:00:00:cc:01,
     username: u20261234, password: {password}, dns: [1.1.1.1], dhcp: {{renew: off}}}}
""",
    '{{"sessions": [{{"wan": "eth1", "lan": "l", "username": "u", "password": "{password}"}}]}}',
]
PIECES = [
    *("\n", "\n  ", "\n    ", "\n      ", " ", "\t", ":", ": ", "- ", "? ", ", ", "#", "'", '"'),
    *("{", "}", "[", "]", "&", "*", "!", "%", "@", "|", ">", "\\", "\x7f", "\x1b", "password"),
    *("group: ", "mac: ", "lan: ", "wan: ", "client: ", "client_exe: ", "password_file: "),
]
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 14), st.lists(st.sampled_from(PIECES), max_size=2)),
    max_size=4,
)


def _edited(text: str, edits: list[tuple[float, int, list[str]]]) -> str:
    for place, lost, pieces in edits:
        start = int(place * len(text))
        text = text[:start] + "".join(pieces) + text[start + lost :]
    return text


def _require_silence(text: str) -> None:
    try:
        parse_configuration(text.encode(), "config.yaml")
    except ConfigurationProblems as problems:
        told = str(problems) + repr(problems) + "".join(traceback.format_exception(problems))
        assert not set(SECRET) & set(told)
        assert not any(f"{ord(character):x}" in told for character in SECRET)


@given(st.sampled_from(FILES), st.sampled_from(PASSWORDS), EDITS)
@example(FILES[0].replace("password: ", "password:"), SECRET, [])
@example(FILES[0].replace("    password: ", "      password:"), SECRET, [])
@example(FILES[1].replace("password: ", "password:"), SECRET, [])
@example(FILES[1].replace("password: ", ""), SECRET, [])
@example(FILES[1].replace("password: ", "group: "), SECRET, [])
def test_no_mangled_file_makes_a_message_show_its_password(
    file: str, password: str, edits: list[tuple[float, int, list[str]]]
) -> None:
    _require_silence(_edited(file.format(password=password), edits))


@given(st.sampled_from(FILES), st.sampled_from(PASSWORDS), st.randoms(use_true_random=False))
def test_no_order_of_a_files_words_makes_a_message_show_its_password(
    file: str, password: str, random: Callable[..., None]
) -> None:
    words = file.format(password=password).split(" ")
    random.shuffle(words)  # type: ignore[attr-defined]

    _require_silence(" ".join(words))


@pytest.mark.parametrize("key", sorted(SESSION.keys.keys() - {"password"}))
@pytest.mark.parametrize("value", [SECRET, f"[{SECRET}]", f"{{{SECRET}: {SECRET}}}"])
def test_a_password_in_the_place_of_any_other_value_is_not_shown(key: str, value: str) -> None:
    _require_silence(f"sessions: [{{wan: eth1, lan: br-lan, {key}: {value}}}]")
    _require_silence(
        f"{{sessions: [{{wan: eth1, lan: br-lan}}], {key}: {value}, control: {value}}}"
    )


def test_what_was_read_shows_itself_without_its_passwords() -> None:
    reading = parse_configuration(FILES[0].format(password=SECRET).encode(), "config.yaml")

    assert reading.plain["sessions"][0]["password"] == SECRET
    assert SECRET not in repr(Configuration.from_plain(reading.plain))
    assert SECRET not in repr(reading)
