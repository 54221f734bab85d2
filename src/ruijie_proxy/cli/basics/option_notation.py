"""How messages about ``login`` write keys and values: as the options that they were given by."""

from __future__ import annotations

import re

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.config.shape.notation import Notation
from ruijie_proxy.i18n import N_, _

_SESSION = "sessions[0]"
_OPTIONS = {
    "username": "-u",
    "password": "--password-file",
    "dhcp.mode": "--dhcp",
    "heartbeat.enabled": "--heartbeat",
}
"""Of keys that are not called like theirs."""
_MODES = {
    Mode.RELAY.value: N_("--lan alone"),
    Mode.LOGIN.value: N_("-u alone"),
    Mode.AUTO.value: N_("--lan beside -u"),
}
"""There is no option for the mode: it follows from who is named."""

_QUOTED = re.compile("“([a-z_]+):(?: ([^”]+))?”")
"""How advice, in either language, names a key, with or without a value."""


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
            return _(_MODES[value])
        return f"{self.key(key)} {value}"


OPTIONS = OptionNotation()


def in_options(advice: str) -> str:
    """Return advice that speaks of keys as it is for who has written options."""

    def quoted(named: re.Match[str]) -> str:
        key, value = named.groups()
        return f"“{OPTIONS.key(key) if value is None else OPTIONS.setting(key, value)}”"

    return _QUOTED.sub(quoted, advice)
