"""The manual page (man-pages(7)), from what the commands say of themselves, in each language.

``python -m openwrt.packaging.man_page`` prints the one in the language of its environment: which
language messages have, is decided when the program is loaded.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from openwrt.packaging.archive import File, gzipped
from openwrt.packaging.names import PROGRAM
from openwrt.packaging.program import NEVER_ON_A_ROUTER
from ruijie_proxy import __version__
from ruijie_proxy.cli.commands import commands
from ruijie_proxy.config.usual_path import YAML_PATH
from ruijie_proxy.i18n import speaks_chinese

_FOLDERS = {"en": "/usr/share/man/man8", "zh": "/usr/share/man/zh_CN/man8"}
_ENGLISH = {
    "manual": "System administration",
    "name": "NAME",
    "summary": "Ruijie 802.1X for campus networks, from the router",
    "synopsis": "SYNOPSIS",
    "description": "DESCRIPTION",
    "commands": "COMMANDS",
    "further": "What each takes, it says itself:",
    "files": "FILES",
    "configuration": "The configuration; an example lies beside it.",
    "state": "Sessions, what was learned, and the history.",
    "seealso": "SEE ALSO",
}
_CHINESE = {
    "manual": "系统管理",
    "name": "名称",
    "summary": "路由器上的锐捷 802.1X 校园网认证",
    "synopsis": "概要",
    "description": "描述",
    "commands": "命令",
    "further": "各命令的用法见其自身的帮助：",
    "files": "文件",
    "configuration": "配置；旁边有一份示例。",
    "state": "会话、学到的内容和历史记录。",
    "seealso": "参见",
}


def man_pages(checkout: Path) -> list[File]:
    """Return the pages of all languages, compressed."""
    return [
        File(f"{folder}/{PROGRAM}.8.gz", gzipped(_printed(checkout, language)))
        for language, folder in _FOLDERS.items()
    ]


def _printed(checkout: Path, language: str) -> bytes:
    return subprocess.run(
        [sys.executable, "-m", "openwrt.packaging.man_page"],
        cwd=checkout,
        env={**os.environ, "LANGUAGE": language, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout


def man_page() -> str:
    """Return the page, as groff_man(7)."""
    words = _CHINESE if speaks_chinese() else _ENGLISH
    return "\n".join(
        [
            f'.TH RUIJIE\\-PROXY 8 "" "{PROGRAM} {__version__}" "{words["manual"]}"',
            f".SH {words['name']}",
            f"{_escaped(PROGRAM)} \\- {_escaped(words['summary'])}",
            f".SH {words['synopsis']}",
            f".B {_escaped(PROGRAM)}",
            r"[\fB\-\-lang\fP en|zh] \fICOMMAND\fP [\fIARGS\fP...]",
            f".SH {words['description']}",
            *_paragraphs(commands.help),
            f".SH {words['commands']}",
            *_of_commands(),
            ".PP",
            _escaped(words["further"]),
            r"\fBruijie\-proxy\fP \fICOMMAND\fP \fB\-\-help\fP",
            f".SH {words['files']}",
            *_term(YAML_PATH, words["configuration"]),
            *_term("/var/lib/ruijie-proxy", words["state"]),
            f".SH {words['seealso']}",
            _escaped(f"/usr/share/doc/{PROGRAM}"),
            "",
        ]
    )


def _of_commands() -> Iterator[str]:
    context = click.Context(commands)
    for name in commands.list_commands(context):
        command = commands.get_command(context, name)
        if command is not None and f"{name}/" not in NEVER_ON_A_ROUTER:
            yield from _term(name, (command.help or "").partition("\n\n")[0])


def _term(term: str, text: str) -> list[str]:
    return [".TP", f".B {_escaped(term)}", _escaped(text)]


def _paragraphs(text: str | None) -> Iterator[str]:
    for number, paragraph in enumerate((text or "").split("\n\n")):
        if number:
            yield ".PP"
        yield _escaped(paragraph)


def _escaped(text: str) -> str:
    r"""Return a text as groff takes it: it would read \ and, at the start of a line, . and '."""
    line = " ".join(text.split()).replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{line}" if line.startswith((".", "'")) else line


if __name__ == "__main__":
    sys.stdout.write(man_page())
