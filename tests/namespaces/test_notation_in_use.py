"""The real daemon with a configuration in UCI and in YAML: its advice is in that one's words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.namespaces.conftest import Network
from tests.namespaces.daemon_process import COMMAND, run_command
from tests.namespaces.router import Router

pytestmark = pytest.mark.namespaces

UCI = """\
config globals 'globals'
	option control '{folder}/control.sock'
	option state_dir '{folder}/state'

config session 'dorm'
	option wan 'wan'
	option lan 'lan'
"""
YAML = """\
control: {folder}/control.sock
state_dir: {folder}/state
sessions:
- {{name: dorm, wan: wan, lan: lan}}
"""
RUNS = {"en": "runs as process", "zh": "进程"}
ENGLISH = "let its client log in with “{setting}”"
CHINESE = "或者用“{setting}”让那台设备"


@pytest.fixture
def router() -> Iterator[Router]:
    with Network() as network:
        yield Router(network)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("text", "setting"), [(UCI, "option mac 'clone'"), (YAML, "mac: clone")], ids=["uci", "yaml"]
)
def test_what_to_do_after_a_refusal_is_said_in_the_words_of_the_configuration(
    router: Router, tmp_path: Path, text: str, setting: str, language: str
) -> None:
    path = tmp_path / "configuration"
    path.write_text(text.format(folder=tmp_path))
    daemon = router.start(path, ("env", f"LANGUAGE={language}", *COMMAND), RUNS[language])
    words = {"en": ENGLISH.format(setting=setting), "zh": CHINESE.format(setting=setting)}

    router.refuse_a_login("用户物理MAC地址已被修改")

    daemon.log.wait_for(words[language])
    for asked, said in words.items():
        for command in ("status", "history", "doctor"):
            seconds = ["--seconds", "0"] if command == "doctor" else []
            done = run_command("--lang", asked, command, "-c", str(path), *seconds)
            assert said in done.stdout, command
    done = run_command("--lang", "zh", "status", "--json", "-c", str(path))
    assert words["zh"] in json.loads(done.stdout)["sessions"][0]["last_failure"]["advice"]
