"""Does the daemon run, and how do its sessions fare?"""

from __future__ import annotations

from ruijie_proxy.doctor.gathering.findings import Finding, Severity
from ruijie_proxy.i18n import _

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.doctor.gathering.machine import Machine

STARTS_WITHOUT_ANSWER = 2
"""So many mean that nobody answers: one may have gone out just now."""


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
    yield from _troubles(status, machine)
    failure = status["last_failure"]
    if failure is not None:
        yield _failure(failure, is_online=is_online)
    if is_online:
        yield Finding(Severity.OK, "session", _("It is online since {time}.", time=status["since"]))


def is_called_in_vain(status: dict[str, Any] | None) -> bool:
    """Whether the daemon says that no server answers."""
    asked = status.get("asked") if status is not None else None
    return asked is not None and asked["count"] >= STARTS_WITHOUT_ANSWER


def _troubles(status: dict[str, Any], machine: Machine) -> Iterator[Finding]:
    """Yield what the daemon knows to be wrong, whatever state the session is in."""
    wan = status["wan"]
    if is_called_in_vain(status):
        asked = status["asked"]
        yield Finding(
            Severity.WARNING,
            "no-answer",
            _(
                "{count} requests for a login have gone out by {wan} since {time}, and nobody has "
                "answered.",
                count=asked["count"],
                wan=wan,
                time=asked["since"],
            ),
            _(
                "Check that the cable leads to a campus socket, and that the switch there has "
                "power. If “{keys[group]}” is set in {path}, try without it.",
                path=machine.path,
            ),
        )
    too_long = status.get("too_long")
    if too_long:
        yield Finding(
            Severity.WARNING,
            "frames-too-long",
            _(
                "{count} frames did not fit into the MTU of {port}, the last at {time}: without "
                "them a login cannot succeed.",
                count=too_long["count"],
                port=too_long["port"],
                time=too_long["last"],
            ),
            f"ip link set {too_long['port']} mtu 1500",
        )
    by_udp = status.get("udp_heartbeat")
    if by_udp:
        yield Finding(
            Severity.WARNING,
            "udp-heartbeat",
            _(
                "This campus also wants a heartbeat by UDP (to {server}, port {port}), which only "
                "the genuine client sends.",
                server=by_udp["server"],
                port=by_udp["port"],
            ),
            _(
                "Expect to be dropped after some minutes without the PC. Log in with the genuine "
                "client through the router, and leave it running there."
            ),
        )
    if status.get("doubtful"):
        yield Finding(
            Severity.WARNING,
            "doubtful",
            _(
                "The session may be over: the switch has given no sign of it since something that "
                "may have ended it."
            ),
            _("Log in anew: with ruijie-proxy relogin, or by starting the client on the PC."),
        )


def _failure(failure: dict[str, Any], *, is_online: bool) -> Finding:
    facts = {
        "time": failure["at"],
        "kind": _(failure["kind"]),
        "text": failure["text"] or _("no reason was given"),
    }
    if failure.get("was_online"):
        name = "session-dropped"
        what = _("The server ended the session at {time} ({kind}): {text}", **facts)
    else:
        name = "last-failure"
        what = _("The last login that failed, at {time} ({kind}): {text}", **facts)
    severity = Severity.NOTE if is_online else Severity.WARNING
    return Finding(severity, name, what, failure["advice"])
