"""Sessions of all kinds, and whatever may happen to them in whatever order."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence

from fuzz.byte_source import ByteSource
from fuzz.templates import BARE_FROM_LAN, BARE_FROM_WAN, FROM_LAN, FROM_WAN, WAN
from ruijie_proxy.engine.actions import (
    AskPortal,
    ForgetSession,
    KeepProfile,
    KeepSession,
    LookForPortal,
    RememberLogins,
    RenewAddress,
    Report,
    SendToClient,
    SendToServer,
    SetWanAddress,
)
from ruijie_proxy.engine.auto.auto_session import AutoSession
from ruijie_proxy.engine.auto.turning_session import TurningSession
from ruijie_proxy.engine.events import TurnedToSwitch
from ruijie_proxy.engine.keeping.session import Session
from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.engine.login.login_session import LoginSession
from ruijie_proxy.engine.login_memory import (
    LIMITS,
    LOGIN_LIMITS,
    LoginMemory,
    settings_digest,
)
from ruijie_proxy.engine.relay.relay_session import RelaySession
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import (
    ClientLogoff,
    DhcpMode,
    Dialect,
    FieldsMode,
    GroupMode,
    LoginSettings,
    MacMode,
    PortalSettings,
    SessionSettings,
    Shape,
    V2Client,
)
from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, SWITCH_ADDRESS
from ruijie_proxy.lab.options import DEFAULT_USER
from ruijie_proxy.protocol.clients.client_profile import LINUX_1_31, ClientProfile
from ruijie_proxy.protocol.clients.profile_data import profile_from_plain, profile_to_plain
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.portal.outcomes import Came, Order, Outcome
from ruijie_proxy.runtime.telling.narration import describe
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace

PASSWORD = "secret-2026"
MOST_STEPS = 64
MOST_TURNS = 400
"""Timers that one step may bring about; a longer wait is cut."""
FRAMES_A_STEP = 6
"""Sent at once for one thing that happens: an answer, a result's heartbeat, and what was held."""
FASTEST = 0.7
"""Seconds from one frame of a timer to the next, on the average."""
_PAUSES = (0.0, 0.01, 0.05, 0.1, 0.5, 1.0, 3.0, 5.0, 12.0, 18.0, 30.0, 61.0, 200.0, 601.0, 4000.0)
_HEADERS = (
    WAN + SWITCH_ADDRESS + b"\x88\x8e",
    PAE_GROUP_ADDRESS + SWITCH_ADDRESS + b"\x88\x8e",
    SWITCH_ADDRESS + CLIENT_ADDRESS + b"\x88\x8e",
    PAE_GROUP_ADDRESS + CLIENT_ADDRESS + b"\x88\x8e",
    b"",
)
_LEASED = RouterFacts(
    WAN,
    address=bytes((10, 20, 30, 101)),
    netmask=bytes((255, 255, 255, 0)),
    gateway=bytes((10, 20, 30, 1)),
    dns=bytes((202, 114, 0, 242)),
    dns_servers=(bytes((202, 114, 0, 242)),),
)
_KINDS: tuple[type[LoginSession | AutoSession] | None, ...] = (None, LoginSession, AutoSession)
"""None: a session that clients alone log in through."""
_SHAPES = tuple(Shape)
_BARE_CAMPUS = len(_SHAPES)
_TURNS = 2 * len(_SHAPES)
"""Bits of the campus: its switch is another vendor's; its gateway may lead to a web portal."""
_SITES = ("http://10.9.8.7", "http://10.6.6.6")
_CAME = tuple(Came)
_USER_INDEX = "of-the-session-2026"


