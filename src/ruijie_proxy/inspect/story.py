"""The story of a capture: frames go in, one step for each comes out. No input or output here."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from ruijie_proxy.i18n import N_, _
from ruijie_proxy.inspect.capture.link_layers import LinkHeader, as_ethernet
from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.inspect.checks import early_v4_fact, md5_fact, password_fact, v4_fact
from ruijie_proxy.inspect.client_data import client_data_of
from ruijie_proxy.inspect.client_facts import (
    client_facts,
    client_lines,
    client_unknown,
    logoff_fact,
    without_password,
)
from ruijie_proxy.inspect.conversations import Conversation, Conversations
from ruijie_proxy.inspect.differences import difference_fact
from ruijie_proxy.inspect.identities import answer_of, cernet_addresses, identity_of
from ruijie_proxy.inspect.parties import Parties
from ruijie_proxy.inspect.reading import Reading, read_frame
from ruijie_proxy.inspect.server_facts import (
    ToldBefore,
    challenge_facts,
    challenge_lines,
    challenge_unknown,
    result_facts,
    result_lines,
    result_unknown,
)
from ruijie_proxy.inspect.steps import Fact, Kind, Phase, PropertyLine, Side, Step, UnknownBytes
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import RUIJIE_GROUP_ADDRESS
from ruijie_proxy.protocol.heartbeat import Heartbeat, number_after
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import Result
from ruijie_proxy.protocol.text import decode_text

_SECOND = 1_000_000_000
_FIRST_SHOWN = 0x20
"""Bytes below are in no user name."""
_CLEAR_METHODS = (6, EapType.CLEAR_PASSWORD)
"""GTC (RFC 3748, 5.6), and what a switch in PAP mode asks for: the password in clear."""
_METHOD_NAMES = {
    EapType.IDENTITY: "Identity",
    EapType.NOTIFICATION: "Notification",
    EapType.NAK: "Nak",
    EapType.MD5_CHALLENGE: "MD5-Challenge",
    6: "GTC",
    EapType.CLEAR_PASSWORD: N_("the password in clear (type 7)"),
    13: "TLS",
    21: "TTLS",
    25: "PEAP",
    26: "MSCHAPv2",
    43: "FAST",
    52: "PWD",
}
"""By the EAP registry of IANA."""


@dataclass(slots=True)
class _Draft:
    """What was found in a frame so far."""

    kind: Kind
    title: str
    facts: list[Fact]
    unknown: list[UnknownBytes]
    lines: tuple[PropertyLine, ...] = ()


class Story:
    """Tells frame by frame."""

    def __init__(self, password: bytes | None = None) -> None:
        """With a password, as the client encodes it, what proves it is checked, too."""
        self.parties = Parties()
        self._password = password
        self._conversations = Conversations()

    def tell(self, packet: Packet, header: LinkHeader, began: int | None) -> Step:
        """Return the step of an EAPOL packet. ``began``: time of the file's first packet."""
        reading: Reading | None = None
        with contextlib.suppress(ProtocolError):
            reading = read_frame(as_ethernet(packet, header))
        from_client = None if reading is None else reading.from_client
        interface = packet.interface or header.interface
        outgoing = header.outgoing if packet.outgoing is None else packet.outgoing
        side = None
        if interface is None and outgoing is not None and from_client is not None:
            side = Side.SERVER if from_client == outgoing else Side.CLIENT
        conversation, is_clients = self._conversations.of(
            (interface, side), header.source, header.destination, from_client
        )
        kind = Kind.UNREADABLE if reading is None else _kind(reading)
        conversation.enter(kind)
        if reading is None:
            draft = _Draft(kind, _("a frame that is too short for EAPOL"), [], [])
            repeats = None
        else:
            repeats = conversation.repetition_of(
                header.source, _content(reading), packet.number, packet.at
            )
            draft = self._draft(kind, reading, packet, header, conversation)
        phase, login = conversation.phase, conversation.login
        conversation.leave(kind)
        named = is_clients if from_client is not None else None
        sender = self.parties.name(header.source, is_client=named)
        receiver = header.destination
        if receiver is None:
            receiver = conversation.server if is_clients else conversation.client
        timed = packet.at is not None and began is not None
        return Step(
            number=packet.number,
            at=packet.at,
            seconds=((packet.at or 0) - (began or 0)) / _SECOND if timed else None,
            interface=interface,
            side=side,
            outgoing=outgoing,
            source=header.source,
            destination=header.destination,
            sender=sender,
            receiver=self.parties.name(receiver, is_client=None if named is None else not named),
            vlans=header.vlans,
            conversation=conversation.number,
            phase=phase,
            login=login,
            kind=draft.kind,
            title=draft.title,
            repeats=repeats,
            facts=tuple(draft.facts),
            properties=draft.lines,
            unknown=tuple(
                UnknownBytes(one.place, without_password(one.data)) for one in draft.unknown
            ),
        )

    def _draft(
        self,
        kind: Kind,
        reading: Reading,
        packet: Packet,
        header: LinkHeader,
        conversation: Conversation,
    ) -> _Draft:
        draft = _Draft(kind, _title(kind, reading, header, conversation), [], [])
        match kind:
            case Kind.RESPONSE_IDENTITY:
                _add_identity(draft, reading, conversation)
            case Kind.REQUEST_MD5:
                _add_challenge(draft, reading, packet, conversation)
            case Kind.RESPONSE_MD5:
                self._add_answer(draft, reading, conversation)
            case Kind.REQUEST_IDENTITY | Kind.NOTIFICATION:
                text = decode_text(reading.eap.data) if reading.eap else ""
                if text:
                    draft.facts.append(Fact("text", text, text))
                if text and kind is Kind.NOTIFICATION:
                    conversation.told_before = ToldBefore(text, packet.number)
            case Kind.SUCCESS | Kind.FAILURE:
                _add_result(draft, reading, conversation)
            case Kind.HEARTBEAT:
                _add_heartbeat(draft, reading, packet.at, conversation)
            case Kind.RESPONSE if reading.eap is not None and reading.eap.type in _CLEAR_METHODS:
                told = _("in clear; it is not shown here")
                draft.facts.append(Fact("clear_password", True, told, good=False))
            case Kind.REQUEST | Kind.RESPONSE:
                if reading.eap is not None and reading.eap.data:
                    draft.unknown.append(UnknownBytes("data of the method", reading.eap.data))
            case Kind.UNKNOWN | Kind.USER_NAME | Kind.UNREADABLE:
                if any(reading.frame.body):
                    draft.unknown.append(UnknownBytes("body", reading.frame.body))
            case _:
                pass
        missing = packet.length - len(packet.data)
        _add_private_data(draft, reading, header.source, is_cut=missing > 0)
        if missing > 0:
            told = _(
                "{missing} of {count} bytes: record whole packets (tcpdump -s 0)",
                missing=missing,
                count=packet.length,
            )
            draft.facts.append(Fact("not_captured", missing, told, good=False))
        return draft

    def _add_answer(self, draft: _Draft, reading: Reading, conversation: Conversation) -> None:
        answer = answer_of(reading)
        if answer is None:
            return
        challenge = conversation.challenges.get(answer.identifier)
        if answer.username is not None:
            draft.facts.append(_name_fact(answer.username))
        draft.facts.append(md5_fact(answer.identifier, answer.value, challenge, self._password))
        data = client_data_of(reading)
        if data is not None:
            username = conversation.identity if answer.username is None else answer.username
            checked = [v4_fact(data, challenge)]
            if username is not None:
                checked.append(password_fact(data, username, challenge, self._password))
            if reading.bare is not None:
                checked.append(difference_fact(reading, data))
            draft.facts += [fact for fact in checked if fact is not None]


