"""Whether the router could have sent what the client did: each of its frames is made anew.

Ruijie's dialect goes by :mod:`ruijie_proxy.engine.relay.learning`, as after a relayed login. The
dialects without a client to be are made by the router's own login, for the client's machine.
"""

from __future__ import annotations

from collections.abc import Iterator

from ruijie_proxy.engine.learned import Difference
from ruijie_proxy.engine.login.client_frames import ClientFrames
from ruijie_proxy.engine.login.shaped_frames import frames_of
from ruijie_proxy.engine.relay.learning import (
    IDENTITY_RESPONSE,
    MD5_RESPONSE,
    MD5_VALUE,
    PROVEN_BY_THE_PASSWORD,
    SOMETHING_PRIVATE,
    START,
    ObservedLogin,
    study,
)
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import Dialect, LoginSettings, SessionSettings
from ruijie_proxy.i18n import N_
from ruijie_proxy.inspect.identities import answer_of, cernet_addresses, identity_of
from ruijie_proxy.inspect.reading import read_frame
from ruijie_proxy.learn.findings import Comparison, Lack, Likeness
from ruijie_proxy.learn.observing import Exchange, Frame, Login
from ruijie_proxy.protocol.eapol import TYPE_OFFSET
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import ETHERTYPE_OFFSET, SOURCE_OFFSET
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.text import encode_text
from ruijie_proxy.secret import Secret

_CONTENT = N_("the content of the {frame}")
_TOLD_BY_CERNET = 3
"""Address, netmask and gateway; the fourth is always zero."""
NO_PASSWORD = Secret("\0")
"""Stands for one that is not given: what only a password proves differs, and is left out."""


def compare(
    session: tuple[Login, ...], dialect: Dialect | None, account: LoginSettings | None
) -> Comparison:
    """Make the frames of all logins of a session anew.

    Without an ``account`` only what takes no password is compared, and the likeness stays open
    where that is the same.
    """
    if dialect is None:
        return Comparison(Likeness.UNCHECKED, lack=Lack.METHOD)
    if not session or not all(map(_is_whole, session)):
        return Comparison(Likeness.UNCHECKED, lack=Lack.FRAMES)
    name = name_of(session[-1]) or b""
    if account is not None and name not in _names(account.username):
        return Comparison(Likeness.UNCHECKED, lack=Lack.OTHER_ACCOUNT)
    if dialect is Dialect.RUIJIE_V2:
        return Comparison(Likeness.UNCHECKED, lack=Lack.PROGRAM)
    with_password = account is not None
    if account is None:
        account = LoginSettings(decoded_name(name, dialect), NO_PASSWORD)
    profile = None
    differences: list[Difference] = []
    for login in session:
        if dialect is Dialect.RUIJIE:
            lesson = study(_observed(login), account)
            profile = lesson.profile
            found = list(lesson.differences)
            if profile is None and not found:
                return Comparison(Likeness.UNCHECKED, lack=Lack.FRAMES)
        else:
            found = list(_differences(login, dialect, account))
        differences += found
    if not with_password:
        differences = [one for one in differences if one.text not in PROVEN_BY_THE_PASSWORD]
    if differences:
        return Comparison(Likeness.DIFFERS, tuple(dict.fromkeys(differences)))
    if not with_password:
        return Comparison(Likeness.UNCHECKED, lack=Lack.PASSWORD)
    return Comparison(Likeness.SAME, profile=profile)


def _is_whole(login: Login) -> bool:
    frames = [login.start, login.identity, *(one.answer for one in login.exchanges)]
    frames += [one.challenge for one in login.exchanges]
    are_whole = all(frame is not None and not frame.is_cut for frame in frames)
    return are_whole and bool(login.exchanges) and login.unpaired is None


def name_of(login: Login) -> bytes | None:
    """Return the user name of a login, as it is on the wire; None: it was not captured."""
    return None if login.identity is None else identity_of(read_frame(login.identity.data))


def decoded_name(name: bytes, dialect: Dialect | None) -> str:
    """Return a user name as text: in GBK, or in plain 802.1X in UTF-8 (RFC 3748, 5.1)."""
    return name.decode("utf-8" if dialect is Dialect.PLAIN else "gb18030", "replace")


def _names(username: str) -> tuple[bytes, bytes]:
    """Return a name as Ruijie's clients write it, and as others do (RFC 3748, 5.1)."""
    return encode_text(username), username.encode()


def _observed(login: Login) -> ObservedLogin:
    return ObservedLogin(
        None if login.start is None else login.start.data,
        None if login.identity is None else login.identity.data,
        tuple((one.challenge.data, one.answer.data) for one in login.exchanges),
    )


def _differences(login: Login, dialect: Dialect, account: LoginSettings) -> Iterator[Difference]:
    """Tell in what the frames of a dialect without a client to be differ."""
    start, identity = login.start, login.identity
    asked = None if identity is None else read_frame(identity.data).eap
    if start is None or identity is None or asked is None:
        return
    account = LoginSettings(account.username, account.password, dialect)
    frames = frames_of(SessionSettings(), account, _facts_of(identity), None, None)
    if not _are_same(frames.start(start.destination), start):
        yield Difference(SOMETHING_PRIVATE, START)
    if not _are_same(frames.identity(identity.destination, asked.identifier), identity):
        yield Difference(_CONTENT, IDENTITY_RESPONSE)
    for exchange in login.exchanges:
        yield from _differences_of_answer(exchange, frames)


def _differences_of_answer(exchange: Exchange, frames: ClientFrames) -> Iterator[Difference]:
    challenge, theirs = _request_of(exchange.challenge), exchange.answer
    ours = None if challenge is None else frames.answer(theirs.destination, challenge)
    if ours is not None and _are_same(ours, theirs):
        return
    said, own = (
        None if data is None else answer_of(read_frame(data)) for data in (theirs.data, ours)
    )
    if said is None or own is None:
        yield Difference(_CONTENT, MD5_RESPONSE)
        return
    if said.value != own.value:
        yield Difference(MD5_VALUE)
    # wpa_supplicant leaves the name behind the value out. Servers go by the Identity response
    # (RFC 3579, 2.1), so that it is there in the router's makes no difference.
    if said.username not in (own.username, b""):
        yield Difference(_CONTENT, MD5_RESPONSE)
    if any(read_frame(theirs.data).frame.trailer):
        yield Difference(SOMETHING_PRIVATE, MD5_RESPONSE)


def _request_of(frame: Frame) -> Md5Challenge | None:
    eap = read_frame(frame.data).eap
    try:
        return None if eap is None else Md5Challenge.parse(eap)
    except ProtocolError:
        return None  # empty or cut: nothing answers that


def _facts_of(identity: Frame) -> RouterFacts:
    """Return the addresses of the client's machine, as far as these dialects tell them."""
    mac = identity.data[SOURCE_OFFSET:ETHERTYPE_OFFSET]
    told = read_frame(identity.data).eap
    addresses = None if told is None else cernet_addresses(told.data)
    if addresses is None:
        return RouterFacts(mac)
    address, netmask, gateway = addresses[:_TOLD_BY_CERNET]
    return RouterFacts(mac, address, netmask, gateway)


def _are_same(ours: bytes, theirs: Frame) -> bool:
    """Whether two frames say the same; the version of EAPOL says nothing, nor do zeros behind."""
    return ours[TYPE_OFFSET:].rstrip(b"\0") == theirs.data[TYPE_OFFSET:].rstrip(b"\0")
