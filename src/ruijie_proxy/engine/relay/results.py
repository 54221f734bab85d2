"""What a relayed login comes to: Success and online, Failure, or nothing in its time."""

from __future__ import annotations

from ruijie_proxy.engine.actions import KeepProfile, RenewAddress
from ruijie_proxy.engine.events import (
    Dropped,
    LoginIncomplete,
    LoginRefused,
    LoginSucceeded,
    LoginTimedOut,
)
from ruijie_proxy.engine.frame_reading import read_result
from ruijie_proxy.engine.heartbeats import Authentication
from ruijie_proxy.engine.keeping.held_session import HeldSession
from ruijie_proxy.engine.learned import EditionSeen, ProfileDiffers, ProfileLearned
from ruijie_proxy.engine.refusals import read_refusal
from ruijie_proxy.engine.relay.edition_seen import edition_seen
from ruijie_proxy.engine.relay.restarts import has_private_block
from ruijie_proxy.engine.relay.standing import RelayEnd
from ruijie_proxy.engine.settings import Dialect
from ruijie_proxy.engine.states import HOLDING, Cause, State
from ruijie_proxy.engine.status import LoginFailure
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, SOURCE_OFFSET
from ruijie_proxy.protocol.heartbeat import FIRST_NUMBER, NUMBER_MODULUS, first_number_of_linux

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.relay.learning import Lesson
    from ruijie_proxy.engine.relay.reauthentication import Reauthentication
    from ruijie_proxy.engine.relay.relayed_login import RelayedLogin
    from ruijie_proxy.engine.relay.standing import Standing
    from ruijie_proxy.protocol.results import Grant

_SOURCE_END = SOURCE_OFFSET + ADDRESS_SIZE