def _kind(reading: Reading) -> Kind:
    by_type = {
        EapolType.START: Kind.START,
        EapolType.LOGOFF: Kind.LOGOFF,
        EapolType.RUIJIE_HEARTBEAT: Kind.HEARTBEAT,
        EapolType.RUIJIE_USER_NAME: Kind.USER_NAME,
        EapolType.CERNET_ECHO: Kind.ECHO,
        EapolType.CERNET_ECHO_ANSWER: Kind.ECHO_ANSWER,
    }
    if reading.frame.type != EapolType.EAP_PACKET:
        return {int(key): kind for key, kind in by_type.items()}.get(
            reading.frame.type, Kind.UNKNOWN
        )
    if reading.eap is None:
        return Kind.UNREADABLE
    match reading.eap.code, reading.eap.type:
        case EapCode.SUCCESS, _:
            return Kind.SUCCESS
        case EapCode.FAILURE, _:
            return Kind.FAILURE
        case EapCode.REQUEST, EapType.IDENTITY:
            return Kind.REQUEST_IDENTITY
        case EapCode.REQUEST, EapType.MD5_CHALLENGE:
            return Kind.REQUEST_MD5
        case EapCode.REQUEST, EapType.NOTIFICATION:
            return Kind.NOTIFICATION
        case EapCode.REQUEST, _:
            return Kind.REQUEST
        case EapCode.RESPONSE, EapType.IDENTITY:
            return Kind.RESPONSE_IDENTITY
        case EapCode.RESPONSE, EapType.MD5_CHALLENGE:
            return Kind.RESPONSE_MD5
        case EapCode.RESPONSE, _:
            return Kind.RESPONSE
        case _:
            return Kind.UNKNOWN


