"""A stand-in for a router's web server: LuCI's pages, ubus by JSON-RPC, and cgi-exec.

What the app may do is decided as rpcd decides it, by the app's own file in acl.d.
"""

from __future__ import annotations

import fnmatch
import json
import shlex
import string
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from openwrt.packaging.lmo import from_po, key_hash
from tests.openwrt.lmo_reader import read_lmo

APP = Path(__file__).parents[3] / "openwrt" / "luci-app-ruijie-proxy"
STANDIN = Path(__file__).parent / "standin"
ACL_FILE = APP / "root/usr/share/rpcd/acl.d/luci-app-ruijie-proxy.json"
MENU_FILE = APP / "root/usr/share/luci/menu.d/luci-app-ruijie-proxy.json"
CHINESE = APP / "po/zh_Hans/ruijie-proxy.po"
PROGRAM = "/usr/bin/ruijie-proxy"
MENU_ROOT = "admin/services/ruijie-proxy"

LUCIS_OWN = {"Add": "添加", "Delete": "删除", "Dismiss": "关闭", "Reset": "复位"}
LUCIS_OWN |= {"Save": "保存", "Save & Apply": "保存并应用", "unspecified": "未指定"}
"""Words that LuCI brings itself, so that a picture in Chinese is Chinese."""

LARGEST_OUTPUT = 256 * 1024
"""Bytes that rpcd hands over of a program's output; more has to come by cgi-exec."""

# Of ubus (libubus.h).
OK = 0
NOT_FOUND = 4
PERMISSION_DENIED = 6

_TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
_SESSION = "0123456789abcdef0123456789abcdef"

Section = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What a program that was run comes to."""

    code: int = 0
    stdout: str = ""
    stderr: str = ""


@dataclass
class Rights:
    """What a user of LuCI was given of the app's acl.d file."""

    readable: tuple[str, ...] = ("luci-app-ruijie-proxy", "luci-app-ruijie-proxy-settings")
    writable: tuple[str, ...] = ("luci-app-ruijie-proxy", "luci-app-ruijie-proxy-settings")

    def allow_file(self, command: str) -> bool:
        """Whether a command line may be run; rpcd compares with fnmatch(3)."""
        return any(
            "exec" in permissions and fnmatch.fnmatchcase(command, pattern)
            for scope in self._scopes("file")
            for pattern, permissions in scope.items()
        )

    def allow_ubus(self, name: str, method: str) -> bool:
        """Whether a method of ubus may be called."""
        return any(method in scope.get(name, []) for scope in self._scopes("ubus"))

    def allow_cgi_exec(self) -> bool:
        """Whether the large outputs of programs may be fetched."""
        return any("exec" in scope for scope in self._scopes("cgi-io"))

    def allow_upload(self, path: str) -> bool:
        """Whether a file may be uploaded to a path: cgi-io asks for both rights."""
        may_upload = any("upload" in scope for scope in self._scopes("cgi-io"))
        return may_upload and any(
            "write" in permissions and fnmatch.fnmatchcase(path, pattern)
            for scope in self._scopes("file")
            for pattern, permissions in scope.items()
        )

    def allow_uci(self, config: str, *, write: bool) -> bool:
        """Whether a configuration may be read, or changed."""
        return any(config in scope for scope in self._scopes("uci", only_write=write))

    def _scopes(self, name: str, *, only_write: bool = False) -> list[Any]:
        groups = json.loads(ACL_FILE.read_text())
        kinds = [("write", self.writable)] if only_write else []
        kinds = kinds or [("read", self.readable), ("write", self.writable)]
        return [
            groups[group][kind][name]
            for kind, granted in kinds
            for group in granted
            if name in groups[group].get(kind, {})
        ]


# uci.js calls these of luci-base's own rights; which configuration, the app's rights say.
_UCI_METHODS = ("get", "set", "add", "delete", "apply", "confirm")


