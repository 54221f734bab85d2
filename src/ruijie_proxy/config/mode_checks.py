"""What a session's mode and dialect need, and what they have no use for."""

from __future__ import annotations

from ruijie_proxy.config.shape import parsers
from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.config.shape.problems import Unfit
from ruijie_proxy.engine.settings import DhcpMode, Dialect, GroupMode, Shape
from ruijie_proxy.i18n import N_, _

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ruijie_proxy.choices import Enum
    from ruijie_proxy.config.shape.shapes import Report

_FOR_RELAYING = ("client", "mac", "restore_mac", "fields", "successes", "client_logoff")
_RUIJIE = (Dialect.RUIJIE,)
_RUIJIE_V2 = (Dialect.RUIJIE_V2,)
_BOTH_OF_RUIJIE = (Dialect.RUIJIE, Dialect.RUIJIE_V2)
_OF_DIALECTS = {
    "shape": _RUIJIE,
    "edition": _RUIJIE,
    "zero_check": _RUIJIE,
    "check_case": _RUIJIE_V2,
    "client_version": _BOTH_OF_RUIJIE,
    "client_name": _BOTH_OF_RUIJIE,
    "client_exe": _RUIJIE_V2,
    "service": _BOTH_OF_RUIJIE,
    "disk_serial": _BOTH_OF_RUIJIE,
    "dns": _BOTH_OF_RUIJIE,
    "properties": _BOTH_OF_RUIJIE,
    "allow_clear_password": (*_BOTH_OF_RUIJIE, Dialect.PLAIN),
}
"""The dialects that have a use for a key, the likeliest first."""
_AT_A_PORTAL = ("portal", "operator_username", "operator_password", "operator_password_file")
_AT_A_SWITCH = ("group", "login_timeout", "heartbeat")
"""What a login at a web portal has no use for, beside what belongs to dialects."""
_ALONE = (Mode.LOGIN, Mode.PORTAL)
"""The modes in which no client logs in through the router."""
_AT_PORTALS = (Mode.PORTAL, Mode.AUTO)
"""The modes in which the router may log in at a web portal."""
_ACCOUNT = ("username", "password", "password_file")
_OF_THE_ACCOUNT = ("dialect", *_OF_DIALECTS)
_WITHOUT_A_ZERO_CHECK = (Shape.BARE, Shape.INSIDE)
"""The shapes whose Start and Identity response carry no block, and no check."""
WINDOWS_VERSIONS = ("5.0.3", "6.61", "6.86")
"""Versions of Windows clients that the router can be, but for their check: nobody knows how that is
computed."""


def check_mode(key: str, session: dict[str, Any], report: Report) -> None:
    """Note what does not go with the mode and the dialect of the session at a key path.

    What only another mode or dialect has a use for is left in peace, so that a user can try one and
    go back; it is told, and to be taken out in the end (:meth:`.Report.useless_at_key`).
    """
    _SessionCheck(key, session, report).run()


def unclear(key: str, session: dict[str, Any], name: str, report: Report) -> bool:
    """Whether the file gives a key a value that did not fit; it was noted, and is not judged."""
    if name not in session:
        return report.knows(f"{key}.{name}")
    return isinstance(session[name], list) and None in session[name]