def _title(kind: Kind, reading: Reading, header: LinkHeader, conversation: Conversation) -> str:
    eap, frame = reading.eap, reading.frame
    match kind:
        case Kind.START:
            if header.destination == RUIJIE_GROUP_ADDRESS:
                return _("Start, to Ruijie's group")
            return "Start"
        case Kind.LOGOFF:
            return "Logoff"
        case Kind.HEARTBEAT:
            return _("heartbeat")
        case Kind.ECHO:
            return _("echo of Cernet's mode: is the client still there?")
        case Kind.ECHO_ANSWER:
            return _("answer to the echo")
        case Kind.USER_NAME:
            return _("EAPOL type 0xc0: its use is not known")
        case Kind.SUCCESS:
            return "Success"
        case Kind.FAILURE:
            online = conversation.phase is Phase.ONLINE
            return _("Failure: the session is over") if online else "Failure"
        case Kind.UNREADABLE:
            return _("an EAP packet with an impossible size")
        case Kind.UNKNOWN if eap is None:
            return _("EAPOL type {number:#04x}: not known", number=frame.type)
        case _ if eap is None:
            return "EAP"
        case Kind.UNKNOWN:
            return _("EAP code {number}: not known", number=eap.code)
        case _:
            return _eap_title(kind, eap, conversation)


def _eap_title(kind: Kind, eap: EapPacket, conversation: Conversation) -> str:
    code = "Request" if eap.code == EapCode.REQUEST else "Response"
    method = (
        _("nothing") if eap.type is None else _(_METHOD_NAMES.get(eap.type, f"type {eap.type}"))
    )
    title = f"{code}/{method}, id {eap.identifier}"
    if kind is Kind.REQUEST_IDENTITY and conversation.phase is Phase.ONLINE:
        return _("{title}: a probe, or the password is to be proven again", title=title)
    if kind is Kind.REQUEST_IDENTITY and conversation.phase is Phase.OFFLINE:
        return _("{title}: the invitation to try again", title=title)
    return title


def _content(reading: Reading) -> bytes:
    """Return what has to be the same in a repetition: not the padding, which may differ."""
    frame = reading.frame
    block = b"" if reading.block_at is None else frame.trailer
    return bytes((frame.version, frame.type)) + frame.length.to_bytes(2, "big") + frame.body + block


def _name_fact(username: bytes) -> Fact:
    if any(byte < _FIRST_SHOWN for byte in username):
        # Private data, perhaps, that was not understood: with a password property in it.
        told = _("no name: {count} bytes of something else, not shown", count=len(username))
        return Fact("user_name", None, told, good=False)
    name = decode_text(username)
    return Fact("user_name", name, name or _("none"))


def _add_identity(draft: _Draft, reading: Reading, conversation: Conversation) -> None:
    conversation.identity = identity_of(reading)
    if reading.eap is not None and cernet_addresses(reading.eap.data) is not None:
        draft.facts.append(Fact("dialect", "cernet", _("Cernet's")))
    draft.facts.append(_name_fact(identity_of(reading) or b""))


