"""What a router has told of itself (``ask.sh``). All of it may be forged, and none is a command."""

from __future__ import annotations

from ruijie_proxy.deploy.package_files import PAGES, PROGRAM, Manager, usual_architecture
from ruijie_proxy.deploy.text import printable
from ruijie_proxy.deploy.versions import usual
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_MANAGERS = {"opkg": Manager.OPKG, "apk": Manager.APK}
_COMPRESSES = ("jffs2", "ubifs")
_IN_MEMORY = ("rootfs", "tmpfs", "ramfs")
_HTTP, _HTTPS = ("http", 80), ("https", 443)
_PAGE = "/cgi-bin/luci/admin/services/ruijie-proxy"
"""As the menu of openwrt/luci-app-ruijie-proxy has it."""
_LINK_LOCAL = "fe80:"


class Installed(Frozen):
    """A package that is there."""

    version: str
    """As in 0.1.0-1."""
    architecture: str


class RouterFacts(Frozen):
    """A router."""

    system: str
    """What it calls itself."""
    is_openwrt: bool
    has_dpkg: bool
    is_root: bool
    """Whether the user that was logged in may install."""
    manager: Manager | None
    architecture: str
    takes: tuple[str, ...]
    """Architectures of packages that its package manager takes."""
    python: tuple[str, ...]
    """Packages of Python that are there."""
    program: Installed | None
    pages: Installed | None
    command: str
    """Where the program is, if it is; a package's, or another's."""
    free: int | None
    """Bytes of the flash; None where it did not say."""
    free_memory: int | None
    """Bytes of what ``/tmp`` may still take."""
    compresses: bool
    """Whether the flash's file system does."""
    in_memory: bool
    """Whether all that is installed is gone with the next restart."""
    luci: str
    """``new`` (with a menu that pages of ours can be in), ``old``, or nothing."""
    page: str
    """The address of the page."""
    has_settings: bool
    has_old_settings: bool
    """Whether something is kept of earlier settings."""

    @property
    def ending(self) -> str:
        """What the names of its packages end in."""
        return "" if self.manager is None else self.manager.value

    def installed(self, name: str) -> Installed | None:
        """Return what is there of a package of ours."""
        return {PROGRAM: self.program, PAGES: self.pages}[name]


def facts_of(answer: str, target: str) -> RouterFacts:
    """Read what a router has answered. ``target``: how ssh was told to find it."""
    said: dict[str, str] = {}
    for line in answer.splitlines():
        name, equals, value = line.partition("=")
        if equals:
            said.setdefault(name, printable(value))
    manager = said.get("manager", "")
    flash = said.get("flash", "")
    return RouterFacts(
        system=said.get("description") or said.get("system", ""),
        is_openwrt=bool(said.get("release")),
        has_dpkg=manager == "dpkg",
        is_root=said.get("user") == "0",
        manager=_MANAGERS.get(manager),
        architecture=said.get("architecture", ""),
        takes=tuple(usual_architecture(one) for one in said.get("takes", "").split()),
        python=tuple(said.get("python", "").split()),
        program=_installed(said.get("program", "")),
        pages=_installed(said.get("pages", "")),
        command=said.get("command", ""),
        free=_kilobytes(said.get("free", "")),
        free_memory=_kilobytes(said.get("memory", "")),
        compresses=flash in _COMPRESSES,
        in_memory=flash in _IN_MEMORY,
        luci=said.get("luci", ""),
        page=_page(said, target),
        has_settings="settings" in said,
        has_old_settings="old_settings" in said,
    )


def host_of(target: str) -> str:
    """Return the host of ``user@host`` or ``ssh://user@host:port``."""
    if target.startswith("ssh://"):
        authority = target.removeprefix("ssh://").partition("/")[0].rpartition("@")[2]
        if authority.startswith("["):
            return authority[1:].partition("]")[0]
        return authority.partition(":")[0]
    return target.rpartition("@")[2]


def _installed(said: str) -> Installed | None:
    version, _blank, architecture = said.partition(" ")
    return Installed(usual(version), usual_architecture(architecture)) if version else None


def _kilobytes(said: str) -> int | None:
    return int(said) * 1024 if said.isascii() and said.isdecimal() else None


def _page(said: Mapping[str, str], target: str) -> str:
    """Return the address of the page, by where uhttpd listens."""
    address = said.get("address", "")
    if not address or address.startswith(_LINK_LOCAL):
        address = host_of(target)
    if ":" in address:
        address = f"[{address}]"
    http, https = said.get("http", ""), said.get("https", "")
    wants_https = https and (not http or said.get("redirects") == "1")
    scheme, usual_port = _HTTPS if wants_https else _HTTP
    port = _port(https if wants_https else http, usual_port)
    return f"{scheme}://{address}{'' if port == usual_port else f':{port}'}{_PAGE}"


def _port(listens: str, usual_port: int) -> int:
    """Return the first port of a list of ``ADDRESS:PORT``."""
    for one in listens.split():
        port = one.rpartition(":")[2]
        if port.isascii() and port.isdecimal():
            return int(port)
    return usual_port