class Bench:
    """One session, and what holds after each step of its history."""

    def __init__(self, source: ByteSource) -> None:
        flags = source.byte()
        kind = source.byte()
        self._kind = _KINDS[kind % len(_KINDS)]
        campus = kind // len(_KINDS)
        is_bare = bool(campus & _BARE_CAMPUS)
        self.turns = bool(campus & _TURNS)
        self.from_wan = BARE_FROM_WAN + FROM_WAN if is_bare else FROM_WAN
        self.from_lan = BARE_FROM_LAN + FROM_LAN if is_bare else FROM_LAN
        self._login = LoginSettings(
            DEFAULT_USER,
            Secret(PASSWORD),
            dialect=source.pick(tuple(Dialect)),
            v2_client=V2Client(bytes(range(64)), (4, 10)),
            shape=_SHAPES[campus % len(_SHAPES)],
            portal=PortalSettings() if self.turns else None,
        )
        self._settings = SessionSettings(
            group=source.pick(tuple(GroupMode)),
            mac=source.pick(tuple(MacMode)),
            restore_mac=bool(flags & 1),
            fields=FieldsMode.KEEP if flags & 2 else FieldsMode.REWRITE,
            successes=2 if flags & 4 else 1,
            client_logoff=ClientLogoff.FORWARD if flags & 8 else ClientLogoff.IGNORE,
            dhcp=source.pick(tuple(DhcpMode)),
            renew=bool(flags & 16),
            login=self._login,
            logoff_on_exit=bool(flags & 32),
        )
        self._short_way = bool(flags & 64)
        self.facts = _LEASED if flags & 128 else RouterFacts(WAN)
        self.link_up = True
        self.now = 10_000.0
        self.memory = LoginMemory()
        self.kept: KeptSession | None = None
        self.profile: ClientProfile | None = None
        self.frames_sent = 0
        self.order: Order | None = None
        """What a portal is being asked; one more order takes the place of it."""
        self.is_looking = False
        self.session = self._make()
        self.session.begin(self.now)
        self.carry()

    def _make(self) -> Session:
        if self._kind is None:
            return RelaySession(self._settings, self.facts, self.link_up)
        memory = self.memory.for_settings(settings_digest(self._login))
        kind = TurningSession if self.turns else self._kind
        return kind(
            self._settings,
            self._login,
            self.facts,
            self.link_up,
            memory,
            self.profile,
            lambda: 0.5,
        )

    # What happens.

    def wan(self, frame: bytes) -> None:
        """Let a frame come in by the WAN port."""
        way = self.session.short_way(self.now) if self._short_way else None
        passed = way.to_client(frame) if way is not None else None
        if passed is None:
            self.session.receive_from_wan(frame, self.now)
        else:
            self.frames_sent += 1
            self.session.crossed_to_client(frame, self.now)

    def lan(self, frame: bytes) -> None:
        """Let a frame come in by the LAN."""
        way = self.session.short_way(self.now) if self._short_way else None
        passed = way.to_server(frame) if way is not None else None
        if passed is None:
            self.session.receive_from_lan("lan", frame, self.now)
        else:
            self.frames_sent += 1
            self.session.crossed_to_server("lan", frame, self.now)

    def wait(self, seconds: float) -> None:
        """Let time pass, each timer being on time."""
        end = self.now + seconds
        at_once = 0
        for _ in range(MOST_TURNS):
            deadline = self.session.next_deadline
            if deadline is None or deadline > end:
                self.now = end
                return
            at_once = at_once + 1 if deadline <= self.now else 0
            assert at_once < 6, "what was due is done, and still due"
            self.now = max(self.now, deadline)
            self.session.handle_timer(self.now)
            self.carry()

    def sleep(self, seconds: float) -> None:
        """Let time pass with the machine asleep."""
        self.now += seconds
        self.session.handle_timer(self.now)

    def link(self, up: bool) -> None:
        """Let the WAN link come or go."""
        self.link_up = up
        self.session.link_changed(up, self.now)

    def change_facts(self, facts: RouterFacts) -> None:
        """Let the router have other addresses."""
        self.facts = facts
        self.session.router_changed(facts, self.now)

    def restart(self, seconds: float) -> None:
        """Kill the program, and start it again after some seconds."""
        self.now += seconds
        self.order, self.is_looking = None, False
        self.session = self._make()
        if self.kept is not None:
            self.session.resume(self.kept, self.now)
        self.session.begin(self.now)

    def answer(self, came: Came, site: str, seconds: int) -> None:
        """Let a web portal answer what it is being asked, if anything."""
        if self.order is None:
            return
        self.order = None
        outcome = Outcome(
            came,
            page=f"{site}/eportal/index.jsp",
            user_index=_USER_INDEX,
            keepalive=seconds,
            has_tried=came in (Came.ONLINE, Came.REFUSED),
        )
        self.session.portal_answered(outcome, self.now)

    def lead(self, site: str) -> None:
        """Let the gateway lead to a web portal, if that is being looked for."""
        if not self.is_looking:
            return
        self.is_looking = False
        held = self.session.held
        self.session.portal_found(site, self.now)
        assert held is None or self.session.held is held, "given up for a portal"

    # What holds.

    def carry(self) -> None:
        """Carry out what the session asks for, as far as there is something to carry out."""
        for _ in range(100):
            actions = self.session.take_actions()
            if not actions:
                break
            self._check_turns(actions)
            for action in actions:
                assert PASSWORD not in repr(action)
                self._do(action)
        else:
            raise AssertionError("it asks for more and more")
        deadline = self.session.next_deadline
        assert deadline is None or (math.isfinite(deadline) and deadline < self.now + 1e7)
        assert PASSWORD not in repr(self.session.status)

    def _do(self, action: object) -> None:
        match action:
            case SendToServer(frame) | SendToClient(_, frame):
                assert 14 <= len(frame) <= 65535
                self.frames_sent += 1
            case AskPortal(order, page, user_index):
                assert self.turns
                assert _USER_INDEX not in repr(action)
                assert page or not user_index, "a session's name for the first that comes"
                self.order = order
                self.frames_sent += 1
            case LookForPortal():
                assert self.turns
                assert self.facts.address is not None, "nothing to ask from"
                assert self.session.held is None, "who is online needs no portal"
                self.is_looking = True
            case SetWanAddress(address):
                assert len(address) == 6
                self.facts = replace(self.facts, mac=address)
                self.session.router_changed(self.facts, self.now)
            case KeepSession(kept):
                self.kept = KeptSession.from_plain(_through_json(kept.to_plain()))
                assert self.kept == kept
            case ForgetSession():
                self.kept = None
            case RememberLogins(memory):
                self.memory = LoginMemory.from_plain(_through_json(memory.to_plain()))
                assert self.memory == memory
                self._check_limits()
            case KeepProfile(profile):
                self.profile = profile_from_plain(_through_json(profile_to_plain(profile)))
                assert self.profile == profile
            case Report(event):
                _, text = describe(event)
                assert text.isprintable(), text
                assert PASSWORD not in text
                assert _USER_INDEX not in text
            case RenewAddress():
                assert self._settings.renew

    def _check_turns(self, actions: Sequence[object]) -> None:
        asks = False
        for action in actions:
            if isinstance(action, AskPortal):
                asks = action.order in (Order.LOG_IN, Order.COME_BACK)
            elif isinstance(action, Report) and isinstance(action.event, TurnedToSwitch):
                assert not asks, "a login at a portal that it turns away from"

    def _check_limits(self) -> None:
        for times, limits in ((self.memory.tries, LIMITS), (self.memory.logins, LOGIN_LIMITS)):
            for count, seconds in limits:
                for earlier, later in zip(times, times[count:]):  # noqa: B905 - the second is shorter
                    assert later - earlier >= seconds, f"{count + 1} in {later - earlier} s"


