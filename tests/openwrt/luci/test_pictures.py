"""The documentation's pictures: they can be taken, and are small enough for a repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.openwrt.luci.pictures import LANGUAGES, PICTURES, take

MOST_BYTES = 160_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_is_taken(browser: Browser, tmp_path: Path, language: str) -> None:
    file = tmp_path / "overview.png"
    take(browser, language, file)
    assert file.stat().st_size > 10_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_documentation_has_it(language: str) -> None:
    assert (PICTURES / f"luci-overview.{language}.png").stat().st_size < MOST_BYTES
