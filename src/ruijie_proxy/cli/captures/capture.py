"""``ruijie-proxy capture``: record the daemon's own 802.1X traffic to a pcapng file.

The command opens the sessions' interfaces by itself: the daemon has no part in it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, BinaryIO

import click

from ruijie_proxy.cli.basics.asking import NotAnswered, ask_daemon, no_such_session
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.i18n import _, listed, reason_of

if TYPE_CHECKING:
    from ruijie_proxy.runtime.ports.packet_filter import PortVlan

STANDARD_OUTPUT = "-"


def record(
    session: str | None, config: str | None, output: str, seconds: float, count: int | None
) -> ExitCode:
    """Record the traffic of one session, or of all."""
    from ruijie_proxy.runtime.ports.eapol_tap import EapolTap
    from ruijie_proxy.runtime.ports.interface_errors import InterfaceError
    from ruijie_proxy.runtime.records.recorder import Recorder

    try:
        places = _places(session, config)
    except NotAnswered as error:
        click.echo(str(error), err=True)
        return error.exit_code
    if output == STANDARD_OUTPUT and sys.stdout.isatty():
        raise click.UsageError(_("a capture is not for a terminal: name a file, or pipe it on"))
    with contextlib.ExitStack() as resources:
        try:
            taps = [
                resources.enter_context(contextlib.closing(EapolTap(name, vlan)))
                for name, vlan in places
            ]
        except InterfaceError as error:
            click.echo(str(error), err=True)
            return ExitCode.INTERFACE
        try:
            file = resources.enter_context(new_file(output))
            recorder = Recorder(taps, file)
            names = listed(dict.fromkeys(name for name, _vlan in places))
            told = _("Recording 802.1X on {names}; Ctrl-C ends it.", names=names)
            click.echo(told, err=True)
            with contextlib.suppress(KeyboardInterrupt), _ended_by_sigterm():
                recorder.run(seconds, count)
        except FileExistsError:
            click.echo(_("{path} is there already: name another file.", path=output), err=True)
            return ExitCode.USAGE
        except BrokenPipeError:
            return ExitCode.ERROR  # who reads has seen enough
        except OSError as error:
            click.echo(_("{path}: {reason}", path=output, reason=reason_of(error)), err=True)
            return ExitCode.ERROR
        click.echo(_("{count} frames recorded.", count=recorder.count), err=True)
    return ExitCode.DONE


@contextlib.contextmanager
def new_file(path: str) -> Iterator[BinaryIO]:
    """Make a file that only its owner can read; "-" is standard output.

    Raises FileExistsError: nothing is ever written over, by a slip or through a link. OSError.
    """
    if path == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file


def _places(session: str | None, config: str | None) -> list[tuple[str, PortVlan]]:
    """Return the interfaces of a session, or of all, and the VLAN there. Raises NotAnswered."""
    from ruijie_proxy.runtime.ports.eapol_tap import interfaces_to_tap

    sessions = _sessions(config)
    if session is not None and session not in sessions:
        raise NotAnswered(no_such_session(session, sessions), ExitCode.USAGE)
    found: list[tuple[str, PortVlan]] = []
    for name, ports in sessions.items():
        if session in (None, name):
            found += [one for port in ports if port for one in interfaces_to_tap(port).items()]
    return list(dict.fromkeys(found))


def _sessions(config: str | None) -> dict[str, tuple[str, str | None]]:
    """Return each session's WAN and LAN, of the running daemon or else of the configuration."""
    try:
        answer = ask_daemon(config, "status")
    except NotAnswered as error:
        if error.exit_code is not ExitCode.NO_DAEMON:
            raise
        return _configured_sessions(config, error)
    return {one["name"]: (one["wan"], one["lan"]) for one in answer["sessions"]}


def _configured_sessions(
    config: str | None, no_daemon: NotAnswered
) -> dict[str, tuple[str, str | None]]:
    from ruijie_proxy.config.reader import read_configuration
    from ruijie_proxy.config.shape.problems import ConfigurationProblems
    from ruijie_proxy.config.usual_path import usual_path

    path = config or usual_path()
    if config is None and not os.path.exists(path):
        raise no_daemon
    try:
        plain = read_configuration(path).plain
    except ConfigurationProblems as problems:
        raise NotAnswered(str(problems), ExitCode.USAGE) from problems
    return {one["name"]: (one["wan"], one.get("lan")) for one in plain["sessions"]}


@contextlib.contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end a recording as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
