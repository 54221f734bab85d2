"""Whatever a page of the documentation links to within the repository is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("openwrt/**/*.md")]
_CODE_BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")
_TARGETS = (
    re.compile(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)"),
    re.compile(r"^\[[^\]]+\]: *(\S+)", re.MULTILINE),
    re.compile(r"\b(?:src|srcset|href)=\"([^\"]+)\""),
)
_ELSEWHERE = re.compile(r"[a-z]+:")


def targets(page: str) -> Iterator[str]:
    """Give what a page links to within the repository."""
    text = _CODE.sub("``", _CODE_BLOCK.sub("", page))
    for pattern in _TARGETS:
        for target in pattern.findall(text):
            if not _ELSEWHERE.match(target):
                yield target


def anchors(page: str) -> set[str]:
    """Return the names that the headings of a page have, as code forges make them."""
    text = _CODE_BLOCK.sub("", page)
    found = set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))
    counted: Counter[str] = Counter()
    for heading in re.findall(r"^#{1,6} +(.+?) *#* *$", text, re.MULTILINE):
        shown = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = "".join(char for char in shown if char.isalnum() or char in " -_").replace(" ", "-")
        found.add(f"{name}-{counted[name]}" if counted[name] else name)
        counted[name] += 1
    return found


@cache
def anchors_of(page: Path) -> set[str]:
    return anchors(page.read_text("utf-8"))


def dead(page: Path, root: Path = ROOT) -> Iterator[str]:
    """Give the links of a page that lead nowhere."""
    for target in targets(page.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        there = (page.parent / unquote(path)).resolve() if path else page
        is_there = there.exists() and there.is_relative_to(root)
        names_a_heading = anchor and there.suffix == ".md"
        if not is_there or (names_a_heading and unquote(anchor) not in anchors_of(there)):
            yield target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert list(dead(page)) == []


def test_a_file_and_a_heading_that_are_not_there_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A `heading`, here\n"
        "[well](#a-heading-here) [dead](#another) [dead](no-such.md)\n"
        '<img src="none.png"> `[code](in-code.md)` [away](https://example.org/#x)\n'
    )

    assert sorted(dead(page, tmp_path)) == ["#another", "no-such.md", "none.png"]


def test_the_same_heading_twice_has_two_names_and_code_has_none() -> None:
    text = "## 用途\n```\n# no heading\n```\n## 用途\n"

    assert anchors(text) == {"用途", "用途-1"}
