"""The real daemon with a configuration in UCI and in YAML: its advice is in that one's words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ruijie_proxy.runtime.address import dhcp_clients
from tests.namespaces.conftest import Network
from tests.namespaces.daemon_process import run_command
from tests.namespaces.router import Router

pytestmark = pytest.mark.namespaces

UCI = """\
config globals 'globals'
	option control '{folder}/control.sock'
	option state_dir '{folder}/state'
	option journal_dir '{folder}/state'

config session 'dorm'
	option wan 'wan'
	option lan 'lan'
"""
YAML = """\
control: {folder}/control.sock
state_dir: {folder}/state
sessions:
- name: dorm
  wan: wan
  lan: lan
"""
NETIFD = """#!/bin/sh
echo '{ "interface": [ { "interface": "wan", "device": "wan", "l3_device": "wan", "proto": "static" } ] }'
"""
"""What netifd says of a WAN port with a fixed address, as `ubus call network.interface dump`."""


@pytest.fixture
def router() -> Iterator[Router]:
    with Network() as network:
        yield Router(network)


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        (UCI, "en", "Name a command in “list dhcp_renew '…'”, or set “option dhcp_renew 'off'”"),
        (UCI, "zh", "请在“list dhcp_renew '…'”里写一个命令；静态地址请设“option dhcp_renew 'off'”"),
        (YAML, "en", "Name a command in “dhcp: {renew: […]}”, or set “dhcp: {renew: off}”"),
        (YAML, "zh", "请在“dhcp: {renew: […]}”里写一个命令；静态地址请设“dhcp: {renew: off}”"),
    ],
    ids=["uci-en", "uci-zh", "yaml-en", "yaml-zh"],
)
def test_the_log_and_the_history_advise_in_the_words_of_the_configuration(
    router: Router, tmp_path: Path, text: str, language: str, words: str
) -> None:
    """Nothing renews addresses here, which the renewal ends with."""
    path = tmp_path / "configuration"
    path.write_text(text.format(folder=tmp_path))
    command = ("env", "PATH=/nonexistent", f"LANGUAGE={language}", *COMMAND)
    daemon = router.start(path, command)
    run_command("renew", "-c", str(path))

    daemon.log.wait_for(words)
    for asked, said in (("en", "Name a command in"), ("zh", "里写一个命令")):
        done = run_command("--lang", asked, "history", "-c", str(path))
        assert said in done.stdout
        assert ("dhcp_renew '…'" in done.stdout) is (text is UCI)
