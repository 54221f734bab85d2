"""A session that logs in by itself on a workbench, brought into each of its states."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ruijie_proxy.engine.actions import (
    ForgetSession,
    KeepSession,
    RememberLogins,
    Report,
    SendToClient,
    SendToServer,
)
from ruijie_proxy.engine.auto.auto_session import AutoSession
from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.engine.login.login_session import LoginSession
from ruijie_proxy.engine.login_memory import LoginMemory, settings_digest
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import DhcpMode, Dialect, LoginSettings, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.clients.client_profile import ClientProfile
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace
from tests.engine.conftest import CLIENT, GRANT, PORT, WAN, Bench, Frames, Sent

T = TypeVar("T")
LOGIN = LoginSettings("20260001", Secret("plum-tree"))
"""Not the user of the bench's client: its logins teach nothing."""
FACTS = RouterFacts(WAN, address=bytes((10, 20, 30, 101)), gateway=bytes((10, 20, 30, 1)))


class OwnCampus(Bench):
    """A session of the router's own between a server and, with ``auto``, a client."""

    def __init__(
        self,
        login: LoginSettings = LOGIN,
        *,
        auto: bool = False,
        dhcp: DhcpMode = DhcpMode.AFTER,
        facts: RouterFacts = FACTS,
        memory: LoginMemory | None = None,
        profile: ClientProfile | None = None,
        settings: SessionSettings | None = None,
    ) -> None:
        self.chance = 0.5
        """What chance decides, from 0 to 1."""
        self.settings = settings or SessionSettings(login=login, dhcp=dhcp)
        remembered = (memory or LoginMemory()).for_settings(settings_digest(login))
        kind = AutoSession if auto else LoginSession
        self.session: AutoSession | LoginSession = kind(
            self.settings, login, facts, True, remembered, profile, lambda: self.chance
        )
        self.now = 1000.0
        self.to_server: list[Sent] = []
        self.to_client: list[bytes] = []
        self.events: list[object] = []
        self.kept: KeptSession | None = None
        self.memory = remembered

    def begin(self) -> None:
        """Let it begin by itself."""
        self.session.begin(self.now)
        self.carry()
        self.wait(0.0)

    def wan(self, frame: bytes, after: float = 0.01) -> None:
        """Let a frame come in by the WAN port, a moment later."""
        self.wait(after)
        self.session.receive_from_wan(frame, self.now)
        self.carry()

    def lan(self, frame: bytes, after: float = 0.01) -> None:
        """Let a frame come in by the LAN, a moment later."""
        self.wait(after)
        self.session.receive_from_lan(PORT, frame, self.now)
        self.carry()

    def link(self, up: bool) -> None:
        """Let the WAN link come or go."""
        self.session.link_changed(up, self.now)
        self.carry()

    def log_in(self, result: bytes) -> None:
        """Let the router's own login go on to a result."""
        self.wan(self.identity_request())
        self.wan(self.challenge())
        self.wan(result)

    def relay(self, result: bytes) -> None:
        """Let a client log in to a result."""
        for put_in, frame in (
            (self.lan, self.start()),
            (self.wan, self.identity_request()),
            (self.lan, self.response(self.identity)),
            (self.wan, self.challenge()),
            (self.lan, self.response(self.md5)),
            (self.wan, result),
        ):
            put_in(frame)

    def state(self) -> State:
        """Return where the session stands."""
        return self.session.state

    def of(self, kind: type[T]) -> list[T]:
        """Return the events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def sent(self) -> list[bytes]:
        """Return what went to the server since the last look."""
        frames = [sent.frame for sent in self.to_server]
        self.to_server.clear()
        return frames

    def carry(self) -> None:
        """Carry out what the session asks for."""
        for action in self.session.take_actions():
            match action:
                case SendToServer(frame):
                    self.to_server.append(Sent(self.now, frame))
                case SendToClient(_, frame):
                    self.to_client.append(frame)
                case KeepSession(kept):
                    self.kept = KeptSession.from_plain(kept.to_plain())
                case ForgetSession():
                    self.kept = None
                case RememberLogins(memory):
                    self.memory = LoginMemory.from_plain(memory.to_plain())
                case Report(event):
                    self.events.append(event)


def begun(*, auto: bool = False, dialect: Dialect = Dialect.RUIJIE) -> OwnCampus:
    """Return one whose Start is out."""
    campus = OwnCampus(replace(LOGIN, dialect=dialect), auto=auto)
    campus.begin()
    assert campus.state() is State.AUTHENTICATING
    return campus


def answered(*, auto: bool = False) -> OwnCampus:
    """Return one whose server has asked for the identity."""
    campus = begun(auto=auto)
    campus.wan(Frames.identity_request())
    return campus


def online(
    *, auto: bool = False, dialect: Dialect = Dialect.RUIJIE, granted: bool = True
) -> OwnCampus:
    """Return one that is online by itself."""
    campus = begun(auto=auto, dialect=dialect)
    campus.log_in(Frames.success(GRANT if granted else None))
    assert campus.state() is State.ONLINE
    return campus


def paused(*, auto: bool = False) -> OwnCampus:
    """Return one that was refused, and waits to try again."""
    campus = begun(auto=auto)
    campus.log_in(Frames.failure("已达到同时在线用户数量上限"))
    assert campus.state() is State.BACKOFF
    return campus


def given_up(*, auto: bool = False) -> OwnCampus:
    """Return one that was refused for good; with ``auto``, it waits for a client then."""
    campus = begun(auto=auto)
    campus.log_in(Frames.failure("用户不存在或密码错误"))
    assert campus.state() is (State.WAITING if auto else State.GIVEN_UP)
    return campus


def preparing(*, auto: bool = False) -> OwnCampus:
    """Return one that waits for an address before its login."""
    campus = OwnCampus(auto=auto, dhcp=DhcpMode.BEFORE, facts=RouterFacts(WAN))
    campus.begin()
    assert campus.state() is State.PREPARING
    return campus


def without_link(*, auto: bool = False) -> OwnCampus:
    """Return one whose cable was pulled while online."""
    campus = online(auto=auto)
    campus.link(up=False)
    assert campus.state() is State.LINK_DOWN
    return campus


def stopped(*, auto: bool = False) -> OwnCampus:
    """Return one that was ended."""
    campus = online(auto=auto)
    campus.session.stop()
    campus.carry()
    assert campus.state() is State.STOPPED
    return campus


def relaying() -> OwnCampus:
    """Return one of mode auto in the middle of a client's login."""
    campus = given_up(auto=True)
    campus.lan(Frames.start())
    campus.wan(Frames.identity_request())
    assert campus.state() is State.AUTHENTICATING
    return campus


