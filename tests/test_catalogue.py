"""The Chinese catalogue: complete, up to date, and with the same places to be filled in."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from ruijie_proxy.i18n import DamagedCatalogue, read_catalogue, wants_chinese

PACKAGE = Path(__file__).parents[1] / "src" / "ruijie_proxy"
LOCALE = PACKAGE / "locale" / "zh_CN"
KEYWORDS = {"_": None, "N_": None}


def messages_of_the_code() -> set[str]:
    found = set()
    for _, _, message, _, _ in extract_from_dir(
        str(PACKAGE), method_map=[("**.py", "python")], keywords=KEYWORDS
    ):
        assert isinstance(message, str)
        found.add(message)
    return found


def catalogue() -> Catalog:
    whole = Catalog(locale="zh_CN")
    for file in sorted(LOCALE.glob("*.po")):
        if file.name != "click.po":
            with file.open("rb") as po:
                for message in read_po(po, locale="zh_CN"):
                    if message.id:
                        whole[message.id] = message
    return whole


def fields(text: str) -> list[str]:
    """Return the names of what is to be filled in, with how it is to be formatted."""
    return sorted(f"{name}:{form}" for _, name, form, _ in string.Formatter().parse(text) if name)


def test_every_message_of_the_code_has_its_translation() -> None:
    translations = {message.id: message for message in catalogue() if message.id}
    missing = [
        text
        for text in sorted(messages_of_the_code())
        if not (text in translations and translations[text].string)
    ]

    assert missing == []


def test_no_translation_is_of_a_message_that_nobody_says() -> None:
    code = messages_of_the_code()

    assert [message.id for message in catalogue() if message.id and message.id not in code] == []


def test_a_translation_fills_in_what_its_message_does() -> None:
    different = [
        (message.id, message.string)
        for message in catalogue()
        if message.id and fields(str(message.id)) != fields(str(message.string))
    ]

    assert different == []


def test_nothing_is_marked_as_doubtful() -> None:
    assert [message.id for message in catalogue() if message.fuzzy and message.id] == []


@pytest.mark.parametrize(
    ("environment", "chinese"),
    [
        ({}, False),
        ({"LANG": "C.UTF-8"}, False),
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "zh_TW.UTF-8"}, True),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh"}, True),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en:zh"}, False),
    ],
)
def test_the_language_follows_the_environment(environment: dict[str, str], chinese: bool) -> None:
    assert wants_chinese(environment) is chinese


@pytest.mark.parametrize("data", [b"", b"\xde\x12\x04\x95", bytes(28), b"not a catalogue at all"])
def test_what_is_no_catalogue_is_told(data: bytes) -> None:
    with pytest.raises(DamagedCatalogue):
        read_catalogue(data)
