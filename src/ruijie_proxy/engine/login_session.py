"""A session that the router logs in to by itself, and logs in to again when it is lost.

It begins in a back-off, whose length follows from what is remembered; when that ends, and the WAN
port has an address if one has to come first, a supplicant logs in. A Success makes a held session,
as a relayed login does. Whatever comes to nothing leads back to a back-off, or to giving up. In
neither is anything answered: a server's invitation right after a Failure is how programs looped
into a ban (docs/protocol.md, "Identity probes").
"""

from __future__ import annotations

from ruijie_proxy.engine.actions import HeedServers, RememberLogins, RenewAddress
from ruijie_proxy.engine.client_frames import frames_of
from ruijie_proxy.engine.client_to_be import OTHER_EDITION, edition_is_open
from ruijie_proxy.engine.events import (
    Dropped,
    GaveUp,
    LeaseAwaited,
    LeaseMissing,
    LinkBack,
    LinkLost,
    LoggedOff,
    LoginRefused,
    LoginSucceeded,
    LoginTimedOut,
    NextTryPlanned,
    OtherEditionNext,
    OwnLoginBegun,
    ProofGivenAgain,
    RefusedBefore,
    Resumed,
    SessionDoubtful,
    TooLateToResume,
)
from ruijie_proxy.engine.frame_reading import (
    EAP_IDENTIFIER_AT,
    eap_code,
    eap_method,
    is_eapol,
    read_eap,
    read_result,
)
from ruijie_proxy.engine.held_session import HEARD_NOTHING, Doubt, HeldSession
from ruijie_proxy.engine.keeper import Authentication
from ruijie_proxy.engine.refusals import (
    DROPPED_SILENTLY,
    REFUSED_WORDLESSLY,
    Advice,
    RefusalKind,
    read_refusal,
)
from ruijie_proxy.engine.refused_account import SALT_LIMIT, RefusedAccount
from ruijie_proxy.engine.session import Session
from ruijie_proxy.engine.settings import DhcpMode, GroupMode
from ruijie_proxy.engine.states import Cause, State
from ruijie_proxy.engine.status import LoginFailure, SessionStatus
from ruijie_proxy.engine.supplicant import EAGER_FOR, Supplicant
from ruijie_proxy.engine.wanted import ANOTHER_ACCOUNT
from ruijie_proxy.protocol.eap import EapCode, EapType
from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolType
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    ETHERTYPE_OFFSET,
    GROUP_ADDRESSES,
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
    SOURCE_OFFSET,
)
from ruijie_proxy.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.client_frames import ClientFrames
    from ruijie_proxy.engine.kept_session import KeptSession
    from ruijie_proxy.engine.login_memory import LoginMemory
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.refusals import Refusal
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import LoginSettings, SessionSettings
    from ruijie_proxy.engine.unanswered import Unanswered
    from ruijie_proxy.protocol.client_profile import ClientProfile
    from ruijie_proxy.protocol.results import Result

STABLE_AFTER = 600.0
"""Seconds online after which the failures before count no more."""
QUIET_PERIOD = 12.0
"""Seconds after a Failure before another try: a switch answers nobody for 10
(docs/protocol.md, "Frames")."""
_NO_RESULT = "no-result", (5.0, 15.0, 60.0, 300.0, 600.0)
_NO_SERVER = "no-server", (5.0, 15.0, 30.0, 60.0)
"""How a login is remembered that came to no result, or that nobody answered, and the seconds before
the next one."""
MOST_JITTER = 0.25
"""Part of a pause that chance adds, so that a dormitory does not come back as one after a fault."""
TELLING_DELAY = 0.05
"""Seconds that the log waits while a login is under way: the server's next frame is more urgent."""
LEASE_SETTLING = 2.0
"""Seconds from an address to its gateway and DNS servers, at most."""
LEASE_MARGIN = 5.0
"""Seconds beyond the renewal's own time after which it is taken to be dead."""

_GROUPS = {GroupMode.STANDARD: PAE_GROUP_ADDRESS, GroupMode.RUIJIE: RUIJIE_GROUP_ADDRESS}
_NAMES_OF_GROUPS = {address: mode.value for mode, address in _GROUPS.items()}


