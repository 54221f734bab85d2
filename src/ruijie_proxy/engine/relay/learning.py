"""Learning from a relayed login whether the router could have logged in by itself.

The router makes each of the client's frames anew, from what the client says of itself and of its
machine, and from the user's own name and password, and compares. Only where nothing differs is the
client's property set a profile to log in with: a campus bans who sends a wrong check, so likeness
is not enough. How the client's private data travels (docs/protocol.md, "The bare shape") is part of
that set.
"""

from __future__ import annotations

from ruijie_proxy.engine.frame_reading import read_eap
from ruijie_proxy.engine.learned import Difference
from ruijie_proxy.engine.relay.edition_seen import edition_seen, sends_text_check
from ruijie_proxy.engine.relay.fields import find_bare
from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.bare_properties import (
    BARE_ADDRESSES_SIZE,
    BARE_OFFSET,
    parse_bare_properties,
)
from ruijie_proxy.protocol.clients.bare_block import bare_properties
from ruijie_proxy.protocol.clients.client_block import Machine, Proof, client_block
from ruijie_proxy.protocol.clients.client_profile import FILLED_IN, ClientProfile
from ruijie_proxy.protocol.clients.client_shape import ClientShape
from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapType
from ruijie_proxy.protocol.eapol import BODY_OFFSET, LENGTH_OFFSET
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import ETHERTYPE_OFFSET, SOURCE_OFFSET
from ruijie_proxy.protocol.password import eap_md5_value
from ruijie_proxy.protocol.private_block import (
    IPV4_SIZE,
    PROGRAM_SIZE,
    UNKNOWN_ADDRESS,
    PrivateBlock,
    find_private_block,
)
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.text import decode_text, encode_text
from ruijie_proxy.protocol.v4_check import CHALLENGE_SIZE, v4_check
from ruijie_proxy.values import Frozen, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.engine.settings import LoginSettings

_VALUE_SIZE = 16
_NAME_AT = BODY_OFFSET + EAP_HEADER_SIZE + 1 + BARE_OFFSET
"""Where the user name stands in an MD5 response that has one."""
_UNKNOWN_IPV6 = bytes(16)


class ObservedLogin(Frozen):
    """A client's frames, as the client sent them."""

    start: bytes | None
    identity: bytes | None
    """The Identity response."""
    exchanges: tuple[tuple[bytes, bytes], ...]
    """Each MD5 challenge of the server with the client's answer."""


class Lesson(Frozen):
    """What a login has taught."""

    profile: ClientProfile | None = None
    """The client, where all that it sent could be made anew."""
    differences: tuple[Difference, ...] = ()
    """What could not, in the words of docs/protocol.md."""


def study(login: ObservedLogin, account: LoginSettings) -> Lesson:
    """Learn from a login that has succeeded.

    Nothing can be learned where the user is another one than that of the ``account``, or the client
    has no private data.
    """
    if login.start is None or login.identity is None or not login.exchanges:
        return Lesson()
    read = [_Answer.read(challenge, frame) for challenge, frame in login.exchanges]
    answers = [answer for answer in read if answer is not None]
    is_ours = read_eap(login.identity).data == encode_text(account.username)
    last = answers[-1] if answers else None
    if not is_ours or last is None or last.told is None or len(answers) < len(read):
        return Lesson()
    if last.shape is ClientShape.BLOCK:
        edition = edition_seen(login.start) or edition_seen(login.identity)
    else:
        edition = _edition_of(last)
    profile = _profile_of(last.told, last.shape, edition, sends_text_check(login.start))
    differences = [
        difference
        for answer in answers
        for difference in _differences_of_answer(answer, profile, account)
    ]
    differences += _differences_of_early_frame(login.start, profile, START, 0)
    identity_size = read_eap(login.identity).length
    differences += _differences_of_early_frame(
        login.identity, profile, IDENTITY_RESPONSE, identity_size
    )
    if differences:
        # Each once, in their order.
        return Lesson(differences=tuple(dict.fromkeys(differences)))
    return Lesson(profile=profile)