def _frame(source: ByteSource, templates: list[bytes]) -> bytes:
    kind = source.byte()
    if kind & 0x80:
        return source.pick(_HEADERS) + source.take(source.byte())
    frame = bytearray(templates[kind % len(templates)])
    patches = source.byte()
    for _ in range(patches & 0x03):
        frame[source.byte() % len(frame)] = source.byte()
    return bytes(frame[: source.byte()] if patches & 0x80 else frame)


def _steps(bench: Bench, source: ByteSource) -> tuple[Callable[[], None], ...]:
    steps = _steps_at_switch(bench, source)
    return (*steps, *_steps_at_portal(bench, source)) if bench.turns else steps


def _steps_at_portal(bench: Bench, source: ByteSource) -> tuple[Callable[[], None], ...]:
    return (
        lambda: bench.lead(source.pick(_SITES)),
        lambda: bench.answer(source.pick(_CAME), source.pick(_SITES), 10 * source.byte()),
        lambda: bench.answer(Came.SILENT, _SITES[0], 0),
        bench.session.trust_anew,
    )


def _steps_at_switch(bench: Bench, source: ByteSource) -> tuple[Callable[[], None], ...]:
    session = bench.session
    return (
        lambda: bench.wan(_frame(source, bench.from_wan)),
        lambda: bench.lan(_frame(source, bench.from_lan)),
        lambda: bench.wan(_frame(source, bench.from_wan)),
        lambda: bench.lan(_frame(source, bench.from_lan)),
        lambda: bench.wait(source.pick(_PAUSES)),
        lambda: bench.sleep(source.pick(_PAUSES)),
        lambda: bench.link(False),
        lambda: bench.link(True),
        lambda: bench.restart(source.pick(_PAUSES)),
        lambda: bench.change_facts(source.pick((_LEASED, RouterFacts(WAN), bench.facts))),
        lambda: session.address_renewed(bool(source.byte() & 1), bench.now),
        lambda: session.profile_changed(source.pick((None, LINUX_1_31)), bench.now),
        lambda: session.try_again(bench.now),
        lambda: session.address_not_taken("the driver will not"),
        lambda: bench.change_facts(replace(bench.facts, mac=CLIENT_ADDRESS)),
        lambda: _log_off(session, bench.now),
    )


def _log_off(session: Session, now: float) -> None:
    session.log_off(now)


def run(data: bytes) -> None:
    """Take the bytes as settings and steps of a history."""
    source = ByteSource(data)
    bench = Bench(source)
    for _ in range(MOST_STEPS):
        if source.is_empty:
            break
        before, began = bench.frames_sent, bench.now
        source.pick(_steps(bench, source))()
        bench.carry()
        sent = bench.frames_sent - before
        assert sent <= FRAMES_A_STEP + (bench.now - began) / FASTEST, f"{sent} frames at once"
    bench.session.stop()
    bench.carry()
    sent = bench.frames_sent
    for frame in (*FROM_WAN[:4], *FROM_LAN[:2]):
        bench.wan(frame)
        bench.lan(frame)
        bench.carry()
    assert bench.frames_sent == sent, "it was stopped"


def _through_json(plain: object) -> dict[str, object]:
    read: dict[str, object] = json.loads(json.dumps(plain))
    return read
