"""How messages write keys and values: as the file has them that they are about."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class Notation:
    """The way of YAML files, and what those of others have to tell.

    Paths name keys from the file's root, such as ``sessions[0].heartbeat.interval``; keys within a
    session are named from there, such as ``heartbeat.interval``.
    """

    is_kept = True
    """Whether what is written so stays, and serves again when it was changed."""
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

    def items(self, path: str, words: Sequence[str]) -> str:  # noqa: ARG002 - others need it
        """Return how the list of a path is written."""
        return f"[{', '.join(words)}]"


def _last(key: str) -> str:
    return key.rpartition(".")[2]


YAML = Notation()