class _Answer(Frozen):
    """A client's answer to one challenge."""

    request: Md5Challenge
    value: bytes
    username: bytes
    shape: ClientShape
    """How its private data travels."""
    block: PrivateBlock | None
    bare: tuple[Property, ...] | None
    """Bare properties, of which there are some in that shape and in no other."""
    are_lengths_right: bool
    """Whether the stated lengths are those of the shape, with nothing behind them but padding."""
    source: bytes
    """MAC address of who sent it."""

    @property
    def told(self) -> _Told | None:
        """What it tells of the client and its machine; None where nothing private is in it."""
        if self.bare is not None:
            return _Told.of_bare(self.bare)
        return None if self.block is None else _Told.of_block(self.block)

    @staticmethod
    def read(challenge: bytes, frame: bytes) -> _Answer | None:
        try:
            request = Md5Challenge.parse(read_eap(challenge))
        except ProtocolError:
            return None
        packet = read_eap(frame)
        if packet.type != EapType.MD5_CHALLENGE or packet.data[:1] != bytes((_VALUE_SIZE,)):
            return None
        value, username = packet.data[1:BARE_OFFSET], packet.data[BARE_OFFSET:]
        block, properties = _block_of(frame), None
        shape, end = ClientShape.BLOCK, BODY_OFFSET + packet.length
        are_lengths_right = True
        bare, at = find_bare(frame), find_private_block(frame)
        if bare is not None:
            shape, block, username = ClientShape.BARE, None, b""
            properties, _ = parse_bare_properties(frame[slice(*bare)])
            are_lengths_right = _is_all(frame, packet.length)
        elif block is not None and at is not None and at < end:
            shape, username = ClientShape.INSIDE, frame[_NAME_AT:at]
            ends = end == len(frame) - len(block.rest)
            are_lengths_right = ends and _is_all(frame, packet.length)
        return _Answer(
            request, value, username, shape, block, properties, are_lengths_right, _source_of(frame)
        )


def _is_all(frame: bytes, size: int) -> bool:
    """Whether so many bytes are what a frame states as its length, and all but padding."""
    stated = int.from_bytes(frame[LENGTH_OFFSET:BODY_OFFSET], "big")
    return stated == size and not frame[BODY_OFFSET + size :].strip(b"\0")


class _Told(Frozen):
    """What private data tells of the client and of its machine."""

    program: bytes
    version: bytes
    properties: tuple[Property, ...]
    from_dhcp: int = 0
    addresses: tuple[bytes, ...] = (UNKNOWN_ADDRESS,) * 4
    """Address, netmask, gateway and first DNS server."""

    @staticmethod
    def of_block(block: PrivateBlock) -> _Told:
        head = block.head
        addresses = (head.address, head.netmask, head.gateway, head.dns)
        program = block.program.rstrip(b"\0")
        return _Told(program, block.version, block.properties, head.from_dhcp, addresses)

    @staticmethod
    def of_bare(properties: tuple[Property, ...]) -> _Told:
        client = properties[0].content  # the first says which client it is, or it is not bare
        told = _Told(client[:PROGRAM_SIZE].rstrip(b"\0"), client[PROGRAM_SIZE:], properties)
        addresses = told.content(PropertyType.ADDRESSES)
        if len(addresses) != BARE_ADDRESSES_SIZE:
            return told
        *four, flag = (addresses[at : at + IPV4_SIZE] for at in range(0, len(addresses), IPV4_SIZE))
        return replace(told, from_dhcp=flag[0], addresses=tuple(four))

    def content(self, property_type: PropertyType) -> bytes:
        """Return the content of the first property of a type; empty where there is none."""
        for item in self.properties:
            if item.type == property_type:
                return item.content
        return b""