def relayed() -> OwnCampus:
    """Return one of mode auto that is online by a client's login."""
    campus = given_up(auto=True)
    campus.relay(Frames.success(GRANT))
    campus.wait(1.0)
    assert campus.state() is State.ONLINE
    assert campus.session.status.client == CLIENT
    return campus


def challenged() -> OwnCampus:
    """Return one of mode auto whose client is to prove itself again."""
    campus = relayed()
    campus.wan(Frames.identity_request(7))
    campus.wan(Frames.challenge(8))
    assert campus.state() is State.CHALLENGED
    return campus


def client_again() -> OwnCampus:
    """Return one of mode auto that gives way to a client's new login while online by itself."""
    campus = online(auto=True)
    for _ in range(6):
        campus.lan(Frames.start(), after=5.0)
    assert campus.state() is State.LOGGING_IN_AGAIN
    return campus


OF_LOGIN: dict[str, Callable[[], OwnCampus]] = {
    "begun": begun,
    "answered": answered,
    "online": online,
    "online by probes": lambda: online(granted=False),
    "online, plain": lambda: online(dialect=Dialect.PLAIN),
    "online, cernet": lambda: online(dialect=Dialect.CERNET, granted=False),
    "paused": paused,
    "given up": given_up,
    "preparing": preparing,
    "without link": without_link,
    "stopped": stopped,
}
OF_AUTO: dict[str, Callable[[], OwnCampus]] = {
    "auto, begun": lambda: begun(auto=True),
    "auto, answered": lambda: answered(auto=True),
    "auto, online": lambda: online(auto=True),
    "auto, paused": lambda: paused(auto=True),
    "auto, left to client": lambda: given_up(auto=True),
    "auto, preparing": lambda: preparing(auto=True),
    "auto, without link": lambda: without_link(auto=True),
    "auto, stopped": lambda: stopped(auto=True),
    "auto, relaying": relaying,
    "auto, relayed": relayed,
    "auto, challenged": challenged,
    "auto, client again": client_again,
}
EVERY = OF_LOGIN | OF_AUTO
"""A way into each state."""
