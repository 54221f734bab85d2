"""Does the daemon run, and how do its sessions fare?"""

from __future__ import annotations

from ruijie_proxy.doctor.findings import Finding, Severity
from ruijie_proxy.i18n import _

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.config.model import SessionConfiguration
    from ruijie_proxy.doctor.machine import Machine


def examine_daemon(machine: Machine) -> Iterator[Finding]:
    """Yield whether a daemon answers."""
    if machine.daemon_trouble is not None:
        yield Finding(
            Severity.WARNING,
            "daemon-unreachable",
            _("The daemon does not tell its status. {reason}", reason=machine.daemon_trouble),
            _("Run this as the daemon's user, such as with sudo; or restart the daemon."),
        )
    elif machine.statuses is None:
        # Without a configuration nobody knows where to ask; and who holds a port is told with it.
        if machine.configuration is None or machine.port_holders:
            return
        yield Finding(
            Severity.NOTE, "daemon-not-running", _("No daemon is running."), machine.start_command
        )
    else:
        yield Finding(
            Severity.OK, "daemon", _("The daemon runs; “ruijie-proxy status” tells what it does.")
        )


def examine_session(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    """Yield how the daemon fares with a session."""
    if machine.statuses is None:
        return
    status = machine.status_of(session)
    if status is None:
        yield Finding(
            Severity.WARNING,
            "session-not-served",
            _(
                "The daemon does not know this session: the configuration was changed since it "
                "was read."
            ),
            _("service ruijie-proxy reload — or send the daemon SIGHUP"),
        )
        return
    is_online = machine.is_online(session)
    failure = status["last_failure"]
    if failure is not None:
        kind, advice = failure["kind"], failure["advice"]
        yield Finding(
            Severity.NOTE if is_online else Severity.WARNING,
            "last-failure",
            _(
                "The last login that failed, at {time} ({kind}): {text}",
                time=failure["at"],
                kind=_(kind),
                text=failure["text"] or _("no reason was given"),
            ),
            _(advice),
        )
    if is_online:
        yield Finding(Severity.OK, "session", _("It is online since {time}.", time=status["since"]))