@dataclass
class Router:
    """The router as a test sets it up, and what the pages did to it."""

    language: str = "en"
    rights: Rights = field(default_factory=Rights)
    programs: dict[str, Outcome | Callable[[], Outcome]] = field(default_factory=dict)
    """By their command lines, without ``--lang``. What is not here ends with code 127."""
    is_installed: bool = True
    services: dict[str, Any] = field(default_factory=dict)
    """What procd answers."""
    config: dict[str, Section] = field(default_factory=dict)
    """/etc/config/ruijie-proxy: its sections by name, with ``.type`` and the options."""
    network: dict[str, Section] | None = None
    """/etc/config/network, likewise; None: the user may not read it, for which LuCI has a right."""
    devices: list[str] = field(default_factory=lambda: ["br-lan", "lan1", "lan2", "wan"])
    commands: list[str] = field(default_factory=list)
    """Every command line that was run, as it was asked for."""
    refused: list[str] = field(default_factory=list)
    """Every call that the rights did not allow."""
    uploads: dict[str, bytes] = field(default_factory=dict)
    """What was uploaded, by the path that it was to have."""
    environments: list[dict[str, str]] = field(default_factory=list)
    """What programs were given beside their words, for those that were given anything."""
    hold: threading.Event | None = None
    """While it is set up and not set, programs that steer do not end."""
    staged: dict[str, Section] | None = None
    """The configuration that was saved and not applied."""

    @property
    def steering(self) -> list[str]:
        """The command lines that were to change something."""
        words = ("logout", "relogin", "renew", "start", "stop", "restart", "enable", "disable")
        return [command for command in self.commands if set(words) & set(command.split())]

    def run(self, command: str, arguments: list[str]) -> Outcome | int:
        """Run a program. Returns a status of ubus where rpcd would not."""
        line = " ".join([command, *arguments])
        if command.startswith(PROGRAM) and not self.is_installed:
            return NOT_FOUND
        if not self.rights.allow_file(line):
            self.refused.append(line)
            return PERMISSION_DENIED
        self.commands.append(line)
        if self.hold is not None and line in self.steering:
            assert self.hold.wait(10)
        outcome = self.programs.get(line.replace(f"--lang {self.program_language} ", ""))
        if outcome is None:
            return Outcome(127, stderr=f"nothing is scripted for {line}")
        return outcome() if callable(outcome) else outcome

    @property
    def program_language(self) -> str:
        """What ``--lang`` has to be."""
        return "zh" if self.language.startswith("zh") else "en"

    def ubus(self, name: str, method: str, arguments: dict[str, Any]) -> list[Any] | None:
        """Answer a call of ubus; None: it is not allowed at all."""
        if name == "uci" and method in _UCI_METHODS:
            return self._uci(method, arguments)
        if not self.rights.allow_ubus(name, method):
            self.refused.append(f"{name}.{method}")
            return None
        if (name, method) == ("service", "list"):
            return [OK, self.services]
        assert (name, method) == ("file", "exec")
        if arguments.get("env"):
            self.environments.append(arguments["env"])
        outcome = self.run(arguments["command"], arguments.get("params") or [])
        if isinstance(outcome, int):
            return [outcome]
        assert len(outcome.stdout.encode()) <= LARGEST_OUTPUT, "rpcd does not hand over so much"
        answer = {"code": outcome.code, "stdout": outcome.stdout, "stderr": outcome.stderr}
        return [OK, {key: value for key, value in answer.items() if value != ""}]

    def _uci(self, method: str, arguments: dict[str, Any]) -> list[Any]:
        if method in ("apply", "confirm"):
            if self.staged is not None:
                self.config, self.staged = self.staged, None
            return [OK]
        if arguments["config"] == "network":
            assert method == "get"
            if self.network is None:
                return [PERMISSION_DENIED]
            return [OK, {"values": _numbered(self.network)}]
        if not self.rights.allow_uci(arguments["config"], write=method != "get"):
            self.refused.append(f"uci.{method} {arguments['config']}")
            return [PERMISSION_DENIED]
        sections = self.config if self.staged is None else self.staged
        if method == "get":
            return [OK, {"values": _numbered(sections)}]
        self.staged = sections = {name: dict(options) for name, options in sections.items()}
        name = str(arguments.get("section") or arguments.get("name"))
        if method == "add":
            sections[name] = {".type": arguments["type"]}
        elif method == "set":
            sections[name].update(arguments["values"])
        elif arguments.get("options") is None:
            del sections[name]
        else:
            for option in arguments["options"]:
                del sections[name][option]
        return [OK]

    def page(self, view: str) -> str:
        """Return the HTML of a page."""
        is_chinese = self.language.startswith("zh")
        menu = json.loads(MENU_FILE.read_text())
        translations: dict[str, str] = {}
        if is_chinese:
            translations = {f"{key_hash(text):08x}": words for text, words in LUCIS_OWN.items()}
            translations |= {f"{e.key:08x}": e.text for e in read_lmo(from_po(CHINESE))}
        path = f"{MENU_ROOT}/{view}"
        granted = [group for group in menu[path]["depends"]["acl"] if group in self.rights.readable]
        environment = {
            "base_url": "/luci-static/resources",
            "scriptname": "/cgi-bin/luci",
            "cgi_base": "/cgi-bin",
            "sessionid": _SESSION,
            "devices": self.devices,
            "nodespec": {
                "satisfied": bool(granted),
                "readonly": not set(granted) & set(self.rights.writable),
            },
        }
        translate = translations_of(CHINESE) if is_chinese else {}
        return string.Template((STANDIN / "page.html").read_text()).substitute(
            language=self.language,
            translations=json.dumps(translations),
            environment=json.dumps(environment),
            view=menu[path]["action"]["path"],
            menu="".join(
                f'<li class="{"active" if key == path else ""}"><a href="/cgi-bin/luci/{key}">'
                f"{translate.get(node['title'], node['title'])}</a></li>"
                for key, node in menu.items()
                if key != MENU_ROOT
            ),
        )


