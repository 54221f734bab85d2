"""Command lines of the other programs, alone or in a script, such as ``/etc/rc.local``.

Their options are read as getopt_long reads them. What only a shell can tell, is refused: the value
of a variable, and what a pipe brings.
"""

from __future__ import annotations

from ruijie_proxy.i18n import _
from ruijie_proxy.takeover.source import (
    JMU,
    MENTOHUST,
    MINIEAP,
    Entry,
    NotTakenOver,
    Origin,
    Source,
)
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ENDS_A_COMMAND = frozenset(";&|()\n")
_PIPE = "|"
_REDIRECTS = frozenset("<>")
_SPACES = frozenset(" \t\r\v\f")
_OF_A_VARIABLE = frozenset("$`")
_ESCAPED_IN_DOUBLE_QUOTES = frozenset('$`"\\')


class _Options(Frozen):
    """The options of a program: what each is called in its own file."""

    short: Mapping[str, str]
    """By the letter; those of ``flags`` take no value."""
    long: Mapping[str, str]
    flags: frozenset[str]


_MINIEAP_LONG = {
    name: name
    for name in [
        "help",
        "kill",
        "save",
        "username",
        "password",
        "nic",
        "stage-timeout",
        "wait-after-fail",
        "max-fail",
        "no-auto-reauth",
        "daemonize",
        "proxy-lan-iface",
        "auth-round",
        "max-retries",
        "pid-file",
        "conf-file",
        "if-impl",
        "pkt-plugin",
        "module",
        "log-file",
        "heartbeat",
        "eap-bcast-addr",
        "dhcp-type",
        "dhcp-script",
        "rj-option",
        "service",
        "version-str",
        "fake-dns1",
        "fake-dns2",
        "fake-serial",
        "max-dhcp-count",
        "script",
    ]
}
_MENTOHUST_LONG = {
    "help": "help",
    "kill": "kill",
    "write": "save",
    "username": "username",
    "password": "password",
    "nic": "nic",
    "ip": "ip",
    "mask": "mask",
    "gateway": "gateway",
    "dns": "dns",
    "ping-host": "pinghost",
    "auth-timeout": "timeout",
    "heartbeat": "echointerval",
    "wait-after-fail": "restartwait",
    "max-fail": "maxfail",
    "no-auto-reauth": "restartonlogoff",
    "eap-bcast-addr": "startmode",
    "dhcp-type": "dhcpmode",
    "daemonize": "daemonmode",
    "notify": "shownotify",
    "fake-supplicant-version": "version",
    "template-file": "datafile",
    "dhcp-script": "dhcpscript",
    "proxy-lan-iface": "proxy-lan-iface",
    "proxy-require-success": "auth-round",
    "decode-config": "decode-config",
    "max-retries": "maxretries",
    "service": "servicename",
    "pid-file": "pid-file",
}
_JMU_LONG = {
    "help": "help",
    "background": "daemonize",
    "username": "username",
    "password": "password",
    "ip": "ipaddr",
    "mask": "mask",
    "gateway": "gateway",
    "dns": "dns",
    "service_company": "netoperator",
    "interface_card": "ifname",
}


