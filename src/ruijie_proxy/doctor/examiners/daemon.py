"""Does the daemon run, and how do its sessions fare?"""

from __future__ import annotations

from ruijie_proxy.doctor.findings import Finding, Severity

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
            f"The daemon does not tell its status: {machine.daemon_trouble}.",
            "Run this as the daemon's user, such as with sudo; or restart the daemon.",
        )
    elif machine.statuses is None:
        # Without a configuration nobody knows where to ask; and who holds a port is told with it.
        if machine.configuration is None or machine.port_holders:
            return
        yield Finding(
            Severity.NOTE, "daemon-not-running", "No daemon is running.", machine.start_command
        )
    else:
        yield Finding(
            Severity.OK, "daemon", "The daemon runs; “ruijie-proxy status” tells what it does."
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
            "The daemon does not know this session: the configuration was changed since it was "
            "read.",
            "service ruijie-proxy reload, or: kill -HUP of the daemon",
        )
        return
    is_online = machine.is_online(session)
    failure = status["last_failure"]
    if failure is not None:
        text = failure["text"] or "no reason was given"
        yield Finding(
            Severity.NOTE if is_online else Severity.WARNING,
            "last-failure",
            f"The last login that failed, at {failure['at']} ({failure['kind']}): {text}",
            failure["advice"],
        )
    if is_online:
        yield Finding(Severity.OK, "session", f"It is online since {status['since']}.")
