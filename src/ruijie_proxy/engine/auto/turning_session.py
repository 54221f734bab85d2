"""A session that finds out by which way its port lets people in: by 802.1X, or by a web portal.

It begins at the switch, or where it was let in the last time. Where Starts stay unanswered for half
a minute, and a gateway leads to an ePortal, it turns to that (docs/portal.md, "Both ways"); where a
switch speaks after all, or no portal is heard, it turns back. A session that is held is never
given up for that. What the one way has learned, the limits on tries among it, the other goes on
with, as there is one account.

The portal's own part is made, and loaded, when it turns there.
"""

from __future__ import annotations

from ruijie_proxy.engine.actions import AskPortal, LookForPortal
from ruijie_proxy.engine.auto.auto_session import AutoSession
from ruijie_proxy.engine.events import PortalNotTrusted, TurnedToPortal, TurnedToSwitch
from ruijie_proxy.engine.frame_reading import eap_code, is_eapol
from ruijie_proxy.engine.keeping.session import Session
from ruijie_proxy.engine.states import State
from ruijie_proxy.engine.unanswered import FIRST_TOLD, Unanswered
from ruijie_proxy.engine.way_in import Turn
from ruijie_proxy.protocol.eap import EapCode
from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolType
from ruijie_proxy.protocol.portal.outcomes import Came, Order
from ruijie_proxy.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.actions import Action
    from ruijie_proxy.engine.keeping.session import Held
    from ruijie_proxy.engine.keeping.short_way import ShortWay
    from ruijie_proxy.engine.kept_session import KeptSession
    from ruijie_proxy.engine.login.timetable import LocalTime
    from ruijie_proxy.engine.login_memory import LoginMemory
    from ruijie_proxy.engine.portal.portal_session import PortalSession
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import LoginSettings, SessionSettings
    from ruijie_proxy.engine.status import SessionStatus
    from ruijie_proxy.protocol.clients.client_profile import ClientProfile
    from ruijie_proxy.protocol.portal.outcomes import Outcome


LOOK_EVERY = 180.0
"""Seconds between looks for a portal, while a switch is called in vain."""
SPOKEN_FOR = 600.0
"""Seconds that a frame of a switch speaks for 802.1X: anybody on the wire can forge one."""
_PATIENCE = 30.0
"""Seconds without a word of a portal, or without an address to ask from, before 802.1X is tried
again; and twice as long each time that leads back to the portal …"""
_MOST_PATIENCE = 3600.0
"""… up to so many."""


