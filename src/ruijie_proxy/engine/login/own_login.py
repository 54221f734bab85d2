"""The login under way, for as long as it may take, and who answers once it is done.

Who logs in is let go of with the Success, with all that a login takes; it may be months until the
server asks anything again, and another one is made for that.
"""

from __future__ import annotations

from ruijie_proxy.engine.events import LoginSucceeded, LoginTimedOut, OwnLoginBegun
from ruijie_proxy.engine.heartbeats import Authentication
from ruijie_proxy.engine.login.groups import name_of_group
from ruijie_proxy.protocol.heartbeat import FIRST_NUMBER, first_number_of_linux

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.login.client_frames import ClientFrames
    from ruijie_proxy.engine.login.router_client import RouterClient
    from ruijie_proxy.engine.login.supplicant import Supplicant
    from ruijie_proxy.engine.login.tries import Tries
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.unanswered import Unanswered
    from ruijie_proxy.protocol.heartbeat import UdpHeartbeat
    from ruijie_proxy.protocol.results import Result

TELLING_DELAY = 0.05
"""Seconds that the log waits while a login is under way: the server's next frame is more urgent."""


class OwnLogin:
    """One login after another. Times are seconds on the engine's clock."""

    __slots__ = (
        "_account",
        "_began",
        "_broadcast",
        "_client",
        "_deadline",
        "_has_rehearsed",
        "_outbox",
        "_supplicant",
        "_tell_at",
        "_timeout",
        "_tries",
        "_unanswered",
        "known_server",
        "udp_heartbeat",
    )

    def __init__(
        self,
        timeout: float,
        client: RouterClient,
        unanswered: Unanswered,
        tries: Tries,
        outbox: Outbox,
    ) -> None:
        """Begin with no login; one may take ``timeout`` seconds from the first answer on."""
        self._timeout = timeout
        self._client = client
        self._unanswered = unanswered
        self._tries = tries
        self._outbox = outbox
        self._supplicant: Supplicant | None = None
        self._account: str | None = None
        self._broadcast: str | None = None
        """What a server has told in its requests of the account, and everybody."""
        self._deadline: float | None = None
        """When the login will have taken too long."""
        self._has_rehearsed = False
        self._tell_at: float | None = None
        """When to tell and write down what a login has put off."""
        self._began = 0.0
        """When the last login began."""
        self.udp_heartbeat: UdpHeartbeat | None = None
        """The heartbeat by UDP that the campus wanted at the last Success."""
        self.known_server: bytes | None = None
        """MAC address of the server that logged it in the last time."""

    @property
    def supplicant(self) -> Supplicant | None:
        """Who logs in, or proves anew who has; None: nobody."""
        return self._supplicant

    @property
    def server(self) -> bytes | None:
        """MAC address of who answers the login; None: nobody yet."""
        return self._supplicant.server if self._supplicant else None

    @property
    def account(self) -> str | None:
        """What the server has told of the account in a request, and not in its result."""
        return self._supplicant.account if self._supplicant else self._account

    def last_words(self, now: float) -> str | None:
        """Return the server's last words in a request, if a Failure while online is about them."""
        return self._supplicant.last_words(now) if self._supplicant else None

    def rest(self) -> None:
        """Take note of a Success: nothing is asked for now, and no last words meant a Failure."""
        supplicant, self._supplicant = self._supplicant, None
        if supplicant is not None:
            self._account, self._broadcast = supplicant.account, supplicant.broadcast
            self._tries.services = supplicant.services

    @property
    def next_deadline(self) -> float | None:
        """When something is due of a login that is under way, or None."""
        asks_again = self._supplicant.next_deadline if self._supplicant else None
        deadlines = (self._deadline, asks_again, self._tell_at)
        return min((when for when in deadlines if when is not None), default=None)

    def begin(self, now: float, *, calls_for_a_time: bool) -> None:
        """Log in. It calls until somebody answers, which costs nobody anything, or for a time."""
        self._began = now
        supplicant = self._supplicant = self._client.supplicant(self._outbox, self._unanswered)
        supplicant.known_server = self.known_server
        self._deadline = now + self._timeout if calls_for_a_time else None
        if not self._has_rehearsed:
            self._has_rehearsed = True
            supplicant.rehearse(now)
        self._put_off(now)
        supplicant.begin(now)
        frames = supplicant.frames
        self._outbox.report(OwnLoginBegun(frames.name, frames.edition, self._tries.made + 1))

    def receive(self, frame: bytes, now: float) -> Result | None:
        """Take in a frame while a login is under way; returns the login's result when it is one."""
        supplicant = self._supplicant
        if supplicant is None:
            return None
        self._put_off(now)
        was_calling, was_answered = self.is_calling, supplicant.was_answered
        result = supplicant.receive(frame, now)
        if was_calling and supplicant.was_answered:
            self._deadline = now + self._timeout
        if supplicant.tried is not None and supplicant.was_answered and not was_answered:
            self._tries.was_answered(supplicant.tried, name_of_group(supplicant.group))
        return result

    def succeeded(self, result: Result, address: bytes, now: float) -> Authentication:
        """Take note that the login has succeeded; return what it ended in.

        ``address`` is the WAN port's MAC address.
        """
        supplicant = self._supplicant
        if supplicant is None or supplicant.server is None:
            raise AssertionError("a result without a server")
        self.known_server = supplicant.server
        self.udp_heartbeat = result.udp_heartbeat or supplicant.udp_heartbeat
        supplicant.services = result.services or supplicant.services
        self.rest()
        self._tries.made += 1
        self._tries.succeeded(self._began, now)
        interval = result.grant.interval if result.grant else None
        made, wanted, forbidden = self._tries.made, self._tries.wanted, result.forbids_heartbeats
        accounting = result.accounting or supplicant.account
        self._outbox.report(
            LoginSucceeded(result.message, accounting, interval, made, wanted, forbidden)
        )
        is_linux = supplicant.frames.edition is not None
        return Authentication(
            supplicant.server,
            address,
            supplicant.identity_response,
            result.grant,
            self.udp_heartbeat,
            first_number_of_linux(self._tries.jitter()) if is_linux else FIRST_NUMBER,
            forbidden,
        )

    def answer(self, server: bytes, frame: bytes, now: float) -> bool:
        """Answer what this server asks anew, once online; tell whether there was an answer."""
        supplicant = self._supplicant
        if supplicant is None:
            supplicant = self._supplicant = self._client.supplicant(self._outbox, self._unanswered)
            supplicant.go_on_with(server)
            supplicant.account, supplicant.broadcast = self._account, self._broadcast
            supplicant.services = self._tries.services
        return supplicant.answer(frame, now)

    def handle_timer(self, now: float) -> bool:
        """Do what is due; tell whether the login has come to nothing."""
        gave_up = self._supplicant is not None and self._supplicant.handle_timer(now)
        return gave_up or self._is_over(now)

    @property
    def is_calling(self) -> bool:
        """Whether nobody has answered yet, while a login is under way."""
        return self._supplicant is not None and self._supplicant.tried is None

    def has_called_for_its_time(self, now: float) -> bool:
        """Whether it has called for as long as it may, and nobody has answered."""
        return self.is_calling and self._is_over(now)

    def change_frames(self, frames: ClientFrames) -> None:
        """Call with these from now on: the router's addresses are others."""
        if self._supplicant is not None:
            self._supplicant.frames = frames

    def timed_out(self, now: float) -> Supplicant | None:
        """Take note that the login has come to nothing; return who made it."""
        was_answered = not self.is_calling
        self._outbox.report(LoginTimedOut(was_answered, client_is_awaited=False))
        self._tries.came_to_nothing(was_answered, now)
        supplicant = self._supplicant
        self.forget()
        return supplicant

    def forget(self) -> None:
        """Be done with the login."""
        self._supplicant = self._account = self._broadcast = None

    # What a login puts off.

    def tell_if_due(self, now: float) -> None:
        """Tell and write down what was put off, if it has waited for long enough."""
        if self._tell_at is not None and now >= self._tell_at:
            self.tell()

    def tell(self) -> None:
        """Tell and write down what was put off."""
        self._tell_at = None
        self._outbox.catch_up()

    def _put_off(self, now: float) -> None:
        """Let what is told and written down wait for a moment: the next frame is about to come."""
        if self._tell_at is None:
            self._tell_at = now + TELLING_DELAY
            self._outbox.put_off()

    def _is_over(self, now: float) -> bool:
        return self._deadline is not None and now >= self._deadline