class LoginSession(Session):
    """One session of the router's own. Times are seconds on one clock that never goes back."""

    def __init__(
        self,
        settings: SessionSettings,
        login: LoginSettings,
        facts: RouterFacts,
        link_up: bool,
        memory: LoginMemory,
        profile: ClientProfile | None,
        jitter: Callable[[], float],
        outbox: Outbox | None = None,
        unanswered: Unanswered | None = None,
    ) -> None:
        """Begin without a session held.

        ``memory`` is what was written down of earlier logins, ``profile`` what is known of a
        genuine client. ``jitter`` gives numbers by chance, from 0 to 1.
        """
        state = State.BACKOFF if link_up else State.LINK_DOWN
        super().__init__(settings, facts, link_up, state, outbox, unanswered)
        self._login = login
        self._memory = memory
        refused = memory.refused
        if refused is not None and not refused.is_of(login):
            self._memory = replace(memory, refused=None)
        elif refused is not None:
            self._last_failure = _failure_of(refused)
        self._profile = profile
        self._jitter = jitter
        self._supplicant: Supplicant | None = None
        self._known_server: bytes | None = None
        """MAC address of the server that logged it in the last time."""
        self._count = 0
        """How many logins of this session have succeeded, where it takes several."""
        self._began = 0.0
        """When the last login began."""
        self._has_given_up = False
        self._next_try: float | None = None
        """When to begin, in a back-off."""
        self._deadline: float | None = None
        """When a login, or the wait for an address, will have taken too long."""
        self._address_before: bytes | None = None
        """The WAN port's address when the wait for another one began."""
        self._proof_given = False
        """Whether a challenge was answered since the last Success."""
        self._anew_at: float | None = None
        """When to log in anew, since the session that is held is doubtful."""
        self._has_lease = False
        """Whether the address that was waited for is there, and only what follows it is not."""
        self._is_resting = False
        self._has_rehearsed = False
        self._services: tuple[str, ...] = ()
        """Those that a server has offered which then refused the login."""
        self._catch_up_at: float | None = None
        """When to tell and write down what a login has put off."""

    @property
    def memory(self) -> LoginMemory:
        """What is remembered of this session's logins."""
        return self._memory

    @property
    def has_given_up(self) -> bool:
        """Whether there is no next try, until something is changed."""
        return self._has_given_up

    @property
    def is_left_to_client(self) -> bool:
        """Whether it is of no use here that the router logs in by itself."""
        return self._has_given_up or self._memory.left_to_client or self.is_refused

    @property
    def is_refused(self) -> bool:
        """Whether the server has refused the password, which nobody has changed since."""
        return self._memory.refused is not None

    def can_prove(self, held: HeldSession) -> bool:
        """Whether the router could answer a challenge as the genuine client does that logged in."""
        response = held.authentication.identity_response
        if self._profile is None or response is None or self.is_refused:
            return False
        ours = self._frames().identity(held.authentication.server, response[EAP_IDENTIFIER_AT])
        return read_eap(response) == read_eap(ours)

    @property
    def status(self) -> SessionStatus:
        held = self._held
        return SessionStatus(
            state=self._state,
            server=held.authentication.server if held else self._server_of_login,
            client=held.client if held and not held.own else None,
            since=held.since if held else None,
            heartbeat=held.keeper.progress if held else None,
            client_needed=False,
            message=self._message,
            accounting=self._accounting,
            last_failure=self._last_failure,
            next_try=self._next_try if self._state is State.BACKOFF else None,
            services=self._supplicant.services if self._supplicant else self._services,
            asked=self._unanswered.asked,
            doubtful=held is not None and held.doubtful,
        )

    @property
    def next_deadline(self) -> float | None:
        if self._is_resting:
            return None
        deadlines: list[float | None] = []
        if self._state is State.BACKOFF:
            deadlines.append(self._next_try)
        elif self._state in (State.AUTHENTICATING, State.PREPARING):
            deadlines.append(self._deadline)
        if self._state is State.AUTHENTICATING and self._supplicant is not None:
            deadlines.append(self._supplicant.next_deadline)
            deadlines.append(self._catch_up_at)
        if self._state is State.ONLINE and self._held is not None:
            deadlines.append(self._held.keeper.next_deadline)
            deadlines.append(self._held.silent_at)
            deadlines.append(self._anew_at if self._held.doubtful else None)
        return min((when for when in deadlines if when is not None), default=None)

    # What happens to the session.

    def resume(self, kept: KeptSession, now: float) -> None:
        held = HeldSession.from_kept(kept, self._settings, self._outbox, now)
        if not self._may_go_on(kept, held, self._facts.mac, now):
            return
        self._hold(held)
        self._outbox.report(Resumed(kept.next_number))
        if self._state is State.BACKOFF:
            self._move(Cause.RESUMED)
        if held.doubtful:
            self._doubt(held, Doubt.KEPT, now)

    def _why_unwanted(self, kept: KeptSession) -> str | None:
        if kept.own or not kept.identity_response:
            return super()._why_unwanted(kept)
        # A client had logged in: it may have been the same user.
        ours = self._frames().identity(kept.server, kept.identity_response[EAP_IDENTIFIER_AT])
        is_ours = read_eap(kept.identity_response) == read_eap(ours)
        return None if is_ours else ANOTHER_ACCOUNT

    def begin(self, now: float) -> None:
        self._is_resting = False
        self.tell_of_refusal()
        if self._state is State.BACKOFF:
            self._plan(now, was_failure=False)

    def adopt(self, held: HeldSession, now: float) -> None:
        """Go on with a session that a client has got; log in anew where it is doubtful."""
        self._hold(held)
        self._is_resting = False
        self._has_given_up = False
        self._move(Cause.ADOPTED)
        if held.doubtful:
            self._plan_anew(now)

    def hand_over(self) -> HeldSession | None:
        """Let go of the session that is held, for a client to log in anew; None: there is none."""
        held, self._held = self._held, None
        if held is not None:
            self._move(Cause.BACKED_OFF)
            self.rest()
        return held

    def rest(self) -> None:
        """Do nothing by itself until it is told to begin: a client is logging in, or shall."""
        if self._state in (State.PREPARING, State.AUTHENTICATING):
            self._supplicant = None
            self._move(Cause.BACKED_OFF)
        self._is_resting = True

    def tell_of_refusal(self) -> None:
        """Say that the password is not tried, where that is so since an earlier run."""
        refused = self._memory.refused
        if refused is not None:
            self._outbox.report(RefusedBefore(refused.text, Advice.CHECK_PASSWORD))

    def forget_refusal(self) -> None:
        """Let the password that was refused be tried again, although nobody has changed it."""
        if self.is_refused:
            self._remember(replace(self._memory, refused=None))

    def leave_to_client(self) -> None:
        """Take note that the router's own login is of no use here."""
        if not self._memory.left_to_client:
            self._remember(replace(self._memory, left_to_client=True))

    def follow_link(self, up: bool) -> None:
        """Take note of the link while it rests, without a word."""
        if up is self._link_up or self._state is State.STOPPED:
            return
        self._link_up = up
        back = Cause.LINK_BACK_IN_VAIN if self._has_given_up else Cause.LINK_BACK_TO_TRY
        self._move(back if up else Cause.LINK_LOST)

    def receive_from_wan(self, frame: bytes, now: float) -> None:
        if not is_eapol(frame):
            return
        destination = frame[:ADDRESS_SIZE]
        if destination != self._facts.mac and destination not in GROUP_ADDRESSES:
            return
        if self._state is State.AUTHENTICATING and self._supplicant is not None:
            self._during_login(self._supplicant, frame, now)
        elif self._state is State.ONLINE and self._held is not None:
            source = frame[SOURCE_OFFSET:ETHERTYPE_OFFSET]
            if source == self._held.authentication.server:
                self._while_online(self._held, frame, now)

    def link_changed(self, up: bool, now: float) -> None:
        if self._state is State.STOPPED or up is self._link_up:
            return
        self._link_up = up
        self._unanswered.forget()
        if not up:
            self._outbox.report(LinkLost())
            self._supplicant = None
            self._count = 0
            self._move(Cause.LINK_LOST)
            return
        held = self._held
        goes_on = held is not None and held.keeper.may_still_hold(now)
        self._outbox.report(LinkBack(goes_on, client_is_awaited=False))
        if held is not None and goes_on:
            self._move(Cause.LINK_BACK_IN_TIME)
            self._doubt(held, Doubt.LINK, now)
            return
        self._let_go()
        if self._has_given_up:
            self._move(Cause.LINK_BACK_IN_VAIN)
        else:
            self._move(Cause.LINK_BACK_TO_TRY)
            self._plan(now, was_failure=False)

    def router_changed(self, facts: RouterFacts, now: float) -> None:
        had, self._facts = self._facts.mac, facts
        held = self._held
        if (
            held is not None
            and self._state is State.ONLINE
            and had != facts.mac
            and not held.has_address(facts.mac)
        ):
            self._lose_address(held)
            self._let_go()
            self._move(Cause.BACKED_OFF)
            self._plan(now, was_failure=False)
        if self._caller is not None:
            self._caller.frames = self._frames()
        if self._state is not State.PREPARING:
            return
        is_new = facts.address not in (None, self._address_before)
        if self._has_lease or (is_new and not self._settings.renew):
            self._lease_arrived(now)

    def address_renewed(self, succeeded: bool, now: float) -> None:
        if self._state is not State.PREPARING:
            return
        if succeeded:
            self._lease_arrived(now)
        else:
            self._outbox.report(LeaseMissing())
            self._start_login(now)

    def _lease_arrived(self, now: float) -> None:
        """Log in, once the gateway is known too: a DHCP client sets it after the address."""
        if self._facts.gateway is not None:
            self._start_login(now)
        elif not self._has_lease:
            self._has_lease = True
            self._deadline = now + LEASE_SETTLING

    def profile_changed(self, profile: ClientProfile | None, now: float) -> None:
        if profile == self._profile:
            return
        self._profile = profile
        self._remember(replace(self._memory, edition=None, edition_was_refused=False))
        self._take_up_again(now)

    def next_login(self, now: float) -> float:
        return self._memory.next_try(self._logins_wanted, now)

    def try_again(self, now: float) -> None:
        self.forget_refusal()
        self._take_up_again(now)

    def _take_up_again(self, now: float) -> None:
        self._has_given_up = self.is_refused
        if self._memory.left_to_client:
            self._remember(replace(self._memory, left_to_client=False))
        if self.is_refused or self._state not in (State.GIVEN_UP, State.BACKOFF):
            return
        self._move(Cause.TRY_AGAIN)
        self._plan(now, was_failure=False)

    def after_refusal_of_a_client(self, message: str | None, dropped: bool, now: float) -> None:
        """Take note of what a server said to a client on the LAN: it holds for the router, too."""
        self._is_resting = False
        self._pause_for(_refusal(message, dropped), now)

    def handle_timer(self, now: float) -> None:
        if self._state is State.BACKOFF and self._next_try is not None and now >= self._next_try:
            self._begin_try(now)
        elif self._state is State.PREPARING and self._is_over(now):
            if not self._has_lease:
                self._outbox.report(LeaseMissing())
            self._start_login(now)
        elif self._state is State.AUTHENTICATING and self._supplicant is not None:
            if self._catch_up_at is not None and now >= self._catch_up_at:
                self._catch_up()
            if self._is_over(now) and self._caller is not None and not self._count:
                self._await_lease(now)  # which was given up too early, as it seems
            elif self._supplicant.handle_timer(now) or self._is_over(now):
                self._login_timed_out(self._supplicant, now)
        elif self._state is State.ONLINE and self._held is not None:
            if self._held.keeper.has_overslept(now):
                self._overslept(now)
            else:
                self._held.keeper.handle_timer(now)
                self._look_for_signs(self._held, now)

    def log_off(self, now: float) -> bool:  # noqa: ARG002 - as all sessions
        was_held = self._say_goodbye()
        if self._state in (State.BACKOFF, State.PREPARING, State.AUTHENTICATING, State.ONLINE):
            self._supplicant = None
            self._move(Cause.GAVE_UP)
        self._has_given_up = True
        return was_held

    def stop(self) -> None:
        if self._state is State.STOPPED:
            return
        if self._settings.logoff_on_exit and self._link_up:
            self._say_goodbye()
        self._supplicant = None
        self._move(Cause.STOPPED)

    # One login.

    def _plan(self, now: float, *, was_failure: bool, advice: Advice | None = None) -> None:
        """Set the time of the next try by what is remembered."""
        self._count = 0
        if self.is_refused:
            self._give_up(Advice.CHECK_PASSWORD, self._services)
            return
        begins = self._memory.next_try(self._logins_wanted, now)
        self._next_try = begins
        if (begins > now or was_failure) and not self._is_resting:
            pause_ends = max(now, self._memory.not_before or now)
            self._outbox.report(NextTryPlanned(begins - now, begins > pause_ends, advice))

    @property
    def _logins_wanted(self) -> int:
        return 2 if self._settings.dhcp is DhcpMode.DOUBLE else 1

    def _begin_try(self, now: float) -> None:
        self._next_try = None
        if self._settings.dhcp is DhcpMode.BEFORE and self._facts.address is None:
            self._await_lease(now)
        else:
            self._start_login(now)

    def _await_lease(self, now: float) -> None:
        self._supplicant = None
        self._address_before = self._facts.address
        self._has_lease = False
        self._deadline = now + self._settings.lease_wait + LEASE_MARGIN
        self._move(Cause.LEASE_WANTED)
        self._outbox.report(LeaseAwaited())
        if self._settings.renew:
            self._outbox.act(RenewAddress())

    def _start_login(self, now: float) -> None:
        self._began = now
        self._supplicant = self._make_supplicant()
        self._supplicant.known_server = self._known_server
        frames = self._supplicant.frames
        lacks_lease = self._settings.dhcp is DhcpMode.BEFORE and self._facts.address is None
        # Otherwise it calls until somebody answers: that costs nobody anything.
        calls_for_a_time = lacks_lease or self._count > 0
        self._deadline = now + self._settings.login_timeout if calls_for_a_time else None
        if not self._has_rehearsed:
            self._has_rehearsed = True
            self._supplicant.rehearse(now)
        self._move(Cause.OWN_LOGIN_BEGUN)
        self._put_off(now)
        self._supplicant.begin(now)
        self._outbox.report(OwnLoginBegun(frames.name, frames.edition, self._count + 1))

    def _make_supplicant(self) -> Supplicant:
        return Supplicant(
            self._frames(), self._groups, self._outbox, self._unanswered, self._jitter
        )

    @property
    def _caller(self) -> Supplicant | None:
        """The login under way whose Starts nobody has answered yet; None: there is none."""
        supplicant = self._supplicant
        if self._state is not State.AUTHENTICATING or supplicant is None:
            return None
        return supplicant if supplicant.tried is None else None

    def calls_in_vain(self, now: float) -> bool:
        """Whether it has called for so long that somebody else may try."""
        return self._caller is not None and self._unanswered.seconds(now) >= EAGER_FOR

    def _frames(self) -> ClientFrames:
        return frames_of(
            self._settings, self._login, self._facts, self._profile, self._memory.edition
        )

    @property
    def _groups(self) -> tuple[bytes, ...]:
        fixed = _GROUPS.get(self._settings.group)
        if fixed is not None:
            return (fixed,)
        if self._memory.group == GroupMode.RUIJIE.value:
            return (RUIJIE_GROUP_ADDRESS, PAE_GROUP_ADDRESS)
        return (PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS)

    def _is_over(self, now: float) -> bool:
        return self._deadline is not None and now >= self._deadline

    def _during_login(self, supplicant: Supplicant, frame: bytes, now: float) -> None:
        self._put_off(now)
        was_calling, was_answered = self._caller is not None, supplicant.was_answered
        result = supplicant.receive(frame, now)
        if was_calling and supplicant.was_answered:
            self._deadline = now + self._settings.login_timeout
        if supplicant.tried is not None and supplicant.was_answered and not was_answered:
            group = _NAMES_OF_GROUPS[supplicant.group or PAE_GROUP_ADDRESS]
            self._memory = replace(self._memory.with_tries((supplicant.tried,)), group=group)
            # Before a result can come: the limits hold whatever happens then.
            self._outbox.act_at_once(RememberLogins(self._memory))
        if result is None:
            return
        if result.code == EapCode.SUCCESS:
            self._accepted(supplicant, result, now)
        else:
            self._refused(result.message or supplicant.reason, now)

    def _accepted(self, supplicant: Supplicant, result: Result, now: float) -> None:
        server = supplicant.server
        if server is None:
            raise AssertionError("a result without a server")
        self._known_server = server
        wanted = self._logins_wanted
        self._count += 1
        self._message, self._accounting = result.message, result.accounting
        self._remember(self._memory.after_success(self._began, now))
        interval = result.grant.interval if result.grant else None
        self._outbox.report(
            LoginSucceeded(result.message, result.accounting, interval, self._count, wanted)
        )
        if self._count < wanted:
            self._await_lease(now)
            return
        self._move(Cause.SUCCEEDED)
        if supplicant.frames.edition != self._memory.edition:
            self._remember(replace(self._memory, edition=supplicant.frames.edition))
        held = self._held = HeldSession(
            Authentication(server, self._facts.mac, supplicant.identity_response, result.grant),
            self._settings,
            self._outbox,
            client=self._facts.mac,
            own=True,
            since=now,
            message=result.message,
            accounting=result.accounting,
        )
        self._proof_given = False
        held.keeper.begin(client_may_teach=False, now=now)
        held.keeper.handle_timer(now)
        held.save()
        if self._settings.renew and self._settings.dhcp is DhcpMode.AFTER:
            self._outbox.act(RenewAddress())

    def _refused(self, message: str | None, now: float) -> None:
        refusal = read_refusal(message) if message else REFUSED_WORDLESSLY
        self._last_failure = LoginFailure(message, refusal.kind, now, refusal.advice)
        self._outbox.report(LoginRefused(message, own=True))
        supplicant, self._supplicant = self._supplicant, None
        edition = supplicant.frames.edition if supplicant else None
        if refusal.advice is Advice.OTHER_EDITION and self._may_try_other(edition):
            other = OTHER_EDITION[edition or 1]
            self._outbox.report(OtherEditionNext(other))
            memory = replace(self._memory, edition=other, edition_was_refused=True)
            self._remember(replace(memory, not_before=now + QUIET_PERIOD))
            self._move(Cause.BACKED_OFF)
            self._plan(now, was_failure=True)
            return
        self._services = supplicant.services if supplicant else ()
        self._move(Cause.BACKED_OFF)
        self._note_refused_password(refusal, message, now)
        self._pause_for(refusal, now, self._services)

    def _may_try_other(self, edition: int | None) -> bool:
        is_open = edition_is_open(self._login, self._profile)
        return is_open and edition is not None and not self._memory.edition_was_refused

    def _login_timed_out(self, supplicant: Supplicant, now: float) -> None:
        self._supplicant = None
        answered = supplicant.tried is not None
        self._outbox.report(LoginTimedOut(answered, client_is_awaited=False))
        self._move(Cause.BACKED_OFF)
        failure, pauses = _NO_RESULT if answered else _NO_SERVER
        self._remember(self._memory.after_failure(failure, pauses, self._stretch, now))
        self._plan(now, was_failure=True)

    def _pause_for(self, refusal: Refusal, now: float, services: tuple[str, ...] = ()) -> None:
        """Pause, in a back-off, as long as a refusal asks for, or give up."""
        if self._state is not State.BACKOFF:
            return
        kind = refusal.kind.value
        memory = self._memory.after_failure(kind, refusal.pauses, self._stretch, now)
        if refusal.stops:
            # For a program that is restarted at once.
            memory = replace(memory, not_before=now + QUIET_PERIOD)
        self._remember(memory)
        if refusal.stops:
            if refusal.kind is RefusalKind.CLIENT_REJECTED:
                self.leave_to_client()
            self._give_up(refusal.advice, services)
        else:
            advice = None if refusal.advice is Advice.RETRIED else refusal.advice
            self._plan(now, was_failure=True, advice=advice)

    def _give_up(self, advice: Advice, services: tuple[str, ...]) -> None:
        self._has_given_up = True
        self._move(Cause.GAVE_UP)
        self._outbox.report(GaveUp(advice, services))

    def _note_refused_password(self, refusal: Refusal, message: str | None, now: float) -> None:
        """Let the password not be tried again before somebody has changed it."""
        if refusal.kind is RefusalKind.CREDENTIALS:
            salt = int(self._jitter() * (SALT_LIMIT - 1))
            refused = RefusedAccount.of(self._login, salt, message, now)
            self._memory = replace(self._memory, refused=refused)

    @property
    def _stretch(self) -> float:
        return 1 + MOST_JITTER * self._jitter()

    # While online.

    def _while_online(self, held: HeldSession, frame: bytes, now: float) -> None:
        code = eap_code(frame)
        if code == EapCode.REQUEST:
            self._asked_while_online(held, frame, now)
        elif code == EapCode.SUCCESS:
            result = read_result(frame)
            if held.told_success(result, proven=self._proof_given, now=now):
                if self._proof_given:
                    self._outbox.report(ProofGivenAgain())
                self._proof_given = False
                self._message, self._accounting = held.message, held.accounting
        elif code == EapCode.FAILURE:
            self._dropped(held, read_result(frame).message, now)
        elif frame[TYPE_OFFSET] == EapolType.CERNET_ECHO:
            answer = self._frames().echo(held.authentication.server)
            if answer is not None:
                held.answer_echo(answer, now)

    def _asked_while_online(self, held: HeldSession, frame: bytes, now: float) -> None:
        is_identity = eap_method(frame) == EapType.IDENTITY
        if is_identity and held.answer_identity(frame[EAP_IDENTIFIER_AT], now):
            return
        if self._supplicant is None:
            # The session was kept on disk, or a client got it.
            self._supplicant = self._make_supplicant()
            self._supplicant.go_on_with(held.authentication.server)
        if not is_identity:
            held.gave_sign()
        if self._supplicant.answer(frame, now) and not is_identity:
            self._proof_given = True

    def _look_for_signs(self, held: HeldSession, now: float) -> None:
        """Doubt the session where the switch owes a sign of it; log in anew when that may be."""
        if _is_due(held.silent_at, now):
            self._doubt(held, Doubt.SILENCE, now)
        elif held.doubtful and _is_due(self._anew_at, now):
            self._plan_anew(now)  # what is remembered may have changed since
            if _is_due(self._anew_at, now):
                self._let_go()
                self._move(Cause.BACKED_OFF)
                self._plan(now, was_failure=False)

    def _doubt(self, held: HeldSession, doubt: Doubt, now: float) -> None:
        """Take note of something that may have ended the session, and log in anew."""
        held.doubt()
        self._outbox.report(SessionDoubtful(doubt))
        self._plan_anew(now)

    def _plan_anew(self, now: float) -> None:
        """Have the session end in a new login, once one may begin: until then it goes on."""
        gave_up = self._has_given_up or self.is_refused
        self._anew_at = None if gave_up else self.next_login(now)

    def _dropped(self, held: HeldSession, message: str | None, now: float) -> None:
        refusal = _refusal(message, dropped=True)
        self._last_failure = LoginFailure(
            message, refusal.kind, now, refusal.advice, was_online=True
        )
        self._outbox.report(Dropped(message))
        if now - held.since >= STABLE_AFTER:
            self._memory = replace(self._memory, failures=0)
        elif held.own:
            # Campuses count drops in a row as they count refusals.
            self._memory = self._memory.with_tries((held.since,))
        if held.own:
            self._note_refused_password(refusal, message, now)
        self._let_go()
        self._move(Cause.BACKED_OFF)
        self._pause_for(refusal, now)

    def _overslept(self, now: float) -> None:
        self._outbox.report(TooLateToResume(HEARD_NOTHING))
        self._let_go()
        self._move(Cause.BACKED_OFF)
        self._plan(now, was_failure=False)

    # Steps in common.

    def _move(self, cause: Cause) -> None:
        super()._move(cause)
        if self._state is not State.AUTHENTICATING:
            self._catch_up()

    def _put_off(self, now: float) -> None:
        """Let what is told and written down wait for a moment: the next frame is about to come."""
        if self._catch_up_at is None:
            self._catch_up_at = now + TELLING_DELAY
            self._outbox.put_off()

    def _catch_up(self) -> None:
        self._catch_up_at = None
        self._outbox.catch_up()

    def _hold(self, held: HeldSession) -> None:
        self._held = held
        self._known_server = held.authentication.server
        self._outbox.act(HeedServers((self._known_server,)))
        self._supplicant = None
        self._proof_given = False
        self._message, self._accounting = held.message, held.accounting

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.forget()
        self._held = None
        self._supplicant = None

    def _say_goodbye(self) -> bool:
        held, self._held = self._held, None
        if held is None:
            return False
        held.log_off(self._frames().logoff(held.authentication.server))
        self._outbox.report(LoggedOff())
        return True

    def _remember(self, memory: LoginMemory) -> None:
        self._memory = memory
        self._outbox.act(RememberLogins(memory))

    @property
    def _server_of_login(self) -> bytes | None:
        return self._supplicant.server if self._supplicant else None


def _failure_of(refused: RefusedAccount) -> LoginFailure:
    return LoginFailure(refused.text, RefusalKind.CREDENTIALS, refused.at, Advice.CHECK_PASSWORD)


def _is_due(when: float | None, now: float) -> bool:
    return when is not None and now >= when


def _refusal(message: str | None, dropped: bool) -> Refusal:
    """Return what a Failure means; one without known words ends a session, or refuses a login."""
    refusal = read_refusal(message)
    return DROPPED_SILENTLY if dropped and refusal.kind is RefusalKind.UNKNOWN else refusal
