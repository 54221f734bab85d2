"""Configurations in YAML, written as a router has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ruijie_proxy.config.reader import parse_for_another_machine
from ruijie_proxy.config.shape.problems import ConfigurationProblems
from ruijie_proxy.deploy.settings_file import settings_of
from tests.openwrt.checkout import CHECKOUT

EXAMPLES = sorted((CHECKOUT / "configs").glob("*.yaml"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_example_says_the_same_in_uci(example: Path) -> None:
    written = settings_of(str(example))

    assert written.startswith(b"config ")
    as_yaml = parse_for_another_machine(example.read_bytes(), "yaml").plain
    assert parse_for_another_machine(written, "uci").plain == as_yaml


def test_a_configuration_in_uci_stays_as_it_is() -> None:
    example = CHECKOUT / "configs/openwrt.uci"

    assert settings_of(str(example)) == example.read_bytes()


def test_lists_tables_and_odd_names_have_their_way_in_uci(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "log: {level: debug}\n"
        "sessions:\n"
        "  - name: upper-bunk\n"
        "    mode: login\n"
        "    wan: eth1\n"
        "    username: me\n"
        '    password: "a; b"\n'
        "    heartbeat: off\n"
        '    properties: {0x62: "hex:00"}\n'
        "    hooks: {online: [/root/told, it]}\n"
    )

    assert settings_of(str(file)).decode() == (
        "config globals 'globals'\n"
        "\toption log_level 'debug'\n"
        "\n"
        "config session\n"
        "\toption name 'upper-bunk'\n"
        "\toption mode 'login'\n"
        "\toption wan 'eth1'\n"
        "\toption username 'me'\n"
        "\toption password 'a; b'\n"
        "\toption heartbeat 'off'\n"
        "\tlist properties '0x62=hex:00'\n"
        "\tlist hooks_online '/root/told'\n"
        "\tlist hooks_online 'it'\n"
    )


def test_files_that_are_to_be_on_the_router_are_not_looked_for_here(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "sessions:\n  - {mode: login, wan: eth1, username: me, password_file: /etc/not-here}\n"
    )

    assert b"password_file '/etc/not-here'" in settings_of(str(file))


def test_what_is_wrong_is_told_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("sessions:\n  - {wan: eth1, lam: br-lan}\n")

    with pytest.raises(ConfigurationProblems, match='did you mean "lan"'):
        settings_of(str(file))
