"""Campuses of which it is known what they want: a start for a session of theirs.

One row a campus: its short name, which ``campus:`` takes, the years in which it was seen to be so,
and the keys of a session. They come from what students and their programs made public (forks, logs,
captures), and a campus changes its switches without telling anybody, so every key of the user's own
goes before them (:mod:`..campus_defaults`).
"""

from __future__ import annotations

from ruijie_proxy.choices import Enum
from ruijie_proxy.i18n import N_
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    Value: TypeAlias = str | tuple[str, ...] | Mapping[str, "Value"]
    """As the configuration writes it: a value, a list, or a group of keys."""


class Certainty(Enum):
    """How sure the settings are, by the marks of docs/protocol.md."""

    LIKELY = "L"
    """One good source, or several that agree."""
    WEAK = "W"
    """One report."""


class Source(Enum):
    """Where the settings come from; the values are for people."""

    FORK = N_("a program that students of this campus changed for it")
    LOGS = N_("logs and captures that students made public")


class Campus(Frozen):
    """One row."""

    name: str
    title: str
    """What people there call it; the same in every language."""
    years: str
    certainty: Certainty
    source: Source
    settings: Mapping[str, Value]
    notes: tuple[str, ...] = ()
    """What no setting says, to be translated."""


_LINUX_1_30 = {"client_version": "1.30", "edition": "2"}
_LINUX_1_31 = {"client_version": "1.31", "edition": "2"}
_NO_IPV6 = {"0x35": "hex:00"}
COMPARES_MAC = N_("The MAC address in the private data is compared with that on the wire.")
_RUIJIES_GROUP_IN_SOME = N_("In some buildings, Starts are heard at “{keys[group=ruijie]}” only.")

CAMPUSES = (
    Campus(
        "fjut",
        "福建理工大学 FJUT",
        "2021–2026",
        Certainty.LIKELY,
        Source.FORK,
        {**_LINUX_1_30, "service": "校园网", "properties": _NO_IPV6},
    ),
    Campus(
        "gdufs",
        "广东外语外贸大学 GDUFS",
        "2021–2026",
        Certainty.LIKELY,
        Source.LOGS,
        {**_LINUX_1_31, "service": "default", "dhcp": {"mode": "double"}},
        (
            _RUIJIES_GROUP_IN_SOME,
            N_("Where the switches are of another vendor, the shape is bare; it is found out."),
        ),
    ),
    Campus(
        "gzhu",
        "广州大学 GZHU",
        "2021–2026",
        Certainty.WEAK,
        Source.FORK,
        {
            **_LINUX_1_31,
            "zero_check": "text",
            "group": "ruijie",
            "dhcp": {"mode": "double"},
            "heartbeat": {"enabled": "off"},
            "properties": _NO_IPV6,
        },
    ),
    Campus(
        "hust",
        "华中科技大学 HUST",
        "2021–2026",
        Certainty.LIKELY,
        Source.LOGS,
        {
            "dialect": "ruijie-v2",
            "client_version": "5.10",
            "check_case": "upper",
            "group": "ruijie",
            "dhcp": {"mode": "after"},
            "heartbeat": {"interval": "30"},
        },
        (
            N_(
                "Of the new switches, which want a version above 5.0; add “{keys[client_exe]}”, "
                "the path of your own 8021x.exe."
            ),
        ),
    ),
    Campus(
        "jmu",
        "集美大学 JMU",
        "2021–2026",
        Certainty.LIKELY,
        Source.FORK,
        {"client_version": "5.0.3", "properties": {"0x35": "hex:05"}},
        (N_("Set “{keys[service]}”: 教育网接入, or that of the carrier you have subscribed to."),),
    ),
    Campus(
        "jnu",
        "JNU",
        "2026",
        Certainty.LIKELY,
        Source.LOGS,
        {
            "client_version": "1.31",
            "group": "ruijie",
            "service": "internet",
            "dhcp": {"mode": "after"},
            "health": {"quarantine": ("172.23.0.0/16",)},
        },
    ),
    Campus(
        "nwafu",
        "西北农林科技大学 NWAFU",
        "2021–2026",
        Certainty.LIKELY,
        Source.LOGS,
        {**_LINUX_1_31, "group": "ruijie"},
    ),
    Campus(
        "scau",
        "华南农业大学 SCAU",
        "2021–2026",
        Certainty.LIKELY,
        Source.FORK,
        {**_LINUX_1_30, "service": "有线1x上网", "properties": _NO_IPV6},
        (N_("Some accounts have another service: “status” lists those on offer."),),
    ),
    Campus(
        "scnu",
        "华南师范大学 SCNU",
        "2025",
        Certainty.LIKELY,
        Source.LOGS,
        {"service": "students"},
    ),
    Campus(
        "sysu",
        "中山大学 SYSU",
        "2024–2026",
        Certainty.LIKELY,
        Source.FORK,
        {"dialect": "plain", "dhcp": {"mode": "after"}},
    ),
    Campus(
        "sysu-east",
        "中山大学东校园 SYSU",
        "2023",
        Certainty.LIKELY,
        Source.FORK,
        {"shape": "inside"},
        (N_("From 2024 on it is said to be as “sysu”."),),
    ),
    Campus(
        "zqu",
        "肇庆学院 ZQU",
        "2021–2026",
        Certainty.LIKELY,
        Source.LOGS,
        _LINUX_1_31,
        (COMPARES_MAC,),
    ),
    Campus(
        "zzu",
        "郑州大学 ZZU",
        "2021–2026",
        Certainty.LIKELY,
        Source.FORK,
        {**_LINUX_1_30, "service": "default", "heartbeat": {"interval": "20"}},
        (_RUIJIES_GROUP_IN_SOME,),
    ),
)
"""In the order of their names."""


def campus_of(name: str) -> Campus | None:
    """Return the campus of a name, or None."""
    return next((campus for campus in CAMPUSES if campus.name == name), None)
