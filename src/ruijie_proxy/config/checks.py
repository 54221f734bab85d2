"""What no key can tell alone: values that do not go together.

The sessions come as the schema read them: None for one that could not be read at all, and without
the keys that did not fit.
"""

from __future__ import annotations

from ruijie_proxy.config.mode_checks import check_mode, unclear
from ruijie_proxy.config.shape.model import HOOK_EVENTS, HealthConfiguration, Mode, name_of_port
from ruijie_proxy.engine.settings import MacMode
from ruijie_proxy.i18n import _

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ruijie_proxy.config.shape.shapes import Report

    Sessions = list[tuple[str, dict[str, Any]]]
    """Key path and plain values of each session."""


def name_sessions(sessions: list[dict[str, Any] | None]) -> None:
    """Give each session without a name its WAN port's, with "-" for what a name cannot hold."""
    for session in sessions:
        if session and "wan" in session:
            session.setdefault("name", name_of_port(session["wan"]))


def check_sessions(sessions: list[dict[str, Any] | None], report: Report) -> None:
    """Note what does not go together within a session and between sessions.

    What has no use beside the rest is taken out of the sessions.
    """
    readable = [(f"sessions[{i}]", session) for i, session in enumerate(sessions) if session]
    for key, session in readable:
        check_mode(key, session, report)
        _check_restore_mac(key, session, report)
        _check_clients(key, session, report)
        _check_hooks(key, session, report)
        _check_health(key, session, report)
    _check_names(readable, report)
    _check_wans(readable, report)
    _check_lans(readable, report)
    for key, session in readable:
        _leave_out(session, [one.removeprefix(f"{key}.") for one in report.useless])


def _leave_out(session: dict[str, Any], keys: list[str]) -> None:
    for key in keys:
        group, _dot, name = key.rpartition(".")
        holder = session.get(group, {}) if group else session
        holder.pop(name, None)


def _check_restore_mac(key: str, session: dict[str, Any], report: Report) -> None:
    if unclear(key, session, "mac", report) or _has_no_client(session):
        return
    if session.get("restore_mac") and session.get("mac") != MacMode.CLONE.value:
        clone = report.notation.setting("mac", MacMode.CLONE.value)
        wrong = _(
            "has nothing to restore: only {setting} changes the WAN port's address", setting=clone
        )
        remedy = _("add {setting}, or leave restore_mac out", setting=clone)
        report.useless_at_key(f"{key}.restore_mac", wrong, remedy)


def _check_clients(key: str, session: dict[str, Any], report: Report) -> None:
    clients = session.get("client", [])
    for index, client in enumerate(clients):
        if client and client in clients[:index]:
            report.at_key(f"{key}.client[{index}]", _("is given twice"), _("keep one of the two"))


def _check_hooks(key: str, session: dict[str, Any], report: Report) -> None:
    """Note programs without a path: a service manager's search path is not the user's."""
    hooks = session.get("hooks", {})
    for event in HOOK_EVENTS:
        command = hooks.get(event)
        if command and command[0] and not command[0].startswith("/"):
            remedy = _("write the path of the program, such as /usr/bin/logger")
            report.at_key(f"{key}.hooks.{event}[0]", _("is no absolute path"), remedy)


def _check_health(key: str, session: dict[str, Any], report: Report) -> None:
    health = session.get("health", {})
    clear = not unclear(f"{key}.health", health, "url", report)
    if clear and "status" in health and not health.get("url"):
        url = report.notation.key("health.url")
        remedy = _("add {key}, or leave it out", key=url)
        if health["status"] != HealthConfiguration().status:
            wrong = _("has no use without {key}", key=url)
            report.useless_at_key(f"{key}.health.status", wrong, remedy)


def _check_names(sessions: Sessions, report: Report) -> None:
    first: dict[str, tuple[str, str | None]] = {}
    for key, session in sessions:
        name, wan = session.get("name"), session.get("wan")
        if name is None:
            continue
        other, other_wan = first.setdefault(name, (key, wan))
        named = report.knows(f"{key}.name")
        # Two sessions named after the same WAN port have one mistake, not two.
        if other != key and (named or wan != other_wan):
            wrong = _("the name is that of {other} already", other=report.notation.name(other))
            place = f"{key}.name" if named else f"{key}.wan"
            name_key = report.notation.key("name")
            report.at_key(place, wrong, _("give each session a {key} of its own", key=name_key))


def _check_wans(sessions: Sessions, report: Report) -> None:
    first: dict[str, str] = {}
    for key, session in sessions:
        wan = session.get("wan")
        if wan is None:
            continue
        other = first.setdefault(wan, key)
        if other != key:
            wrong = _("is the wan of {other} already", other=report.notation.name(other))
            report.at_key(f"{key}.wan", wrong, _("give each session a port of its own"))


def _check_lans(sessions: Sessions, report: Report) -> None:
    wans = {session["wan"]: key for key, session in reversed(sessions) if "wan" in session}
    for index, (key, session) in enumerate(sessions):
        lan = _lan_of(session)
        if lan is None:
            continue
        if lan in wans:
            same = lan == session.get("wan")
            whose = _("the same session") if same else report.notation.name(wans[lan])
            remedy = _("name the interface where the client PC is")
            report.at_key(f"{key}.lan", _("is the wan of {whose}", whose=whose), remedy)
        if unclear(key, session, "client", report):
            continue
        for other_key, other in sessions[:index]:
            if _lan_of(other) != lan or unclear(other_key, other, "client", report):
                continue
            if not _apart(session, other):
                wrong = _(
                    "is the lan of {other} too, and a client there could mean either",
                    other=report.notation.name(other_key),
                )
                client = report.notation.key("client")
                report.at_key(f"{key}.lan", wrong, _("give both a {key} of their own", key=client))
                break


def _lan_of(session: dict[str, Any]) -> str | None:
    return None if _has_no_client(session) else session.get("lan")


def _has_no_client(session: dict[str, Any]) -> bool:
    """Whether no client logs in through the router, whatever else the file says."""
    return session.get("mode") in (Mode.LOGIN.value, Mode.PORTAL.value)


def _apart(session: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two sessions on one LAN each name their clients, and none belongs to both."""
    ours, theirs = session.get("client"), other.get("client")
    return bool(ours and theirs and not set(ours) & set(theirs))
