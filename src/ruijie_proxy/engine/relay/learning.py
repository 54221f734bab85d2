"""Learning from a relayed login whether the router could have logged in by itself.

The router makes each of the client's frames anew, from what the client says of itself and of its
machine, and from the user's own name and password, and compares. Only where nothing differs is the
client's property set a profile to log in with: a campus bans who sends a wrong check, so likeness
is not enough.
"""

from __future__ import annotations

from ruijie_proxy.engine.frame_reading import read_eap
from ruijie_proxy.engine.learned import Difference
from ruijie_proxy.engine.relay.edition_seen import edition_seen
from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.clients.client_block import Machine, Proof, client_block
from ruijie_proxy.protocol.clients.client_profile import FILLED_IN, ClientProfile
from ruijie_proxy.protocol.eap import EapType
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import ETHERTYPE_OFFSET, SOURCE_OFFSET
from ruijie_proxy.protocol.password import eap_md5_value
from ruijie_proxy.protocol.private_block import (
    UNKNOWN_ADDRESS,
    PrivateBlock,
    find_private_block,
)
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.text import decode_text, encode_text
from ruijie_proxy.protocol.v4_check import v4_check
from ruijie_proxy.values import frozen, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.engine.settings import LoginSettings

_VALUE_SIZE = 16
_UNKNOWN_IPV6 = bytes(16)


@frozen
class ObservedLogin:
    """A client's frames, as the client sent them."""

    start: bytes | None
    identity: bytes | None
    """The Identity response."""
    exchanges: tuple[tuple[bytes, bytes], ...]
    """Each MD5 challenge of the server with the client's answer."""


@frozen
class Lesson:
    """What a login has taught."""

    profile: ClientProfile | None = None
    """The client, where all that it sent could be made anew."""
    differences: tuple[Difference, ...] = ()
    """What could not, in the words of docs/protocol.md."""


def study(login: ObservedLogin, account: LoginSettings) -> Lesson:
    """Learn from a login that has succeeded.

    Nothing can be learned where the user is another one than that of the ``account``, or the client
    has no private block.
    """
    if login.start is None or login.identity is None or not login.exchanges:
        return Lesson()
    read = [_Answer.read(challenge, frame) for challenge, frame in login.exchanges]
    answers = [answer for answer in read if answer is not None]
    is_ours = read_eap(login.identity).data == encode_text(account.username)
    last = answers[-1].block if answers else None
    if not is_ours or last is None or len(answers) < len(read):
        return Lesson()
    edition = edition_seen(login.start) or edition_seen(login.identity)
    profile = _profile_of(last, edition)
    differences = [
        difference
        for answer in answers
        for difference in _differences_of_answer(answer, profile, account)
    ]
    differences += _differences_of_early_frame(login.start, profile, _START)
    differences += _differences_of_early_frame(login.identity, profile, _IDENTITY_RESPONSE)
    if differences:
        # Each once, in their order.
        return Lesson(differences=tuple(dict.fromkeys(differences)))
    return Lesson(profile=profile)


@frozen
class _Answer:
    """A client's answer to one challenge."""

    request: Md5Challenge
    value: bytes
    username: bytes
    block: PrivateBlock | None
    source: bytes
    """MAC address of who sent it."""

    @staticmethod
    def read(challenge: bytes, frame: bytes) -> _Answer | None:
        try:
            request = Md5Challenge.parse(read_eap(challenge))
        except ProtocolError:
            return None
        packet = read_eap(frame)
        if packet.type != EapType.MD5_CHALLENGE or packet.data[:1] != bytes((_VALUE_SIZE,)):
            return None
        value, username = packet.data[1 : 1 + _VALUE_SIZE], packet.data[1 + _VALUE_SIZE :]
        return _Answer(request, value, username, _block_of(frame), _source_of(frame))


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


def _profile_of(block: PrivateBlock, edition: int | None) -> ClientProfile:
    name = decode_text(block.content(PropertyType.CLIENT_NAME) or b"")
    version = f"version {block.version[0]}.{block.version[1]}"
    return ClientProfile(
        name=f"{name} ({version})" if name else version,
        version=block.version,
        edition=edition,
        properties=tuple(
            Property(item.type, b"", item.marked) if item.type in FILLED_IN else item
            for item in block.properties
        ),
        program=block.program.rstrip(b"\0"),
    )


