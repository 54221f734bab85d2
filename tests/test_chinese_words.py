"""One Chinese word for one thing: in all catalogues, on LuCI's pages, and in the documents.

The words are those of the glossary, docs/glossary.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from ruijie_proxy.runtime.telling.narration import describe
from tests.chinese import LOCALE, speak_chinese
from tests.runtime.test_narration import EXAMPLES

ROOT = Path(__file__).parents[1]
LUCI = ROOT / "openwrt/luci-app-ruijie-proxy/po/zh_Hans/ruijie-proxy.po"
DOCUMENTS = (
    *sorted(ROOT.glob("*.zh-CN.md")),
    *sorted((ROOT / "docs").glob("*.zh-CN.md")),
    ROOT / "openwrt/files/ruijie-proxy.config",
    *sorted((ROOT / "configs").iterdir()),
)
CATALOGUES = (*sorted(LOCALE.glob("*.po")), LUCI)

GLOSSARY = ROOT / "docs/glossary.md"


def rows(columns: int) -> Iterator[list[str]]:
    """Give the rows of the glossary's table of so many columns; its last cells may be empty."""
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    tables = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if "|" in line]
    yield from [row for row in tables if len(row) == columns][2:]


def several(cell: str) -> list[str]:
    return [word for word in cell.split(", ") if word]


WORDS = {wrong: row[1] for row in rows(4) for wrong in several(row[3])}
"""What nobody says here, and what is said instead."""
RIGHT_THERE = {wrong: tuple(several(places)) for wrong, places in rows(2)}
"""Where a word is the right one all the same."""
HAN = "[\u4e00-\u9fff]"
GLUED = re.compile(rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}")
GLUED_IN_MESSAGES = re.compile(rf"{HAN}\{{(\w+)|\{{(\w+)[^}}]*\}}{HAN}")
SAID_IN_CHINESE = {
    "detail",
    "duration",
    "kind",
    "mark",
    "method",
    "one",
    "other",
    "otherwise",
    "portal",
    "purpose",
    "source",
    "time",
    "whose",
    "wrong",
}
"""What is filled in as Chinese, as a sign, or brings its own blank."""
OF_OTHERS = ("用户物理MAC地址已被修改",)
"""What a campus says, blanks or not."""


def texts(file: Path) -> Iterator[str]:
    """Return the Chinese of a catalogue or of a document, without the names of places in it."""
    if file.suffix != ".po":
        yield from re.sub(r"\]\([^)]*\)", "]", file.read_text(encoding="utf-8")).splitlines()
        return
    with file.open("rb") as po:
        for message in read_po(po):
            if message.id:
                strings = message.string if isinstance(message.string, tuple) else [message.string]
                yield from map(str, strings)


def without(text: str, pieces: tuple[str, ...]) -> str:
    for piece in pieces:
        text = text.replace(piece, "")
    return text


def right_there(text: str) -> str:
    return without(text, tuple(piece for pieces in RIGHT_THERE.values() for piece in pieces))


@pytest.mark.parametrize("file", [*CATALOGUES, *DOCUMENTS], ids=lambda file: file.name)
def test_one_thing_has_one_word(file: Path) -> None:
    wrong = [
        f"{found[0]} in {text!r}: say {word}"
        for text in texts(file)
        for synonym, word in WORDS.items()
        for found in re.finditer(synonym, right_there(text))
    ]

    assert wrong == []


@pytest.mark.parametrize("file", [*CATALOGUES, *DOCUMENTS], ids=lambda file: file.name)
def test_chinese_and_latin_have_a_blank_between_them(file: Path) -> None:
    assert [text for text in texts(file) if GLUED.search(without(text, OF_OTHERS))] == []


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.name)
def test_so_has_what_is_filled_in_unless_it_is_chinese(file: Path) -> None:
    wrong = [
        text
        for text in texts(file)
        for found in GLUED_IN_MESSAGES.finditer(text)
        if (found[1] or found[2]) not in SAID_IN_CHINESE
    ]

    assert wrong == []


def test_every_line_of_the_log_has_its_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    speak_chinese(monkeypatch)
    told = [describe(event)[1] for event in EXAMPLES]

    assert [line for line in told if GLUED.search(line)] == []
    assert any("服务器要求 MD5 质询，已应答" in line for line in told)


def pattern_of(translation: str) -> str:
    """Return what any filling of a translation looks like."""
    return ".+?".join(map(re.escape, re.split(r"\{\w[^}]*\}", translation)))


JOINED = re.compile(r"""["'][,;] ["']\.join\(|join\(['"][,;] ['"]\)""")
IN_NO_SENTENCE = {
    "config/notations/uci_document.py": "lines of a configuration",
    "engine/kept_session.py": "a mistake of a file, which is not told",
    "lab/campus/campus.py": "lines of a command of the system",
    "engine/login/timetable.py": "hours as a configuration has them",
    "notation.py": "a list of a configuration",
    "protocol/portal/http.py": "a field of HTTP",
    "runtime/basis/json_text.py": "JSON",
    "values.py": "code",
}
"""Where something else than a sentence is joined by commas."""


def test_lists_are_joined_by_what_knows_the_language() -> None:
    package = ROOT / "src/ruijie_proxy"
    joining = {
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        if JOINED.search(file.read_text("utf-8"))
    }
    assert joining == set(IN_NO_SENTENCE)
    pages = (ROOT / "openwrt/luci-app-ruijie-proxy/htdocs").rglob("*.js")
    assert [page.name for page in pages if JOINED.search(page.read_text("utf-8"))] == []


def test_the_logs_in_the_documents_are_what_the_program_says() -> None:
    said = [text for file in LOCALE.glob("*.po") for text in texts(file)]
    telling = [text for text in said if len(re.findall(HAN, text)) >= 3]
    line_of_the_log = re.compile(f"(?:{'|'.join(map(pattern_of, telling))})+")
    text = (ROOT / "docs/openwrt.zh-CN.md").read_text(encoding="utf-8")
    quoted = re.findall(r"^campus: (.*)$", text, flags=re.MULTILINE)

    assert len(quoted) > 10
    assert [line for line in quoted if not line_of_the_log.fullmatch(line)] == []


def test_the_chinese_readme_quotes_the_chinese_log() -> None:
    said = "\n".join(text for file in LOCALE.glob("*.po") for text in texts(file))
    readme = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")

    for quoted in ("电脑可以关机了", "这所学校不用电脑也能认证"):
        assert f"“{quoted}”" in readme
        assert quoted in said
    assert re.findall(r"“[A-Za-z]+ [A-Za-z]+ [A-Za-z ]+”", readme) == []