class TurningSession(Session):
    """One session, at a switch or at a portal. Times are as in its parts."""

    def __init__(
        self,
        settings: SessionSettings,
        login: LoginSettings,
        facts: RouterFacts,
        link_up: bool,
        memory: LoginMemory,
        profile: ClientProfile | None,
        jitter: Callable[[], float],
        local_time: Callable[[], LocalTime | None] = lambda: None,
    ) -> None:
        """Begin without a session held; the arguments are those of the parts."""
        unanswered = Unanswered()
        super().__init__(settings, None, unanswered)
        self._login = login
        self._page = login.portal and login.portal.page
        self._facts = facts
        self._profile = profile
        self._jitter = jitter
        self._local_time = local_time
        self._switch: AutoSession | None = None
        self._portal: PortalSession | None = None
        self._spoke_at: float | None = None
        """When a switch was heard last."""
        self._is_asked = False
        """Whether a switch has asked who is there, and the portal has not let the router in since.
        """
        self._looked_at: float | None = None
        self._patience = _PATIENCE
        self._without_address_since: float | None = None
        """Since when a login at the portal waits for one."""
        self._user_is_off = False
        """Whether the user has logged off."""
        self._user_trusts = False
        """Whether the user has agreed that the portal that comes next gets the password."""
        self._not_trusted = ""
        """The site that was told not to get it."""
        if memory.portal is not None and memory.group is None:
            self._portal = self._make_at_portal(link_up, memory)
        else:
            self._switch = self._make_at_switch(link_up, memory)

    @property
    def _active(self) -> AutoSession | PortalSession:
        active = self._portal or self._switch
        if active is None:
            raise AssertionError("a session at neither a switch nor a portal")
        return active

    @property
    def state(self) -> State:
        return self._active.state

    @property
    def held(self) -> Held | None:
        return self._active.held

    @property
    def link_up(self) -> bool:
        return self._active.link_up

    @property
    def status(self) -> SessionStatus:
        return self._active.status

    @property
    def next_deadline(self) -> float | None:
        times = (self._active.next_deadline, self._looks_at, self._gives_up_at)
        return min((when for when in times if when is not None), default=None)

    def take_actions(self) -> list[Action]:
        return [*super().take_actions(), *self._active.take_actions()]

    def short_way(self, now: float) -> ShortWay | None:
        return self._active.short_way(now)

    # What happens to the session.

    def resume(self, kept: KeptSession, now: float) -> None:
        if self._switch is None:
            # It was got from a switch, later than what is remembered of a portal.
            self._switch = self._make_at_switch(self._active.link_up, self._active.memory)
            self._portal = None
        self._switch.resume(kept, now)
        self._follow_up(now)

    def begin(self, now: float) -> None:
        self._active.begin(now)
        self._follow_up(now)

    def receive_from_lan(self, port: str, frame: bytes, now: float) -> None:
        is_start = is_eapol(frame) and frame[TYPE_OFFSET] == EapolType.START
        if self._portal is not None and self._portal.state is State.GIVEN_UP and is_start:
            self._turn_to_switch(Turn.CLIENT, now)
        self._active.receive_from_lan(port, frame, now)
        self._follow_up(now)

    def receive_from_wan(self, frame: bytes, now: float) -> None:
        code = eap_code(frame) if is_eapol(frame) else None
        if code in (EapCode.REQUEST, EapCode.SUCCESS, EapCode.FAILURE):
            self._spoke_at = now
            self._is_asked = self._is_asked or code == EapCode.REQUEST
        self._active.receive_from_wan(frame, now)
        self._follow_up(now)

    def crossed_to_server(self, port: str, frame: bytes, now: float) -> bool:
        changed = self._active.crossed_to_server(port, frame, now)
        if changed:
            self._follow_up(now)
        return changed

    def crossed_to_client(self, frame: bytes, now: float) -> bool:
        self._spoke_at = now
        self._active.crossed_to_client(frame, now)
        self._follow_up(now)
        return True  # what is done next depends on when somebody has spoken

    def link_changed(self, up: bool, now: float) -> None:
        self._spoke_at = self._looked_at = self._without_address_since = None
        self._is_asked = False
        self._patience = _PATIENCE
        portal = self._portal
        if up and portal is not None and portal.memory.portal is None:
            # Nothing speaks for it but that a gateway has led there, on what may be another port:
            # it turns before a portal could be asked there.
            self._turn_to_switch(Turn.LINK, now)
        self._active.link_changed(up, now)
        self._follow_up(now)

    def router_changed(self, facts: RouterFacts, now: float) -> None:
        self._facts = facts
        self._active.router_changed(facts, now)
        self._follow_up(now)

    def address_not_taken(self, reason: str) -> None:
        self._active.address_not_taken(reason)

    def address_renewed(self, succeeded: bool, now: float) -> None:
        self._active.address_renewed(succeeded, now)
        self._follow_up(now)

    def portal_found(self, site: str, now: float) -> bool:
        if not self._may_turn(now):
            return False
        if self._is_trusted(site):
            self._turn_to_portal(site, now)
            self._follow_up(now)
        elif self._not_trusted != site:
            self._not_trusted = site
            self._outbox.report(PortalNotTrusted(site))
        return True

    def portal_answered(self, outcome: Outcome, now: float) -> None:
        if self._portal is None and outcome.came is Came.FOUND_ONLINE and self._may_turn(now):
            self._turn_to_portal(outcome.page, now)
        self._active.portal_answered(outcome, now)
        self._follow_up(now)

    def profile_changed(self, profile: ClientProfile | None, now: float) -> None:
        self._profile = profile
        self._active.profile_changed(profile, now)
        self._follow_up(now)

    def next_login(self, now: float) -> float:
        return self._active.next_login(now)

    def trust_anew(self) -> None:
        self._user_trusts = True
        self._looked_at = None
        self._active.trust_anew()

    def try_again(self, now: float) -> None:
        self._user_is_off = False
        self._active.try_again(now)
        self._follow_up(now)

    def handle_timer(self, now: float) -> None:
        self._active.handle_timer(now)
        looks_at, gives_up_at = self._looks_at, self._gives_up_at
        if looks_at is not None and now >= looks_at:
            self._look_for_portal(now)
        if gives_up_at is not None and now >= gives_up_at:
            self._turn_to_switch(Turn.NO_ADDRESS, now)
        self._follow_up(now)

    def log_off(self, now: float) -> bool:
        self._user_is_off = True
        was_held = self._active.log_off(now)
        self._follow_up(now)
        return was_held

    def stop(self) -> None:
        self._active.stop()

    # From the switch to the portal.

    @property
    def _looks_at(self) -> float | None:
        """When to look for a portal; None: there is no reason to."""
        switch, asked = self._switch, self._unanswered.asked
        if switch is None or asked is None or self._facts.address is None:
            return None
        if switch.held is not None or not switch.link_up or not switch.router_may_log_in:
            return None
        looks_at = asked.since + FIRST_TOLD
        if self._looked_at is not None:
            looks_at = max(looks_at, self._looked_at + LOOK_EVERY)
        if self._spoke_at is not None:
            looks_at = max(looks_at, self._spoke_at + SPOKEN_FOR)
        return looks_at

    def _look_for_portal(self, now: float) -> None:
        self._looked_at = now
        self._outbox.act(LookForPortal())
        page = self._active.memory.portal
        if page is not None:
            # Where a session lives that is not known of, no gateway leads anywhere.
            self._outbox.act(AskPortal(Order.LOOK, page, ""))

    def _may_turn(self, now: float) -> bool:
        spoke_lately = self._spoke_at is not None and now - self._spoke_at < SPOKEN_FOR
        in_vain = self._unanswered.seconds(now) >= FIRST_TOLD
        return in_vain and not spoke_lately and self._looks_at is not None

    def _is_trusted(self, site: str) -> bool:
        """Whether the password may go to a portal at this site."""
        memory = self._active.memory
        page = self._page or memory.portal
        if page is not None:
            return page.startswith(f"{site}/")
        # A switch is given a proof of the password, and a portal the password itself: where there
        # was a switch, a portal is not taken for its successor unasked.
        return memory.group is None or self._user_trusts

    def _turn_to_portal(self, site: str, now: float) -> None:
        switch, self._switch = self._switch, None
        if switch is None:
            raise AssertionError("a turn to the portal from there")
        self._profile = switch.profile
        memory = replace(switch.memory, group=None)
        switch.stop()
        for action in switch.take_actions():
            self._outbox.act(action)
        self._unanswered.forget()
        self._user_is_off = self._is_asked = False
        portal = self._portal = self._make_at_portal(True, memory)
        self._outbox.report(TurnedToPortal(site))
        portal.begin(now)

    # From the portal to the switch.

    @property
    def _gives_up_at(self) -> float | None:
        """When there has been no address to ask a portal from for too long."""
        since = self._without_address_since
        return None if since is None else since + self._patience

    def _follow_up(self, now: float) -> None:
        portal = self._portal
        if portal is not None:
            self._follow_portal(portal, now)

    def _follow_portal(self, portal: PortalSession, now: float) -> None:
        if portal.held is not None:
            self._patience = _PATIENCE
            self._is_asked = False
        has_no_address = portal.state is State.PREPARING
        if not has_no_address:
            self._without_address_since = None
        elif self._without_address_since is None:
            self._without_address_since = now
        # Once a login is under way, what it comes to has to be known.
        is_waiting = portal.state in (State.BACKOFF, State.PREPARING)
        if self._is_asked and (is_waiting or portal.state is State.GIVEN_UP):
            self._turn_to_switch(Turn.ASKED, now)
        elif (
            is_waiting
            and portal.silence.since is not None
            and now - portal.silence.since >= self._patience
        ):
            self._turn_to_switch(Turn.SILENT, now)

    def _turn_to_switch(self, why: Turn, now: float) -> None:
        portal, self._portal = self._portal, None
        if portal is None:
            raise AssertionError("a turn to the switch from there")
        if why in (Turn.SILENT, Turn.NO_ADDRESS):
            self._patience = min(2 * self._patience, _MOST_PATIENCE)
        link_up, memory = portal.link_up, portal.memory
        portal.stop()
        for action in portal.take_actions():
            self._outbox.act(action)
        self._is_asked = False
        self._without_address_since = None
        switch = self._switch = self._make_at_switch(link_up, memory)
        self._outbox.report(TurnedToSwitch(why))
        if self._user_is_off:
            switch.log_off(now)
        else:
            switch.begin(now)

    # Its parts.

    def _make_at_switch(self, link_up: bool, memory: LoginMemory) -> AutoSession:
        return AutoSession(
            self._settings,
            self._login,
            self._facts,
            link_up,
            memory,
            self._profile,
            self._jitter,
            self._local_time,
            self._unanswered,
        )

    def _make_at_portal(self, link_up: bool, memory: LoginMemory) -> PortalSession:
        # Most campuses of this mode have no portal: its part is loaded where there is one.
        from ruijie_proxy.engine.portal.portal_session import PortalSession

        return PortalSession(
            self._settings,
            self._login,
            self._facts,
            link_up,
            memory,
            self._jitter,
            local_time=self._local_time,
        )