def _edition_of(answer: _Answer) -> Edition | None:
    """Return the edition with which a client has made its check of a challenge, or None."""
    told, challenge = answer.told, answer.request.challenge
    if told is None or len(challenge) != CHALLENGE_SIZE:
        return None
    return next((one for one in Edition if _is_check(told, challenge, one)), None)


def _is_check(told: _Told, challenge: bytes, edition: Edition) -> bool:
    return told.content(PropertyType.V4_CHECK) == v4_check(challenge, edition)


def _source_of(frame: bytes) -> bytes:
    return frame[SOURCE_OFFSET:ETHERTYPE_OFFSET]


def _block_of(frame: bytes) -> PrivateBlock | None:
    at = find_private_block(frame)
    if at is None:
        return None
    try:
        return PrivateBlock.parse(frame[at:])
    except ProtocolError:
        return None


def _profile_of(
    told: _Told, shape: ClientShape, edition: int | None, text_check: bool
) -> ClientProfile:
    name = decode_text(told.content(PropertyType.CLIENT_NAME))
    version = f"version {told.version[0]}.{told.version[1]}"
    return ClientProfile(
        name=f"{name} ({version})" if name else version,
        version=told.version,
        edition=edition,
        properties=tuple(
            [
                Property(item.type, b"", item.marked) if item.type in FILLED_IN else item
                for item in told.properties
            ]
        ),
        program=told.program,
        shape=shape,
        text_check=text_check,
    )


def _machine_of(told: _Told, source: bytes) -> Machine:
    """Return what a client tells of its machine, whose frames come from ``source``."""
    address, netmask, gateway, dns = (_known(one, UNKNOWN_ADDRESS) for one in told.addresses)
    further_dns = told.content(PropertyType.DNS_SERVERS)
    return Machine(
        mac=source,
        from_dhcp=bool(told.from_dhcp),
        address=address,
        netmask=netmask,
        gateway=gateway,
        dns=dns,
        further_dns=further_dns.decode("ascii", "replace").replace("\ufffd", "?"),
        ipv6_gateway=_ipv6(told, PropertyType.IPV6_GATEWAY_LINK_LOCAL),
        link_local=_ipv6(told, PropertyType.IPV6_LINK_LOCAL),
        ipv6_global=_ipv6(told, PropertyType.IPV6_GLOBAL),
    )


def _known(address: bytes, unknown: bytes) -> bytes | None:
    return None if address == unknown else address


def _ipv6(told: _Told, property_type: PropertyType) -> bytes | None:
    content = told.content(property_type)
    return _known(content, _UNKNOWN_IPV6) if len(content) == len(_UNKNOWN_IPV6) else None


def _differences_of_answer(
    answer: _Answer, profile: ClientProfile, account: LoginSettings
) -> Iterator[Difference]:
    name, password = encode_text(account.username), encode_text(account.password.reveal())
    challenge = answer.request.challenge
    if answer.value != eap_md5_value(answer.request.identifier, password, challenge):
        yield Difference(MD5_VALUE)
    if answer.bare is None and answer.username != name:
        yield Difference(N_("the user name of the {frame}"), MD5_RESPONSE)
    told = answer.told
    if told is None or answer.shape is not profile.shape:
        yield Difference(_PRIVATE_BLOCK, MD5_RESPONSE)
        return
    if not answer.are_lengths_right:
        yield Difference(N_("the length of the {frame}"), MD5_RESPONSE)
    if len(challenge) != CHALLENGE_SIZE:
        yield Difference(N_("the size of the challenge"))
        return
    machine, proof = _machine_of(told, answer.source), Proof(challenge, name, password)
    if profile.edition is None or not _is_check(told, challenge, Edition(profile.edition)):
        yield Difference(N_("the V4 check"))
    if answer.block is not None:
        ours = client_block(profile, machine, proof)
        yield from _differences(ours, answer.block, MD5_RESPONSE, _CHECKED_APART)
    else:
        bare = bare_properties(profile, machine, proof, _phase(told))
        yield from _differences_of_properties(bare, told.properties, MD5_RESPONSE, _CHECKED_APART)
    if profile.shape is not ClientShape.BLOCK:
        # No other frame shows whether what nobody knows the meaning of is always the same.
        for item in told.properties:
            if item.type not in _KNOWN_TYPES:
                yield Difference(_OTHER_PROPERTY, MD5_RESPONSE, item.type)


