"""What a session gets from its campus: the keys that its user has not given.

What its mode or its dialect has no use for goes again, like any other such key (:mod:`.checks`).
"""

from __future__ import annotations

from ruijie_proxy.config.shape.campuses import campus_of
from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.config.shape.nodes import MappingNode, Place, ScalarNode, SequenceNode
from ruijie_proxy.config.shape.schema import SESSION
from ruijie_proxy.config.shape.shapes import Report
from ruijie_proxy.engine.settings import DhcpMode
from ruijie_proxy.notation import YAML

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ruijie_proxy.config.shape.campuses import Value
    from ruijie_proxy.config.shape.nodes import Node

_NOWHERE = Place(1)


def add_campus_defaults(sessions: list[dict[str, Any] | None], report: Report) -> None:
    """Give sessions with a ``campus`` the keys that their files leave open."""
    for index, session in enumerate(sessions):
        name = session.pop("campus", None) if session else None
        campus = campus_of(name) if name is not None else None
        if session and campus is not None:
            defaults = read_settings(campus.settings)
            _fit(defaults, session)
            _fill_in(session, defaults, f"sessions[{index}]", report)


def read_settings(settings: Mapping[str, Value]) -> dict[str, Any]:
    """Return a campus's settings as the schema reads them."""
    report = Report("", YAML)
    read = {
        key: SESSION.keys[key].read(_node(value), key, report) for key, value in settings.items()
    }
    if report.problems:
        raise AssertionError(f"settings of a campus do not fit: {report.problems}")
    return read


def _node(value: Value) -> Node:
    if isinstance(value, str):
        return ScalarNode(value, _NOWHERE)
    if isinstance(value, tuple):
        return SequenceNode([_node(item) for item in value], _NOWHERE)
    return MappingNode([(_node(key), _node(item)) for key, item in value.items()], _NOWHERE)


def _fit(defaults: dict[str, Any], session: dict[str, Any]) -> None:
    """Say what a relay says in another way, and leave out what is at odds with the user's own."""
    is_relay = Mode(session.get("mode", Mode.RELAY)) is Mode.RELAY
    if is_relay and defaults.get("dhcp", {}).get("mode") == DhcpMode.DOUBLE.value:
        del defaults["dhcp"]
        if "mode" not in session.get("dhcp", {}):
            defaults["successes"] = 2
    if _are_at_odds(session.get("heartbeat", {}), defaults.get("heartbeat", {})):
        del defaults["heartbeat"]


def _are_at_odds(own: Mapping[str, Any], default: Mapping[str, Any]) -> bool:
    """Whether one switches heartbeats off, and the other says how they are to be."""
    return any(
        one.get("enabled") is False and other.keys() - {"enabled"}
        for one, other in ((own, default), (default, own))
    )


def _fill_in(given: dict[str, Any], defaults: dict[str, Any], key: str, report: Report) -> None:
    for name, value in defaults.items():
        path = f"{key}.{name}"
        own = given.get(name)
        if isinstance(own, dict) and isinstance(value, dict):
            _fill_in(own, value, path, report)
        elif name == "properties" and own is not None:
            types = [number for number, _ in own]
            own += [pair for pair in value if pair[0] not in types]
        elif own is None and not report.knows(path):
            given[name] = value
