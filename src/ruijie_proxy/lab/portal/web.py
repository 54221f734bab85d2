"""The gateway and the portal of a virtual campus, request by request.

Every request is checked by docs/portal.md as a strict server would: the order of the fields, how
often each is encoded, the password by the private key of this run, cookies, and that a session
belongs to the address that asks. What is wrong is refused, and said in ``complaints``.
"""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

from ruijie_proxy.i18n import _
from ruijie_proxy.lab.portal.key import KeyPair
from ruijie_proxy.lab.portal.mischief import Pace, pace_of, spoil
from ruijie_proxy.lab.portal.options import HijackStyle, MacStyle, PortalOptions
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

OUTSIDE = "123.123.123.123"
"""Stands for the Internet: nobody is there."""
_REQUEST = re.compile(r"(GET|POST) (/[^ ]*) HTTP/1\.1")
_FIELDS_OF_LOGIN = (
    "userId",
    "password",
    "service",
    "queryString",
    "operatorPwd",
    "operatorUserId",
    "validcode",
    "passwordEncrypt",
)
_USUAL_CASE = re.compile(r"[A-Z][a-z]*(-[A-Z][a-z]*)*")
_KEEPALIVE_GRACE = 1.5
"""Of a session that is not kept in time."""


class _Request(Frozen):
    method: str
    target: str
    headers: Mapping[str, str]
    body: str


