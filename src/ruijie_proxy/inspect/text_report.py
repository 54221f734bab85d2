"""The story for people: a line for each step, what it says below, and headings between.

Shown is what matters: what is the same as in the frame before is left out, and heartbeats in a row
are counted, not listed. With ``verbose`` all is shown, every property and unknown bytes as hex.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import click

from ruijie_proxy.inspect.steps import Fact, Json, Kind, Phase, Step
from ruijie_proxy.protocol.ethernet import format_mac

Write = Callable[[str], None]
Fold = Callable[[str, int], list[str]]
"""Cuts a text into lines of at most so many columns."""

_MARGIN = " " * 12
_LABEL_WIDTH = 13
_LONGEST_HEX = 64
"""Bytes of unknown meaning that are shown without ``verbose`` being asked for."""
_LABELS = {
    "v4_check": "V4 check",
    "md5_value": "MD5 value",
    "mac_address": "MAC address",
    "heartbeat_key": "key",
    "heartbeat_number": "number",
}
_MOST_REMEMBERED = 1000
_REGULAR = (Kind.HEARTBEAT, Kind.ECHO, Kind.ECHO_ANSWER)
_SENDER_COLOURS = {"client": "cyan", "server": "magenta"}
_KIND_COLOURS = {Kind.SUCCESS: "green", Kind.FAILURE: "red", Kind.UNREADABLE: "red"}


@dataclass(slots=True)
class _Run:
    """Regular steps in a row, of which the first was shown."""

    last: Step
    count: int = 0


class TextReport:
    """Writes line by line. Colours are left to click, which knows when not to."""

    def __init__(
        self, write: Write, *, verbose: bool, width: int | None = None, fold: Fold | None = None
    ) -> None:
        """With a width, in columns, and ``fold``, long texts are cut into lines."""
        self._write = write
        self._fold = None if width is None else fold
        self._room = (width or 0) - len(_MARGIN) - _LABEL_WIDTH - 3
        self._verbose = verbose
        self._shown: dict[tuple[int, str], str] = {}
        """What was said last of each standing fact, by conversation."""
        self._chapters: dict[int, tuple[Phase, int]] = {}
        self._runs: dict[int, _Run] = {}
        self._met: set[str] = set()
        self._interfaces: set[str | None] = set()

    def begin(self, format_name: str, at: int | None) -> None:
        """Write what the file is."""
        self._write(click.style(f"A {format_name} capture{_since(at)}", bold=True))

    def show(self, step: Step) -> None:
        """Write a step, or count it where it is one of many that are alike."""
        if not self._verbose and self._continues(step):
            return
        self._end_run(step.conversation)
        self._heading(step)
        self._write(self._line(step))
        if step.kind in _REGULAR:
            self._runs[step.conversation] = _Run(step)
        for fact in step.facts:
            self._fact(step, fact)
        self._details(step)

    def end(self, summary: dict[str, Json]) -> None:
        """Write what is known at the end."""
        for conversation in list(self._runs):
            self._end_run(conversation)
        self._write("")
        for line in _closing(summary):
            self._write(click.style(line, dim=True))

    def _continues(self, step: Step) -> bool:
        """Whether a step goes on what was shown before, with nothing to remark."""
        run = self._runs.get(step.conversation)
        if step.kind not in _REGULAR or run is None or run.last.kind is not step.kind:
            return False
        if self._chapters.get(step.conversation) != (step.phase, step.login) or step.repeats:
            return False
        if any(fact.good is False for fact in step.facts):
            return False
        run.count += 1
        run.last = step
        return True

    def _end_run(self, conversation: int) -> None:
        run = self._runs.pop(conversation, None)
        if run is None or run.count == 0:
            return
        told = f"… {run.count} more"
        values = {fact.key: fact for fact in run.last.facts}
        if "heartbeat_number" in values:
            told += f", each number one more, up to {run.last.title.split(' ')[-1]}"
        if "since_last" in values:
            told += f"; the last one {values['since_last'].text} after the one before"
        self._write(f"{_time(run.last.seconds)}  {click.style(told, fg='green')}")

    def _heading(self, step: Step) -> None:
        self._interfaces.add(step.interface)
        chapter = step.phase, step.login
        if self._chapters.get(step.conversation) == chapter:
            return
        if len(self._chapters) >= _MOST_REMEMBERED:
            # So many conversations are a flood; what was said of it can be said again.
            for conversation in list(self._runs):
                self._end_run(conversation)
            self._chapters.clear()
            self._shown.clear()
        before = self._chapters.get(step.conversation)
        self._chapters[step.conversation] = chapter
        client = step.sender if step.sender.startswith("client") else step.receiver
        where = f" on {step.interface}" if step.interface else ""
        words = {
            Phase.LOGIN: f"Login {step.login} of {client}{where}",
            Phase.ONLINE: f"Online: {client}{where}",
            Phase.OFFLINE: f"Offline: {client}{where}",
        }[step.phase]
        if before is None and step.phase is Phase.ONLINE and step.login == 0:
            words += " (the login is not in the capture)"
        self._write("")
        self._write(click.style(f"── {words} ".ljust(78, "─"), bold=True))

    def _line(self, step: Step) -> str:
        colour = _SENDER_COLOURS.get(step.sender.split(" ")[0])
        sender = click.style(self._introduced(step.sender, step.source), fg=colour)
        receiver = self._introduced(step.receiver, step.destination)
        title = click.style(step.title, bold=True, fg=_KIND_COLOURS.get(step.kind))
        where = f" {step.interface}" if len(self._interfaces) > 1 and step.interface else ""
        vlan = "".join(f" VLAN {number}" for number in step.vlans)
        number = click.style(f"#{step.number}{where}{vlan}", dim=True)
        text = f"{_time(step.seconds)}  {sender} → {receiver}  {title}  {number}"
        if step.repeats is not None:
            text += click.style(f"  (again: as #{step.repeats})", fg="yellow")
        return text

    def _introduced(self, name: str, address: bytes | None) -> str:
        """Return a name, with its address where it is met for the first time."""
        if name in self._met or address is None or not name.startswith(("client", "server")):
            return name
        if len(self._met) < _MOST_REMEMBERED:
            self._met.add(name)
        return f"{name} ({format_mac(address)})"

    def _fact(self, step: Step, fact: Fact) -> None:
        if not fact.text:
            return
        if fact.standing and not self._is_news(step, fact.key, fact.text):
            return
        text = fact.full if self._verbose and fact.full is not None else fact.text
        if fact.full is not None and self._verbose and isinstance(fact.value, dict):
            text = f"{fact.full}{fact.text[fact.text.find(',') :] if ',' in fact.text else ''}"
        mark = {None: "", True: click.style("✓ ", fg="green"), False: click.style("✗ ", fg="red")}
        colour = {None: None, True: None, False: "red"}[fact.good]
        label = _LABELS.get(fact.key) or fact.key.replace("_", " ")
        self._below(label, text, mark[fact.good], colour)

    def _details(self, step: Step) -> None:
        if self._verbose:
            for line in step.properties:
                name = f"{line.type:#04x} {line.name or 'unknown'}"
                self._below("property", f"{name}: {line.full or line.text}")
        for one in step.unknown:
            shown = one.data if self._verbose else one.data[:_LONGEST_HEX]
            more = "" if len(shown) == len(one.data) else f" … ({len(one.data)} bytes)"
            text = f"{one.place}: {shown.hex(' ')}{more}"
            if self._is_news(step, f"unknown {one.place}", text):
                self._below("unknown", text)

    def _is_news(self, step: Step, key: str, text: str) -> bool:
        """Whether something was not said in the conversation before, or all is to be said."""
        place = step.conversation, key
        known = self._shown.get(place) == text
        self._shown[place] = text
        return self._verbose or not known

    def _below(self, label: str, text: str, mark: str = "", colour: str | None = None) -> None:
        lines = [text] if self._fold is None else self._fold(text, self._room)
        for line in lines or [""]:
            named = click.style(label.ljust(_LABEL_WIDTH), dim=True)
            self._write(f"{_MARGIN}{named} {mark}{click.style(line, fg=colour)}")
            label, mark = "", "  " if mark else ""


def _since(at: int | None) -> str:
    if at is None:
        return ""
    try:
        moment = datetime.fromtimestamp(at / 1e9).astimezone()
    except (ValueError, OverflowError, OSError):
        return ", from an impossible date"
    return f", from {moment.isoformat(' ', 'seconds')}"


def _time(seconds: float | None) -> str:
    return " " * 10 if seconds is None else f"{seconds:10.3f}"


def _closing(summary: dict[str, Json]) -> list[str]:
    frames, others = summary["eapol_frames"], summary["other_packets"]
    lines = [f"{frames} EAPOL frames; {others} packets of other protocols left out."]
    unread = summary["unread_packets"]
    if unread:
        lines.append(f"{unread} packets of link types that are not read here left out.")
    return lines
