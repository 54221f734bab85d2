"""Every message of the pages is in LuCI's catalogues, and in Chinese."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from tests.openwrt.luci.messages import all_messages, messages_in
from tests.openwrt.luci.router import APP, CHINESE, translations_of

TEMPLATE = APP / "po/templates/ruijie-proxy.pot"
_VALUE = re.compile(r"%[sdfh]")
_CHINESE_CHARACTER = re.compile("[\u4e00-\u9fff]")
SAME_IN_CHINESE = {"LAN", "Ping"}
NO_WORDS = {"%s, %s"}


def test_the_template_holds_each_message_and_no_other() -> None:
    assert set(translations_of(TEMPLATE)) == all_messages()


def test_the_chinese_catalogue_holds_each_message_and_no_other() -> None:
    assert set(translations_of(CHINESE)) == all_messages()


def test_each_message_is_translated() -> None:
    for message, translation in translations_of(CHINESE).items():
        assert _CHINESE_CHARACTER.search(translation) or message in SAME_IN_CHINESE | NO_WORDS, (
            message
        )


def test_no_translation_is_doubtful() -> None:
    with CHINESE.open("rb") as file:
        assert [message.id for message in read_po(file) if message.fuzzy] == []


def test_the_values_come_in_the_same_order() -> None:
    """LuCI's format() fills in by order, and knows no names."""
    for message, translation in translations_of(CHINESE).items():
        assert _VALUE.findall(translation) == _VALUE.findall(message)


def test_a_message_in_either_kind_of_quotes_is_found() -> None:
    script = """_('It\\'s %d') + _("the campus's")"""
    assert messages_in(script) == {"It's %d", "the campus's"}


def test_a_message_that_is_put_together_is_an_error() -> None:
    with pytest.raises(AssertionError, match="literal"):
        messages_in("_('a' + b)")
