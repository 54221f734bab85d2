"""The catalogues that LuCI reads: what is written is what it finds again."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from openwrt.packaging.lmo import NotTranslatable, from_po, key_hash, super_fast_hash
from tests.openwrt.lmo_reader import read_lmo

HEADER = """
msgid ""
msgstr ""
"Language: zh_Hans\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


def written(directory: Path, messages: str) -> bytes:
    path = directory / "some.po"
    path.write_text(HEADER + messages)
    return from_po(path)


def texts_by_key(data: bytes) -> dict[int, str]:
    return {entry.key: entry.text for entry in read_lmo(data)}


def test_a_message_is_found_by_its_hash(tmp_path: Path) -> None:
    data = written(tmp_path, 'msgid "Log in"\nmsgstr "认证"\n')
    assert texts_by_key(data)[key_hash("Log in")] == "认证"


def test_the_index_is_sorted_because_it_is_searched_by_halves(tmp_path: Path) -> None:
    data = written(tmp_path, "".join(f'msgid "m{n}"\nmsgstr "译{n}"\n\n' for n in range(50)))
    keys = [entry.key for entry in read_lmo(data)]
    assert len(keys) == 51
    assert keys == sorted(keys)


def test_each_text_begins_at_a_multiple_of_four(tmp_path: Path) -> None:
    data = written(tmp_path, 'msgid "a"\nmsgstr "b"\n\nmsgid "cd"\nmsgstr "efghi"\n')
    assert [entry.offset % 4 for entry in read_lmo(data)] == [0, 0, 0]


def test_the_rule_of_plural_forms_has_the_key_0(tmp_path: Path) -> None:
    data = written(tmp_path, 'msgid "a"\nmsgstr "b"\n')
    assert texts_by_key(data)[0] == "nplurals=1; plural=0;"


def test_a_plural_form_is_found_by_its_number(tmp_path: Path) -> None:
    data = written(tmp_path, 'msgid "%d try"\nmsgid_plural "%d tries"\nmsgstr[0] "%d 次"\n')
    (entry,) = (entry for entry in read_lmo(data) if entry.key)
    assert (entry.key, entry.text, entry.forms) == (key_hash("%d try\x020"), "%d 次", 1)


def test_a_message_with_a_context_is_found_by_both(tmp_path: Path) -> None:
    data = written(tmp_path, 'msgctxt "button"\nmsgid "Stop"\nmsgstr "停止"\n')
    assert texts_by_key(data)[key_hash("button\x01Stop")] == "停止"


def test_what_is_not_translated_or_the_same_is_left_out(tmp_path: Path) -> None:
    data = written(
        tmp_path,
        'msgid "DHCP"\nmsgstr "DHCP"\n\nmsgid "Open"\nmsgstr ""\n\nmsgid "a"\nmsgstr "b"\n',
    )
    assert set(texts_by_key(data)) == {0, key_hash("a")}


def test_a_file_without_any_translation_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotTranslatable, match="nothing is translated"):
        written(tmp_path, 'msgid "a"\nmsgstr ""\n')


@pytest.mark.parametrize("message", ["two  spaces", " before", "after ", "two\\nlines"])
def test_a_message_that_luci_would_look_up_differently_is_an_error(
    tmp_path: Path, message: str
) -> None:
    with pytest.raises(NotTranslatable, match="white space"):
        written(tmp_path, f'msgid "{message}"\nmsgstr "译"\n')


def test_the_hash_passes_smhashers_verification() -> None:
    """SMHasher's main.cpp gives the figure for this hash (begun with 0, without a seed)."""
    hashes = b"".join(
        struct.pack("<I", super_fast_hash(bytes(range(size)), 0)) for size in range(256)
    )
    assert super_fast_hash(hashes, 0) == 0x980A_CD1D


def test_a_last_byte_above_127_counts_as_negative() -> None:
    """So with the C compiler's signed char, and in LuCI's JavaScript."""
    assert super_fast_hash(b"\xff", 0) == super_fast_hash(b"\x00", 0xFFFF_FFFF)
