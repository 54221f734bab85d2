"""What the ePortal answers: JSON, sent as HTML, in UTF-8 or GBK (docs/portal.md, section 3).

Every field may be missing, or be of another kind: whoever answers may be no portal at all. What is
not as it should be counts as not there, but a whole answer that is no object is an error.
"""

from __future__ import annotations

import json
import re

from ruijie_proxy.choices import Enum
from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LONGEST_TEXT = 2048
"""Characters of anything within an answer."""
_MOST_SERVICES = 64
_LONGEST_KEEPALIVE = 24 * 60
"""Minutes; what is longer is no interval."""
_SELECTION = re.compile(r"selectService\('([^']{1,2048})'\s*,\s*'([^']{0,2048})'")
"""How the page's own script is called for a service: what is sent, and what people read."""
_GBK = "gb18030"
"""Its successor, which reads it, too."""


class Result(Enum):
    """What a call came to."""

    SUCCESS = "success"
    WAIT = "wait"
    """Ask again in a moment."""
    FAIL = "fail"


class Service(Frozen):
    """What an account can go online by."""

    name: str
    """What is sent."""
    shown: str
    """What people read."""
    is_default: bool


class PageInfo(Frozen):
    """What the page needs to know before a login."""

    exponent: str
    modulus: str
    """Of the key, in hexadecimal; :func:`.password.read_key` reads them."""
    encrypts: bool
    """Whether the password must be enciphered."""
    captcha: str
    """The address of a captcha; "" where none is asked for."""
    services: tuple[Service, ...]
    prefix: str
    """What stands before the user's name; "" if nothing."""


class OnlineUser(Frozen):
    """Whether somebody is online at this address."""

    result: Result
    user_index: str
    """Names the session, and whoever knows it can end it: a secret. "" where there is none."""
    message: str

    def __repr__(self) -> str:
        return f"OnlineUser({self.result}, {self.message!r}, …)"


class LoginAnswer(Frozen):
    """What a login came to."""

    succeeded: bool
    user_index: str
    message: str
    keepalive: int
    """Seconds between the calls that keep the session; 0: none are wanted."""
    captcha: str

    def __repr__(self) -> str:
        return f"LoginAnswer({self.succeeded}, {self.message!r}, …)"


def read_page_info(answer: bytes) -> PageInfo:
    """Read the answer to ``pageInfo``. Raises ProtocolError."""
    told = _object(answer)
    services = told.get("service")
    return PageInfo(
        _text(told, "publicKeyExponent"),
        _text(told, "publicKeyModulus"),
        _text(told, "passwordEncrypt") == "true",
        _text(told, "validCodeUrl"),
        _services(services) if isinstance(services, dict) else (),
        _text(told, "prefixValue"),
    )


def read_services(answer: bytes) -> tuple[Service, ...]:
    """Read the answer to ``getServices``: a piece of the page, in a field. Raises ProtocolError."""
    content = _object(answer).get("serviceContent")
    if not isinstance(content, str):
        return ()
    found = dict.fromkeys(_SELECTION.findall(_whole(content)))
    return tuple(
        [
            Service(name, shown or name, is_default=False)
            for name, shown in list(found)[:_MOST_SERVICES]
        ]
    )


def read_online_user(answer: bytes) -> OnlineUser:
    """Read the answer to ``getOnlineUserInfo``. Raises ProtocolError.

    All that it tells of the account is left where it is: of one campus it is known to hold the
    password.
    """
    told = _object(answer)
    result = _text(told, "result")
    known = next((each for each in Result if each.value == result), Result.FAIL)
    return OnlineUser(known, _text(told, "userIndex"), _text(told, "message"))


def read_login(answer: bytes) -> LoginAnswer:
    """Read the answer to ``login``. Raises ProtocolError."""
    told = _object(answer)
    return LoginAnswer(
        _text(told, "result") == Result.SUCCESS.value,
        _text(told, "userIndex"),
        _text(told, "message"),
        _minutes(told, "keepaliveInterval") * 60,
        _text(told, "validCodeUrl"),
    )


def read_result(answer: bytes) -> tuple[bool, str]:
    """Read the answer to ``keepalive`` or ``logout``: whether it succeeded, and what is said.

    Raises ProtocolError.
    """
    told = _object(answer)
    return _text(told, "result") == Result.SUCCESS.value, _text(told, "message")


def _object(answer: bytes) -> dict[str, Any]:
    try:
        try:
            text = answer.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = answer.decode(_GBK)
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(N_("its answer is no JSON")) from error
    if not isinstance(told, dict):
        raise ProtocolError(N_("its answer is JSON, but no object"))
    return told


def _services(told: dict[str, Any]) -> tuple[Service, ...]:
    """Read the services, which stand by their names."""
    found = []
    for name, service in list(told.items())[:_MOST_SERVICES]:
        if isinstance(service, dict):
            sent = _text(service, "serviceName") or _whole(name[:_LONGEST_TEXT])
            shown = _text(service, "serviceShowName") or sent
            found.append(Service(sent, shown, _text(service, "serviceDefault") == "true"))
    return tuple(found)


def _text(told: dict[str, Any], key: str) -> str:
    """Return a text; numbers and truth are written as such, since servers do both."""
    value = told.get(key)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)[:_LONGEST_TEXT]
    return _whole(value[:_LONGEST_TEXT]) if isinstance(value, str) else ""


def _whole(text: str) -> str:
    """Return a text without halves of characters, which JSON can write and no encoding has."""
    return text.encode(errors="replace").decode()


def _minutes(told: dict[str, Any], key: str) -> int:
    text = _text(told, key).strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
    return number if number <= _LONGEST_KEEPALIVE else 0
