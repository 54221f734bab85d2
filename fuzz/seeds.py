"""Makes the inputs that fuzzing begins with: ``python -m fuzz.seeds``.

They are the virtual campus's frames, one for each parser that can read them, and histories in which
sessions of each kind are logged in, stay online, are refused, killed and unplugged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from fuzz import learn, parsers, portal
from fuzz.templates import BARE_FROM_LAN, BARE_FROM_WAN, FROM_LAN, FROM_WAN
from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.engine.login_memory import LoginMemory
from ruijie_proxy.protocol.clients.client_profile import LINUX_1_0
from ruijie_proxy.protocol.clients.profile_data import profile_to_plain
from ruijie_proxy.protocol.eapol import BODY_OFFSET, EapolFrame
from ruijie_proxy.protocol.portal.outcomes import Order
from ruijie_proxy.protocol.private_block import PROPERTIES_OFFSET, find_private_block

CORPUS = Path(__file__).parent / "corpus"
_ANSWER_OFFSET = BODY_OFFSET + 5
"""Of what follows the EAP type."""
_CATALOGUE = (
    bytes.fromhex("de120495 00000000 01000000 1c000000 24000000 00000000 2c000000")
    + bytes.fromhex("02000000 2c000000 03000000 2f000000")
    + b"hi\0\xe5\xa5\xbd\0"
)
_UCI = """\
config globals 'globals'
	option log_level 'info'
config session 'campus'
	option enabled "1" # on
	option wan 'wan'
	option lan br-lan
	list client '02:00:00:00:cc:01'
	list properties '0x62=hex:00'
	option dhcp_mode 'it'\\''s'
