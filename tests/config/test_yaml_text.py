"""What stands for PyYAML's reader, held to PyYAML's own."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yaml.reader import Reader, ReaderError

from ruijie_proxy.config.notations.yaml_text import TextReader, UnfitCharacter

AWKWARD = "ab:- \t\n\r\x85\u2028\u2029\ufeff汉😀"


@given(st.text(AWKWARD), st.lists(st.integers(0, 5)))
def test_places_are_those_of_pyyaml(text: str, steps: list[int]) -> None:
    ours, theirs = TextReader(text), Reader(text)

    for step in steps:
        if theirs.index + step > len(text):
            break
        ours.forward(step)
        theirs.forward(step)

        assert (ours.index, ours.line, ours.column) == (theirs.index, theirs.line, theirs.column)
        assert ours.peek() == theirs.peek()
        assert ours.prefix(3) == theirs.prefix(3)


def test_every_character_is_taken_or_refused_as_by_pyyaml() -> None:
    refused = {
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if Reader.NON_PRINTABLE.match(character)
    }

    for character in map(chr, range(sys.maxunicode + 1)):
        if character in refused:
            with pytest.raises(UnfitCharacter):
                TextReader(character)
        else:
            TextReader(character)


@given(st.text(AWKWARD + "\0\x07\x7f\ud800\uffff"))
def test_the_first_that_is_refused_is_told_where_pyyaml_finds_it(text: str) -> None:
    assert refused_by_us(text) == refused_by_pyyaml(text)


def refused_by_us(text: str) -> tuple[int, int] | None:
    try:
        TextReader(text)
    except UnfitCharacter as unfit:
        return unfit.position, ord(unfit.character)
    return None


def refused_by_pyyaml(text: str) -> tuple[int, int] | None:
    try:
        Reader(text)
    except ReaderError as unfit:
        return unfit.position, unfit.character
    return None
