"""Chinese for tests: spoken by this process, or by the program as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import ruijie_proxy
from ruijie_proxy import i18n

LOCALE = Path(ruijie_proxy.__file__).parent / "locale" / "zh_CN"


def speak_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have messages said in Chinese from now on, as far as they were not translated already."""
    messages: dict[str, str] = {}
    for file in LOCALE.glob("*.po"):
        with file.open("rb") as po:
            messages |= {str(one.id): str(one.string) for one in read_po(po, locale="zh_CN")}
    monkeypatch.setattr(i18n, "_MESSAGES", messages)


def run_in_chinese(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program with the compiled catalogues."""
    return subprocess.run(
        [sys.executable, "-m", "ruijie_proxy", "--lang", "zh", *arguments],
        env={**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
