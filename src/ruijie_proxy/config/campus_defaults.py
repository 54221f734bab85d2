"""What a session gets from its campus: the keys that its user has not given.

Only what its mode and its dialect have a use for, so that nobody is warned of a key that stands
nowhere in the file.
"""

from __future__ import annotations

from ruijie_proxy.config.mode_checks import OF_DIALECTS, OF_THE_ACCOUNT, has_account
from ruijie_proxy.config.shape.campuses import campus_of
from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.config.shape.nodes import MappingNode, Place, ScalarNode, SequenceNode
from ruijie_proxy.config.shape.notation import YAML
from ruijie_proxy.config.shape.schema import SESSION
from ruijie_proxy.config.shape.shapes import Report
from ruijie_proxy.engine.settings import DhcpMode, Dialect

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
            _leave_out_what_has_no_use(defaults, session, report, f"sessions[{index}]")
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


def _leave_out_what_has_no_use(
    defaults: dict[str, Any], session: dict[str, Any], report: Report, key: str
) -> None:
    mode = Mode(session.get("mode", Mode.RELAY))
    if mode is Mode.RELAY and not has_account(key, session, report):
        for name in OF_THE_ACCOUNT:
            defaults.pop(name, None)
    dialect = Dialect(session.get("dialect", defaults.get("dialect", Dialect.RUIJIE)))
    for name, dialects in OF_DIALECTS.items():
        if dialect not in dialects:
            defaults.pop(name, None)
    if mode is Mode.RELAY and defaults.get("dhcp", {}).get("mode") == DhcpMode.DOUBLE.value:
        del defaults["dhcp"]
        if "mode" not in session.get("dhcp", {}):
            defaults["successes"] = 2
    if _are_at_odds(session.get("heartbeat", {}), defaults.get("heartbeat", {})):
        del defaults["heartbeat"]
    if "shape" in session:
        defaults.pop("zero_check", None)


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
