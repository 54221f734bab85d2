"""The daemon: all sessions of a configuration, in one process and one event loop."""

from __future__ import annotations

import os

from ruijie_proxy import __version__
from ruijie_proxy.config.shape.model import Configuration, Mode, name_of_port
from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.c_modules import signal
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.control.server import ControlServer
from ruijie_proxy.runtime.control_commands import ControlCommands
from ruijie_proxy.runtime.ports.interface_errors import InterfaceError
from ruijie_proxy.runtime.ports.links import LinkMonitor
from ruijie_proxy.runtime.ports.port_lock import PortTaken
from ruijie_proxy.runtime.processes.configuration_child import ConfigurationChild, ReadingFailed
from ruijie_proxy.runtime.processes.service_manager import ServiceManager
from ruijie_proxy.runtime.records.journal import Journal
from ruijie_proxy.runtime.records.open_files import make_room
from ruijie_proxy.runtime.records.state_file import StateFile
from ruijie_proxy.runtime.session_runner import SessionRunner
from ruijie_proxy.runtime.telling.event_stream import EventStream
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.machine_events import WentOffline, WentOnline
from ruijie_proxy.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.engine.status import SessionStatus
    from ruijie_proxy.runtime.ports.shared_cable import SharedCables
    from ruijie_proxy.runtime.processes.configuration_child import ReadConfiguration
    from ruijie_proxy.runtime.processes.hooks import Hooks
    from ruijie_proxy.runtime.telling.event_stream import Occurrence
    from ruijie_proxy.runtime.telling.log import Log
    from ruijie_proxy.runtime.telling.metrics import Metrics


