"""The story for people: a line for each step, what it says below, and headings between.

Shown is what matters: what is the same as in the frame before is left out, and heartbeats in a row
are counted, not listed. With ``verbose`` all is shown, every property and unknown bytes as hex.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ruijie_proxy.display_width import columns, fold, padded
from ruijie_proxy.i18n import N_, _, written_in
from ruijie_proxy.inspect.capture.link_layers import WIRELESS
from ruijie_proxy.inspect.steps import Fact, Json, Kind, Phase, PropertyLine, Side, Step
from ruijie_proxy.notation import YAML, Notation
from ruijie_proxy.protocol.ethernet import format_mac
from ruijie_proxy.terminal import styled

Write = Callable[[str], None]

_MARGIN = " " * 12
_NARROW = 60
"""Columns of a terminal that are too few for a margin."""
_LEAST_ROOM = 16
_WIDEST = 110
_LABEL_WIDTH = 13
_HEADING_WIDTH = 78
_LONGEST_HEX = 64
"""Bytes of unknown meaning that are shown without ``verbose`` being asked for."""
_LABELS = {
    "account": N_("accounting"),
    "address": N_("address"),
    "advice": N_("advice"),
    "broadcast": N_("to all"),
    "challenge": N_("challenge"),
    "clear_password": N_("password"),
    "client": N_("client"),
    "dialect": N_("dialect"),
    "differences": N_("differences"),
    "grant": N_("grant"),
    "heartbeat_key": N_("key"),
    "heartbeat_number": N_("number"),
    "logoff_reason": N_("reason"),
    "mac_address": N_("MAC address"),
    "md5_value": N_("MD5 value"),
    "message": N_("message"),
    "newest_version": N_("newest client"),
    "not_captured": N_("not captured"),
    "password_property": N_("password property"),
    "private_block": N_("private block"),
    "reason": N_("reason"),
    "refusal": N_("refusal"),
    "service": N_("service"),
    "services": N_("services"),
    "shape": N_("shape"),
    "since_last": N_("since last"),
    "text": N_("text"),
    "udp_heartbeat": N_("UDP heartbeat"),
    "user_name": N_("user name"),
    "v4_check": N_("V4 check"),
}
_HEADINGS = {
    (Phase.LOGIN, False): N_("Login {number} of {client}"),
    (Phase.LOGIN, True): N_("Login {number} of {client} on {interface}"),
    (Phase.ONLINE, False): N_("Online: {client}"),
    (Phase.ONLINE, True): N_("Online: {client} on {interface}"),
    (Phase.OFFLINE, False): N_("Offline: {client}"),
    (Phase.OFFLINE, True): N_("Offline: {client} on {interface}"),
}
"""By whether the interface is known."""
_SIDES = {Side.SERVER: N_("the server's side"), Side.CLIENT: N_("the client's side")}
"""What stands for an interface that is not told."""
_GROUPS = (N_("PAE group"), N_("Ruijie group"), N_("everybody"))
"""Those of :mod:`.parties`."""
_PLACES = (
    N_("data of the method"),
    N_("body"),
    N_("behind the properties"),
    N_("behind the challenge"),
    N_("before the pieces"),
    N_("unknown piece"),
    N_("block piece"),
    N_("empty piece"),
    N_("grant piece"),
)
"""Where bytes of unknown meaning may stand, as the steps call it."""
_CONTENTS = (
    N_("empty"),
    N_("zeros"),
    N_("no"),
    N_("yes"),
    N_("not known"),
    N_("not shown"),
)
"""What :mod:`.property_lines` says of a content instead of showing it."""
_UNREAD = N_("not read here")
_LINK_TYPES = {
    "0": N_("a machine's talk with itself"),
    "9": "PPP",
    "12": "IP",
    "101": "IP",
    "108": N_("a machine's talk with itself"),
    "189": "USB",
    "201": "Bluetooth",
    "220": "USB",
    "228": "IPv4",
    "229": "IPv6",
    "239": N_("a firewall's log, nflog"),
    "249": "USB",
    "253": N_("netlink, the kernel's talk with programs"),
    **dict.fromkeys(map(str, WIRELESS), N_("Wi-Fi, which is no cable")),
}
"""Link types in which no 802.1X of a cable can be, by https://www.tcpdump.org/linktypes.html."""
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
    """Writes line by line."""

    def __init__(
        self,
        write: Write,
        *,
        verbose: bool,
        width: int | None = None,
        notation: Notation = YAML,
    ) -> None:
        """With a width, in columns, long texts are cut into lines.

        Without one, as for a file that is to be searched, each thing stays on one line. Advice
        names settings in ``notation``.
        """
        self._write = write
        self._notation = notation
        is_narrow = width is not None and width < _NARROW
        self._margin = "  " if is_narrow else _MARGIN
        used = len(self._margin) + _LABEL_WIDTH + 3
        self._room = None if width is None else max(_LEAST_ROOM, min(width, _WIDEST) - 1 - used)
        self._heading_width = min(width or _HEADING_WIDTH, _HEADING_WIDTH)
        self._verbose = verbose
        self._shown: dict[tuple[int, str], str] = {}
        """What was said last of each standing fact, by conversation."""
        self._chapters: dict[int, tuple[Phase, int]] = {}
        self._runs: dict[int, _Run] = {}
        self._met: set[str] = set()
        self._places: set[str] = set()

    def begin(self, format_name: str, at: int | None) -> None:
        """Write what the file is."""
        self._write(styled(_beginning(format_name, at), bold=True))

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
            self._write(styled(line, dim=True))

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
        told = _("… {count} more", count=run.count)
        values = {fact.key: fact for fact in run.last.facts}
        if "heartbeat_number" in values:
            number = run.last.title.split(" ")[-1]
            told += _(", each number one more, up to {number}", number=number)
        if "since_last" in values:
            time = values["since_last"].text
            told += _("; the last one {time} after the one before", time=time)
        self._write(f"{_time(run.last.seconds)}  {styled(told, colour='green')}")

    def _heading(self, step: Step) -> None:
        self._places.add(_place_of(step))
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
        place = _place_of(step)
        words = _HEADINGS[step.phase, bool(place)]
        told = _(words, number=step.login, client=_party(client), interface=place)
        if before is None and step.phase is Phase.ONLINE and step.login == 0:
            told = _("{heading} (the login is not in the capture)", heading=told)
        line = f"── {told} "
        self._write("")
        self._write(styled(line + "─" * (self._heading_width - columns(line)), bold=True))

    def _line(self, step: Step) -> str:
        colour = _SENDER_COLOURS.get(step.sender.split(" ")[0])
        sender = styled(self._introduced(step.sender, step.source), colour=colour)
        receiver = self._introduced(step.receiver, step.destination)
        title = styled(step.title, bold=True, colour=_KIND_COLOURS.get(step.kind))
        place = _place_of(step)
        where = f" {place}" if len(self._places) > 1 and place else ""
        vlan = "".join(f" VLAN {number}" for number in step.vlans)
        number = styled(f"#{step.number}{where}{vlan}", dim=True)
        text = f"{_time(step.seconds)}  {sender} → {receiver}  {title}  {number}"
        if step.repeats is not None:
            again = _("(again: as #{number})", number=step.repeats)
            text += styled(f"  {again}", colour="yellow")
        return text

    def _introduced(self, name: str, address: bytes | None) -> str:
        """Return a name, with its address where it is met for the first time."""
        if name in self._met or address is None or not name.startswith(("client", "server")):
            return _party(name)
        if len(self._met) < _MOST_REMEMBERED:
            self._met.add(name)
        return f"{_party(name)} ({format_mac(address)})"

    def _fact(self, step: Step, fact: Fact) -> None:
        if not fact.text:
            return
        if fact.standing and not self._is_news(step, fact.key, fact.text):
            return
        text = fact.full if self._verbose and fact.full is not None else fact.text
        text = written_in(text, self._notation)
        if fact.full is not None and self._verbose and isinstance(fact.value, dict):
            text = fact.text.replace(str(fact.value["digest"]), fact.full, 1)
        mark = {None: "", True: styled("✓ ", colour="green"), False: styled("✗ ", colour="red")}
        colour = {None: None, True: None, False: "red"}[fact.good]
        label = _LABELS.get(fact.key) or fact.key.replace("_", " ")
        self._below(_(label), text, mark[fact.good], colour)

    def _details(self, step: Step) -> None:
        if self._verbose:
            for line in step.properties:
                self._below(_("property"), _property(line))
        for one in step.unknown:
            shown = one.data if self._verbose else one.data[:_LONGEST_HEX]
            text = f"{_place(one.place)}: {shown.hex(' ')}"
            if len(shown) < len(one.data):
                text += _(" … ({count} bytes)", count=len(one.data))
            if self._is_news(step, f"unknown {one.place}", text):
                self._below(_("unknown"), text)

    def _is_news(self, step: Step, key: str, text: str) -> bool:
        """Whether something was not said in the conversation before, or all is to be said."""
        place = step.conversation, key
        known = self._shown.get(place) == text
        self._shown[place] = text
        return self._verbose or not known

    def _below(self, label: str, text: str, mark: str = "", colour: str | None = None) -> None:
        lines = [text] if self._room is None else fold(text, self._room)
        for line in lines or [""]:
            named = styled(padded(label, _LABEL_WIDTH), dim=True)
            self._write(f"{self._margin}{named} {mark}{styled(line, colour)}")
            label, mark = "", "  " if mark else ""


