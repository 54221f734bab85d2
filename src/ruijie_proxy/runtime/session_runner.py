"""A session on the machine: its ports, its timer, and the carrying out of what the engine asks."""

from __future__ import annotations

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine.actions import (
    AskPortal,
    ForgetSession,
    HeedClients,
    HeedServers,
    KeepProfile,
    KeepSession,
    ListenToClient,
    LookForPortal,
    RememberLogins,
    RenewAddress,
    Report,
    SendToClient,
    SendToServer,
    SetWanAddress,
)
from ruijie_proxy.engine.events import LinkLost, NobodyAnswers
from ruijie_proxy.engine.keeping.session import Anew
from ruijie_proxy.engine.settings import MacMode
from ruijie_proxy.engine.states import HOLDING, LOGGING_IN, State
from ruijie_proxy.i18n import N_, _
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.ports.interface_errors import InterfaceError
from ruijie_proxy.runtime.ports.interface_facts import read_interface_facts
from ruijie_proxy.runtime.ports.lan_side import LanSide
from ruijie_proxy.runtime.ports.port import Port
from ruijie_proxy.runtime.ports.port_lock import PortLock
from ruijie_proxy.runtime.session_files import SessionFiles
from ruijie_proxy.runtime.session_interfaces import SessionInterfaces
from ruijie_proxy.runtime.session_making import make_session
from ruijie_proxy.runtime.session_short_way import SessionShortWay
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.machine_events import (
    AddressRenewed,
    Noted,
    WentOffline,
    WentOnline,
)
from ruijie_proxy.runtime.wan_address import WanAddress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.engine.events import Event
    from ruijie_proxy.engine.keeping.session import Session
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.protocol.portal.outcomes import Outcome
    from ruijie_proxy.runtime.address.dhcp_renewal import RenewalReport
    from ruijie_proxy.runtime.basis.event_loop import EventLoop, Timer
    from ruijie_proxy.runtime.health.watch import HealthWatch
    from ruijie_proxy.runtime.portal.orders import PortalOrders
    from ruijie_proxy.runtime.portal.watch import PortalWatch
    from ruijie_proxy.runtime.ports.links import LinkMonitor
    from ruijie_proxy.runtime.ports.port import TooLong
    from ruijie_proxy.runtime.ports.shared_cable import SharedCables, Turn
    from ruijie_proxy.runtime.records.login_memory_file import LoginMemoryFile
    from ruijie_proxy.runtime.records.profile_file import ProfileFile
    from ruijie_proxy.runtime.records.state_file import StateFile
    from ruijie_proxy.runtime.telling.event_stream import EventStream
    from ruijie_proxy.runtime.telling.machine_events import MachineEvent

_LOST_TO_SWITCH = N_("a frame to the switch was lost: {problem}")
_LOST_TO_CLIENT = N_("a frame to the client was lost: {problem}")
SETTLING_TIME = 2.0
"""Seconds after a change of the WAN port in which its routes and DNS servers follow: the kernel
tells of addresses, but not of everything that a DHCP client does next."""


