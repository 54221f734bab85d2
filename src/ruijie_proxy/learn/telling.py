"""What people are told of findings: a line for each fact, and sentences for what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Address
from typing import TypeVar

from ruijie_proxy.config.shape.campuses import CAMPUSES, COMPARES_MAC, campus_of
from ruijie_proxy.engine.settings import DhcpMode, Dialect, GroupMode, Shape, ZeroCheck
from ruijie_proxy.i18n import N_, _, listed
from ruijie_proxy.inspect.client_facts import version_name
from ruijie_proxy.learn.findings import (
    ClientSaid,
    Findings,
    Found,
    Granted,
    Lack,
    Likeness,
    Outcome,
    Refused,
    Remark,
    RemarkCode,
    Sureness,
)
from ruijie_proxy.protocol.ethernet import format_mac
from ruijie_proxy.protocol.heartbeat import UdpHeartbeat
from ruijie_proxy.protocol.portal.portals import Portal
from ruijie_proxy.runtime.portal.telling import name_of_portal
from ruijie_proxy.runtime.telling.advice import sentence_of, word_of

T = TypeVar("T")
Row = tuple[str, str, str]
"""Label, value, and whence it is known."""

_DIALECTS = {
    Dialect.RUIJIE: N_("Ruijie's, with the V4 check"),
    Dialect.RUIJIE_V2: N_("Ruijie's, with the V2 check"),
    Dialect.PLAIN: N_("plain 802.1X: EAP-MD5 and nothing private"),
    Dialect.CERNET: N_("Cernet's"),
}
_SHAPES = {
    Shape.BLOCK: N_("block: behind every frame"),
    Shape.BARE: N_("bare: properties in the answer to a challenge alone"),
    Shape.INSIDE: N_("inside: a block within the lengths of that answer"),
}
_GROUPS = {
    GroupMode.STANDARD: N_("the standard one, 01:80:c2:00:00:03"),
    GroupMode.RUIJIE: N_("Ruijie's, 01:d0:f8:00:00:03"),
}
_DHCP = {
    DhcpMode.OFF: N_("off: the address is a fixed one"),
    DhcpMode.BEFORE: N_("before the login"),
    DhcpMode.AFTER: N_("after the login"),
    DhcpMode.DOUBLE: N_("between two logins"),
}
_ZERO_CHECKS = {ZeroCheck.ZEROS: N_("of zeros"), ZeroCheck.TEXT: N_("of the text")}
_NOT_SEEN = N_("not seen")
_REMARKS = {
    RemarkCode.EMPTY: N_("There is no packet in it."),
    RemarkCode.NO_8021X: N_(
        "There is no 802.1X in it: record at the cable port, from before the client is started; "
        "or this campus does not use 802.1X."
    ),
    RemarkCode.NO_LOGIN: N_(
        "There is 802.1X in it (#{number}), and nothing of a login: log off, start recording, and "
        "then let the client log in."
    ),
    RemarkCode.WIRELESS: N_(
        "It was recorded at Wi-Fi (#{number}), whose 802.1X is another one: record at the port "
        "that the cable is in."
    ),
    RemarkCode.WEB_PORTAL: N_(
        "#{number} leads to a web portal: {portal}, at {site}. Where no 802.1X is wanted, this "
        "campus lets people in by that page, and a session of this program is of no use."
    ),
    RemarkCode.CUT: N_(
        "Not all bytes were captured, the first time in #{number}: record whole packets, with "
        "tcpdump by “-s 0”. What stands at the end of frames, such as private data, is missing."
    ),
    RemarkCode.NO_START: N_(
        "The client's Start is missing before #{number}: start recording before the client is "
        "started. Whether the router could send the same Start, nobody can tell."
    ),
    RemarkCode.NO_IDENTITY: N_("The client's Identity response is missing after #{number}."),
    RemarkCode.NO_CHALLENGE: N_(
        "The challenge, or the answer to it, is not in the capture (#{number}), so nothing that "
        "the client proves can be checked."
    ),
    RemarkCode.BEGAN_ONLINE: N_(
        "The client was online already (#{number}): the recording began in the middle. Log off, "
        "start recording, and then let the client log in."
    ),
    RemarkCode.ENDED_EARLY: N_(
        "The login that begins with #{number} has no result: the recording ended too early. Record "
        "until a minute after the client says that it is online."
    ),
    RemarkCode.SHORT: N_(
        "It ends {seconds} s after the Success: heartbeats and probes show only when it is "
        "recorded for a minute more."
    ),
    RemarkCode.UNANSWERED: N_(
        "The client called (#{number}), and nobody has answered: the cable leads to no port that "
        "wants 802.1X, or its switch wants another group address."
    ),
    RemarkCode.REFUSED: N_("The login was refused (#{number}): there is no session to learn from."),
    RemarkCode.CLIENT_ALONE: N_(
        "Only the client's frames are in it (from #{number} on), and no server's: one direction "
        "was recorded. A mirror port has to copy both."
    ),
    RemarkCode.SERVER_ALONE: N_(
        "Only the server's frames are in it (from #{number} on), and no client's: one direction "
        "was recorded. A mirror port has to copy both."
    ),
    RemarkCode.MIRROR: N_(
        "{clients} clients are heard at one port: it seems to be a switch's mirror port. One "
        "client was chosen."
    ),
    RemarkCode.TAGGED: N_(
        "The frames are tagged with VLAN {vlan}, as at a switch's mirror port or trunk. At the "
        "client's own port there is no tag, and none is needed on the router, unless its cable "
        "goes to a trunk."
    ),
    RemarkCode.RELAYED: N_(
        "A router has relayed this login (#{number} is its copy). What the client is, is taken "
        "from the client's own frames, and addresses from the side of the switch."
    ),
    RemarkCode.OTHER_METHOD: N_(
        "The switch asks by another EAP method than MD5 (type {method}, #{number}), which only a "
        "client on a PC answers: the router can relay it."
    ),
    RemarkCode.UDP_HEARTBEAT: N_(
        "The campus wants a heartbeat by UDP, too (#{number}), which only the genuine client "
        "sends: expect to be dropped after some minutes without the PC."
    ),
}
_NO_PASSWORD_ON_PAGE = N_(
    "Whether the router can log in by itself is not checked: that takes the account's password, in "
    "the field above. Without it, the MD5 value and the password property stay unchecked; all else "
    "can be made anew."
)
_LACKS = {
    Lack.PASSWORD: N_(
        "Whether the router can log in by itself is not checked: that takes the account's "
        "password (-u NAME). Without it, the MD5 value and the password property stay unchecked; "
        "all else can be made anew."
    ),
    Lack.FRAMES: N_(
        "Whether the router can log in by itself cannot be checked: frames of the login are "
        "missing."
    ),
    Lack.OTHER_ACCOUNT: N_(
        "Whether the router can log in by itself cannot be checked: the login is of another "
        "account than the one given."
    ),
    Lack.METHOD: N_("The router cannot log in by itself: it speaks EAP-MD5 alone."),
    Lack.PROGRAM: N_(
        "Whether the router can log in by itself cannot be checked here: the V2 check is made "
        "with your own 8021x.exe. Try it with “{keys[dialect=ruijie-v2]}” and "
        "“{keys[client_exe]}”."
    ),
}
_OUTCOMES = {
    Outcome.ONLINE: N_("Login of {account} that succeeded, from #{number} on."),
    Outcome.REFUSED: N_("Login of {account} that was refused, from #{number} on."),
    Outcome.NO_RESULT: N_("Login of {account} without a result, from #{number} on."),
    Outcome.UNANSWERED: N_("Call that nobody has answered, from #{number} on."),
    Outcome.BEFORE: N_("Client that was online already, from #{number} on."),
}


def heading_of(findings: Findings) -> str | None:
    """Return what was found, in a sentence; None: nothing of a login was."""
    sentence = _OUTCOMES.get(findings.outcome)
    if sentence is None:
        return None
    account = findings.account.value or _("an unknown account")
    return _(sentence, account=account, number=findings.client.frame or 0)


def rows_of(found: Findings) -> Iterator[Row]:
    """Give a row for each fact that there is something to say of, in the order of the login."""
    yield from _row(N_("user name"), found.account, str)
    yield from _row(N_("client"), found.client, format_mac)
    yield from _row(N_("server"), found.server, format_mac)
    absent = N_("another EAP method than MD5")
    yield from _row(N_("dialect"), found.dialect, _table(_DIALECTS), absent)
    yield from _row(N_("shape"), found.shape, _table(_SHAPES))
    yield from _row(N_("program"), found.said, _said)
    if found.said.is_known:
        absent = N_("neither: a check that cannot be computed")
        yield from _row(N_("edition"), found.edition, str, absent)
        yield from _row(N_("first check"), found.zero_check, _table(_ZERO_CHECKS))
        yield from _row(N_("service"), found.service, _or_none)
    yield from _row(N_("services"), found.services, listed)
    yield from _row(N_("group address"), found.group, _table(_GROUPS))
    yield from _row(N_("challenges"), found.challenges, str)
    yield from _row(N_("refusal"), found.refused, _refused)
    if found.outcome is Outcome.ONLINE:
        yield from _rows_online(found)


def _rows_online(found: Findings) -> Iterator[Row]:
    yield from _row(N_("logins"), found.successes, str)
    yield from _row(N_("message"), found.message, str)
    yield from _row(N_("accounting"), found.accounting, str)
    yield from _row(N_("grant"), found.granted, _granted, N_("none"))
    yield from _row(N_("heartbeat"), found.heartbeat_interval, _every, N_("none was sent"))
    yield from _row(N_("first number"), found.first_number, hex)
    yield from _row(N_("probes"), found.probes, _every, N_("none"))
    yield from _row(N_("proof again"), found.reauthentications, _every)
    yield from _row(N_("UDP heartbeat"), found.udp_heartbeat, _udp, N_("not wanted"))
    yield from _row(N_("DHCP"), found.dhcp, _table(_DHCP), _NOT_SEEN)
    yield from _row(N_("address"), found.address, _ipv4)
    yield from _row(N_("quarantine"), found.quarantine, str)
    yield from _row(N_("like campus"), found.campuses, _campuses)


def _row(label: str, fact: Found[T], told: Callable[[T], str], absent: str = "") -> Iterator[Row]:
    """Give the row of a fact; ``absent`` is told where there is none, or nothing if empty."""
    if fact.value is not None:
        yield _(label), told(fact.value), _whence(fact)
    elif absent:
        yield _(label), _(absent if fact.is_known else _NOT_SEEN), _whence(fact)


def _whence(fact: Found[T]) -> str:
    if not fact.is_known:
        return ""
    sure = "" if fact.sure is Sureness.SHOWN else _("inferred")
    number = "" if fact.frame is None else f"#{fact.frame}"
    return " ".join(part for part in (number, sure) if part)


def _table(words: Mapping[T, str]) -> Callable[[T], str]:
    def told(value: T) -> str:
        return _(words[value])

    return told


def _or_none(text: str) -> str:
    return text or _("none")


def _said(said: ClientSaid) -> str:
    version = version_name(said.version)
    text = _("{version}, “{name}”", version=version, name=said.name) if said.name else version
    if not said.program:
        return text
    return _("{client}, {program}", client=text, program=said.program)


def _refused(refused: Refused) -> str:
    word = word_of(refused.kind)
    if refused.text is None:
        return word
    return _("{kind}: {text}", kind=word, text=refused.text)


def _granted(granted: Granted) -> str:
    if granted.interval is None:
        return _("switched off: no heartbeats shall be sent")
    return _("a heartbeat every {interval} s", interval=granted.interval)


def _every(seconds: float) -> str:
    return _("every {seconds:g} s", seconds=seconds)


def _udp(heartbeat: UdpHeartbeat) -> str:
    return f"{_ipv4(heartbeat.server)}:{heartbeat.port}"


def _ipv4(address: bytes) -> str:
    return str(IPv4Address(address))


def _campuses(names: tuple[str, ...]) -> str:
    known = (campus_of(name) for name in names)
    return listed(f"{campus.name} ({campus.title})" for campus in known if campus)


def sentence_on(remark: Remark) -> str:
    """Return what a remark says."""
    values = dict(remark.values)
    if remark.code is RemarkCode.WEB_PORTAL:
        values["portal"] = name_of_portal(Portal(values["portal"]))
    return _(_REMARKS[remark.code], number=remark.frame or 0, **values)


def sentences_on_the_router(found: Findings, *, on_page: bool = False) -> Iterator[str]:
    """Say whether the router can log in by itself, and what will be otherwise there.

    ``on_page``: they stand on LuCI's page, which has fields, and no options.
    """
    if found.outcome is not Outcome.ONLINE:
        if found.refused.value is not None:
            yield sentence_of(found.refused.value.advice)
        return
    compared = found.comparison
    if found.account_is_anothers and compared.lack is None:
        yield _("The password is not the one that this login was made with: type it again.")
    elif compared.likeness is Likeness.SAME:
        yield _("The router can send every frame of this login by itself: nothing differs.")
    elif compared.likeness is Likeness.DIFFERS:
        told = [_(one.text, frame=_(one.frame), number=one.number) for one in compared.differences]
        yield _(
            "The router cannot log in by itself: it would send these otherwise: {parts}.",
            parts=listed(told),
        )
    elif compared.lack is not None:
        without_password = on_page and compared.lack is Lack.PASSWORD
        yield _(_NO_PASSWORD_ON_PAGE if without_password else _LACKS[compared.lack])
    if found.heartbeat_key_is_granted.value is False:
        yield _(
            "The client's heartbeats are made with a key that the server has not granted: the "
            "router learns them from the client, and cannot begin without it."
        )
    yield _(
        "On the router the MAC address is its WAN port's, and the addresses are that port's: the "
        "frames and the private data say so alike. If the campus has bound the account to the "
        "PC's MAC address, give the WAN port that one: {mac}.",
        mac=format_mac(found.client.value or b""),
    )
    comparing = listed(one.title for one in CAMPUSES if COMPARES_MAC in one.notes)
    yield _(
        "Known to compare the MAC address in the private data with that of the frames: {names}.",
        names=comparing,
    )
    for campus in (campus_of(name) for name in found.campuses.value or ()):
        for note in campus.notes if campus else ():
            yield f"{campus.name if campus else ''}: {_(note)}"
