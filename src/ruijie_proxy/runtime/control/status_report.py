"""The status of a session as the daemon tells it.

It is the same whatever language the daemon speaks: who asks may speak another one, and translates.
"""

from __future__ import annotations

from ruijie_proxy.engine.states import PUBLIC_NAMES, State
from ruijie_proxy.i18n import keys_of, told_by, written_in
from ruijie_proxy.notation import YAML
from ruijie_proxy.protocol.ethernet import format_mac
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.telling.advice import original_of, sentence_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.engine.heartbeats import HeartbeatProgress
    from ruijie_proxy.engine.status import LoginFailure, PortalStatus, SessionStatus, Unread
    from ruijie_proxy.engine.unanswered import Asked
    from ruijie_proxy.notation import Notation
    from ruijie_proxy.protocol.heartbeat import UdpHeartbeat
    from ruijie_proxy.runtime.ports.port import TooLong


_ONLINE = "online"


def report_session(
    configuration: SessionConfiguration,
    status: SessionStatus | None,
    too_long: TooLong | None = None,
    notation: Notation = YAML,
) -> dict[str, Any]:
    """Return a session's status in the names and units of the user's interface.

    Without a status, the WAN port has never been there. Advice names settings in ``notation``.
    """
    failure = status.last_failure if status else None
    heartbeat = status.heartbeat if status else None
    state = status.state if status else State.LINK_DOWN
    # What the server said of a session is old news when it is over.
    told = status if PUBLIC_NAMES[state] == _ONLINE else None
    return {
        "name": configuration.name,
        "mode": configuration.mode.value,
        "state": PUBLIC_NAMES[state],
        "wan": configuration.wan,
        "lan": configuration.lan,
        "server": _mac(status.server if status else None),
        "client": _mac(status.client if status else None),
        "since": _moment(status.since if status else None),
        "client_needed": status.client_needed if status else False,
        "doubtful": status.doubtful if status else False,
        "heartbeat": _heartbeat(heartbeat) if heartbeat else None,
        "message": told.message if told else None,
        "accounting": told.accounting if told else None,
        "last_failure": _failure(failure, notation) if failure else None,
        "next_try": _moment(status.next_try if status else None),
        "services": list(status.services) if status else [],
        "udp_heartbeat": _udp(status.udp_heartbeat) if status and status.udp_heartbeat else None,
        "hours": status.hours if status else None,
        "asked": _asked(status.asked) if status and status.asked else None,
        "too_long": _too_long(too_long) if too_long else None,
        "portal": _portal(status.portal) if status and status.portal else None,
        "awaits_address_since": _moment(status.awaits_address_since if status else None),
    }


def _heartbeat(progress: HeartbeatProgress) -> dict[str, Any]:
    return {
        "source": progress.source.value if progress.source else None,
        "interval": progress.interval,
        "sent": progress.sent,
        "number": progress.number,
        "last": _moment(progress.last),
        "off": progress.off.value if progress.off else None,
    }


def _failure(failure: LoginFailure, notation: Notation) -> dict[str, Any]:
    advice = original_of(failure.advice)
    return {
        "text": failure.text,
        "kind": failure.kind.value,
        "at": _moment(failure.at),
        "was_online": failure.was_online,
        "advice": advice.format(keys=keys_of(advice, notation)),
        "told": told_by(written_in(sentence_of(failure.advice), notation)),
    }


def _udp(heartbeat: UdpHeartbeat) -> dict[str, Any]:
    server = ".".join(str(byte) for byte in heartbeat.server)
    return {"server": server, "port": heartbeat.port}


def _asked(asked: Asked) -> dict[str, Any]:
    return {"since": _moment(asked.since), "count": asked.count}


def _portal(portal: PortalStatus) -> dict[str, Any]:
    return {
        "page": portal.page,
        "keepalive": portal.keepalive,
        "last": _moment(portal.last),
        "unread": _unread(portal.unread) if portal.unread else None,
        "next_look": _moment(portal.next_look),
    }


def _unread(unread: Unread) -> dict[str, Any]:
    return {"since": _moment(unread.since), "why": unread.why or None}


def _too_long(too_long: TooLong) -> dict[str, Any]:
    return {
        "port": too_long.port,
        "count": too_long.count,
        "size": too_long.size,
        "last": _moment(too_long.last),
    }


def _mac(address: bytes | None) -> str | None:
    return None if address is None else format_mac(address)


def _moment(when: float | None) -> str | None:
    return None if when is None else clock.local_time(when)