def _phase(told: _Told) -> int | None:
    """Return which round of a login it is, where a client in the bare shape says so."""
    phase = told.content(PropertyType.PHASE)
    return phase[0] if len(phase) == 1 else None


def _differences_of_early_frame(
    frame: bytes, profile: ClientProfile, name: str, size: int
) -> Iterator[Difference]:
    """Tell in what a Start or an Identity response differs, whose standard part has this size."""
    if profile.shape is not ClientShape.BLOCK:
        # A client that has not heard the switch yet cannot know that it wants no block.
        is_early = name == START and profile.shape is ClientShape.BARE
        if not _is_all(frame, size) and not (is_early and _block_of(frame) is not None):
            yield Difference(SOMETHING_PRIVATE, name)
        return
    block = _block_of(frame)
    if block is None:
        yield Difference(_PRIVATE_BLOCK, name)
        return
    machine = _machine_of(_Told.of_block(block), _source_of(frame))
    yield from _differences(client_block(profile, machine, None), block, name, ())


_CHECKED_APART = (PropertyType.V4_CHECK,)
_KNOWN_TYPES = frozenset(PropertyType)


def _differences(
    ours: PrivateBlock, theirs: PrivateBlock, frame: str, apart: tuple[int, ...]
) -> Iterator[Difference]:
    """Tell in what two blocks differ; the byte that is left to chance does not count."""
    if replace(ours.head, crc=ours.head.right_crc()) != theirs.head:
        yield Difference(N_("the head of the {frame}"), frame)
    if ours.program != theirs.program.rstrip(b"\0") or ours.version != theirs.version:
        yield Difference(_CLIENT, frame)
    if theirs.unparsed or theirs.rest.strip(b"\0"):
        yield Difference(N_("something behind the properties of the {frame}"), frame)
    yield from _differences_of_properties(ours.properties, theirs.properties, frame, apart)


def _differences_of_properties(
    ours: tuple[Property, ...], theirs: tuple[Property, ...], frame: str, apart: tuple[int, ...]
) -> Iterator[Difference]:
    if [item.type for item in ours] != [item.type for item in theirs]:
        yield Difference(N_("the order of the properties of the {frame}"), frame)
        return
    for our, their in zip(ours, theirs, strict=True):
        if our != their and our.type not in apart:
            yield Difference(_PROPERTIES.get(our.type, _OTHER_PROPERTY), frame, our.type)


MD5_VALUE = N_("the MD5 value")
SOMETHING_PRIVATE = N_("something private in the {frame}")
_PASSWORD_PROPERTY = N_("the password property of the {frame}")
PROVEN_BY_THE_PASSWORD = (MD5_VALUE, _PASSWORD_PROPERTY)
"""The texts of the differences that a wrong password makes."""
START = N_("Start")
IDENTITY_RESPONSE = N_("Identity response")
MD5_RESPONSE = N_("MD5 response")
_CLIENT = N_("the program or version of the {frame}")
_PRIVATE_BLOCK = N_("the private block of the {frame}")
_PROPERTIES = {
    int(PropertyType.PASSWORD): _PASSWORD_PROPERTY,
    int(PropertyType.V4_CHECK): N_("the V4 check of the {frame}"),
    int(PropertyType.CLIENT): _CLIENT,
    int(PropertyType.V2_CHECK): N_("the V2 check of the {frame}"),
}
_OTHER_PROPERTY = N_("property {number:#04x} of the {frame}")