class _SessionCheck:
    def __init__(self, key: str, session: dict[str, Any], report: Report) -> None:
        self._key = key
        self._session = session
        self._report = report
        self._mode = Mode.RELAY

    def run(self) -> None:
        if self._unclear("mode"):
            return
        mode = self._mode = Mode(self._session.get("mode", Mode.RELAY))
        if mode in _ALONE:
            self._check_alone(mode)
        elif not self._given("lan"):
            self._miss("lan", _("add the interface where the client PC is, such as br-lan"))
        if mode is Mode.RELAY:
            self._check_relay()
        if mode in _AT_PORTALS:
            self._check_operator()
        else:
            self._check_no_portal()
        if mode is Mode.PORTAL:
            self._check_account(mode)
            self._check_portal()
        elif mode is not Mode.RELAY or self._has_account():
            self._check_account(mode)
            self._check_dialect()
        if mode is not Mode.PORTAL:
            self._check_service(mode)
        self._check_heartbeat()
        dhcp = self._session.get("dhcp", {})
        if dhcp.get("mode") == DhcpMode.OFF.value and dhcp.get("renew", "off") != "off":
            wrong = _("has no use with {setting}", setting=self._set("dhcp.mode", DhcpMode.OFF))
            self._useless("dhcp.renew", wrong, _("leave it out, or change mode"))

    def _check_alone(self, mode: Mode) -> None:
        if "lan" in self._session and "lan" not in self._report.notation.unused_on_purpose:
            wrong = _("has no use with {setting}", setting=self._set("mode", mode))
            self._useless("lan", wrong, self._or_set("mode", Mode.AUTO))
        for name in _FOR_RELAYING:
            if name in self._session:
                wrong = _(
                    "is for relaying a client's login, which {setting} never does",
                    setting=self._set("mode", mode),
                )
                self._useless(name, wrong, self._or_set("mode", Mode.AUTO))

    def _check_portal(self) -> None:
        wrong = _("has no use with {setting}", setting=self._set("mode", Mode.PORTAL))
        others = [name for name in _OF_THE_ACCOUNT if name != "service"]
        for name in (*others, *_AT_A_SWITCH):
            if name in self._session:
                self._useless(name, wrong, self._or_set("mode", Mode.LOGIN))
        if "mode" in self._session.get("dhcp", {}):
            alone = not self._report.knows(f"{self._key}.dhcp.mode")
            remedy = self._or_set("mode", Mode.LOGIN)
            self._useless("dhcp.mode", wrong, remedy, "dhcp" if alone else None)

    def _check_operator(self) -> None:
        given = [name for name in _AT_A_PORTAL[2:] if self._given(name)]
        if given and not self._given("operator_username"):
            key = self._key_of("operator_username")
            self._miss("operator_username", _("add {key}, or leave both out", key=key))
        if not given and self._given("operator_username"):
            key = self._key_of("operator_password")
            self._miss("operator_password", _("add {key}, or leave both out", key=key))
        if len(given) > 1:
            wrong = _("is given beside operator_password")
            self._note("operator_password_file", wrong, _("keep one of the two"))

    def _check_no_portal(self) -> None:
        for name in _AT_A_PORTAL:
            if name in self._session:
                wrong = _("is for a login at a web portal")
                self._useless(name, wrong, self._or_set("mode", Mode.PORTAL))

    def _check_relay(self) -> None:
        if self._session.get("group") == GroupMode.AUTO.value:
            self._useless("group", _("auto is for the router's own login"), _("use keep"))
        if "hours" in self._session:
            wrong = _(
                "is for the router's own login, which {setting} never makes",
                setting=self._set("mode", Mode.RELAY),
            )
            self._useless("hours", wrong, self._or_set("mode", Mode.AUTO))
        if self._session.get("dhcp", {}).get("mode") == DhcpMode.DOUBLE.value:
            alone = not self._report.knows(f"{self._key}.dhcp.mode")
            wrong = _("double is for the router's own login")
            two = self._report.notation.setting("successes", "2")
            remedy = _("leave it out and add {setting}", setting=two)
            self._useless("dhcp.mode", wrong, remedy, "dhcp" if alone else None)

    def _has_account(self) -> bool:
        if any(self._given(name) for name in _ACCOUNT):
            return True
        for name in _OF_THE_ACCOUNT:
            if name in self._session:
                wrong = _("is for the router's own login, and no account is given")
                remedy = _(
                    "leave it out, or add {username} and {password}",
                    username=self._key_of("username"),
                    password=self._key_of("password"),
                )
                self._useless(name, wrong, remedy)
        return False

    def _check_account(self, mode: Mode) -> None:
        otherwise = {
            Mode.LOGIN: "",
            Mode.PORTAL: "",
            Mode.AUTO: _(", or set {setting}", setting=self._set("mode", Mode.RELAY)),
            Mode.RELAY: _(
                ", or leave {username} and {password} out",
                username=self._key_of("username"),
                password=self._key_of("password"),
            ),
        }[mode]
        if not self._given("username"):
            remedy = _(
                "add {key}, the name of your campus account{otherwise}",
                key=self._key_of("username"),
                otherwise=otherwise,
            )
            self._miss("username", remedy)
        if not self._given("password") and not self._given("password_file"):
            remedy = _(
                "add {password}, or {file} with a path{otherwise}",
                password=self._key_of("password"),
                file=self._key_of("password_file"),
                otherwise=otherwise,
            )
            self._miss("password", remedy)
        if self._given("password") and self._given("password_file"):
            self._note("password_file", _("is given beside password"), _("keep one of the two"))

    def _check_dialect(self) -> None:
        if self._unclear("dialect"):
            return
        dialect = Dialect(self._session.get("dialect", Dialect.RUIJIE))
        if dialect is Dialect.RUIJIE_V2 and not self._given("client_exe"):
            key = self._key_of("client_exe")
            self._miss("client_exe", _("add {key}, the path of your own 8021x.exe", key=key))
        wrong = _("has no use with {setting}", setting=self._set("dialect", dialect))
        for name, dialects in _OF_DIALECTS.items():
            if name in self._session and dialect not in dialects:
                self._useless(name, wrong, self._or_set("dialect", dialects[0]))
        if dialect is Dialect.RUIJIE:
            self._check_zero_check()
            self._check_client_version()

    def _check_service(self, mode: Mode) -> None:
        """Note a service's name that 802.1X has no room for; a web portal has (parsers.service)."""
        if "service" not in self._session:
            return
        try:
            parsers.gbk(self._session["service"], parsers.SERVICE_SIZE)
        except Unfit as unfit:
            told = (
                N_(
                    "it goes both ways, and by 802.1X as at most {most} bytes in GBK: shorten it, "
                    "or, where the campus has a web portal alone, set {setting}"
                )
                if mode is Mode.AUTO
                else N_(
                    "by 802.1X it goes as at most {most} bytes in GBK: shorten it, or, for a web "
                    "portal, set {setting}"
                )
            )
            setting = self._set("mode", Mode.PORTAL)
            self._note("service", unfit.wrong, _(told, most=parsers.SERVICE_SIZE, setting=setting))

    def _check_zero_check(self) -> None:
        if self._unclear("shape") or "zero_check" not in self._session:
            return
        shape = Shape(self._session.get("shape", Shape.AUTO))
        if shape in _WITHOUT_A_ZERO_CHECK:
            wrong = _("has no use with {setting}", setting=self._set("shape", shape))
            self._useless("zero_check", wrong, self._or_set("shape", Shape.BLOCK))

    def _check_client_version(self) -> None:
        if self._session.get("client_version") not in WINDOWS_VERSIONS:
            return
        wrong = _(
            "is that of a Windows client whose check cannot be computed: it passes only where the "
            "campus compares nothing"
        )
        relay = self._set("mode", Mode.RELAY)
        remedy = _(
            "use a Linux client's, such as 1.31, or {setting}, if it is refused", setting=relay
        )
        self._report.warn_at_key(f"{self._key}.client_version", wrong, remedy)

    def _check_heartbeat(self) -> None:
        heartbeat = self._session.get("heartbeat", {})
        if heartbeat.get("enabled") is not False:
            return
        off = self._report.notation.setting("heartbeat.enabled", "off")
        for name in ("interval", "number"):
            if name in heartbeat:
                wrong = _("has no use with {setting}", setting=off)
                self._useless(f"heartbeat.{name}", wrong, _("leave it out, or change enabled"))

    def _given(self, name: str) -> bool:
        return name in self._session or self._report.knows(f"{self._key}.{name}")

    def _unclear(self, name: str) -> bool:
        return unclear(self._key, self._session, name, self._report)

    def _key_of(self, name: str) -> str:
        return self._report.notation.key(name)

    def _set(self, name: str, value: Enum) -> str:
        return self._report.notation.setting(name, value.value)

    def _or_set(self, name: str, value: Enum) -> str:
        if name == "mode":
            way = self._report.notation.way_to_mode(self._mode.value, value.value)
            if way is not None:
                return way
        return _("leave it out, or set {setting}", setting=self._set(name, value))

    def _note(self, name: str, wrong: str, remedy: str) -> None:
        self._report.at_key(f"{self._key}.{name}", wrong, remedy)

    def _useless(self, name: str, wrong: str, remedy: str, written: str | None = None) -> None:
        """``written``: the key that stands for it in the file, if that is another."""
        key = f"{self._key}.{name}"
        self._report.useless_at_key(key, wrong, remedy, f"{self._key}.{written or name}")

    def _miss(self, name: str, remedy: str) -> None:
        self._note(name, _("is missing"), remedy)
