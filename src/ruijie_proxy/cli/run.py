"""``ruijie-proxy run``: the daemon, in the foreground."""

from __future__ import annotations

import gc
import os
import sys

from ruijie_proxy.runtime.basis.c_modules import signal
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.cli.basics.exit_codes import ExitCode


class RunOptions(Frozen):
    """What ``run`` was told."""

    config: str | None = None
    """The configuration's file; None: the usual one."""
    verbose: bool = False

    def as_arguments(self) -> list[str]:
        """Write them as service files do them."""
        config = [] if self.config is None else ["-c", self.config]
        return config + (["-v"] if self.verbose else [])


def run_daemon(options: RunOptions) -> ExitCode:
    """Run the daemon until it is told to stop."""
    # A reload that comes while all this is loaded would end it; now it waits for the daemon.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])
    gc.disable()
    # What both need (signal, too), before there are two: a router has one processor.
    from ruijie_proxy.config.shape.model import Configuration
    from ruijie_proxy.i18n import _, reason_of
    from ruijie_proxy.runtime.processes.configuration_child import ConfigurationChild, ReadingFailed

    # The child reads while this process loads the rest, so it goes before every other import.
    child = ConfigurationChild(options.config)
    if os.cpu_count() == 1:
        # Taking turns, each would have to copy what the other changes.
        child.let_finish()
    from ruijie_proxy.cli.basics.exit_codes import ExitCode
    from ruijie_proxy.runtime.control.server import (
        ControlSocketForbidden,
        ControlSocketTaken,
        NoSuchGroup,
    )
    from ruijie_proxy.runtime.daemon import Daemon
    from ruijie_proxy.runtime.ports.interface_errors import InterfaceError
    from ruijie_proxy.runtime.ports.port_lock import PortTaken
    from ruijie_proxy.runtime.processes.privileges import PrivilegesKept, drop_privileges
    from ruijie_proxy.runtime.telling.level import Level
    from ruijie_proxy.runtime.telling.log import Log

    try:
        read = child.wait()
    except ReadingFailed as error:
        print(error, file=sys.stderr)
        return ExitCode.ERROR
    if read.plain is None:
        print(*read.problems, sep="\n", file=sys.stderr)
        return ExitCode.INTERFACE if read.is_forbidden else ExitCode.USAGE
    configuration = Configuration.from_plain(read.plain, read.notation)
    log = Log(verbose=options.verbose)
    log.configure(configuration.log.level, as_json=configuration.log.format == "json")
    for warning in read.warnings:
        log.write(Level.WARNING, warning)
    path = read.path
    # What the file says is there a second time now.
    del child, read
    try:
        daemon = Daemon(path, configuration, log)
    except (InterfaceError, ControlSocketForbidden) as error:
        log.write(Level.ERROR, str(error))
        return ExitCode.INTERFACE
    except NoSuchGroup as error:
        log.write(Level.ERROR, str(error))
        return ExitCode.USAGE
    except (ControlSocketTaken, PortTaken) as error:
        log.write(Level.ERROR, str(error))
        return ExitCode.ERROR
    except OSError as error:
        log.write(Level.ERROR, reason_of(error))
        return ExitCode.ERROR
    # Not before: the control socket may be in a directory where only root may make one.
    try:
        drop_privileges()
    except PrivilegesKept as error:
        told = _("root's privileges could not be given up: {reason}", reason=error)
        log.write(Level.NOTICE, told)
    # All that is loaded by now stays: the collector needs not look through it ever again.
    gc.freeze()
    gc.enable()
    if getattr(sys, "frozen", False):  # as openwrt/standalone makes it
        import _linux_calls

        _linux_calls.start_is_over()
    try:
        daemon.run()
    finally:
        daemon.close()
    return ExitCode.DONE
