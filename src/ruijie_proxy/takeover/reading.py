"""Reads another program's configuration, and finds out by its content whose it is.

================  =============================================  ============================
program           its own file                                   OpenWrt's, in UCI
================  =============================================  ============================
minieap           ``/etc/minieap.conf``: lines ``key=value``      ``/etc/config/minieap``, or an
                                                                 interface of
                                                                 ``/etc/config/network``
MentoHUST         ``/etc/mentohust.conf``: INI, ``[MentoHUST]``   ``/etc/config/mentohust``
MentoHUST Modern  a JSON file
jmuSupplicant                                                    ``/etc/config/jmusupplicant``
================  =============================================  ============================

And each but MentoHUST Modern as a command line, alone or in a script (:mod:`.command_lines`).
"""

from __future__ import annotations

from ruijie_proxy.config.notations.document import LARGEST_FILE, is_uci
from ruijie_proxy.i18n import _
from ruijie_proxy.takeover.source import (
    MENTOHUST,
    MENTOHUST_MODERN,
    MINIEAP,
    Entry,
    NothingOfTheirs,
    NotTakenOver,
    Source,
    is_ours,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SECTION_OF_MENTOHUST = "mentohust"
_KEYS_OF_MINIEAP = {"username", "password", "nic", "module", "pkt-plugin", "proxy-lan-iface"}
"""Those that its file holds at the least."""
_LONGEST_KEY = 40
"""Characters; of the programs' own keys none has half as many."""
_OWN_KEYS_OF_YAML = ("sessions:",)
_START_OF_JSON = "{"


def read_sources(data: bytes, file: str) -> tuple[Source, ...]:
    """Return what a file's content says of each port; ``file`` is its name for messages.

    Raises NotTakenOver, or ConfigurationProblems for a file of OpenWrt's that is no UCI.
    """
    text = _text(data)
    if is_uci(text):
        from ruijie_proxy.takeover.uci_sources import sources_of_uci

        return sources_of_uci(text, file)
    if text.lstrip().startswith(_START_OF_JSON):
        return (_of_json(text),)
    if any(line.strip().lower() == f"[{_SECTION_OF_MENTOHUST}]" for line in text.splitlines()):
        return (_of_ini(text),)
    from ruijie_proxy.takeover.command_lines import sources_of_commands

    commands = sources_of_commands(text)
    if commands:
        return commands
    source = _of_lines(text)
    if any(entry.key in _KEYS_OF_MINIEAP for entry in source.entries):
        return (source,)
    if any(line.startswith(_OWN_KEYS_OF_YAML) for line in text.splitlines()):
        raise is_ours()
    raise NothingOfTheirs(
        _("this is no configuration of minieap, MentoHUST or jmuSupplicant"),
        _(
            "name one such as /etc/minieap.conf, /etc/config/network, /etc/mentohust.conf or a "
            "script with the command line, such as /etc/rc.local"
        ),
    )


def _text(data: bytes) -> str:
    if len(data) > LARGEST_FILE:
        raise NotTakenOver(
            _("has more than {size} KiB", size=LARGEST_FILE // 1024),
            _("name the configuration, which is much shorter"),
        )
    if b"\0" in data:
        raise NotTakenOver(_("is not a text file"), _("name the configuration"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue  # MentoHUST's are often in GBK, of which GB 18030 is an extension
    raise NotTakenOver(_("is text neither in UTF-8 nor in GBK"), _("save the file as UTF-8"))


def _of_lines(text: str) -> Source:
    """Read lines of ``key=value``. A key can be there more than once."""
    return _source_of(MINIEAP, _lines(text, "#"))


def _of_ini(text: str) -> Source:
    """Read the section ``[MentoHUST]``; names of sections and keys are of any case."""
    inside = []
    is_inside = False
    for number, line in _lines(text, "#;"):
        if line.startswith("["):
            is_inside = line.strip("[] \t").lower() == _SECTION_OF_MENTOHUST
        elif is_inside:
            inside.append((number, line))
    return _source_of(MENTOHUST, inside)


def _of_json(text: str) -> Source:
    """Read the object that MentoHUST Modern saves."""
    from json import JSONDecodeError, loads

    try:
        # RecursionError: brackets within brackets, thousands deep.
        plain = loads(text)
    except (JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise NotTakenOver(
            _("begins as JSON, and is none in line {line}", line=line),
            _("save it once more in MentoHUST Modern, and name that file"),
        ) from None  # the text of the error can have a piece of the password
    if not {"username", "password"} <= plain.keys():
        raise NotTakenOver(
            _("this JSON holds no username and password"),
            _("name the file that MentoHUST Modern saved"),
        )
    entries = [
        Entry(key, _plain_value(value))
        for key, value in plain.items()
        if _is_key(key) and isinstance(value, str | int | float)
    ]
    return Source(MENTOHUST_MODERN, tuple(entry for entry in entries if entry.value))


def _plain_value(value: str | float) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _source_of(program: str, lines: Iterable[tuple[int, str]]) -> Source:
    """Read lines of ``key=value``, each with its number."""
    entries, unread = [], []
    for number, line in lines:
        key, equals, value = line.partition("=")
        if equals and _is_key(key):
            entries.append(Entry(key.strip(), value))
        else:
            unread.append(number)
    return Source(program, tuple(entry for entry in entries if entry.value), tuple(unread))


def _is_key(text: str) -> bool:
    """Whether a text can be shown as the name of a key."""
    return text.isprintable() and 0 < len(text.strip()) <= _LONGEST_KEY


def _lines(text: str, comments: str) -> Iterator[tuple[int, str]]:
    """Return lines with their numbers; the space before a value can be part of it."""
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if stripped and stripped[0] not in comments:
            yield number, line.lstrip().rstrip("\r\n \t")