def _add_challenge(
    draft: _Draft, reading: Reading, packet: Packet, conversation: Conversation
) -> None:
    if reading.eap is None:
        return
    try:
        request = Md5Challenge.parse(reading.eap)
    except ProtocolError as error:
        draft.facts.append(Fact("challenge", None, _(error.message, **error.values), good=False))
        return
    conversation.challenges[request.identifier] = request.challenge
    if request.reason is not None:
        conversation.told_before = ToldBefore(request.reason, packet.number)
    draft.facts += challenge_facts(request)
    draft.lines = challenge_lines(request)
    draft.unknown += challenge_unknown(request)


def _add_result(draft: _Draft, reading: Reading, conversation: Conversation) -> None:
    try:
        result = Result.parse(reading.frame.body)
    except ProtocolError:
        return
    draft.facts += result_facts(
        result,
        was_online=conversation.phase is Phase.ONLINE,
        told_before=conversation.told_before,
    )
    draft.lines = result_lines(result)
    draft.unknown += result_unknown(result)
    if result.code == EapCode.SUCCESS and result.grant is not None:
        if result.grant.key != conversation.key:
            conversation.heartbeat = None
        conversation.key, conversation.granted = result.grant.key, True


def _add_heartbeat(
    draft: _Draft, reading: Reading, at: int | None, conversation: Conversation
) -> None:
    try:
        heartbeat = Heartbeat.parse(reading.frame.encode())
    except ProtocolError as error:
        draft.facts.append(
            Fact("heartbeat_number", None, _(error.message, **error.values), good=False)
        )
        draft.unknown.append(UnknownBytes("body", reading.frame.body))
        return
    number = heartbeat.number
    last = conversation.heartbeat
    follows = None if last is None else number == number_after(last.number)
    draft.title = _("heartbeat {number:#x}", number=number)
    note = ""
    if last is not None and not follows:
        note = _("does not follow {number:#x}", number=last.number)
    draft.facts.append(Fact("heartbeat_number", number, note, good=follows))
    fits = None if conversation.key is None else heartbeat.key == conversation.key
    key = f"{heartbeat.key:08x}"
    verdicts = {
        (True, True): N_("{key}, as granted"),
        (True, False): N_("{key}, as before"),
        (False, True): N_("{key}, not as granted"),
        (False, False): N_("{key}, not as before"),
    }
    text = key if fits is None else _(verdicts[fits, conversation.granted], key=key)
    draft.facts.append(Fact("heartbeat_key", key, text, good=fits, standing=True))
    draft.facts.append(Fact("number_follows", follows, ""))
    draft.facts.append(Fact("key_fits", fits, ""))
    if at is not None and conversation.heartbeat_at is not None and last is not None:
        seconds = (at - conversation.heartbeat_at) / _SECOND
        draft.facts.append(Fact("since_last", seconds, _("{seconds:.1f} s", seconds=seconds)))
    conversation.heartbeat, conversation.heartbeat_at = heartbeat, at
    if conversation.key is None:
        conversation.key = heartbeat.key


def _add_private_data(draft: _Draft, reading: Reading, source: bytes, *, is_cut: bool) -> None:
    data = client_data_of(reading)
    if data is None:
        begins_one = draft.kind in (Kind.START, Kind.RESPONSE_IDENTITY, Kind.RESPONSE_MD5)
        if is_cut and (begins_one or reading.block_at is not None):
            told = _("not captured whole")
            draft.facts.append(Fact("private_block", "cut", told, good=False))
        elif reading.block_at is not None:
            told = _("does not parse: it is cut, or another one")
            draft.facts.append(Fact("private_block", "unreadable", told, good=False))
        elif begins_one:
            draft.facts.append(Fact("private_block", None, _("none"), standing=True))
        return
    draft.facts += client_facts(data, source)
    if draft.kind is Kind.LOGOFF and data.state:
        draft.facts.append(logoff_fact(data.state))
    early = None if draft.kind is Kind.RESPONSE_MD5 else early_v4_fact(data)
    if early is not None:
        draft.facts.append(early)
    draft.lines = client_lines(data)
    draft.unknown += client_unknown(data)
