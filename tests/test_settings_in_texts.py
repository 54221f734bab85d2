"""How texts name the settings of a configuration: as the one in use is written.

A message says ``{keys[client=any]}``; who tells it, writes that in YAML, in OpenWrt's UCI, or as an
option of ``login``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from ruijie_proxy.cli.basics.option_notation import OPTIONS
from ruijie_proxy.cli.commands import login
from ruijie_proxy.cli.watching.event_line import in_users_language
from ruijie_proxy.config.notations.uci_document import options_of
from ruijie_proxy.config.reader import parse_configuration
from ruijie_proxy.config.shape.problems import ConfigurationProblems
from ruijie_proxy.config.shape.schema import CONFIGURATION, SESSION
from ruijie_proxy.engine.refusals import Advice
from ruijie_proxy.i18n import _, retell, told_by, written_in
from ruijie_proxy.notation import UCI, WORDS, YAML, Notation, option_name
from ruijie_proxy.runtime.telling.advice import sentence_of
from tests.chinese import speak_chinese
from tests.test_catalogue import catalogue, messages_of_the_code

OPTIONS_OF_UCI = {**options_of(CONFIGURATION), **options_of(SESSION)}
KEYS = {".".join(option.path) for option in OPTIONS_OF_UCI.values()}
FIELD = re.compile(r"\{keys\[([^\]]*)\]\}")
OF_YAML = re.compile(r"“([a-z_]+):")
"""A key in the quotes that texts have for what is to be written."""
OF_UCI = re.compile(r"“(?:option|list) ")
DOTTED = re.compile(r"\b([a-z_]+\.[a-z_]+)\b")


def texts() -> list[str]:
    """Return every message, and every translation of one."""
    return [*messages_of_the_code(), *(str(one.string) for one in catalogue() if one.id)]


def named() -> list[str]:
    """Return every setting that a message names, with its value."""
    return sorted({name for text in texts() for name in FIELD.findall(text)})


def test_no_text_names_a_setting_in_the_words_of_one_notation() -> None:
    first_words = {key.partition(".")[0] for key in KEYS}
    literal = [
        text
        for text in (FIELD.sub("", text) for text in texts())
        if any(word in first_words for word in OF_YAML.findall(text))
        or OF_UCI.search(text)
        or any(word in KEYS for word in DOTTED.findall(text))
    ]

    assert literal == []


@pytest.mark.parametrize("name", named())
def test_what_a_text_names_is_a_setting(name: str) -> None:
    assert option_name(name.partition("=")[0]) in OPTIONS_OF_UCI


@pytest.mark.parametrize("name", [name for name in named() if "=" in name])
@pytest.mark.parametrize("notation", [YAML, UCI], ids=["yaml", "uci"])
def test_and_could_be_copied_into_a_configuration(name: str, notation: Notation) -> None:
    words = notation.named(name).replace(WORDS, "/bin/true")
    account = {"username": "u", "password": "p", "mode": "login"}
    rest = {key: value for key, value in account.items() if key != name.partition("=")[0]}
    if notation is UCI:
        others = "".join(f"\toption {key} '{value}'\n" for key, value in rest.items())
        ports = "\toption wan 'eth1'\n\toption lan 'br0'\n"
        lines = f"config session 's'\n{ports}{others}\t{words}\n"
    else:
        others = "".join(f"  {key}: {value}\n" for key, value in rest.items())
        lines = f"sessions:\n- wan: eth1\n  lan: br0\n{others}  {words}\n"

    try:
        parse_configuration(lines.encode(), "file")
    except ConfigurationProblems as found:
        # That dialect wants a file, too.
        keys = [problem.key.rpartition(".")[2] for problem in found.problems]
        assert (name, keys) == ("dialect=ruijie-v2", ["client_exe"])


@pytest.mark.parametrize("name", named())
def test_on_the_command_line_it_is_an_option_that_there_is(name: str) -> None:
    words = OPTIONS.named(name)

    options = {option for parameter in login.params for option in parameter.opts}
    assert words.split()[0] in options or words == YAML.named(name) or name.startswith("mode=")


@pytest.mark.parametrize(
    ("name", "yaml", "uci", "option"),
    [
        ("client", "client:", "option client", "--client"),
        ("client=any", "client: any", "option client 'any'", "--client any"),
        ("dhcp=after", "dhcp: after", "option dhcp 'after'", "--dhcp after"),
        ("dhcp.timeout", "dhcp: {timeout: …}", "option dhcp_timeout", "dhcp: {timeout: …}"),
        ("dhcp.renew=off", "dhcp: {renew: off}", "option dhcp_renew 'off'", "--dhcp-renew off"),
        ("dhcp.renew=…", "dhcp: {renew: […]}", "list dhcp_renew '…'", "dhcp: {renew: […]}"),
        ("username", "username:", "option username", "-u"),
        ("mode=relay", "mode: relay", "option mode 'relay'", "--lan alone"),
        (
            "allow_clear_password=true",
            "allow_clear_password: true",
            "option allow_clear_password 'true'",
            "--allow-clear-password",
        ),
    ],
)
def test_each_notation_has_its_way(name: str, yaml: str, uci: str, option: str) -> None:
    assert [notation.named(name) for notation in (YAML, UCI, OPTIONS)] == [yaml, uci, option]


@pytest.mark.parametrize(
    ("translate", "words"),
    [
        (lambda _monkeypatch: None, "Check “option username” and the password"),
        (speak_chinese, "请检查“option username”和密码"),
    ],
    ids=["en", "zh"],
)
def test_who_reads_it_later_in_another_language_reads_the_same_notation(
    translate: Callable[[pytest.MonkeyPatch], None], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = written_in(sentence_of(Advice.CHECK_PASSWORD), UCI)
    told: Any = json.loads(json.dumps(told_by(text)))
    translate(monkeypatch)

    assert str(retell(told)).startswith(words)
    assert written_in(str(retell(told)), UCI) == str(retell(told))


def test_a_text_within_a_text_follows() -> None:
    text = _("{told}. {advice}", told="x", advice=sentence_of(Advice.USE_DHCP)) + " y"

    assert written_in(text, UCI) == (
        "x. The campus wants DHCP. Set “option dhcp 'after'”, and no fixed address. y"
    )
    assert written_in("a text of somebody else", UCI) == "a text of somebody else"


@pytest.mark.parametrize("keys", ["x", {}, {"dhcp": 1}, None, ["x"]], ids=str)
def test_a_journal_that_was_damaged_there_is_shown_as_it_stands(keys: object) -> None:
    told = {"message": "Set “{keys[dhcp=after]}”", "values": {"keys": keys}}

    assert in_users_language({"text": "as it is", "told": told})["text"] == "as it is"
