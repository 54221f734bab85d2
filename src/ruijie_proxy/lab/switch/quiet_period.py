"""What follows a refusal: a time in which no Start is answered, and invitations not to be accepted.

docs/protocol.md, "Logins" and "Identity probes".
"""

from __future__ import annotations

from ruijie_proxy.lab.options import SwitchOptions


class QuietPeriod:
    """The time after one refusal, until the next login begins."""

    def __init__(self, options: SwitchOptions, client: bytes, now: float) -> None:
        self.client = client
        """MAC address of who was refused."""
        self._until = now + options.quiet_period
        self._interval = options.invitation_interval
        self._left = options.invitations if options.invite_after_failure else 0
        self._next = now
        self._invitations: set[int] = set()

    def holds(self, now: float) -> bool:
        """Whether a Start is not answered."""
        return now < self._until

    def next_deadline(self) -> float | None:
        """Return when the next invitation is due, or None."""
        return self._next if self._left else None

    def wants_invitation(self, now: float) -> bool:
        """Whether it is time to invite the client to log in again."""
        return self._left > 0 and now >= self._next

    def invited(self, identifier: int, now: float) -> None:
        """Remember which invitation is out."""
        self._invitations.add(identifier)
        self._left -= 1
        self._next = now + self._interval

    def is_answer_to_invitation(self, identifier: int) -> bool:
        """Whether a Response accepts one of the invitations."""
        return identifier in self._invitations
