"""The virtual campus: the network, the switch, the client PCs, and the real daemon between them."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import yaml

from ruijie_proxy import __version__
from ruijie_proxy.i18n import _
from ruijie_proxy.lab.campus.endpoint import Setup
from ruijie_proxy.lab.campus.network import (
    PC_INTERFACE,
    SWITCH_INTERFACE,
    WAN_INTERFACE,
    CampusNetwork,
    Layout,
    Role,
)
from ruijie_proxy.lab.campus.owners import is_stale, owned_prefix
from ruijie_proxy.lab.campus.process import (
    ROUTER,
    THIS_PROGRAM,
    CampusProcess,
    DaemonProcess,
    EndpointProcess,
    RecorderProcess,
)
from ruijie_proxy.lab.errors import LabError
from ruijie_proxy.lab.events import Detail, Event, EventKind
from ruijie_proxy.lab.options import ClientOptions, SwitchOptions

P = TypeVar("P", bound=CampusProcess)

SESSION_NAME = "dorm"
PATIENCE = 30.0
"""Seconds to wait for an event unless told otherwise."""
CONTROL_VARIABLE = "RUIJIE_PROXY_CONTROL"
DAEMON_RUNS = f"ruijie-proxy {__version__}"
"""Part of the log line that the daemon writes when it serves, in each of its languages."""


class Campus:
    """A campus, there while the context lasts. Its processes end and its cables go with it."""

    def __init__(self, layout: Layout | None = None, patience: float = PATIENCE) -> None:
        """Begin without anything. ``patience``: seconds to wait for an event, and for an answer."""
        self._patience = patience
        self.network = CampusNetwork(layout)
        self.history: list[Event] = []
        """Everything that happened, as far as it was read."""
        self._resources = contextlib.ExitStack()
        self._selector = selectors.DefaultSelector()
        self._endpoints: dict[str, EndpointProcess] = {}
        self._daemon: DaemonProcess | None = None
        self._others: list[CampusProcess] = []
        self._directory = Path()

    def __enter__(self) -> Campus:
        """Lay the cables. Raises LabUnavailable when this machine or user cannot."""
        with contextlib.ExitStack() as resources:
            _remove_stale_directories()
            temporary = tempfile.TemporaryDirectory(prefix=owned_prefix())
            self._directory = Path(resources.enter_context(temporary))
            resources.enter_context(self._selector)
            resources.enter_context(self.network)
            resources.callback(self._stop_all)
            self._resources = resources.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End all processes and remove all namespaces."""
        self._resources.close()

    @property
    def configuration(self) -> Path:
        """The daemon's configuration file."""
        return self._directory / "config.yaml"

    @property
    def control(self) -> Path:
        """The daemon's control socket."""
        return self._directory / "control.sock"

    @property
    def state_directory(self) -> Path:
        """Where the daemon keeps what outlives it."""
        return self._directory / "state"

    def configure(self, **session: Any) -> None:
        """Write the configuration: one session, with these keys beside its name and its ports."""
        ports = {"name": SESSION_NAME, "wan": WAN_INTERFACE}
        if session.get("mode") not in ("login", "portal"):
            ports["lan"] = self.network.layout.lan
        # No address comes from DHCP here.
        defaults = {"dhcp": {"renew": "off"}}
        configuration = {
            "sessions": [{**ports, **defaults, **session}],
            "control": str(self.control),
            "state_dir": str(self.state_directory),
        }
        text = yaml.safe_dump(configuration, allow_unicode=True, sort_keys=False)
        # It may hold a password.
        self.configuration.touch(mode=0o600)
        self.configuration.write_text(text, encoding="utf-8")

    def start_switch(self, options: SwitchOptions | None = None) -> EndpointProcess:
        """Start the switch, and wait until it listens."""
        options = options or SwitchOptions()
        return self._start_endpoint(Role.SWITCH, SWITCH_INTERFACE, options)

    def start_client(
        self, options: ClientOptions | None = None, pc: Role = Role.PC
    ) -> EndpointProcess:
        """Start a client, and wait until it listens; it does nothing until it is told to."""
        return self._start_endpoint(pc, PC_INTERFACE, options or ClientOptions())

    def start_daemon(self, program: Sequence[str] = THIS_PROGRAM) -> DaemonProcess:
        """Start the real daemon in the router, and wait until it serves; ends one from before.

        ``program`` is how the command is called, without its arguments.
        """
        if self._daemon is not None:
            self.stop(self._daemon)
        if not self.configuration.exists():
            self.configure()
        entry = self.network.entry(Role.ROUTER)
        self._daemon = DaemonProcess(entry, str(self.configuration), program)
        began = time.monotonic()
        self._selector.register(self._daemon, selectors.EVENT_READ, self._daemon)
        self.wait_for(ROUTER, EventKind.LOG, containing=DAEMON_RUNS, since=began)
        return self._daemon

    def record(self, file: str) -> None:
        """Record what goes through the router from now on into a new file.

        Raises LabError where that cannot be.
        """
        entry = self.network.entry(Role.ROUTER)
        recorder = RecorderProcess(entry, str(self.configuration), os.path.abspath(file))
        began = time.monotonic()
        self._others.append(recorder)
        self._selector.register(recorder, selectors.EVENT_READ, recorder)
        # Which its first line has in every language.
        self.wait_for(ROUTER, EventKind.LOG, containing="Ctrl-C", since=began)

    def start_process(self, process: P) -> P:
        """Take in a process of another kind, that plays the switch's part, and wait for a word."""
        began = time.monotonic()
        self._others.append(process)
        self._selector.register(process, selectors.EVENT_READ, process)
        deadline = began + self._patience
        while not any(event.source == process.source for event in self.history):
            if process.ended or time.monotonic() > deadline:
                raise LabError(self._what_is_missing(process.source, EventKind.LOG))
            self.poll(deadline - time.monotonic())
        return process

    def stop(self, process: CampusProcess) -> None:
        """End one process in an orderly way; what it says last is in the history."""
        if not process.ended:
            self._selector.unregister(process)
        self.history += process.stop()

    def kill(self, process: CampusProcess) -> None:
        """End one process as a power cut would."""
        if not process.ended:
            self._selector.unregister(process)
        self.history += process.kill()

    def plug(self, pc: Role, *, plugged: bool) -> None:
        """Connect or disconnect a PC at its own end of the cable, as switching it on or off does.

        The cable stays; to lay or remove it, there is the network's own ``plug`` and ``unplug``.
        """
        self.network.set_link(pc, PC_INTERFACE, up=plugged)

    def poll(self, timeout: float) -> list[Event]:
        """Wait for events; return those that came, none when the time (seconds) is over."""
        events = []
        for key, _mask in self._selector.select(max(0.0, timeout)):
            process: CampusProcess = key.data
            events += process.events()
            if process.ended:
                self._selector.unregister(process)
        self.history += events
        return events

    def wait_for(
        self,
        source: str,
        kind: EventKind,
        *,
        timeout: float | None = None,
        since: float = 0.0,
        containing: str = "",
        **detail: Detail,
    ) -> Event:
        """Wait for an event with these details; one that came already, after ``since``, counts.

        ``containing`` is a part of its ``text``. Raises LabError when none comes in time, or when
        the one who should tell it cannot go on.
        """
        deadline = time.monotonic() + (self._patience if timeout is None else timeout)
        looked_at = 0
        while True:
            for event in self.history[looked_at:]:
                if event.source != source or event.at < since:
                    continue
                fits = all(event.detail.get(name) == value for name, value in detail.items())
                if event.kind == kind and fits and containing in event.text("text"):
                    return event
                if event.kind == EventKind.FAILED:
                    told = _(
                        "The {source} cannot go on: {reason}",
                        source=_(source),
                        reason=event.text("text"),
                    )
                    raise LabError(told)
            looked_at = len(self.history)
            left = deadline - time.monotonic()
            if left <= 0 or self.has_ended(source):
                raise LabError(self._what_is_missing(source, kind))
            self.poll(left)

    def has_ended(self, source: str) -> bool:
        """Whether nothing more can be heard of somebody: its process is not there, or has ended."""
        process = self._daemon if source == ROUTER else self._endpoints.get(source)
        return process is None or process.ended

    def status(self) -> dict[str, Any]:
        """Return what ``ruijie-proxy status --json`` says of the session."""
        session: dict[str, Any] = json.loads(self.ask("status", "--json"))["sessions"][0]
        return session

    def ask(self, *words: str) -> str:
        """Give the running daemon a command of the program's; return what that says."""
        command = [sys.executable, "-m", "ruijie_proxy", *words]
        environment = {
            **os.environ,
            CONTROL_VARIABLE: str(self.control),
            # The server's messages are Chinese, whatever this machine's locale is.
            "PYTHONIOENCODING": "utf-8",
        }
        try:
            done = subprocess.run(
                command,
                env=environment,
                capture_output=True,
                encoding="utf-8",
                timeout=self._patience,
                check=True,
            )
        except subprocess.TimeoutExpired as error:
            raise LabError(_("The daemon does not answer in time.")) from error
        except subprocess.CalledProcessError as error:
            raise LabError(
                _("The daemon does not answer: {reason}", reason=error.stderr.strip())
            ) from error
        return done.stdout

    def _start_endpoint(
        self, role: Role, interface: str, options: SwitchOptions | ClientOptions
    ) -> EndpointProcess:
        if role.value in self._endpoints:
            self.stop(self._endpoints[role.value])
        began = time.monotonic()
        setup = Setup(role.value, interface, options)
        process = EndpointProcess(self.network.entry(role), setup)
        self._endpoints[role.value] = process
        self._selector.register(process, selectors.EVENT_READ, process)
        self.wait_for(role.value, EventKind.READY, since=began)
        return process

    def _what_is_missing(self, source: str, kind: EventKind) -> str:
        lines = [
            event.text("text") or f"{event.kind} {dict(event.detail)}"
            for event in self.history
            if event.source == source
        ]
        return _(
            "No “{kind}” of the {source}: {why}. The last it told: {last}",
            kind=kind,
            source=_(source),
            why=_("it has ended") if self.has_ended(source) else _("not in time"),
            last="; ".join(lines[-3:]) or _("nothing"),
        )

    def _stop_all(self) -> None:
        # The daemon first: a switch that goes would look like a lost link to it.
        for process in (self._daemon, *self._others, *self._endpoints.values()):
            if process is not None:
                process.stop()


def _remove_stale_directories() -> None:
    """Remove what campuses left behind whose process was killed."""
    for directory in Path(tempfile.gettempdir()).iterdir():
        # Another campus may remove the same one at this moment.
        with contextlib.suppress(FileNotFoundError):
            if is_stale(directory.name) and directory.lstat().st_uid == os.geteuid():
                shutil.rmtree(directory)
