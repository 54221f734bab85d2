"""Which of the campuses that are known a login may be of."""

from __future__ import annotations

from ruijie_proxy.config.shape.campuses import CAMPUSES, Campus
from ruijie_proxy.learn.findings import NOT_SEEN, Findings, Found

_TELLING = ("service", "zero_check")
"""Keys that one of has to be the same: the others are those of many campuses."""


def campuses_that_fit(findings: Findings) -> Found[tuple[str, ...]]:
    """Return the names of those with which nothing is at odds, and something telling agrees."""
    told = _told(findings)
    names = tuple(campus.name for campus in CAMPUSES if _fits(campus, told))
    return Found.inferred(names) if names else NOT_SEEN


def _told(findings: Findings) -> dict[str, str]:
    """Return what is known, as the rows of campuses have it."""
    edition = findings.edition.value
    found = {
        "service": findings.service.value,
        "group": _plain(findings.group.value),
        "dialect": _plain(findings.dialect.value),
        "shape": _plain(findings.shape.value),
        "zero_check": _plain(findings.zero_check.value),
        "edition": None if edition is None else str(edition),
        "dhcp": _plain(findings.dhcp.value),
    }
    return {key: value for key, value in found.items() if value}


def _plain(value: object) -> str | None:
    return None if value is None else str(getattr(value, "value", value))


def _fits(campus: Campus, told: dict[str, str]) -> bool:
    wanted = {
        key: value if isinstance(value, str) else value.get("mode", "")
        for key, value in campus.settings.items()
        if key in told and not isinstance(value, tuple)
    }
    if any(value and value != told[key] for key, value in wanted.items()):
        return False
    return any(key in wanted and key in campus.settings for key in _TELLING)