class VirtualPortal:
    """One gateway with its portal. Times are seconds on the clock of who asks."""

    def __init__(self, options: PortalOptions, key: KeyPair) -> None:
        self.options = options
        self.complaints: list[str] = []
        """What was wrong, in order."""
        self.asked: list[str] = []
        """What was asked, in order: the methods, ``page``, and ``hijack``."""
        self.logins: list[str] = []
        """The bodies of all logins that were sent."""
        self.pace = Pace()
        """How fast the last answer is to go out."""
        self.is_silent = False
        """Whether nobody answers at all."""
        self._key = key
        self._waits = options.waits
        self._queries: dict[str, tuple[str, float]] = {}
        """What the gateway told of an address last, and when."""
        self._cookies: set[str] = set()
        self._online: dict[str, tuple[str, float]] = {}
        """The sessions' names, and when each was kept last, by address."""
        self._count = 0

    # What the campus does.

    def is_online(self, address: str, now: float) -> bool:
        """Whether an address is let through."""
        session = self._online.get(address)
        if session is None:
            return False
        limit = self.options.keepalive * 60 * _KEEPALIVE_GRACE
        if limit and now - session[1] > limit:
            del self._online[address]
            return False
        return True

    def drop(self, address: str) -> None:
        """End a session, as for a gateway that was started anew."""
        self._online.pop(address, None)

    def restart(self) -> None:
        """Forget everybody, as a gateway and its portal that are started anew."""
        self._queries.clear()
        self._cookies.clear()
        self._online.clear()

    # What it is asked.

    def answer(self, request: bytes, to: tuple[str, int], address: str, now: float) -> bytes | None:
        """Answer a request that an address sends to a host and port; None: nobody does."""
        before = len(self.asked)
        answer = self._answer(request, to, address, now)
        self.pace = Pace()
        if answer is None or len(self.asked) == before:
            return answer
        for mischief in self.options.mischief:
            if mischief.at == self.asked[-1]:
                answer = spoil(answer, mischief)
                self.pace = pace_of(mischief, self.options.slowness)
        return answer

    def _answer(
        self, request: bytes, to: tuple[str, int], address: str, now: float
    ) -> bytes | None:
        if self.is_silent:
            return None
        read = self._read(request)
        if read is None:
            return _http(400, b"")
        at_portal = to == (self.options.host, self.options.port) and not self.options.leads_to
        if not at_portal:
            if self.is_online(address, now):
                return None
            self.asked.append("hijack")
            return self._hijack(read, address, now)
        return self._portal(read, address, now)

    def _read(self, request: bytes) -> _Request | None:
        head, _end, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode("ascii").split("\r\n")
        found = _REQUEST.fullmatch(first)
        if found is None:
            self._complain(_("that is no request by HTTP/1.1"))
            return None
        fields = dict(line.split(": ", 1) for line in lines)
        if not all(_USUAL_CASE.fullmatch(name) for name in fields):
            self._complain(_("headers in an unusual case"))
        if not fields.get("User-Agent", "").startswith("Mozilla/5.0 "):
            self._complain(_("it does not look like a browser"))
        return _Request(found[1], found[2], fields, body.decode("ascii"))

    def _hijack(self, request: _Request, address: str, now: float) -> bytes:
        options = self.options
        if "Cookie" in request.headers:
            self._complain(_("a cookie of the portal's went to another host"))
        if options.hijack is HijackStyle.RELATIVE and not request.target.startswith("/go"):
            return _page(f"<script>location.href='/go?to={address}'</script>")
        if options.leads_to:
            leads_to = options.leads_to
        else:
            self._count += 1
            query = self._query(address)
            self._queries[address] = (query, now)
            port = "" if options.port == 80 else f":{options.port}"
            leads_to = f"http://{options.host}{port}/eportal/index.jsp?{query}"
        if options.hijack is HijackStyle.REDIRECT:
            return _http(302, b"", [("Location", leads_to)])
        if options.hijack is HijackStyle.REFRESH:
            escaped = leads_to.replace("&", "&amp;")
            return _page(f'<meta http-equiv="refresh" content="0; url={escaped}">')
        return _page(f"<script>top.self.location.href='{leads_to}'</script>\r\n")

    def _query(self, address: str) -> str:
        mac = {
            MacStyle.CLEAR: "&mac=020000000001",
            MacStyle.ENCIPHERED: "&mac=67d1ff70d8b083fe77eff0367912afaa",
            MacStyle.NONE: "",
        }[self.options.mac]
        kind = "wireless-v2" if self.options.mac is MacStyle.ENCIPHERED else "wired"
        named = address.encode().hex()
        return (
            f"wlanuserip={named}&wlanacname=x%20y{mac}&t={kind}&n={self._count}{self.options.mark}"
            "&url=http%3A%2F%2F"
        )

    def _portal(self, request: _Request, address: str, now: float) -> bytes:
        path, _mark, query = request.target.partition("?")
        self.asked.append("page" if request.method == "GET" else query.removeprefix("method="))
        if request.method == "GET":
            if path != "/eportal/index.jsp" or query != self._queries.get(address, ("", 0))[0]:
                self._complain(_("the page was asked for with another query than the gateway's"))
            cookie = f"JSESSIONID=A{len(self._cookies):03d}{self.options.mark}"
            self._cookies.add(cookie)
            return _http(200, b"<html>", [("Set-Cookie", f"{cookie}; Path=/eportal; HttpOnly")])
        method = query.removeprefix("method=")
        if path != "/eportal/InterFace.do" or not query.startswith("method="):
            self._complain(_("nothing is at {path}", path=path))
            return _http(404, b"")
        if request.headers.get("Content-Type") != (
            "application/x-www-form-urlencoded; charset=UTF-8"
        ):
            self._complain(_("another type of content"))
        cookie = request.headers.get("Cookie", "")
        if cookie and cookie not in self._cookies:
            self._complain(_("a cookie that was never given"))
        calls: dict[str, Callable[[_Request, str, float], dict[str, Any]]] = {
            "pageInfo": self._page_info,
            "getServices": self._get_services,
            "getOnlineUserInfo": self._online_user_info,
            "login": self._login,
            "keepalive": self._keepalive,
            "logout": self._logout,
        }
        if method not in calls:
            self._complain(_("nobody should call {method}", method=method))
            return _http(404, b"")
        told = calls[method](request, address, now)
        content = json.dumps(told, ensure_ascii=False).encode(self.options.encoding)
        return _http(200, content, [("Content-Type", "text/html;charset=UTF-8")])

    def _page_info(self, request: _Request, address: str, now: float) -> dict[str, Any]:
        query = self._known_query(address, now)
        name, _mark, value = request.body.partition("=")
        if name != "queryString" or query is None or unquote(value) != query or "&" in value:
            self._complain(_("pageInfo with another query than the gateway's, encoded once"))
        options = self.options
        return {
            "publicKeyExponent": f"{self._key.exponent:x}",
            "publicKeyModulus": f"{self._key.modulus:x}",
            "passwordEncrypt": "true" if options.encrypts and options.says_so else "false",
            "validCodeUrl": "validcode?x=1" if options.captcha else "",
            "service": {
                service.name: {
                    "serviceName": service.name,
                    "serviceShowName": service.shown,
                    "serviceDefault": "true" if service.is_default else "false",
                }
                for service in (options.services if options.lists_services else ())
            },
            "prefixName": "",
            "prefixValue": options.prefix,
        }

    def _get_services(self, request: _Request, _address: str, _now: float) -> dict[str, Any]:
        if request.body:
            self._complain(_("getServices with a body"))
        content = "".join(
            f"<div onclick=\"selectService('{service.name}','{service.shown}','{number}')\">"
            for number, service in enumerate(self.options.services)
        )
        return {"isService": "true", "serviceContent": content}

    def _online_user_info(self, request: _Request, address: str, now: float) -> dict[str, Any]:
        if request.body.partition("=")[0] != "userIndex":
            self._complain(_("getOnlineUserInfo without userIndex"))
        if self._waits:
            self._waits -= 1
            return {"userIndex": "", "result": "wait", "message": "请稍候"}
        if not self.is_online(address, now):
            return {"userIndex": None, "result": "fail", "message": "获取用户信息失败"}
        index = self._online[address][0]
        # As one campus is known to.
        return {
            "userIndex": index,
            "result": "success",
            "message": "",
            "password": self.options.password,
            "selfUrl": f"http://{self.options.host}/selfservice?{self.options.mark}",
        }

    def _login(self, request: _Request, address: str, now: float) -> dict[str, Any]:
        self.logins.append(request.body)
        if "Cookie" not in request.headers:
            self._complain(_("a login without the page's cookie"))
        fields = [field.partition("=")[::2] for field in request.body.split("&")]
        if tuple(name for name, value in fields) != _FIELDS_OF_LOGIN:
            self._complain(_("the fields of the login stand in another order"))
            return _refused("系统错误")
        told = {name: self._twice(name, value) for name, value in fields}
        query = self._known_query(address, now)
        if query is None:
            return _refused("设备未注册,请在ePortal上添加认证设备")
        if told["queryString"] != query:
            self._complain(_("a login with another query than the gateway's"))
        problem = self.options.refusal or self._problem(told, query)
        if problem:
            return _refused(problem)
        if self.is_online(address, now):
            return _refused("用户已在线")
        index = f"{len(self.logins):04x}{address.encode().hex()}{self.options.mark}"
        self._online[address] = (index, now)
        return {
            "userIndex": index,
            "result": "success",
            "message": "",
            "forwordurl": None,
            "keepaliveInterval": self.options.keepalive,
            "validCodeUrl": "",
        }

    def _twice(self, name: str, value: str) -> str:
        """Decode a field as often as the page encodes it."""
        if name in ("validcode", "passwordEncrypt"):
            return value
        once = unquote(value)
        if re.search(r"[^A-Za-z0-9_.!~*'()%-]", once):
            self._complain(_("{name} is not encoded twice", name=name))
        return unquote(once)

    def _problem(self, told: Mapping[str, str], query: str) -> str:
        options = self.options
        if options.encrypts and told["passwordEncrypt"] != "true":
            return "登录密码必须加密！"
        if told["userId"] != options.prefix + options.user:
            return "用户不存在,请输入正确的用户名!"
        mac = re.search(r"(?:^|&)mac=([^&]*)", query)
        password = f"{options.password}>{mac[1] if mac else '111111111'}"
        if self._deciphered(told, "password") != (
            password if told["passwordEncrypt"] == "true" else options.password
        ):
            return "密码不匹配,请输入正确的密码!"
        names = [service.name for service in options.services]
        if told["service"] and told["service"] not in names:
            return "用户不允许使用本服务!"
        if options.operator_user and (
            told["operatorUserId"] != options.operator_user
            or self._deciphered(told, "operatorPwd") != options.operator_password
        ):
            return "您未绑定服务对应的运营商!"
        return ""

    def _deciphered(self, told: Mapping[str, str], name: str) -> str:
        if told["passwordEncrypt"] != "true" or not told[name]:
            return told[name]
        return self._key.decipher(told[name])

    def _keepalive(self, request: _Request, address: str, now: float) -> dict[str, Any]:
        if not self.options.keepalive:
            self._complain(_("kept, though that was not wanted"))
        if not self._is_own(request, address, now):
            return _refused("用户不在线")
        self._online[address] = (self._online[address][0], now)
        return {"result": "success", "message": ""}

    def _logout(self, request: _Request, address: str, now: float) -> dict[str, Any]:
        if not self._is_own(request, address, now):
            return _refused("用户不在线")
        self.drop(address)
        return {"result": "success", "message": "下线成功"}

    def _is_own(self, request: _Request, address: str, now: float) -> bool:
        name, _mark, value = request.body.partition("=")
        if name != "userIndex":
            self._complain(_("a session without its name"))
        return self.is_online(address, now) and unquote(value) == self._online[address][0]

    def _known_query(self, address: str, now: float) -> str | None:
        query, at = self._queries.get(address, ("", float("-inf")))
        return query if now - at <= self.options.query_lasts else None

    def _complain(self, what: str) -> None:
        self.complaints.append(what)


def _refused(message: str) -> dict[str, Any]:
    return {
        "userIndex": None,
        "result": "fail",
        "message": message,
        "keepaliveInterval": 0,
        "validCodeUrl": "",
    }


def _page(body: str) -> bytes:
    return _http(200, body.encode())


def _http(status: int, content: bytes, fields: list[tuple[str, str]] | None = None) -> bytes:
    told = [("Content-Length", str(len(content))), ("Connection", "close"), *(fields or [])]
    head = "".join(f"{name}: {value}\r\n" for name, value in told)
    return f"HTTP/1.1 {status} x\r\n{head}\r\n".encode() + content
