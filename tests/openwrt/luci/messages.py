"""What the app says to people, as LuCI's own i18n-scan finds it in its files."""

from __future__ import annotations

import json
import re

from tests.openwrt.luci.router import ACL_FILE, APP, MENU_FILE

SCRIPTS = sorted((APP / "htdocs").rglob("*.js"))
_MARKED = re.compile(r"""\b_\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")\s*\)""")
_CALL = re.compile(r"\b_\(")


def messages_in(script: str) -> set[str]:
    """Return the messages that a script marks. Each ``_()`` has to hold one literal text."""
    found = _MARKED.findall(script)
    assert len(found) == len(_CALL.findall(script)), "a call of _() without a literal text"
    return {re.sub(r"\\(.)", r"\1", literal[1:-1]) for literal in found}


def all_messages() -> set[str]:
    """Return every message of the scripts, and the titles of the menu and of the rights."""
    menu = json.loads(MENU_FILE.read_text())
    rights = json.loads(ACL_FILE.read_text())
    return {
        *(message for script in SCRIPTS for message in messages_in(script.read_text())),
        *(node["title"] for node in menu.values()),
        *(group["description"] for group in rights.values()),
    }