_OPTIONS = {
    MINIEAP: _Options(
        {
            "h": "help",
            "k": "kill",
            "w": "save",
            "u": "username",
            "p": "password",
            "n": "nic",
            "t": "stage-timeout",
            "r": "wait-after-fail",
            "l": "max-fail",
            "x": "no-auto-reauth",
            "b": "daemonize",
            "z": "proxy-lan-iface",
            "j": "auth-round",
            "e": "heartbeat",
            "a": "eap-bcast-addr",
            "d": "dhcp-type",
            "c": "dhcp-script",
        },
        _MINIEAP_LONG,
        # -x is none of them by its letter: minieap's own string of letters gives it a value.
        frozenset(("-h", "-k", "-w", "help", "kill", "save", "no-auto-reauth")),
    ),
    MENTOHUST: _Options(
        {
            "h": "help",
            "k": "kill",
            "w": "save",
            "u": "username",
            "p": "password",
            "n": "nic",
            "i": "ip",
            "m": "mask",
            "g": "gateway",
            "s": "dns",
            "o": "pinghost",
            "t": "timeout",
            "e": "echointerval",
            "r": "restartwait",
            "l": "maxfail",
            "x": "restartonlogoff",
            "a": "startmode",
            "d": "dhcpmode",
            "b": "daemonmode",
            "y": "shownotify",
            "v": "version",
            "f": "datafile",
            "c": "dhcpscript",
            "z": "proxy-lan-iface",
            "j": "auth-round",
            "q": "decode-config",
        },
        _MENTOHUST_LONG,
        frozenset(("-h", "-k", "-w", "help", "kill", "write")),
    ),
    JMU: _Options(
        {
            "u": "username",
            "s": "netoperator",
            "p": "password",
            "g": "gateway",
            "d": "dns",
            "h": "help",
            "b": "daemonize",
            "k": "kill",
            "m": "several",
            "n": "midnight",
            "i": "ifname",
        },
        _JMU_LONG,
        frozenset(("-h", "-b", "-k", "-m", "-n", "-i", "help", "background")),
    ),
}
_PORTS = {MINIEAP: "nic", MENTOHUST: "nic", JMU: "ifname"}
_OF_A_LOGIN = frozenset(("username", "password", "nic", "ifname", "conf-file"))
"""A command with none of these starts no login; ``-k`` ends one."""
_SET = "1"
_KILL = "k"


def sources_of_commands(text: str) -> tuple[Source, ...]:
    """Return the logins that a text's command lines begin, the last one of each port.

    Raises NotTakenOver for such a command that cannot be read.
    """
    found: dict[str, Source] = {}
    for number, line in _logical_lines(text):
        if not any(program in line.lower() for program in _OPTIONS):
            continue
        for command in _Shell(line, number).commands():
            source = _source_of(command)
            if source is not None:
                _refuse_what_a_shell_tells(command, number)
                port = _PORTS[source.program]
                key = next((entry.value for entry in source.entries if entry.key == port), "")
                found[key] = source
    return tuple(found.values())


class _Command(Frozen):
    """The words of a command, and what a shell would do to it."""

    words: tuple[str, ...]
    has_variable: bool
    in_a_pipe: bool

    def __repr__(self) -> str:
        return "_Command(…)"  # a password can stand in it


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Return the lines with their numbers, those that a backslash goes on together."""
    begun = 0
    parts: list[str] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        begun = begun if parts else number
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            parts.append(line[:-1])
            continue
        yield begun, "".join([*parts, line])
        parts = []
    if parts:
        yield begun, "".join(parts)


class _Shell:
    """Cuts a line into commands and words, as a shell does it."""

    def __init__(self, line: str, number: int) -> None:
        self._line = line
        self._number = number
        self._at = 0
        self._after_a_digit = False

    def commands(self) -> Iterator[_Command]:
        """Return the line's commands. Raises NotTakenOver for a quote that nothing closes."""
        words: list[str] = []
        has_variable = in_a_pipe = False
        while self._at < len(self._line):
            char = self._line[self._at]
            if char in _SPACES:
                self._at += 1
            elif char == "#":
                break
            elif char in _ENDS_A_COMMAND:
                is_pipe = self._is_pipe()
                yield _Command(tuple(words), has_variable, in_a_pipe or is_pipe)
                words, has_variable, in_a_pipe = [], False, is_pipe
            elif char in _REDIRECTS:
                self._skip_redirect()
                if words and words[-1].isdigit() and self._after_a_digit:
                    words.pop()  # 2>/dev/null
            else:
                word, variable = self._word()
                words.append(word)
                has_variable |= variable
        yield _Command(tuple(words), has_variable, in_a_pipe)

    def _is_pipe(self) -> bool:
        """Skip what ends a command; return whether it is a pipe, which ``||`` is not."""
        start = self._at
        while self._line[self._at : self._at + 1] in _ENDS_A_COMMAND and self._at < len(self._line):
            self._at += 1
        return self._line[start : self._at] == _PIPE

    def _skip_redirect(self) -> None:
        self._after_a_digit = self._line[self._at - 1 : self._at].isdigit()
        while self._line[self._at : self._at + 1] in (*_REDIRECTS, "&") and self._at < len(
            self._line
        ):
            self._at += 1
        while self._line[self._at : self._at + 1] in _SPACES and self._at < len(self._line):
            self._at += 1
        if self._at < len(self._line) and self._line[self._at] not in _ENDS_A_COMMAND:
            self._word()

    def _word(self) -> tuple[str, bool]:
        """Return the next word without its quotes, and whether a variable stands in it."""
        pieces, variable = [], False
        line, length = self._line, len(self._line)
        while self._at < length and (char := line[self._at]) not in _SPACES:
            if char in _ENDS_A_COMMAND or char in _REDIRECTS:
                break
            if char == "'":
                end = line.find("'", self._at + 1)
                if end < 0:
                    raise self._open_quote()
                pieces.append(line[self._at + 1 : end])
                self._at = end + 1
            elif char == '"':
                piece, within = self._double_quoted()
                pieces.append(piece)
                variable |= within
            elif char == "\\":
                pieces.append(line[self._at + 1 : self._at + 2])
                self._at += 2
            else:
                variable |= char in _OF_A_VARIABLE
                pieces.append(char)
                self._at += 1
        return "".join(pieces), variable

    def _double_quoted(self) -> tuple[str, bool]:
        pieces, variable = [], False
        at, line = self._at + 1, self._line
        while at < len(line) and line[at] != '"':
            if line[at] == "\\" and line[at + 1 : at + 2] in _ESCAPED_IN_DOUBLE_QUOTES:
                at += 1
            else:
                variable |= line[at] in _OF_A_VARIABLE
            pieces.append(line[at : at + 1])
            at += 1
        if at >= len(line):
            raise self._open_quote()
        self._at = at + 1
        return "".join(pieces), variable

    def _open_quote(self) -> NotTakenOver:
        return NotTakenOver(
            _("line {line} opens a quote that nothing closes", line=self._number),
            _("write the whole command in one line, with both quotes of each pair"),
        )