"""
_MINIEAP = """\
username=me
password=pw
nic=eth0
module=rjv3
dhcp-type=1
rj-option=6a:00:r
fake-dns1=1.1.1.1
auth-round=2
"""
_MENTOHUST = """\
[MentoHUST]
Username=me
Password= P2N5
Nic=eth0
StartMode=1
Version=4.10
PingHost=1.1.1.1
"""
_KEPT = KeptSession(
    server=FROM_WAN[0][6:12],
    client=FROM_LAN[0][6:12],
    wan_address=FROM_WAN[0][:6],
    original_wan_address=None,
    identity_response=FROM_LAN[1],
    key=1,
    next_number=2,
    interval=30,
    observed_interval=None,
    source="server",
    last_heartbeat=5.0,
    since=1.0,
    message="您好",
    accounting=None,
)

# Steps of a history, as fuzz.engine reads them.
_WAN, _LAN, _WAIT, _SLEEP, _PULL, _PLUG, _RESTART = 0, 1, 4, 5, 6, 7, 8
_LEASE, _RENEWED, _LOG_OFF = 9, 10, 15
_A_MOMENT, _A_SECOND, _HALF_A_MINUTE, _A_MINUTE, _MINUTES = 1, 5, 10, 11, 13
_IDENTITY, _CHALLENGE, _NOTIFICATION, _SUCCESS, _BARE, _BUSY, _WRONG, _REJECTED = (
    0,
    1,
    3,
    7,
    14,
    15,
    16,
    17,
)
_OWN = (_WAIT, 0, _WAN, _IDENTITY, 0, _WAN, _CHALLENGE, 0)
_RELAYED = (_LAN, 0, 0, _WAN, _IDENTITY, 0, _LAN, 1, 0, _WAN, _CHALLENGE, 0, _LAN, 2, 0)
_HISTORIES = {
    "online": (_WAN, _SUCCESS, 0, _WAIT, _A_SECOND, _WAIT, _A_MINUTE, _WAN, _IDENTITY, 0),
    "bare": (_WAN, _BARE, 0, _LAN, 3, 0, _LAN, 4, 0, _WAIT, _HALF_A_MINUTE, _WAN, _IDENTITY, 0),
    "again": (_WAN, _SUCCESS, 0, _WAN, _IDENTITY, 0, _WAN, _CHALLENGE, 0, _WAN, _SUCCESS, 0),
    "busy": (_WAN, _BUSY, 0, _WAIT, _MINUTES, _WAN, _IDENTITY, 0),
    "wrong": (_WAN, _WRONG, 0, _WAIT, _MINUTES),
    "rejected": (_WAN, _REJECTED, 0, _WAIT, _HALF_A_MINUTE, *_RELAYED, _WAN, _SUCCESS, 0),
    "killed": (_WAN, _SUCCESS, 0, _WAIT, _A_SECOND, _RESTART, _A_SECOND, _WAIT, _A_MINUTE),
    "unplugged": (_WAN, _SUCCESS, 0, _PULL, _WAIT, _A_SECOND, _PLUG, _SLEEP, _MINUTES),
    "leased": (_LEASE, 0, _RENEWED, 1, _WAN, _NOTIFICATION, 0, _WAN, _SUCCESS, 0, _LOG_OFF),
    "client-again": (_WAN, _SUCCESS, 0, *(_WAIT, 7, _LAN, 0, 0) * 3, _WAN, _SUCCESS, 0),
}
# At a switch of another vendor: its frames, and its client's, by their places.
_BARE_CAMPUS = 4 * 3
"""Added to the kind of a session: its shape is chosen by itself."""
_LONGER, _REASON, _ACCEPTED, _REFUSED = 2, 3, 4, 5
_BARE_OWN = (*_OWN, _WAN, _LONGER, 0)
_BARE_RELAYED = (*_RELAYED, _WAN, _LONGER, 0, _LAN, 3, 0)
_BARE_HISTORIES = {
    "online": (_WAN, _ACCEPTED, 0, _WAIT, _HALF_A_MINUTE, _WAN, _IDENTITY, 0, _LOG_OFF),
    "again": (_WAN, _ACCEPTED, 0, _WAN, _IDENTITY, 0, _WAN, _CHALLENGE, 0, _WAN, _ACCEPTED, 0),
    "refused": (_WAN, _REASON, 0, _WAN, _REFUSED, 0, _WAIT, _MINUTES),
    "killed": (_WAN, _ACCEPTED, 0, _RESTART, _A_SECOND, _WAN, _IDENTITY, 0, _LAN, 4, 0),
}
# Where nobody answers, and a gateway leads to a portal.
_AT_PORTAL = 2 * 4 * 3
"""Added to the kind of a session: it may turn to a portal."""
_AUTO = 2
_LEAD, _ANSWER, _SILENCE, _TRUST = 16, 17, 18, 19
_LET_IN, _FOUND_IN, _OUT, _PUT_OFF, _NO, _ELSEWHERE = 0, 1, 2, 3, 4, 9
_TURN = (_WAIT, _HALF_A_MINUTE, _WAIT, 3, _LEAD, 0)
_LOG_IN = (*_TURN, _WAIT, 0, _ANSWER, _LET_IN, 0, 6)
_PORTAL_HISTORIES = {
    "online": (*_LOG_IN, _WAIT, _A_MINUTE, _ANSWER, _LET_IN, 0, 6, _LOG_OFF),
    "dropped": (*_LOG_IN, _WAIT, 12, _ANSWER, _OUT, 0, 0, _WAIT, _MINUTES, _ANSWER, _LET_IN, 0, 0),
    "refused": (*_TURN, _ANSWER, _NO, 0, 0, _WAIT, _MINUTES, _ANSWER, _PUT_OFF, 0, 0),
    "killed": (*_LOG_IN, _RESTART, _A_SECOND, _ANSWER, _FOUND_IN, 0, 0, _WAIT, _A_MINUTE),
    "silent": (*_TURN, *(_SILENCE, _WAIT, _HALF_A_MINUTE) * 4, *_OWN, _WAN, _SUCCESS, 0),
    "asked": (*_TURN, _WAN, _IDENTITY, 0, _SILENCE, *_OWN, _WAN, _SUCCESS, 0, _WAIT, _MINUTES),
    "elsewhere": (
        *_LOG_IN,
        _PULL,
        _PLUG,
        _ANSWER,
        _ELSEWHERE,
        1,
        0,
        _TRUST,
        _WAIT,
        _MINUTES,
        _SILENCE,
    ),
    "unplugged": (*_TURN, _PULL, _PLUG, _WAIT, _A_MINUTE, _LEAD, 0, _ANSWER, _LET_IN, 0, 6),
    "no-lease": (*_TURN, _LEASE, 1, _SILENCE, _WAIT, _A_MINUTE, _LEASE, 0, _WAIT, 12, _LEAD, 0),
}


def parser_inputs() -> Iterator[tuple[str, bytes]]:
    """Yield the inputs of the parsers."""
    numbers = {parser: number for number, parser in enumerate(parsers.ALL)}
    for number, frame in enumerate(FROM_WAN[:21] + FROM_LAN):
        yield f"frame-{number}", bytes((numbers[parsers.frame],)) + frame
    for number, frame in enumerate(FROM_WAN[:21]):
        body = EapolFrame.parse(frame).body
        for parser in (parsers.eap, parsers.challenge if number < 7 else parsers.result):
            yield f"{parser.__name__}-{number}", bytes((numbers[parser],)) + body
    for number, frame in enumerate(BARE_FROM_WAN + BARE_FROM_LAN):
        yield f"bare-frame-{number}", bytes((numbers[parsers.frame],)) + frame
    for number, frame in enumerate(BARE_FROM_LAN[2:4]):
        yield f"bare-fields-{number}", bytes((numbers[parsers.fields],)) + frame
        data = frame[_ANSWER_OFFSET:]
        yield f"bare-answer-{number}", bytes((numbers[parsers.bare],)) + data
    for number, frame in enumerate(BARE_FROM_WAN[1:4]):
        body = EapolFrame.parse(frame).body
        yield f"bare-challenge-{number}", bytes((numbers[parsers.challenge],)) + body
    block = FROM_LAN[0][find_private_block(FROM_LAN[0]) or 0 :]
    plain = {
        parsers.block: block,
        parsers.properties: block[PROPERTIES_OFFSET:],
        parsers.heartbeat: FROM_LAN[3],
        parsers.fields: FROM_LAN[2],
        parsers.text: FROM_WAN[15][BODY_OFFSET:],
        parsers.catalogue: _CATALOGUE,
        parsers.profile: _json(profile_to_plain(LINUX_1_0)),
        parsers.kept: _json(_KEPT.to_plain()),
        parsers.uci: _UCI.encode(),
        parsers.memory: _json(LoginMemory(tries=(1.0, 2.5), failures=1).to_plain()),
    }
    for parser, content in plain.items():
        yield f"{parser.__name__}", bytes((numbers[parser],)) + content
    for name, text in (("minieap", _MINIEAP), ("mentohust", _MENTOHUST)):
        yield f"others-{name}", bytes((numbers[parsers.others],)) + text.encode()


def engine_inputs() -> Iterator[tuple[str, bytes]]:
    """Yield the inputs of the engine."""
    for kind, (name, history) in product(range(3), _HISTORIES.items()):
        login = _OWN if kind else _RELAYED
        for flags, dialect in ((0x80, 0), (0xD0, 2 if kind else 0)):
            settings = (flags, kind, dialect, 0, 0, kind)
            yield f"{kind}-{name}-{flags:x}", bytes((*settings, *login, *history))
    for kind, (name, history) in product(range(3), _BARE_HISTORIES.items()):
        settings = (0x80, _BARE_CAMPUS + kind, 0, 0, 0, kind)
        bare_login = _BARE_OWN if kind else _BARE_RELAYED
        yield f"{kind}-bare-campus-{name}", bytes((*settings, *bare_login, *history))
    for name, history in _PORTAL_HISTORIES.items():
        settings = (0x80, _AT_PORTAL + _AUTO, 0, 0, 0, _AUTO)
        yield f"portal-{name}", bytes((*settings, *history))


def story_inputs() -> Iterator[tuple[str, bytes]]:
    """Yield the inputs of the stories."""
    frames = list(range(21))
    clients = [len(FROM_WAN) + number for number in range(len(FROM_LAN))]
    for password in (0, 1):
        for part in range(3):
            shown = [*clients[:3], *frames[part::3], *clients[3:]]
            packets = [taken for number in shown for taken in (0x80, number)]
            yield f"login-{password}-{part}", bytes((password, *packets))
    first = len(FROM_WAN) + len(FROM_LAN)
    count = len(BARE_FROM_WAN) + len(BARE_FROM_LAN)
    shown = [taken for number in range(first, first + count) for taken in (0x80, number)]
    yield "bare-login", bytes((1, *shown))
    for number, frame in enumerate((FROM_WAN[1], FROM_WAN[7], FROM_LAN[1])):
        yield f"frame-{number}", bytes((1, 0, len(frame) & 0xFF)) + frame[:255]


def learn_inputs() -> Iterator[tuple[str, bytes]]:
    """Yield the inputs of what is learned: each recorded login as it is, and with a change."""
    for number in range(learn.LOGINS):
        yield f"login-{number}", bytes((number,))
        for change in range(learn.CHANGES):
            yield f"login-{number}-{change}", bytes((number, change, 2, 3, 4, 5, 6))


def portal_inputs() -> Iterator[tuple[str, bytes]]:
    """Yield the inputs of web portals' answers: each alone, and a login of them."""
    numbers = {parser: number for number, parser in enumerate(portal.ALL)}
    page = b"http://10.9.8.7/eportal/index.jsp?wlanuserip=0a&mac=02"
    script = b"<script>top.self.location.href='" + page + b"'</script>"
    info = {"publicKeyExponent": "10001", "publicKeyModulus": "c3" * 128, "passwordEncrypt": "true"}
    told = [_json({"result": "fail"}), _json(info), _json({"result": "success", "userIndex": "0a"})]
    yield "http", bytes((numbers[portal.http],)) + _http(script)
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    yield "http-chunked", bytes((numbers[portal.http],)) + chunked
    meta = b'<meta http-equiv="refresh" content="0; url=' + page + b'">'
    for number, text in enumerate((script, meta, page)):
        yield f"hijack-{number}", bytes((numbers[portal.hijack],)) + text
    yield "url", bytes((numbers[portal.url],)) + page
    for number, answer in enumerate(told):
        yield f"answers-{number}", bytes((numbers[portal.answers],)) + answer
    services = {"serviceContent": "<div onclick=\"selectService('campus','校园网','1')\">"}
    yield "answers-services", bytes((numbers[portal.answers],)) + _json(services)
    yield "key", bytes((numbers[portal.key],)) + b"10001\n" + b"c3" * 128
    # The first question gets the second answer.
    talk = [_http(told[2]), _http(script), _http(b"<html>"), *(_http(one) for one in told)]
    together = b"\xff\xfe".join(talk)
    # Each order, at a portal that is known or not.
    for number in range(2 * len(Order)):
        yield f"conversation-{number}", bytes((numbers[portal.conversation], number)) + together


def _http(content: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content


def _json(plain: object) -> bytes:
    return json.dumps(plain).encode()


def main() -> None:
    """Write all of them."""
    for target, inputs in (
        ("parsers", parser_inputs()),
        ("engine", engine_inputs()),
        ("story", story_inputs()),
        ("learn", learn_inputs()),
        ("portal", portal_inputs()),
    ):
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in inputs:
            (folder / f"seed-{name}").write_bytes(content)


if __name__ == "__main__":
    main()