def _beginning(format_name: str, at: int | None) -> str:
    if at is None:
        return _("A {format} capture", format=format_name)
    try:
        moment = datetime.fromtimestamp(at / 1e9).astimezone()
    except (ValueError, OverflowError, OSError):
        return _("A {format} capture, from an impossible date", format=format_name)
    time = moment.isoformat(" ", "seconds")
    return _("A {format} capture, from {time}", format=format_name, time=time)


def _party(name: str) -> str:
    """Return a name that :mod:`.parties` has given, in the user's language."""
    role, _space, number = name.partition(" ")
    if role == "client":
        return _("client {number}", number=number)
    if role == "server" and number:
        return _("server {number}", number=number)
    return _(name)


def _place_of(step: Step) -> str:
    return step.interface or (_(_SIDES[step.side]) if step.side else "")


def _place(name: str) -> str:
    known, _space, number = name.partition(" ")
    if known == "property":
        return _("property {number}", number=number)
    return _(name)


def _property(line: PropertyLine) -> str:
    text = line.full or (_(line.text) if line.text in _CONTENTS else line.text)
    return f"{line.type:#04x} {_(line.name or N_('unknown'))}: {text}"


def _time(seconds: float | None) -> str:
    return " " * 10 if seconds is None else f"{seconds:10.3f}"


def _closing(summary: dict[str, Json]) -> list[str]:
    frames, others = summary["eapol_frames"], summary["other_packets"]
    lines = [
        _(
            "{frames} EAPOL frames; {others} packets of other protocols left out.",
            frames=frames,
            others=others,
        )
    ]
    if copies := summary["copies"]:
        told = _("{count} frames that a bridge has shown twice are told once.", count=copies)
        lines.append(told)
    unread = summary["unread_link_types"]
    if isinstance(unread, dict):
        for link, count in unread.items():
            name = _(_LINK_TYPES.get(link, _UNREAD))
            lines.append(
                _(
                    "{count} packets of link type {number} ({name}) left out.",
                    count=count,
                    number=link,
                    name=name,
                )
            )
    if unread and not frames:
        lines.append(_("Record at the port of this machine that the campus's cable is in."))
    return lines
