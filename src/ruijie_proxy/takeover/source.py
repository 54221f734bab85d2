"""Reads another program's configuration, and finds out by its content whose it is.

=========  =============================================  =========================
program    its own file                                   OpenWrt's, in UCI
=========  =============================================  =========================
minieap    ``/etc/minieap.conf``: lines ``key=value``      ``/etc/config/minieap``
MentoHUST  ``/etc/mentohust.conf``: INI, ``[MentoHUST]``   ``/etc/config/mentohust``
=========  =============================================  =========================
"""

from __future__ import annotations

from ruijie_proxy.config.notations.document import LARGEST_FILE, is_uci
from ruijie_proxy.config.notations.uci_syntax import parse_sections
from ruijie_proxy.i18n import _
from ruijie_proxy.values import frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MINIEAP, MENTOHUST = PROGRAMS = ("minieap", "mentohust")
_SECTION_OF_MENTOHUST = "mentohust"
_KEYS_OF_MINIEAP = {"username", "password", "nic", "module", "pkt-plugin", "proxy-lan-iface"}
"""Those that its file holds at the least."""
_LONGEST_KEY = 40
"""Characters; of the programs' own keys none has half as many."""
_OWN_KEYS_OF_YAML = ("sessions:",)


@frozen
class Entry:
    """A key and what it is given."""

    written: str
    """The key as the file has it."""
    value: str

    @property
    def key(self) -> str:
        """Return the key as minieap's own file has it; UCI has no hyphens, and INI any case."""
        return self.written.lower().replace("_", "-")

    def __repr__(self) -> str:
        return f"Entry({self.written!r}, …)"  # it can be a password


@frozen
class Source:
    """What a file says of one network port."""

    program: str
    """One of PROGRAMS."""
    entries: tuple[Entry, ...]
    """In the file's order; those without a value are left out."""
    unread: tuple[int, ...] = ()
    """Lines that no program can read."""
    is_uci: bool = False


class NotTakenOver(Exception):
    """A file cannot be taken over; the text is for the user."""

    def __init__(self, wrong: str, remedy: str) -> None:
        super().__init__(_("{wrong}; {remedy}", wrong=wrong, remedy=remedy))


def read_sources(data: bytes, file: str) -> tuple[Source, ...]:
    """Return what a file's content says of each port; ``file`` is its name for messages.

    Raises NotTakenOver, or ConfigurationProblems for a file of OpenWrt's that is no UCI.
    """
    text = _text(data)
    if is_uci(text):
        return _of_uci(text, file)
    if any(line.strip().lower() == f"[{_SECTION_OF_MENTOHUST}]" for line in text.splitlines()):
        return (_of_ini(text),)
    source = _of_lines(text)
    if any(entry.key in _KEYS_OF_MINIEAP for entry in source.entries):
        return (source,)
    if any(line.startswith(_OWN_KEYS_OF_YAML) for line in text.splitlines()):
        raise _is_ours()
    raise NotTakenOver(
        _("this is no configuration of minieap or MentoHUST"),
        _(
            "name one such as /etc/minieap.conf, /etc/config/minieap, /etc/mentohust.conf or "
            "/etc/config/mentohust"
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


def _is_ours() -> NotTakenOver:
    return NotTakenOver(
        _("this is a configuration of ruijie-proxy already"),
        _("look at it with: ruijie-proxy check"),
    )


def _of_uci(text: str, file: str) -> tuple[Source, ...]:
    sections = parse_sections(text, file)
    sources = []
    for section in sections:
        if section.type in PROGRAMS:
            entries = tuple(
                Entry(option.name, option.value) for option in section.options if option.value
            )
            sources.append(Source(section.type, entries, is_uci=True))
    if sources:
        return tuple(sources)
    if any(section.type == "session" for section in sections):
        raise _is_ours()
    raise NotTakenOver(
        _("holds no section of minieap or mentohust"),
        _("name /etc/config/minieap or /etc/config/mentohust"),
    )


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
