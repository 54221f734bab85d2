"""An account that a server has refused, as it can be written down: to be known again, not read.

A password that was wrong once is wrong until somebody changes it, and campuses ban for trying. So
it is remembered across restarts, in a file that only the program's user may read, and in a form
that gives away as little as knowing it again allows: 32 bits of a salted digest that takes its
time. Many passwords have the same 32 bits.
"""

from __future__ import annotations

from ruijie_proxy.protocol.digests.md5 import md5
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ruijie_proxy.engine.settings import LoginSettings

SALT_LIMIT = 1 << 32
_SALT_SIZE = 4
_ROUNDS = 8192
"""Two milliseconds on a PC; it is computed once a refusal, and once a start after one. MD5 is what
is loaded anyway, and nobody finds an input for its output."""
_DIGEST_SIZE = 4
LONGEST_TEXT = 500
_LATEST = 1e12


class RefusedAccount(Frozen):
    """A user name, a service and a password that a server did not accept together."""

    salt: int
    """32 bits, by chance."""
    digest: int
    """Of the three, with the salt; 32 bits."""
    text: str | None
    """The server's words."""
    at: float
    """When it said so, on the engine's clock."""

    @staticmethod
    def of(login: LoginSettings, salt: int, text: str | None, at: float) -> RefusedAccount:
        """Return what is to be remembered of an account that was refused just now."""
        text = text[:LONGEST_TEXT] if text else None
        return RefusedAccount(salt, _digest(login, salt), text, at)

    def is_of(self, login: LoginSettings) -> bool:
        """Whether it is this account, as far as can be told."""
        return self.digest == _digest(login, self.salt)

    def to_plain(self) -> dict[str, Any]:
        """Return it as data that JSON can carry."""
        return {"salt": self.salt, "digest": self.digest, "text": self.text, "at": self.at}

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> RefusedAccount:
        """Read it from plain data. Raises ValueError for what cannot be."""
        salt, digest, text, at = (plain.get(name) for name in ("salt", "digest", "text", "at"))
        fits = (
            _is_number(salt)
            and _is_number(digest)
            and (text is None or (isinstance(text, str) and 0 < len(text) <= LONGEST_TEXT))
            # Neither infinity nor NaN is within the bounds.
            and isinstance(at, int | float)
            and type(at) is not bool
            and abs(at) < _LATEST
            and len(plain) == len(RefusedAccount.__match_args__)
        )
        if not fits:
            raise ValueError("it does not tell of a refusal")
        return RefusedAccount(**plain)


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value < SALT_LIMIT


def _digest(login: LoginSettings, salt: int) -> int:
    account = repr((login.username, login.service, login.password.reveal())).encode()
    digest = salted = salt.to_bytes(_SALT_SIZE, "big") + account
    for _ in range(_ROUNDS):
        digest = md5(digest + salted)
    return int.from_bytes(digest[:_DIGEST_SIZE], "big")
