"""What the switch says: its requests with their identifiers, its results, and where reasons stand.

It decides nothing: :mod:`.switch` knows what to say, :mod:`.shapes` what the frames look like.
"""

from __future__ import annotations

from random import Random

from ruijie_proxy.lab.events import Detail, EventKind, FrameName
from ruijie_proxy.lab.journal import Journal
from ruijie_proxy.lab.options import Challenges, Dialect, SuccessShape, SwitchOptions
from ruijie_proxy.lab.switch.login import Login, Pending, Step
from ruijie_proxy.lab.switch.shapes import SwitchFrames
from ruijie_proxy.protocol.v4_check import CHALLENGE_SIZE

_IDENTIFIERS = 256


class Voice:
    """A switch's voice; what it says waits in :attr:`frames`."""

    def __init__(
        self, options: SwitchOptions, address: bytes, journal: Journal, random: Random
    ) -> None:
        self.frames: list[bytes] = []
        """Ethernet frames to be sent, in order."""
        self._options = options
        self._make = SwitchFrames(options, address)
        self._journal = journal
        self._random = random
        self._identifier = random.randrange(_IDENTIFIERS)
        self._notices: dict[int, FrameName] = {}
        self._challenge = b""
        """The last one that was asked."""

    def take_notice(self, identifier: int) -> FrameName | None:
        """Return which request with this identifier only told something, and forget it.

        Nothing waits for the answer to such a one: it may come, once, or not.
        """
        return self._notices.pop(identifier, None)

    def ask_next(self, login: Login, now: float) -> None:
        """Take a login's next step."""
        step, options, client = login.steps.pop(0), self._options, login.client
        identifier = self._next_identifier()
        match step.name:
            case FrameName.REQUEST_IDENTITY:
                frame = self._make.identity(client, identifier)
            case FrameName.REQUEST_NOTIFICATION:
                frame = self._make.notification(client, identifier, options.notification or "")
            case FrameName.REQUEST_OTHER:
                frame = self._make.other_method(client, identifier, options.offers_first or 0)
            case _:
                tells_more = options.is_bare or options.challenges != Challenges.ONE
                longer = tells_more and not login.steps
                frame = self._make.challenge(client, identifier, step.challenge, longer=longer)
                self._challenge = step.challenge
        deadline = now + options.step_timeout
        login.pending = Pending(step, identifier, frame, deadline, options.step_repeats)
        self._send(step.name, frame, now)

    def ask_identity(self, login: Login, now: float) -> None:
        """Begin a login, or begin it anew."""
        login.steps = [Step(FrameName.REQUEST_IDENTITY)]
        self.ask_next(login, now)

    def repeat(self, pending: Pending, now: float) -> None:
        """Ask again what nobody answered."""
        pending.repeats_left -= 1
        pending.deadline = now + self._options.step_timeout
        self._send(pending.step.name, pending.frame, now, again=True)

    def probe(self, client: bytes, now: float) -> int:
        """Ask an online client for its identity; return the identifier."""
        identifier = self._next_identifier()
        frame = self._make.identity(client, identifier, online=True)
        self._send(FrameName.REQUEST_IDENTITY, frame, now, probe=True)
        return identifier

    def invite(self, client: bytes, now: float) -> int:
        """Invite a client that was refused to log in again; return the identifier."""
        identifier = self._next_identifier()
        frame = self._make.identity(client, identifier)
        self._send(FrameName.REQUEST_IDENTITY, frame, now, invitation=True)
        return identifier

    def echo(self, client: bytes, now: float) -> None:
        """Ask whether an online client is still there."""
        self._send(FrameName.ECHO, self._make.echo(client), now)

    def succeed(
        self, client: bytes, shape: SuccessShape, key: int, now: float, *, final: bool
    ) -> None:
        """End a login well."""
        message = self._options.message
        if self._options.dialect == Dialect.CERNET:
            self._notify(client, message, now)
        frame = self._make.success(client, self._identifier, shape, key)
        self._send(FrameName.SUCCESS, frame, now, final=final, message=message)

    def fail(self, client: bytes, message: str, now: float, *, online: bool = False) -> None:
        """End a login badly, or (``online``) a session; tell why where this campus tells it."""
        options = self._options
        told: str | None = None
        if options.dialect == Dialect.CERNET:
            self._notify(client, message, now, online=online)
        elif options.is_bare:
            if not online:
                self._tell_reason(client, self._challenge, message, now)
        elif not online and (options.reason_in_request or options.reason_in_property):
            challenge = self._random.randbytes(CHALLENGE_SIZE)
            self._tell_reason(client, challenge, message, now)
        else:
            told = message
        identifier = self._next_identifier() if online else self._identifier
        frame = self._make.failure(client, identifier, told, online=online)
        self._send(FrameName.FAILURE, frame, now, message=told)

    def _notify(self, client: bytes, message: str, now: float, *, online: bool = False) -> None:
        identifier = self._next_identifier()
        self._notices[identifier] = FrameName.REQUEST_NOTIFICATION
        frame = self._make.notification(client, identifier, message, online=online)
        self._send(FrameName.REQUEST_NOTIFICATION, frame, now, message=message)

    def _tell_reason(self, client: bytes, challenge: bytes, reason: str, now: float) -> None:
        identifier = self._next_identifier()
        self._notices[identifier] = FrameName.REQUEST_CHALLENGE
        frame = self._make.reason(client, identifier, challenge, reason)
        self._send(FrameName.REQUEST_CHALLENGE, frame, now, message=reason)

    def _send(self, name: FrameName, frame: bytes, now: float, **detail: Detail) -> None:
        self.frames += [frame] * self._options.outward.copies(self._random)
        self._journal.tell(EventKind.SENT, now, frame=name, **detail)

    def _next_identifier(self) -> int:
        self._identifier = (self._identifier + 1) % _IDENTIFIERS
        self._notices.pop(self._identifier, None)
        return self._identifier