def _source_of(command: _Command) -> Source | None:
    """Return the login that a command begins; None: it is another command."""
    for position, word in enumerate(command.words):
        program = word.rpartition("/")[2].lower()
        if program in _OPTIONS:
            entries = tuple(_entries(_OPTIONS[program], command.words[position + 1 :]))
            if any(entry.key in _OF_A_LOGIN for entry in entries):
                return Source(program, entries, origin=Origin.COMMAND)
    return None


def _entries(options: _Options, words: Sequence[str]) -> Iterator[Entry]:
    """Read options with their values, which stand behind them or at once after a letter."""
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            return
        if word.startswith("--"):
            yield from _long(options, word.removeprefix("--"), rest)
        elif word.startswith("-") and len(word) > 1:
            yield from _letters(options, word[1:], rest)


def _long(options: _Options, word: str, rest: list[str]) -> Iterator[Entry]:
    name, equals, value = word.partition("=")
    fitting = [full for full in options.long if full.startswith(name)]
    full = name if name in options.long else fitting[0] if len(fitting) == 1 else None
    if full is None:
        yield Entry(f"--{name}", value or _SET)
        return
    if full in options.flags:
        value = value or _SET
    elif not equals:
        value = rest.pop(0) if rest else ""
    if value:
        yield Entry(f"--{full}", value, options.long[full])


def _letters(options: _Options, letters: str, rest: list[str]) -> Iterator[Entry]:
    for position, letter in enumerate(letters):
        name = options.short.get(letter)
        if name is None or f"-{letter}" in options.flags:
            yield Entry(f"-{letter}", _SET, name)
            if letter == _KILL:
                return  # what stands at once behind it, says how
            continue
        value = letters[position + 1 :] or (rest.pop(0) if rest else "")
        if value:
            yield Entry(f"-{letter}", value, name)
        return


def _refuse_what_a_shell_tells(command: _Command, number: int) -> None:
    if command.in_a_pipe:
        raise NotTakenOver(
            _("line {line} passes the command's text through a pipe", line=number),
            _("import a file with the command alone, without | and what stands behind it"),
        )
    if command.has_variable:
        raise NotTakenOver(
            _("line {line} has a value that only the shell knows ($ or `)", line=number),
            _("write the values themselves into the command; one with a $ in single quotes"),
        )