def _machine_of(block: PrivateBlock, source: bytes) -> Machine:
    """Return what a block tells of the client's machine, whose frames come from ``source``."""
    head = block.head
    further_dns = block.content(PropertyType.DNS_SERVERS) or b""
    return Machine(
        mac=source,
        from_dhcp=bool(head.from_dhcp),
        address=_known(head.address, UNKNOWN_ADDRESS),
        netmask=_known(head.netmask, UNKNOWN_ADDRESS),
        gateway=_known(head.gateway, UNKNOWN_ADDRESS),
        dns=_known(head.dns, UNKNOWN_ADDRESS),
        further_dns=further_dns.decode("ascii", "replace").replace("\ufffd", "?"),
        ipv6_gateway=_ipv6(block, PropertyType.IPV6_GATEWAY_LINK_LOCAL),
        link_local=_ipv6(block, PropertyType.IPV6_LINK_LOCAL),
        ipv6_global=_ipv6(block, PropertyType.IPV6_GLOBAL),
    )


def _known(address: bytes, unknown: bytes) -> bytes | None:
    return None if address == unknown else address


def _ipv6(block: PrivateBlock, property_type: PropertyType) -> bytes | None:
    content = block.content(property_type) or b""
    return _known(content, _UNKNOWN_IPV6) if len(content) == len(_UNKNOWN_IPV6) else None


def _differences_of_answer(
    answer: _Answer, profile: ClientProfile, account: LoginSettings
) -> Iterator[Difference]:
    name, password = encode_text(account.username), encode_text(account.password.reveal())
    challenge = answer.request.challenge
    if answer.value != eap_md5_value(answer.request.identifier, password, challenge):
        yield Difference(N_("the MD5 value"))
    if answer.username != name:
        yield Difference(N_("the user name of the {frame}"), _MD5_RESPONSE)
    if answer.block is None:
        yield Difference(_PRIVATE_BLOCK, _MD5_RESPONSE)
        return
    proof = Proof(challenge, name, password)
    try:
        ours = client_block(profile, _machine_of(answer.block, answer.source), proof)
        right_check = profile.edition is not None and answer.block.content(
            PropertyType.V4_CHECK
        ) == v4_check(challenge, Edition(profile.edition))
    except ProtocolError:
        yield Difference(N_("the size of the challenge"))
        return
    if not right_check:
        yield Difference(N_("the V4 check"))
    yield from _differences(ours, answer.block, _MD5_RESPONSE, _CHECKED_APART)


def _differences_of_early_frame(
    frame: bytes, profile: ClientProfile, name: str
) -> Iterator[Difference]:
    block = _block_of(frame)
    if block is None:
        yield Difference(_PRIVATE_BLOCK, name)
        return
    ours = client_block(profile, _machine_of(block, _source_of(frame)), None)
    yield from _differences(ours, block, name, ())


_CHECKED_APART = (PropertyType.V4_CHECK,)


def _differences(
    ours: PrivateBlock, theirs: PrivateBlock, frame: str, apart: tuple[int, ...]
) -> Iterator[Difference]:
    """Tell in what two blocks differ; the byte that is left to chance does not count."""
    if replace(ours.head, crc=ours.head.right_crc()) != theirs.head:
        yield Difference(N_("the head of the {frame}"), frame)
    if ours.program != theirs.program.rstrip(b"\0") or ours.version != theirs.version:
        yield Difference(N_("the program or version of the {frame}"), frame)
    if theirs.unparsed or theirs.rest.strip(b"\0"):
        yield Difference(N_("something behind the properties of the {frame}"), frame)
    if [item.type for item in ours.properties] != [item.type for item in theirs.properties]:
        yield Difference(N_("the order of the properties of the {frame}"), frame)
        return
    for our, their in zip(ours.properties, theirs.properties, strict=True):
        if our != their and our.type not in apart:
            yield Difference(_PROPERTIES.get(our.type, _OTHER_PROPERTY), frame, our.type)


_START = N_("Start")
_IDENTITY_RESPONSE = N_("Identity response")
_MD5_RESPONSE = N_("MD5 response")
_PRIVATE_BLOCK = N_("the private block of the {frame}")
_PROPERTIES = {
    int(PropertyType.PASSWORD): N_("the password property of the {frame}"),
    int(PropertyType.V4_CHECK): N_("the V4 check of the {frame}"),
    int(PropertyType.V2_CHECK): N_("the V2 check of the {frame}"),
}
_OTHER_PROPERTY = N_("property {number:#04x} of the {frame}")
