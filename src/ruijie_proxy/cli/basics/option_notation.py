"""How messages about ``login`` write keys and values: as the options that they were given by."""

from __future__ import annotations

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.i18n import N_, _
from ruijie_proxy.notation import WORDS, YAML, Notation

_SESSION = "sessions[0]"
_OPTIONS = {
    "username": "-u",
    "password": "--password-file",
    "dhcp.mode": "--dhcp",
    "heartbeat.enabled": "--heartbeat",
    "operator_password": "--operator-password-file",
}
"""Of keys that are not called like theirs."""
_MODES = {
    Mode.RELAY.value: N_("--lan alone"),
    Mode.LOGIN.value: N_("-u alone"),
    Mode.AUTO.value: N_("--lan beside -u"),
    Mode.PORTAL.value: "--portal",
}
"""There is no option for the mode: it follows from who is named."""

_WITHOUT_OPTION = frozenset(
    [
        "campus",
        "client_name",
        "disk_serial",
        "dhcp.timeout",
        "dns",
        "health",
        "hooks",
        "hours",
        "login_timeout",
        "name",
        "properties",
        "restore_mac",
    ]
)
"""Keys of a session that stand in a configuration alone."""


class OptionNotation(Notation):
    """The way of the command line, for a configuration of one session made of its options."""

    is_kept = False

    def name(self, path: str) -> str:
        """Return the option that stands for a path."""
        return self.key(path.removeprefix(f"{_SESSION}."))

    def key(self, key: str) -> str:
        """Return the option that gives a key its value."""
        key = key.partition("[")[0]
        return _OPTIONS.get(key, "--" + key.replace(".", "-").replace("_", "-"))

    def setting(self, key: str, value: str) -> str:
        """Return how a key is given a value."""
        if key == "mode":
            return _(_MODES[value]) if value in _MODES else YAML.setting(key, value)
        if value == "true":
            return self.key(key)
        return f"{self.key(key)} {value}"

    def way_to_mode(self, now: str, mode: str) -> str | None:
        """Return which option to add or to leave out for a mode: none sets it."""
        if now == Mode.PORTAL.value:
            return _("leave it out, or {option}", option="--portal")
        added = {Mode.PORTAL.value: "--portal", Mode.AUTO.value: "--lan"}.get(mode)
        return None if added is None else _("leave it out, or add {option}", option=added)

    def named(self, name: str) -> str:
        """Return the option, or, where there is none, how a configuration has it."""
        key, _sign, value = name.partition("=")
        if value == WORDS or {key, key.partition(".")[0]} & _WITHOUT_OPTION:
            return YAML.named(name)
        return self.setting(key, value) if value else self.key(key)


OPTIONS = OptionNotation()
