"""How texts write keys and values: as the configuration has them that they are about.

A message names what it advises to set by ``{keys[client]}``, or, with a value,
``{keys[client=any]}``. Where it is told, :func:`ruijie_proxy.i18n.written_in` puts it into the
notation of the configuration in use.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS = "…"
"""The value, in a message, of a key that takes a list of words of the user's own."""


class Notation:
    """The way of YAML files, and what those of others have to tell.

    Paths name keys from the file's root, such as ``sessions[0].heartbeat.interval``; keys within a
    session are named from there, such as ``heartbeat.interval``.
    """

    shortest = '"sessions: [{wan: eth1, lan: br-lan}]"'
    """The shortest configuration."""
    is_kept = True
    """Whether what is written so stays, and serves again when it was changed."""
    is_uci = False
    unused_on_purpose: tuple[str, ...] = ()
    """Keys of a session that a form keeps where they have no use."""

    def name(self, path: str) -> str:
        """Return what a path is called in front of a message."""
        return path

    def key(self, key: str) -> str:
        """Return how a key is written whose value is up to the user."""
        return f"{_last(key)}:"

    def setting(self, key: str, value: str) -> str:
        """Return how a key is given a value."""
        return f"{_last(key)}: {value}"

    def way_to_mode(self, now: str, mode: str) -> str | None:  # noqa: ARG002 - others need them
        """Return what to do with a key that has a use in another mode; None: to set that one."""
        return None

    def items(self, path: str, words: Sequence[str]) -> str:  # noqa: ARG002 - others need it
        """Return how the list of a path is written."""
        return f"[{', '.join(words)}]"

    def named(self, name: str) -> str:
        """Return how a text writes what a message calls ``key`` or ``key=value``.

        Nothing in front of it says which group the key is in.
        """
        key, _sign, value = name.partition("=")
        group, dot, _key = key.rpartition(".")
        value = f"[{WORDS}]" if value == WORDS else value
        if dot:
            return f"{group}: {{{self.setting(key, value or WORDS)}}}"
        return self.setting(key, value) if value else self.key(key)


class Uci(Notation):
    """The way of OpenWrt's configuration: a line for each option."""

    is_uci = True
    shortest = "config session 'campus', option wan 'wan', option lan 'br-lan'"

    def key(self, key: str) -> str:
        """Return how an option is written whose value is up to the user."""
        return f"option {option_name(key)}"

    def setting(self, key: str, value: str) -> str:
        """Return how an option is given a value."""
        return f"option {option_name(key)} {quoted(value)}"

    def named(self, name: str) -> str:
        """Return the same with the key's group, which is in front of its name anyway."""
        key, _sign, value = name.partition("=")
        if value == WORDS:
            return f"list {option_name(key)} {quoted(WORDS)}"
        return self.setting(key, value) if value else self.key(key)


def option_name(key: str) -> str:
    """Return the name of a key's option in UCI."""
    return key.replace(".", "_").replace("-", "_")


def quoted(value: str) -> str:
    """Return a value in quotes, as a file of UCI has it."""
    within = value.replace("'", "'\\''")
    return f"'{within}'"


def _last(key: str) -> str:
    return key.rpartition(".")[2]


YAML = Notation()
UCI = Uci()
