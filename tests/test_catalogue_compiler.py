"""Compiling catalogues with nothing but Python, held against gettext and Babel."""

from __future__ import annotations

import gettext
import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po as read_by_babel

from tools.catalogue import CLICKS, OWN, CatalogueError, compile_catalogues, read_po, to_mo

LOCALE = Path(__file__).parents[1] / "src/ruijie_proxy/locale/zh_CN"
PO = """\
# A comment.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

#: somewhere.py:12
msgid "stopped"
msgstr "已停止"

msgid ""
"two\\n"
"lines, \\"quoted\\""
msgstr "两\\n行，“引用”"

msgid "one file"
msgid_plural "{count} files"
msgstr[0] "{count} 个文件"

msgid "nobody has translated this"
msgstr ""
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "part.po"
    path.write_text(text, encoding="utf-8")
    return path


def as_gettext_reads(data: bytes) -> gettext.GNUTranslations:
    return gettext.GNUTranslations(io.BytesIO(data))


def test_gettext_finds_each_message(tmp_path: Path) -> None:
    compiled = as_gettext_reads(to_mo(read_po(written(tmp_path, PO))))

    assert compiled.gettext("stopped") == "已停止"
    assert compiled.gettext('two\nlines, "quoted"') == "两\n行，“引用”"


def test_one_original_has_one_translation(tmp_path: Path) -> None:
    twice = PO + '\nmsgid "stopped"\nmsgstr "停止"\n'

    with pytest.raises(CatalogueError, match="'stopped' is translated twice"):
        read_po(written(tmp_path, twice))


def test_a_message_is_translated_alike_in_all_catalogues() -> None:
    told: dict[str, str] = {}
    for file in sorted(LOCALE.glob("*.po")):
        for original, translation in read_po(file).items():
            assert told.setdefault(original, translation) == translation, (file.name, original)


def test_one_translation_serves_all_counts(tmp_path: Path) -> None:
    compiled = as_gettext_reads(to_mo(read_po(written(tmp_path, PO))))

    for count in (1, 2, 100):
        assert compiled.ngettext("one file", "{count} files", count) == "{count} 个文件"


def test_what_is_not_translated_stays_as_it_is(tmp_path: Path) -> None:
    assert "nobody has translated this" not in read_po(written(tmp_path, PO))


def test_the_programs_catalogues_say_what_babel_makes_of_them() -> None:
    compiled = compile_catalogues(LOCALE)
    own = Catalog(locale="zh_CN")
    clicks = Catalog(locale="zh_CN")
    for source in sorted(LOCALE.glob("*.po")):
        with source.open("rb") as file:
            for message in read_by_babel(file, locale="zh_CN"):
                if message.id:
                    (clicks if source.name == "click.po" else own)[message.id] = message

    for path, catalogue in ((OWN, own), (CLICKS, clicks)):
        babels = io.BytesIO()
        write_mo(babels, catalogue)
        expected = vars(as_gettext_reads(babels.getvalue()))["_catalog"]
        actual = vars(as_gettext_reads(compiled[path]))["_catalog"]
        assert {**actual, "": None} == {**expected, "": None}


def test_the_order_of_messages_makes_no_difference() -> None:
    messages = {"a": "甲", "b": "乙"}

    assert to_mo(messages) == to_mo(dict(reversed(messages.items())))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('msgid "a"\nmsgstr b\n', ":2: no text in quotation marks"),
        ('\nmsgctxt "menu"\nmsgid "a"\nmsgstr "b"\n', ":2: msgctxt is not read here"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[1] "c"\n', r":3: msgstr\[1\] is not read here"),
    ],
)
def test_what_it_cannot_read_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CatalogueError, match=f"part.po{told}"):
        read_po(written(tmp_path, text))