class Results:
    """Takes in the server's Successes and Failures, and the want of either."""

    def __init__(self, standing: Standing, reauthentication: Reauthentication) -> None:
        """Begin without any; those about a session online are ``reauthentication``'s."""
        self._standing = standing
        self._reauthentication = reauthentication
        self.last_failure: LoginFailure | None = None
        self._lesson: Lesson | None = None

    def take_lesson(self) -> Lesson | None:
        """Return what the last login has taught, once."""
        lesson, self._lesson = self._lesson, None
        return lesson

    def server_accepts(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        """Take in a Success."""
        standing = self._standing
        standing.pass_to_client(login, frame)
        login.forget_words()
        if standing.state is State.ONLINE:
            self._reauthentication.told_success(login, read_result(frame), now)
            return
        if not login.answered_since_result and (login.successes or standing.state in HOLDING):
            return
        result = read_result(frame)
        challenged = standing.state is State.CHALLENGED
        login.answered_since_result = False
        login.result_until = None
        login.heartbeat = None
        standing.message = result.message
        standing.accounting = result.accounting or login.account
        standing.services = result.services or standing.services
        interval = result.grant.interval if result.grant else None
        count = 1 if challenged else login.successes + 1
        wanted = 1 if challenged else standing.settings.successes
        standing.outbox.report(
            LoginSucceeded(
                result.message,
                standing.accounting,
                interval,
                count,
                wanted,
                result.forbids_heartbeats,
            )
        )
        if challenged:
            self._reauthentication.succeeded(login, result, now)
            return
        login.successes = count
        login.udp_heartbeat = result.udp_heartbeat or login.udp_heartbeat
        standing.authentication = Authentication(
            server=frame[SOURCE_OFFSET:_SOURCE_END],
            address=login.wire_address(standing.settings, standing.facts),
            identity_response=login.identity_response,
            grant=result.grant,
            udp_heartbeat=login.udp_heartbeat,
            first_number=_first_number(login.start, result.grant),
            forbids_heartbeats=result.forbids_heartbeats,
        )
        if count < wanted:
            standing.move(Cause.SUCCEEDED_IN_PART)
            standing.let_go_of_session()
            self._renew()
        else:
            self._go_online(login, now)

    def _go_online(self, login: RelayedLogin, now: float) -> None:
        standing = self._standing
        if standing.authentication is None:
            raise AssertionError("online without an authentication")
        standing.move(Cause.SUCCEEDED)
        standing.held_login = None
        standing.doubts.begin_anew()
        standing.restarts.forget()
        standing.turns.done(login.client)
        standing.turns.disperse()
        held = standing.held = HeldSession(
            standing.authentication,
            standing.settings,
            standing.outbox,
            client=login.client,
            own=False,
            since=now,
            message=standing.message,
            accounting=standing.accounting,
            private=has_private_block(login.start),
        )
        held.original_wan_address = standing.clone.original
        held.keeper.begin(client_may_teach=True, now=now, is_bare=login.is_bare)
        if login.heartbeat is not None:
            held.keeper.client_heartbeat(*login.heartbeat)
        standing.udp_heartbeat = held.udp_heartbeat
        held.save()
        standing.update_listening()
        self._renew()
        self._learn_from(login)

    def _renew(self) -> None:
        if self._standing.settings.renew:
            self._standing.outbox.act(RenewAddress())

    def _learn_from(self, login: RelayedLogin) -> None:
        """Find out which client it was, and whether the router could have been it."""
        account, outbox = self._standing.settings.login, self._standing.outbox
        edition = edition_seen(login.start) if login.start is not None else None
        if edition is not None:
            outbox.report(EditionSeen(edition))
        if account is None or account.dialect is not Dialect.RUIJIE:
            return
        # Loaded when there is something to learn: it computes the client's checks.
        from ruijie_proxy.engine.relay.learning import ObservedLogin, study

        observed = ObservedLogin(login.start, login.own_identity, tuple(login.exchanges))
        lesson = self._lesson = study(observed, account)
        if lesson.profile is not None:
            outbox.act(KeepProfile(lesson.profile))
            outbox.report(ProfileLearned(lesson.profile.name, lesson.profile.edition))
        elif lesson.differences:
            outbox.report(ProfileDiffers(lesson.differences))

    def server_refuses(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        """Take in a Failure."""
        standing = self._standing
        standing.pass_to_client(login, frame)
        message = read_result(frame).reason or login.last_words(now)
        dropped = self._reauthentication.is_online
        refusal = read_refusal(message, was_online=dropped, of_client=True)
        self.last_failure = LoginFailure(
            message, refusal.kind, now, refusal.advice, was_online=dropped
        )
        standing.end = RelayEnd(was_refused=True, was_online=dropped, message=message)
        standing.outbox.report(Dropped(message) if dropped else LoginRefused(message))
        standing.move(Cause.FAILED)
        standing.end_session()
        standing.follow_link()

    def none_in_time(self, login: RelayedLogin, now: float) -> None:
        """Take note that the login, or a proof, has taken too long."""
        standing = self._standing
        if standing.state is State.AUTHENTICATING and login.successes:
            standing.outbox.report(LoginIncomplete(login.successes, standing.settings.successes))
            self._go_online(login, now)
        elif standing.state is State.CHALLENGED and login.is_asked:
            self._reauthentication.timed_out()
        else:
            was_relogin = standing.state is State.LOGGING_IN_AGAIN
            if login.is_asked:
                standing.turns.let_pass(login.client, now)
            standing.outbox.report(LoginTimedOut(login.server_answered))
            standing.move(Cause.TIMED_OUT)
            if standing.held is None:
                standing.end_session()
            else:
                standing.doubts.no_result(standing.held, client_answers=not was_relogin)
        standing.turns.disperse()
        standing.return_to_held_login()
        standing.follow_link()
        standing.update_listening()


def _first_number(start: bytes | None, grant: Grant | None) -> int:
    """Return the number to begin with for this client, should it not send the first one itself."""
    if start is None or grant is None or edition_seen(start) is None:
        return FIRST_NUMBER
    # The server has drawn the key by chance, so nothing else has to be.
    return first_number_of_linux(grant.key / NUMBER_MODULUS)
