"""Values that fit each for itself, and not together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ruijie_proxy.config.shape.model import Configuration

Problems = Callable[[str], list[str]]
ConfigurationOf = Callable[[str], Configuration]


def _sessions(*sessions: str) -> str:
    return "sessions:\n" + "".join(f"- {{{session}}}\n" for session in sessions)


@pytest.mark.parametrize(
    ("sessions", "problem"),
    [
        (
            ["wan: eth1, lan: eth1"],
            "2:20: sessions[0].lan: is the wan of the same session; "
            "name the interface where the client PC is",
        ),
        (
            ["wan: eth1, lan: eth2", "wan: eth2, lan: eth3"],
            "2:20: sessions[0].lan: is the wan of sessions[1]; "
            "name the interface where the client PC is",
        ),
        (
            ["wan: eth1, lan: lan1", "wan: eth1, lan: lan2"],
            "3:9: sessions[1].wan: is the wan of sessions[0] already; "
            "give each session a port of its own",
        ),
        (
            ["wan: eth1, lan: br-lan", "wan: eth2, lan: br-lan"],
            "3:20: sessions[1].lan: is the lan of sessions[0] too, and a client there could "
            "mean either; give both a client: of their own",
        ),
        (
            ["wan: eth1, lan: br-lan, client: 02:00:00:00:cc:01", "wan: eth2, lan: br-lan"],
            "3:20: sessions[1].lan: is the lan of sessions[0] too, and a client there could "
            "mean either; give both a client: of their own",
        ),
        (
            [
                "wan: eth1, lan: br-lan, client: 02:00:00:00:cc:01",
                "wan: eth2, lan: br-lan, client: [02:00:00:00:cc:02, 02-00-00-00-CC-01]",
            ],
            "3:20: sessions[1].lan: is the lan of sessions[0] too, and a client there could "
            "mean either; give both a client: of their own",
        ),
        (
            ["name: dorm, wan: eth1, lan: lan1", "name: dorm, wan: eth2, lan: lan2"],
            "3:10: sessions[1].name: the name is that of sessions[0] already; "
            "give each session a name: of its own",
        ),
        (
            ["name: eth2, wan: eth1, lan: lan1", "wan: eth2, lan: lan2"],
            "3:9: sessions[1].wan: the name is that of sessions[0] already; "
            "give each session a name: of its own",
        ),
        (
            ["wan: eth1, lan: lan1, client: [02:00:00:00:cc:01, 02-00-00-00-CC-01]"],
            "2:54: sessions[0].client[1]: is given twice; keep one of the two",
        ),
    ],
)
def test_what_does_not_go_together_is_told(
    problems_of: Problems, sessions: list[str], problem: str
) -> None:
    assert problems_of(_sessions(*sessions)) == [f"config.yaml:{problem}"]


def test_sessions_may_share_a_lan_when_each_names_its_own_clients(
    configuration_of: ConfigurationOf,
) -> None:
    configuration = configuration_of(
        _sessions(
            "wan: eth1, lan: br-lan, client: 02:00:00:00:cc:01",
            "wan: eth2, lan: br-lan, client: [02:00:00:00:cc:02, 02:00:00:00:cc:03]",
        )
    )

    assert [session.lan for session in configuration.sessions] == ["br-lan", "br-lan"]


@pytest.mark.parametrize(
    ("sessions", "place"),
    [
        (["wan: eth1, lan: lan1, mac: clon, restore_mac: true"], "2:31"),
        (["wan: a, lan: l, client: 02:00:00:00:cc:01", "wan: b, lan: l, client: 02:00"], "3:28"),
        (["wan: a, lan: l, client: [02:00]", "wan: b, lan: l, client: 02:00:00:00:cc:01"], "2:29"),
    ],
)
def test_a_value_already_told_is_not_judged_again(
    problems_of: Problems, sessions: list[str], place: str
) -> None:
    (problem,) = problems_of(_sessions(*sessions))

    assert problem.startswith(f"config.yaml:{place}: ")


def test_a_session_that_cannot_be_read_leaves_the_others_their_places(
    problems_of: Problems,
) -> None:
    problems = problems_of("sessions:\n- eth0\n- {wan: eth1, lan: eth1}\n")

    assert [problem.split(" is ")[0] for problem in problems] == [
        "config.yaml:2:3: sessions[0]:",
        "config.yaml:3:20: sessions[1].lan:",
    ]
