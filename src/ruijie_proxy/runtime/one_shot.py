"""One login, for ``ruijie-proxy login``: until its result, or for as long as wanted."""

from __future__ import annotations

from ruijie_proxy.choices import Enum
from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine import events
from ruijie_proxy.engine.refusals import read_refusal
from ruijie_proxy.notation import YAML
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.c_modules import signal
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.ports.interface_errors import InterfaceMissing
from ruijie_proxy.runtime.ports.links import LinkMonitor
from ruijie_proxy.runtime.records.login_memory_file import LoginMemoryFile
from ruijie_proxy.runtime.records.profile_file import ProfileFile
from ruijie_proxy.runtime.records.state_file import StateFile
from ruijie_proxy.runtime.session_runner import SessionRunner
from ruijie_proxy.runtime.telling.advice import sentence_of
from ruijie_proxy.runtime.telling.event_stream import EventStream
from ruijie_proxy.runtime.telling.narration import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.engine.status import PortalStatus
    from ruijie_proxy.notation import Notation
    from ruijie_proxy.runtime.telling.log import Log
    from ruijie_proxy.runtime.telling.machine_events import MachineEvent


class Outcome(Enum):
    """How the login went."""

    AUTHENTICATED = "authenticated"
    REFUSED = "refused"
    HINDERED = "hindered"
    NO_CLIENT = "no client came"
    NO_SERVER = "no server answered"
    NO_PORTAL = "no-portal"
    NO_ADDRESS = "no-address"
    NO_RESULT = "no result in time"
    TOO_SOON = "too many tries lately"
    INTERRUPTED = "interrupted"


_OUTCOMES_AT_FIRST = {Mode.LOGIN: Outcome.NO_SERVER, Mode.PORTAL: Outcome.NO_PORTAL}
_ALONE = tuple(_OUTCOMES_AT_FIRST)
"""The modes in which there is nobody else to log in, once the router has given up."""


