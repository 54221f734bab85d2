"""The real daemon where the system speaks Chinese: it needs no more than ``LANG``."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import pytest

from ruijie_proxy.lab.options import SuccessShape
from tests.namespaces.conftest import Network
from tests.namespaces.daemon_process import COMMAND, run_command, write_configuration
from tests.namespaces.router import Router

pytestmark = pytest.mark.namespaces

IN_CHINESE = ("env", "--unset=LANGUAGE", "--unset=LC_ALL", "LANG=zh_CN.UTF-8")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"\b(the|is|to|and|of|was|has)\b")
"""Words that no line in English does without; keys of the configuration are none of them."""


def is_english(text: str, folder: Path) -> bool:
    """Whether English is in a text, beside the name of the folder."""
    return bool(ENGLISH.search(text.replace(str(folder), "")))


@pytest.fixture
def router(network: Network) -> Router:
    return Router(network)


def test_every_line_of_a_login_and_of_a_reload_is_chinese(router: Router, tmp_path: Path) -> None:
    path = write_configuration(tmp_path, {"name": "dorm", "wan": "wan", "lan": "lan"})
    daemon = router.start(path, (*IN_CHINESE, *COMMAND), "已启动，进程号")
    router.relay_a_login(SuccessShape.MODERN)
    daemon.log.wait_for("接管：从现在起由路由器发送心跳")

    path.write_text(json.dumps({"sessions": [{"wan": "wan"}], "lang": "zh"}))
    daemon.signal(signal.SIGHUP)
    daemon.log.wait_for("不采用新的配置：有错误；继续使用原来的")
    daemon.signal(signal.SIGTERM)
    assert daemon.log.wait_for_end() == 0

    lines = daemon.log.text.splitlines()
    assert any(" 错误：" in line and "sessions[0].lan：缺少；" in line for line in lines)
    assert [line for line in lines if not CHINESE.search(line)] == []
    assert [line for line in lines if is_english(line, tmp_path)] == []


def test_who_asks_is_told_in_his_own_language_what_happened(router: Router, tmp_path: Path) -> None:
    path = write_configuration(tmp_path, {"name": "dorm", "wan": "wan", "lan": "lan"})
    daemon = router.start(path, (*IN_CHINESE, *COMMAND), "已启动，进程号")
    router.relay_a_login(SuccessShape.MODERN)
    daemon.log.wait_for("接管：从现在起由路由器发送心跳")
    daemon.signal(signal.SIGTERM)
    assert daemon.log.wait_for_end() == 0

    english = run_command("--lang", "en", "history", "-c", str(path)).stdout
    chinese = run_command("--lang", "zh", "history", "-c", str(path)).stdout

    assert "takeover: the router sends the heartbeats from now on" in english
    assert [line for line in english.splitlines() if re.search("接管|认证|客户端", line)] == []
    assert "接管：从现在起由路由器发送心跳" in chinese
    assert [line for line in chinese.splitlines() if is_english(line, tmp_path)] == []


def test_why_it_does_not_start_is_told_in_chinese(router: Router, tmp_path: Path) -> None:
    path = write_configuration(tmp_path, {"name": "dorm", "wan": "wan", "lan": "lan"})
    (tmp_path / "control.sock").write_text("a file")

    ended = router.run(path, prefix=IN_CHINESE)

    assert ended.returncode == 1
    assert "无法创建控制套接字" in ended.stderr
    assert "已有同名的文件，不是套接字" in ended.stderr
    assert not is_english(ended.stderr, tmp_path)


def test_check_tells_what_is_wrong_in_chinese(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("sessions:\n- wan: eth1\n  lan: br-lan\n  heartbeat: {interval: 900}\n")

    checked = run_command("check", "-c", str(path), prefix=IN_CHINESE)

    assert checked.returncode == 2
    told = checked.stdout + checked.stderr
    assert f"{path}:4:25: sessions[0].heartbeat.interval：太大；应写：auto，或 1 到 300" in told
    assert not is_english(told, tmp_path)