class Daemon:
    """Runs sessions until it is told to stop."""

    def __init__(self, path: str, configuration: Configuration, log: Log) -> None:
        """Open the control socket and the sessions' ports.

        ``path`` is the configuration's file, which is read again on SIGHUP. Raises InterfaceError,
        PortTaken, ControlSocketTaken, or OSError.
        """
        self._path = path
        self._configuration = configuration
        self._log = log
        self._runners: dict[str, SessionRunner] = {}
        self._reading: ConfigurationChild | None = None
        self._reread_wanted = False
        self._loop = EventLoop()
        self._hear_signals()
        self._links = LinkMonitor()
        self._look = self._look_at_links
        """One for all sessions: each time that a method is taken, it is another one."""
        self._control: ControlServer | None = None
        self._journal: Journal | None = None
        self._metrics: Metrics | None = None
        self._hooks: Hooks | None = None
        self._cables: SharedCables | None = None
        self._stream = EventStream(configuration.notation)
        self._stream.subscribe(log.tell)
        self._manager = ServiceManager(self._loop)
        if self._manager.is_there:
            self._stream.subscribe(self._tell_manager)
        try:
            commands = ControlCommands(self._runners, self._reread, self._unwritten, self._stream)
            control = ControlServer(
                self._loop,
                configuration.control,
                commands.handlers,
                group=configuration.control_group,
            )
            self._control = control
            self._stream.subscribe(control.publish)
            # Behind the control socket: two daemons would write into one journal.
            self._journal = Journal(self._loop, configuration.journal_dir, self._warn)
            self._stream.subscribe(self._journal.record)
            self._measure()
            self._configure_hooks()
            make_room(len(configuration.sessions))
            for session in configuration.sessions:
                self._start_session(session)
        except BaseException:
            self.close()
            raise
        self._loop.add_reader(self._links.fileno(), self._look)

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        begun = _(
            "ruijie-proxy {version} runs as process {pid}", version=__version__, pid=os.getpid()
        )
        self._log.write(Level.INFO, begun)
        if self._journal is not None:
            self._journal.begin()
        self._manager.tell_status(self._summary())
        self._manager.ready()
        self._loop.run()
        self._manager.stopping()
        for runner in self._runners.values():
            runner.catch_up()
        if self._journal is not None:
            self._journal.end()
        self._log.write(Level.INFO, _("stopped"))

    def close(self) -> None:
        """End all sessions; what they keep on disk stays there for the next start."""
        if self._hooks is not None:
            # First: that the daemon ends takes no session offline.
            self._hooks.close()
        for runner in self._runners.values():
            runner.close()
        self._runners.clear()
        if self._journal is not None:
            self._journal.close()
        if self._metrics is not None:
            self._metrics.close()
        if self._control is not None:
            self._control.close()
        self._links.close()
        self._manager.close()
        self._loop.close()
        self._log.end_repetition()

    def _start_session(self, configuration: SessionConfiguration) -> None:
        runner = SessionRunner(
            self._loop,
            self._links,
            configuration,
            self._stream,
            look_at_links=self._look,
            state_file=self._state_file(configuration),
            cables=self._shared_cables(),
            **self._files_of_logins(configuration),
        )
        try:
            runner.start()
        except BaseException:
            runner.close()
            raise
        self._runners[configuration.name] = runner

    def _shared_cables(self) -> SharedCables | None:
        """Return the cables that several sessions may share."""
        if self._cables is None and len(self._configuration.sessions) > 1:
            from ruijie_proxy.runtime.ports.shared_cable import SharedCables

            self._cables = SharedCables(self._loop, self._links, clock.now)
            for runner in self._runners.values():
                runner.share(self._cables)
        return self._cables

    def _state_file(self, session: SessionConfiguration) -> StateFile:
        """Return the file of a session, which also finds what ``login --keep`` has left."""
        of_port = name_of_port(session.wan)
        is_anothers = any(
            one.name == of_port and one.wan != session.wan for one in self._configuration.sessions
        )
        return StateFile(
            self._configuration.state_dir, session.name, None if is_anothers else of_port
        )

    def _files_of_logins(self, session: SessionConfiguration) -> dict[str, Any]:
        """Return the files of a session that has an account of its own, for its runner."""
        if session.settings.login is None:
            return {}
        from ruijie_proxy.runtime.records.login_memory_file import LoginMemoryFile

        memory_file = LoginMemoryFile(self._configuration.state_dir, session.name)
        if session.mode is Mode.PORTAL:
            return {"memory_file": memory_file}
        from ruijie_proxy.runtime.records.profile_file import ProfileFile

        profile_file = ProfileFile(self._configuration.profile_dir, session.name)
        return {"memory_file": memory_file, "profile_file": profile_file}

    def _hear_signals(self) -> None:
        """Take note of signals from now on; what they ask for is done once the loop runs."""
        self._loop.on_signal(signal.SIGTERM, self._loop.stop)
        self._loop.on_signal(signal.SIGINT, self._loop.stop)
        self._loop.on_signal(signal.SIGHUP, self._reread)
        # Whoever starts the daemon holds this one back until here (cli/run.py).
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGHUP])

    def _configure_hooks(self) -> None:
        sessions = self._configuration.sessions
        if self._hooks is None and any(session.hooks.commands for session in sessions):
            from ruijie_proxy.runtime.processes.hooks import Hooks

            self._hooks = Hooks(
                self._loop, self._stream, self._status_of, self._configuration.control
            )
        if self._hooks is not None:
            self._hooks.configure(sessions)

    def _status_of(self, name: str) -> SessionStatus | None:
        runner = self._runners.get(name)
        session = runner.session if runner else None
        return session.status if session else None

    def _look_at_links(self) -> None:
        changed = self._links.receive()
        if changed:
            for runner in self._runners.values():
                runner.links_changed(changed)

    def _reread(self) -> None:
        """Read the configuration again, without keeping the sessions waiting."""
        if self._reading is not None:
            # It may have been changed after it was read.
            self._reread_wanted = True
            return
        self._reread_wanted = False
        self._manager.reloading()
        try:
            self._reading = ConfigurationChild(self._path)
        except OSError as error:
            self._keep_configuration(
                _("no process can be started to read it ({reason})", reason=reason_of(error))
            )
            self._end_reload()
            return
        self._loop.add_reader(self._reading.fileno(), self._on_configuration)

    def _on_configuration(self) -> None:
        child = self._reading
        if child is None:
            return
        descriptor = child.fileno()
        try:
            answer = child.receive(before_close=lambda: self._loop.remove_reader(descriptor))
        except ReadingFailed as error:
            self._reading = None
            self._keep_configuration(str(error))
        else:
            if answer is None:
                return
            self._reading = None
            self._apply(answer)
        if self._reread_wanted:
            self._reread()
        else:
            self._end_reload()

    def _apply(self, read: ReadConfiguration) -> None:
        if read.plain is None:
            for problem in read.problems:
                self._log.write(Level.ERROR, problem)
            self._keep_configuration(_("it has errors"))
            return
        for warning in read.warnings:
            self._log.write(Level.WARNING, warning)
        new = Configuration.from_plain(read.plain, read.notation)
        old = self._configuration
        places = ("control", "control_group", "state_dir", "profile_dir", "journal_dir")
        if any(getattr(new, place) != getattr(old, place) for place in places):
            self._log.write(
                Level.WARNING,
                _(
                    "a new “control”, “control_group”, “state_dir”, “profile_dir” or "
                    "“journal_dir” counts only after a restart"
                ),
            )
        self._configuration = replace(new, **{place: getattr(old, place) for place in places})
        self._stream.notation = new.notation
        self._log.configure(new.log.level, as_json=new.log.format == "json")
        self._measure()
        self._configure_hooks()
        make_room(len(new.sessions))
        wanted = {session.name: session for session in new.sessions}
        for name, runner in list(self._runners.items()):
            if runner.configuration != wanted.get(name):
                del self._runners[name]
                runner.close()
        for name, session in wanted.items():
            if name in self._runners:
                self._runners[name].refresh_profile()
            else:
                try:
                    self._start_session(session)
                except (InterfaceError, PortTaken, OSError) as error:
                    self._log.write(Level.ERROR, str(error), name)
        self._log.write(Level.NOTICE, _("the configuration was read again"))

    def _unwritten(self) -> list[dict[str, Any]]:
        return [] if self._journal is None else self._journal.unwritten()

    def _measure(self) -> None:
        """Count for Prometheus where the configuration wants it, and nowhere else."""
        path = self._configuration.metrics
        if self._metrics is not None and self._metrics.path != path:
            self._stream.unsubscribe(self._metrics.record)
            self._metrics.close()
            self._metrics = None
        if path is not None and self._metrics is None:
            from ruijie_proxy.runtime.telling.metrics import Metrics

            self._metrics = Metrics(self._loop, path, self._runners, self._warn)
            self._stream.subscribe(self._metrics.record)

    def _warn(self, text: str) -> None:
        self._log.write(Level.WARNING, text)

    def _keep_configuration(self, reason: str) -> None:
        self._log.write(
            Level.ERROR,
            _("the configuration is not taken: {reason}; going on with the old one", reason=reason),
        )

    def _end_reload(self) -> None:
        self._manager.tell_status(self._summary())
        self._manager.ready()

    def _tell_manager(self, occurrence: Occurrence) -> None:
        if isinstance(occurrence.event, (WentOnline, WentOffline)):
            self._manager.tell_status(self._summary())

    def _summary(self) -> str:
        online = sum(runner.is_online for runner in self._runners.values())
        return _("{online} of {count} sessions online", online=online, count=len(self._runners))
