"""The user's own commands, run at what happens to a session; docs/hooks.md.

A subscriber of the stream of events, which only puts down what is to be run: a command is started
by the loop's next turn, so that no frame waits for it. Commands of one session run one after the
other, in the order of what happened.
"""

from __future__ import annotations

import os

from ruijie_proxy.engine import events
from ruijie_proxy.engine.refusals import read_refusal
from ruijie_proxy.engine.states import PUBLIC_NAMES, State
from ruijie_proxy.engine.way_out import Remedy
from ruijie_proxy.i18n import _
from ruijie_proxy.protocol.ethernet import format_mac
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.c_modules import socket
from ruijie_proxy.runtime.ports.interface_errors import InterfaceError
from ruijie_proxy.runtime.ports.interface_facts import read_interface_facts
from ruijie_proxy.runtime.processes.child_process import ChildProcess
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.machine_events import (
    AddressRenewed,
    Noted,
    WentOffline,
    WentOnline,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ruijie_proxy.config.shape.model import HooksConfiguration, SessionConfiguration
    from ruijie_proxy.engine.status import SessionStatus
    from ruijie_proxy.runtime.basis.event_loop import EventLoop
    from ruijie_proxy.runtime.processes.child_process import ChildResult
    from ruijie_proxy.runtime.telling.event_stream import EventStream, Occurrence

MOST_WAITING = 8
"""How many commands of a session may wait for the one that runs; the oldest are left out."""
LINES_TOLD = 20
"""How many lines of a command's output go into the log, the last ones."""
_LINE_LIMIT = 300
"""Characters of each."""
_VALUE_LIMIT = 500
"""Characters of a value in a command's environment; a server's text may be anything."""
_INHERITED = ("HOME", "LANG", "LC_ALL", "TZ")
"""What a command has of the daemon's environment, beside a PATH of its own."""
_PREFIX = "RUIJIE_PROXY_"
_JUST_NOW = 1.0
"""Seconds: a failure as fresh as that is the one that is told, or why a session went offline."""


class Hooks:
    """Runs the commands of all sessions.

    ``status_of`` returns what a session is doing, by its name, or None where it is not known.
    ``control`` is the path of the control socket, for commands that ask the daemon something.
    """

    def __init__(
        self,
        loop: EventLoop,
        stream: EventStream,
        status_of: Callable[[str], SessionStatus | None],
        control: str,
    ) -> None:
        self._loop = loop
        self._stream = stream
        self._status_of = status_of
        self._control = control
        self._queues: dict[str, _Queue] = {}
        stream.subscribe(self.tell)

    def configure(self, sessions: Iterable[SessionConfiguration]) -> None:
        """Run the commands of these sessions from now on.

        What runs goes on, and what waits is still run, but of a session that is gone.
        """
        wanted = {session.name: session for session in sessions if session.hooks.commands}
        for name in self._queues.keys() - wanted.keys():
            self._queues.pop(name).close()
        for name, session in wanted.items():
            queue = self._queues.get(name)
            if queue is None:
                self._queues[name] = _Queue(self._loop, session, self._environment, self._say)
            else:
                queue.configuration = session

    def tell(self, occurrence: Occurrence) -> None:
        """Put down the command for what has happened, if there is one."""
        queue = self._queues.get(occurrence.session)
        hook = hook_of(occurrence.event) if queue is not None else None
        if queue is not None and hook is not None:
            queue.add(hook, occurrence)

    def close(self) -> None:
        """Kill what runs, and run nothing more."""
        for queue in self._queues.values():
            queue.close()
        self._queues.clear()

    def _say(self, session: str, level: Level, text: str) -> None:
        self._stream.publish(session, Noted(level, text))

    def _environment(
        self, configuration: SessionConfiguration, hook: str, occurrence: Occurrence
    ) -> dict[str, str]:
        """Return what a command is told: of what has happened, and of how things stand now."""
        status = self._status_of(configuration.name)
        kind, message = _kind_and_message(occurrence, status)
        facts = {
            "EVENT": hook,
            "SESSION": configuration.name,
            "WAN": configuration.wan,
            "LAN": configuration.lan,
            "MODE": configuration.mode.value,
            "STATE": PUBLIC_NAMES[status.state if status else State.LINK_DOWN],
            "SERVER": _mac(status.server if status else None),
            "CLIENT": _mac(status.client if status else None),
            "ADDRESS": _address_of(configuration.wan),
            "KIND": kind,
            "MESSAGE": message,
            "TEXT": occurrence.text,
            "TIME": clock.local_time(occurrence.at),
            "CONTROL": self._control,
        }
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return inherited | {f"{_PREFIX}{key}": _printable(facts[key] or "") for key in facts}


class _Queue:
    """The commands of one session: one that runs, and those that wait."""

    def __init__(
        self,
        loop: EventLoop,
        configuration: SessionConfiguration,
        environment: Callable[[SessionConfiguration, str, Occurrence], dict[str, str]],
        say: Callable[[str, Level, str], None],
    ) -> None:
        self.configuration = configuration
        self._loop = loop
        self._environment = environment
        self._say = say
        self._waiting: list[tuple[str, Occurrence]] = []
        self._left_out = 0
        self._child: ChildProcess | None = None
        self._timer = loop.timer(self._start_next)

    @property
    def _hooks(self) -> HooksConfiguration:
        return self.configuration.hooks

    def add(self, hook: str, occurrence: Occurrence) -> None:
        """Put down the command of a hook, if it has one."""
        if not any(event == hook for event, _ in self._hooks.commands):
            return
        self._waiting.append((hook, occurrence))
        if len(self._waiting) > MOST_WAITING:
            self._waiting.pop(0)
            self._left_out += 1
        if self._child is None:
            self._timer.set(clock.now())

    def close(self) -> None:
        """Kill what runs, and forget what waits."""
        self._timer.set(None)
        self._waiting.clear()
        if self._child is not None:
            self._child.close()
            self._child = None

    def _start_next(self) -> None:
        if self._left_out:
            count, self._left_out = self._left_out, 0
            self._tell(
                Level.WARNING,
                _("{count} hooks were left out: too much happened meanwhile", count=count),
            )
        while self._waiting and self._child is None:
            hook, occurrence = self._waiting.pop(0)
            command = dict(self._hooks.commands).get(hook)
            if command is not None:  # else the configuration has changed since
                self._start(hook, command, occurrence)

    def _start(self, hook: str, command: tuple[str, ...], occurrence: Occurrence) -> None:
        self._child = ChildProcess(
            self._loop,
            command,
            lambda result: self._on_end(hook, result),
            timeout=self._hooks.timeout,
            environment=self._environment(self.configuration, hook, occurrence),
        )

    def _on_end(self, hook: str, result: ChildResult) -> None:
        self._child = None
        for line in _lines(result.output):
            self._tell(Level.INFO, _("hook {hook}: {line}", hook=hook, line=line))
        level = Level.DEBUG if result.succeeded else Level.WARNING
        self._tell(level, _("hook {hook}: {ending}", hook=hook, ending=result.describe()))
        if self._waiting:
            self._timer.set(clock.now())

    def _tell(self, level: Level, text: str) -> None:
        self._say(self.configuration.name, level, text)


def hook_of(event: object) -> str | None:
    """Return the name of the hook that an event is for, one of config.model's HOOK_EVENTS."""
    if isinstance(event, events.OwnLoginBegun):
        # The second login of those that make one session is no other one.
        return "authenticating" if event.count == 1 else None
    if isinstance(event, events.HealthActed):
        return "client-needed" if event.remedy is Remedy.CLIENT else None
    return _HOOKS.get(type(event))


_HOOKS: dict[type, str] = {
    events.LoginStarted: "authenticating",
    events.PortalLoginBegun: "authenticating",
    WentOnline: "online",
    WentOffline: "offline",
    events.LoginRefused: "failure",
    events.PortalHindered: "failure",
    events.LoginTimedOut: "failure",
    events.NobodyAnswers: "failure",
    events.PortalSilent: "failure",
    AddressRenewed: "renewed",
    events.ClientNeeded: "client-needed",
    events.LeftToClient: "client-needed",
}


def _kind_and_message(
    occurrence: Occurrence, status: SessionStatus | None
) -> tuple[str | None, str | None]:
    """Return in one word how something happened, and a server's words about it."""
    event = occurrence.event
    failure = status.last_failure if status else None
    if failure is not None and abs(occurrence.at - failure.at) >= _JUST_NOW:
        failure = None
    if isinstance(event, events.LoginRefused):
        return read_refusal(event.message).kind.value, event.message
    if isinstance(event, events.PortalHindered):
        return event.kind.value, None
    if isinstance(event, events.LoginTimedOut):
        return "no-result" if event.server_answered else "no-server", None
    if isinstance(event, (events.NobodyAnswers, events.PortalSilent)):
        return "no-server", None
    if isinstance(event, AddressRenewed):
        return "succeeded" if event.succeeded else "failed", None
    if isinstance(event, WentOnline):
        return "login" if event.own else "relay", status.message if status else None
    if isinstance(event, WentOffline) and failure is not None:
        return failure.kind.value, failure.text
    return None, None


def _mac(address: bytes | None) -> str | None:
    return None if address is None else format_mac(address)


def _address_of(interface: str) -> str | None:
    try:
        address = read_interface_facts(interface).address
    except InterfaceError:
        return None
    return None if address is None else socket.inet_ntoa(address)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text[:_VALUE_LIMIT])


def _lines(output: str) -> Iterator[str]:
    lines = [_printable(line).rstrip()[:_LINE_LIMIT] for line in output.split("\n")]
    yield from [line for line in lines if line][-LINES_TOLD:]