class OneShot:
    """Logs in, or waits for a client and relays its login, and tells how that went."""

    def __init__(
        self,
        configuration: SessionConfiguration,
        log: Log,
        timeout: float,
        *,
        session_dir: str | None = None,
        state_dir: str | None = None,
        profile_dir: str | None = None,
        insists: bool = False,
        notation: Notation = YAML,
    ) -> None:
        """Open the ports. ``timeout`` is in seconds, for a client to come and its login to end.

        A session is kept in ``session_dir`` for a later start, and gone on with if there is one.
        The router's own logins are remembered in ``state_dir``, so that a script that calls this
        again and again does not get its user banned; profiles lie in ``profile_dir``. With
        ``insists``, a password that was refused is tried once more. Settings are told in
        ``notation``.

        Raises InterfaceError (of which both interfaces missing is one), PortTaken or OSError.
        """
        self.message: str | None = None
        """The server's words in its last result."""
        self.advice: str | None = None
        """What to look at after a refusal."""
        self.hindrance: str | None = None
        """What is in the way, with Outcome.HINDERED."""
        self.portal: PortalStatus | None = None
        """The web portal that has let the router in; None: it was a switch."""
        self.seconds_to_wait: float | None = None
        """Until the next login may be, with Outcome.TOO_SOON."""
        self._ends_at = clock.now() + timeout
        self._keep = False
        self._authenticated = False
        self._is_over = False
        """Whether there was an end without Success, perhaps before it was waited for."""
        self._mode = configuration.mode
        self._outcome = _OUTCOMES_AT_FIRST.get(configuration.mode, Outcome.NO_CLIENT)
        self._loop = EventLoop()
        self._links = LinkMonitor()
        self._runner: SessionRunner | None = None
        self._timer = self._loop.timer(self._loop.stop)
        stream = EventStream(notation)
        stream.subscribe(log.tell)
        stream.subscribe(lambda occurrence: self._on_event(occurrence.event))
        try:
            # Before the first line is told: whoever reads that may have enough.
            for number in (signal.SIGTERM, signal.SIGINT):
                self._loop.on_signal(number, self._interrupt)
            self._require(configuration.wan)
            if configuration.lan is not None:
                self._require(configuration.lan)
            memory_file = _memory_file(state_dir, configuration)
            if memory_file is not None and insists:
                memory_file.forget_refusal(clock.moment())
            self._runner = SessionRunner(
                self._loop,
                self._links,
                configuration,
                stream,
                look_at_links=self._look_at_links,
                state_file=_state_file(session_dir, configuration),
                memory_file=memory_file,
                profile_file=_profile_file(profile_dir, configuration),
            )
            self._runner.start()
        except BaseException:
            self.close()
            raise
        self._loop.add_reader(self._links.fileno(), self._look_at_links)
        if not self._authenticated:
            self._timer.set(self._ends_at)

    def run(self, keep: bool) -> Outcome:
        """Wait for the login's result and return it.

        With ``keep``, a Success is not the end: the session is kept alive until a signal comes,
        and each later login of a client is relayed, too.
        """
        self._keep = keep
        if not self._is_over:
            self._loop.run()
        return self._outcome

    def close(self) -> None:
        """Leave the ports."""
        if self._runner is not None:
            self._runner.close()
        self._links.close()
        self._loop.close()

    def _require(self, interface: str) -> None:
        if self._links.by_name(interface) is None:
            raise InterfaceMissing(interface)

    def _look_at_links(self) -> None:
        changed = self._links.receive()
        if changed and self._runner is not None:
            self._runner.links_changed(changed)

    def _interrupt(self) -> None:
        if not self._authenticated:
            self._outcome = Outcome.INTERRUPTED
        self._loop.stop()

    def _on_event(self, event: events.Event | MachineEvent) -> None:
        if isinstance(event, events.LoginSucceeded):
            self.message = event.message
            if event.count == event.wanted:
                self._succeed()
        elif isinstance(event, (events.LoginIncomplete, events.PortalAdopted)):
            self._succeed()
        elif isinstance(event, events.Resumed):
            session = self._runner.session if self._runner is not None else None
            self.message = session.status.message if session is not None else None
            self._succeed()
        elif isinstance(event, events.LoginRefused):
            self._refused(event)
        elif isinstance(event, events.RefusedBefore):
            self.message = event.message
            self.advice = sentence_of(event.advice)
        elif isinstance(event, events.LoginTimedOut):
            # No end yet: the router, or the client, tries again.
            self._outcome = Outcome.NO_RESULT if event.server_answered else Outcome.NO_SERVER
        elif isinstance(event, events.GaveUp):
            if self._outcome is Outcome.HINDERED:
                self.advice = sentence_of(event.advice)
            if self._mode in _ALONE:
                is_hindered = self._outcome is Outcome.HINDERED
                self._end(self._outcome if is_hindered else Outcome.REFUSED)
        elif isinstance(event, events.NextTryPlanned):
            self._wait_for_next_try(event)
        elif isinstance(event, (events.LoginStarted, events.OwnLoginBegun)):
            self._outcome = Outcome.NO_SERVER
        elif isinstance(event, events.PortalLoginBegun):
            self._outcome = Outcome.NO_PORTAL
        elif isinstance(event, events.PortalHindered):
            self.hindrance = describe(event)[1]
            self._outcome = Outcome.HINDERED
        elif isinstance(event, events.LeaseAwaited) and self._mode is Mode.PORTAL:
            self._outcome = Outcome.NO_ADDRESS
        elif isinstance(event, events.ServerFound):
            self._outcome = Outcome.NO_RESULT
        elif isinstance(event, events.LeftToClient):
            self._outcome = Outcome.NO_CLIENT

    def _refused(self, event: events.LoginRefused) -> None:
        self.message = event.message
        self.advice = sentence_of(read_refusal(event.message, of_client=not event.own).advice)
        self._outcome = Outcome.REFUSED
        if self._mode is Mode.RELAY:
            self._end(Outcome.REFUSED)

    def _wait_for_next_try(self, event: events.NextTryPlanned) -> None:
        """Stay for another try that begins in time; otherwise end with what there is to tell."""
        if event.advice is not None:
            self.advice = sentence_of(event.advice)
        if event.seconds < self._ends_at - clock.now():
            return
        self.seconds_to_wait = event.seconds
        # As long as nothing was tried, it is the wait that is in the way.
        has_tried = self._outcome in (Outcome.REFUSED, Outcome.HINDERED, Outcome.NO_RESULT)
        self._end(self._outcome if has_tried else Outcome.TOO_SOON)

    def _succeed(self) -> None:
        self._authenticated = True
        self._outcome = Outcome.AUTHENTICATED
        session = self._runner.session if self._runner is not None else None
        self.portal = session.status.portal if session is not None else None
        self._timer.set(None)
        if not self._keep:
            self._loop.stop()

    def _end(self, outcome: Outcome) -> None:
        if not self._authenticated:
            self._outcome = outcome
            self._is_over = True
            self._loop.stop()


def _state_file(directory: str | None, configuration: SessionConfiguration) -> StateFile | None:
    return None if directory is None else StateFile(directory, configuration.name)


def _memory_file(
    directory: str | None, configuration: SessionConfiguration
) -> LoginMemoryFile | None:
    return None if directory is None else LoginMemoryFile(directory, configuration.name)


def _profile_file(directory: str | None, configuration: SessionConfiguration) -> ProfileFile | None:
    return None if directory is None else ProfileFile(directory, configuration.name)