class SessionRunner:
    """Runs one session of the configuration in the event loop, until it is closed."""

    __slots__ = (
        "_address",
        "_carrying_out",
        "_files",
        "_health",
        "_interfaces",
        "_is_online",
        "_lan",
        "_lock",
        "_loop",
        "_orders",
        "_portal",
        "_session",
        "_settling",
        "_short_way",
        "_stream",
        "_timer",
        "_turn",
        "_wan",
        "configuration",
    )

    def __init__(
        self,
        loop: EventLoop,
        links: LinkMonitor,
        configuration: SessionConfiguration,
        stream: EventStream,
        *,
        look_at_links: Callable[[], None],
        state_file: StateFile | None = None,
        memory_file: LoginMemoryFile | None = None,
        profile_file: ProfileFile | None = None,
        cables: SharedCables | None = None,
    ) -> None:
        """Take the WAN port. ``look_at_links`` reads what has happened to links until now.

        ``cables`` are those of all sessions; None: there is no other one.

        Raises PortTaken when another process has it.
        """
        self.configuration = configuration
        self._loop = loop
        self._stream = stream
        say = self._say  # one method for all who tell: each time it is taken, it is another
        self._files = SessionFiles(state_file, memory_file, profile_file, say)
        self._lock = PortLock(configuration.wan)
        self._wan = Port(
            loop,
            configuration.wan,
            self._from_wan,
            # Answers to the client's own address reach the port only so.
            promiscuous=configuration.settings.mac is MacMode.KEEP,
        )
        self._turn: Turn | None = None
        lan = configuration.lan
        clients = configuration.settings.clients
        self._lan: LanSide | None = None
        self._short_way: SessionShortWay | None = None
        if lan is not None:
            self._lan = LanSide(loop, links, lan, self._from_lan, clients)
            self._short_way = SessionShortWay(
                self._wan, self._lan, self._passed_to_server, self._passed_to_client
            )
        self._interfaces = SessionInterfaces(
            links, configuration, self._wan, self._lan, self._lost_link, say
        )
        self._address = WanAddress(loop, configuration, look_at_links, self._on_renewed)
        self._session: Session | None = None
        self._timer = loop.timer(self._on_timer)
        self._settling: Timer | None = None
        self._health = self._watch_health() if configuration.health.enabled else None
        self._portal: PortalWatch | None = None
        self._orders: PortalOrders | None = None
        self._carrying_out = False
        self._is_online = False
        if cables is not None:
            self.share(cables)

    @property
    def session(self) -> Session | None:
        """The engine's session; None until the WAN port has been there once."""
        return self._session

    @property
    def is_online(self) -> bool:
        """Whether the switch lets the port through, as far as is known."""
        return self._is_online

    @property
    def too_long(self) -> TooLong | None:
        """The frames that the WAN port or the LAN did not take, of late."""
        return self._interfaces.too_long

    def start(self) -> None:
        """Open what is there. Raises NotEthernet or PermissionMissing."""
        self._interfaces.warn_of_wireless_lan()
        self._interfaces.refresh_lan()
        self._refresh_wan()

    def share(self, cables: SharedCables) -> None:
        """Take turns from now on with the other sessions, of which there were none until now."""
        if self._turn is None:
            self._turn = cables.join(self.configuration.wan, self._send_by_wan)
            self._carry_out()

    def links_changed(self, names: set[str]) -> None:
        """Take note that these interfaces came, went or changed."""
        if self._lan is not None and self._lan.concerns(names):
            self._go_on_without(self._interfaces.refresh_lan)
            if self._short_way is not None:
                self._short_way.lay_anew()
        if self.configuration.wan in names:
            self._address.changed()
            self._go_on_without(self._refresh_wan)

    def log_in_anew(self) -> Anew:
        """End the session that is held, if one is, and begin anew, unless it would have to wait."""
        if self._session is None:
            return Anew(was_held=False, has_begun=True)
        anew = self._session.log_in_anew(clock.now())
        self._carry_out()
        return anew

    def trust_anew(self) -> None:
        """Have the web portal that comes next be trusted with the password."""
        if self._session is not None:
            self._session.trust_anew()
            self._carry_out()

    def renew(self) -> None:
        """Have the WAN port's address renewed, as after a login."""
        self._address.renew(RenewAddress())

    def log_off(self) -> bool:
        """Say goodbye to the switch; tell whether a session was held."""
        if self._session is None:
            return False
        was_held = self._session.log_off(clock.now())
        self._carry_out()
        return was_held

    def refresh_profile(self) -> None:
        """Take note of the profile on disk, which a command may have changed."""
        if self._session is not None and self._logs_in:
            self._session.profile_changed(self._files.load_profile(), clock.now())
            self._carry_out()

    def catch_up(self) -> None:
        """Tell what has happened and was to be told a moment later, before the end is told."""
        self._on_timer()

    def close(self) -> None:
        """End the session; what was kept on disk stays there."""
        if self._session is not None:
            self._session.stop()
            self._carry_out()
        self._timer.set(None)
        if self._settling is not None:
            self._settling.set(None)
        if self._health is not None:
            self._health.close()
        for asks in (self._portal, self._orders):
            if asks is not None:
                asks.close()
        self._address.close()
        self._interfaces.close()
        if self._turn is not None:
            self._turn.is_over()
        self._lock.close()

    # What comes in.

    def _from_lan(self, port: str, frame: bytes) -> None:
        if self._session is not None:
            self._session.receive_from_lan(port, frame, clock.now())
            self._carry_out()

    def _from_wan(self, _: Port, frame: bytes) -> None:
        if self._turn is not None and not self._turn.hears(frame):
            return
        if self._session is not None:
            self._session.receive_from_wan(frame, clock.now())
            self._carry_out()

    def _passed_to_server(self, port: str, frame: bytes, problem: str | None) -> None:
        self._tell_if_lost(_LOST_TO_SWITCH, problem)
        session = self._session
        if session is not None and session.crossed_to_server(port, frame, clock.now()):
            self._carry_out()

    def _passed_to_client(self, frame: bytes, problem: str | None) -> None:
        self._tell_if_lost(_LOST_TO_CLIENT, problem)
        session = self._session
        if session is not None and session.crossed_to_client(frame, clock.now()):
            self._carry_out()

    def _on_timer(self) -> None:
        if self._session is not None:
            self._session.handle_timer(clock.now())
            self._carry_out()

    def _refresh_wan(self) -> None:
        link = self._interfaces.follow_wan()
        running = link is not None and link.running
        # The link first: what the new addresses make possible must not go out into a dead one.
        self._tell_link(running)
        if link is not None:
            self._read_facts(running)
            if self._settling is None:
                self._settling = self._loop.timer(self._settled)
            self._settling.set(clock.now() + SETTLING_TIME)

    def _settled(self) -> None:
        # Let go of: it may be months until the port changes again.
        self._settling = None
        self._read_facts()

    def _lost_link(self) -> None:
        self._tell_link(running=False)

    def _tell_link(self, running: bool) -> None:
        if self._session is not None:
            self._session.link_changed(running, clock.now())
            self._carry_out()

    def _go_on_without(self, refresh: Callable[[], None]) -> None:
        """Refresh, although what came under an interface's name may be of no use."""
        try:
            refresh()
        except InterfaceError as error:
            self._say(Level.ERROR, str(error))

    def _read_facts(self, running: bool = True) -> None:
        """Tell the session what the WAN port's addresses are; begin it when there is none yet."""
        try:
            facts = read_interface_facts(self.configuration.wan)
        except InterfaceError:
            return  # it was taken away or replaced this moment; the link monitor is about to tell
        if self._session is not None:
            self._session.router_changed(facts, clock.now())
            self._carry_out()
            return
        self._session = self._make_session(facts, running)
        kept = self._files.load_session()
        if kept is not None:
            self._session.resume(kept, clock.now())
        # The port's own address may be back by that, which the login is to be made with.
        self._carry_out()
        self._session.begin(clock.now())
        if self._session.state is State.WAITING:
            self._say(
                Level.NOTICE,
                _(
                    "waiting for a client on {lan} to log in through {wan}",
                    lan=self.configuration.lan,
                    wan=self.configuration.wan,
                ),
            )
        elif not running:
            self._publish(LinkLost())
            self._say(
                Level.WARNING,
                _(
                    "{wan} has no link: check the cable to the campus socket",
                    wan=self.configuration.wan,
                ),
            )
        self._carry_out()

    @property
    def _logs_in(self) -> bool:
        return self.configuration.mode is not Mode.RELAY

    def _make_session(self, facts: RouterFacts, running: bool) -> Session:
        configuration = self.configuration
        if not self._logs_in:
            return make_session(configuration, facts, running)
        profile, memory = self._files.load_profile(), self._files.load_memory()
        return make_session(configuration, facts, running, memory, profile)

    # What the engine asks.

    def _carry_out(self) -> None:
        session = self._session
        if session is None or self._carrying_out:
            return  # an action that told the session something: the outer call goes on with it
        self._carrying_out = True
        try:
            while actions := session.take_actions():
                for action in actions:
                    _CARRYING_OUT[type(action)](self, action)
        finally:
            self._carrying_out = False
        self._timer.set(session.next_deadline)
        if self._short_way is not None:
            self._short_way.follow(session.short_way(clock.now()), self._turn)
        if self._turn is not None and session.state not in LOGGING_IN:
            self._turn.is_over()
        self._tell_if_online_changed(session)

    def _tell_if_online_changed(self, session: Session) -> None:
        held = session.held if session.state in HOLDING else None
        if (held is not None) is self._is_online:
            return
        self._is_online = held is not None
        self._publish(WentOffline() if held is None else WentOnline(held.own))

    def _send_to_server(self, action: SendToServer) -> None:
        if self._turn is None:
            self._send_by_wan(action.frame)
        else:
            self._turn.send(action.frame)

    def _send_by_wan(self, frame: bytes) -> None:
        self._tell_if_lost(_LOST_TO_SWITCH, self._wan.send(frame))

    def _send_to_client(self, action: SendToClient) -> None:
        self._tell_if_lost(_LOST_TO_CLIENT, self._send_to_lan(action.port, action.frame))

    def _send_to_lan(self, port: str, frame: bytes) -> str | None:
        """Send a frame to a client; returns why it could not be, or None."""
        if self._lan is None:
            raise AssertionError("a frame to a client of a session without a LAN")
        return self._lan.send(port, frame)

    def _tell_if_lost(self, message: str, problem: str | None) -> None:
        if problem is not None:
            self._say(Level.WARNING, _(message, problem=problem))

    def _set_wan_address(self, action: SetWanAddress) -> None:
        session = self._session
        if session is None:
            return
        try:
            facts = self._address.take_hardware_address(action.address)
        except (InterfaceError, OSError) as error:
            session.address_not_taken(str(error))
        else:
            session.router_changed(facts, clock.now())

    def _ask_portal(self, action: AskPortal) -> None:
        login = self.configuration.settings.login
        if login is None:
            raise AssertionError("a web portal is asked by a session without an account")
        if self._orders is None:
            from ruijie_proxy.runtime.portal.orders import PortalOrders

            wan = self.configuration.wan
            answered, tell = self._on_portal_answer, self._publish
            self._orders = PortalOrders(self._loop, wan, login, answered, tell)
        self._orders.carry_out(action)

    def _on_portal_answer(self, outcome: Outcome) -> None:
        if self._session is not None:
            self._session.portal_answered(outcome, clock.now())
            self._carry_out()

    def _on_renewed(self, report: RenewalReport) -> None:
        renewed = AddressRenewed(report.succeeded, report.before, report.address, report.describe())
        self._publish(renewed)
        self._read_facts()
        if self._session is not None:
            self._session.address_renewed(report.succeeded, clock.now())
            self._carry_out()

    def _watch_health(self) -> HealthWatch:
        from ruijie_proxy.runtime.health.watch import HealthWatch

        return HealthWatch(
            self._loop,
            self.configuration,
            has_carrier=self._interfaces.has_carrier,
            is_busy=self._is_busy,
            renew=self.renew,
            may_log_in=self._may_log_in,
            log_in_anew=self.log_in_anew,
            publish=self._publish,
        )

    def _may_log_in(self, now: float) -> bool:
        return self._session is not None and self._session.next_login(now) <= now

    def _is_busy(self) -> bool:
        """Whether a login or a renewal is under way."""
        is_logging_in = self._session is not None and self._session.state in LOGGING_IN
        return is_logging_in or self._address.is_renewing

    def _report(self, action: Report) -> None:
        self._publish(action.event)

    def _say(self, level: Level, text: str) -> None:
        self._publish(Noted(level, text))

    def _publish(self, event: Event | MachineEvent) -> None:
        self._stream.publish(self.configuration.name, event)
        if self._health is not None:
            self._health.told(event)
        if isinstance(event, NobodyAnswers):
            self._look_for_portal()

    def _look_for_portal(self) -> None:
        """Ask, as rarely as it is told that nobody answers, whether the campus uses web pages."""
        from ruijie_proxy.runtime.portal.watch import PortalWatch

        if self._portal is None:
            wan, mode = self.configuration.wan, self.configuration.mode
            self._portal = PortalWatch(self._loop, wan, mode, self._publish, self._on_eportal)
        self._portal.look()

    def _on_eportal(self, site: str) -> bool:
        """Tell the session of an ePortal; return whether it sees to that."""
        session = self._session
        is_seen_to = session is not None and session.portal_found(site, clock.now())
        self._carry_out()
        return is_seen_to


_CARRYING_OUT: dict[type, Callable[[SessionRunner, Any], None]] = {
    SendToServer: SessionRunner._send_to_server,
    SendToClient: SessionRunner._send_to_client,
    ListenToClient: lambda runner, action: runner._interfaces.listen_to_client(action),
    HeedClients: lambda runner, action: runner._interfaces.heed_clients(action),
    HeedServers: lambda runner, action: runner._interfaces.heed_servers(action),
    SetWanAddress: SessionRunner._set_wan_address,
    RenewAddress: lambda runner, action: runner._address.renew(action),
    KeepSession: lambda runner, action: runner._files.keep(action),
    ForgetSession: lambda runner, action: runner._files.forget(action),
    RememberLogins: lambda runner, action: runner._files.remember_logins(action),
    KeepProfile: lambda runner, action: runner._files.keep_profile(action),
    AskPortal: SessionRunner._ask_portal,
    LookForPortal: lambda runner, _: runner._look_for_portal(),
    Report: SessionRunner._report,
}
"""How each action is carried out. One table for all sessions: a kilobyte and a half less each."""