def translations_of(path: Path) -> dict[str, str]:
    """Return what a catalogue translates, by the original."""
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def _numbered(sections: dict[str, Section]) -> dict[str, Section]:
    return {
        name: {".name": name, ".index": index, ".anonymous": False, **options}
        for index, (name, options) in enumerate(sections.items())
    }


class _Handler(BaseHTTPRequestHandler):
    router: Router
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        path = urllib.parse.urlsplit(self.path).path
        page = path.removeprefix(f"/cgi-bin/luci/{MENU_ROOT}/")
        if page != path:
            self._answer(200, "text/html", self.router.page(page).encode())
            return
        resource = path.removeprefix("/luci-static/resources/")
        for root in (APP / "htdocs/luci-static/resources", STANDIN / "resources", STANDIN):
            file = (root / resource).resolve()
            if file.is_relative_to(root) and file.is_file() and resource != path:
                self._answer(200, _TYPES[file.suffix], file.read_bytes())
                return
        self._answer(404, "text/plain", b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/cgi-bin/cgi-upload":
            self._cgi_upload(body)
            return
        if self.path == "/cgi-bin/cgi-exec":
            self._cgi_exec(body.decode())
            return
        call = json.loads(body)
        session, name, method, arguments = call["params"]
        assert session == _SESSION
        result = self.router.ubus(name, method, arguments)
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": call["id"]}
        if result is None:
            answer["error"] = {"code": -32002, "message": "Access denied"}
        else:
            answer["result"] = result
        self._answer(200, "application/json", json.dumps(answer).encode())

    def _cgi_exec(self, body: str) -> None:
        command, *arguments = shlex.split(urllib.parse.parse_qs(body)["command"][0])
        if not self.router.rights.allow_cgi_exec():
            self.router.refused.append("cgi-io.exec")
            self._answer(403, "text/plain", b"")
            return
        outcome = self.router.run(command, arguments)
        if isinstance(outcome, int):
            status = {PERMISSION_DENIED: 403, NOT_FOUND: 404}[outcome]
            self._answer(status, "text/plain", b"")
        else:
            code = 500 if outcome.code else 200
            content = outcome.stdout.encode("utf-8", "surrogateescape")
            self._answer(code, "text/plain", content)

    def _cgi_upload(self, body: bytes) -> None:
        """Do as cgi-io's upload: the session, the path, then the file."""
        kind = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        parts: dict[str, bytes] = {}
        for part in BytesParser(policy=HTTP).parsebytes(kind + body).iter_parts():
            name = str(part.get_param("name", header="content-disposition"))
            parts[name] = bytes(part.get_payload(decode=True))
        assert parts["sessionid"].decode() == _SESSION
        path = parts["filename"].decode()
        if not self.router.rights.allow_upload(path):
            self.router.refused.append(f"upload {path}")
            told: dict[str, Any] = {"message": "Access to path denied by ACL", "failure": [13, ""]}
        else:
            self.router.uploads[path] = parts["filedata"]
            told = {"size": len(parts["filedata"]), "checksum": "", "sha256sum": ""}
        self._answer(200, "text/plain", json.dumps(told).encode())

    def _answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{content_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: a failed test shows what was asked."""


@contextmanager
def served(router: Router) -> Iterator[str]:
    """Serve a router's pages on a port of this machine. Yields the address of the first."""
    handler = type("Handler", (_Handler,), {"router": router})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/cgi-bin/luci/{MENU_ROOT}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
