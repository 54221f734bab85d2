"""What the commands say in Chinese, Click's own words included, and how it fits a terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ruijie_proxy.cli import login
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.commands import commands
from ruijie_proxy.cli.watching import status
from ruijie_proxy.cli.watching.status import show_status
from ruijie_proxy.display_width import columns
from ruijie_proxy.runtime.one_shot import Outcome
from tests.chinese import run_in_chinese, speak_chinese

COMMANDS = [
    [],
    ["run"],
    ["login"],
    ["logout"],
    ["status"],
    ["check"],
    ["password", "seal"],
    ["profile"],
    ["profile", "export"],
    ["history"],
    ["events"],
    ["doctor"],
    ["inspect"],
    ["capture"],
    ["lab"],
    ["lab", "demo"],
]
SESSION: dict[str, Any] = {
    "name": "dorm",
    "mode": "auto",
    "state": "online",
    "wan": "eth1",
    "lan": "br-lan",
    "server": "00:d0:f8:d9:f1:04",
    "client": "02:00:00:00:cc:01",
    "since": "13:00",
    "client_needed": True,
    "heartbeat": {"source": "server", "interval": 18.0, "sent": 12, "number": 41, "last": "13:03"},
    "message": "欢迎",
    "accounting": "20 GB",
    "last_failure": {
        "text": None,
        "kind": "credentials",
        "at": "12:59",
        "advice": "Check “username:” and the password; only you can mend it.",
        "told": {
            "message": "Check “{keys[username]}” and the password; only you can mend it.",
            "values": {"keys": {"username": "username:"}},
        },
    },
    "next_try": "13:10",
    "services": ["移动", "校园网"],
}


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    speak_chinese(monkeypatch)


def invoke(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(commands, arguments, input=typed)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_help_page_is_in_chinese_and_fits_the_terminal(command: list[str]) -> None:
    page = run_in_chinese(*command, "--help")

    assert page.returncode == ExitCode.DONE
    assert page.stdout.startswith("用法：ruijie-proxy ")
    assert "显示本帮助并退出。" in page.stdout
    assert "Usage" not in page.stdout
    assert "Options" not in page.stdout
    assert max(map(columns, page.stdout.splitlines())) <= 80


def test_commands_stand_beside_their_first_sentences_in_one_column() -> None:
    page = run_in_chinese("--help").stdout
    _, table = page.split("命令：\n")

    assert "  check     检查配置，指出其中的每一处错误。\n" in table
    starts = {re.search("[\u4e00-\u9fff]", line) for line in table.splitlines()}
    assert {found and found.start() for found in starts} == {12}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["login", "--wann", "x"], "错误：没有选项 '--wann'"),
        (["inspect"], "错误：缺少参数 'FILE'"),
        (["login"], "错误：缺少选项 '--wan'"),
        (["statsu"], "错误：没有命令 'statsu'"),
        (["login", "--edition", "3"], "错误：'--edition' 的值无效"),
        (["capture", "-o"], "错误：选项 '-o' 需要 1 个值。"),
        (["check", "a"], "错误：多余的参数（a）"),
        (["status", "--watch", "--json"], "错误：--watch 是给人看的"),
    ],
)
def test_wrong_usage_is_told_in_chinese(arguments: list[str], told: str) -> None:
    ended = run_in_chinese(*arguments)

    assert ended.returncode == ExitCode.USAGE
    assert told in ended.stderr
    assert "Usage" not in ended.stderr
    assert "Error" not in ended.stderr


def test_a_command_that_may_stand_alone_has_its_usage_in_chinese() -> None:
    assert run_in_chinese("lab", "--help").stdout.startswith(
        "用法：ruijie-proxy lab [选项] [命令] [参数]...\n"
    )


def test_what_is_typed_wrong_is_shown_the_way_to_help() -> None:
    assert "用 'ruijie-proxy inspect --help' 查看帮助。" in run_in_chinese("inspect").stderr


def test_the_status_is_told_in_columns_of_the_terminal(
    chinese: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(status, "ask_daemon", lambda *_: {"sessions": [SESSION]})
    show_status(None, None, as_json=False)

    assert capsys.readouterr().out == (
        "dorm：在线，自 13:00\n"
        "  网口        电脑接 br-lan，校园网交换机接 eth1\n"
        "  服务器      00:d0:f8:d9:f1:04\n"
        "  客户端      02:00:00:00:cc:01\n"
        "  下次尝试    13:10\n"
        "  需要        请在电脑上打开客户端，重新验证密码\n"
        "  心跳        每 18 秒一次，按服务器下发的参数；已发 12 次，最近一次序号 41，时间 13:03\n"
        "  消息        欢迎\n"
        "  计费信息    20 GB\n"
        "  可选服务    移动、校园网\n"
        "  失败        12:59（账号或密码）\n"
        "              请检查“username:”和密码；只有你能解决。\n"
    )


def test_programs_get_the_same_in_every_language_but_for_the_advice(
    chinese: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(status, "ask_daemon", lambda *_: {"sessions": [SESSION]})
    show_status(None, None, as_json=True)

    advice = "请检查“username:”和密码；只有你能解决。"
    translated = {**SESSION, "last_failure": {**SESSION["last_failure"], "advice": advice}}
    assert json.loads(capsys.readouterr().out) == {"sessions": [translated]}


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("lan: br-lan", "dorm：转发，电脑接 br-lan，校园网交换机接 eth1"),
        (
            "mode: login, username: me, password: x, dhcp: off",
            "dorm：以 me 经 eth1 自己认证（ruijie、Linux 1.0），静态 IP",
        ),
        (
            "mode: login, username: me, password: x, client_version: 1.40",
            "dorm：以 me 经 eth1 自己认证（ruijie、版本 1.40），认证后获取 IP",
        ),
        (
            "mode: auto, lan: br-lan, username: me, password: x",
            "dorm：自动：以 me 经 eth1 自己认证（ruijie、Linux 1.0），"
            "不行则转发 br-lan 上的客户端，认证后获取 IP；802.1X 没有应答时，在学校的认证门户认证",
        ),
    ],
)
def test_check_tells_what_a_good_file_means(
    chinese: None, tmp_path: Path, keys: str, line: str
) -> None:
    file = tmp_path / "config.yaml"
    file.touch(mode=0o600)
    file.write_text(f"sessions:\n  - {{name: dorm, wan: eth1, {keys}}}\n")

    assert invoke("check", "-c", str(file)).stdout == f"{line}\n{file} 没有问题。\n"


def test_check_counts_what_is_wrong(chinese: None, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("sessions:\n  - {wan: eth1, lan: eth1, hartbeat: {}}\n")
    ended = invoke("check", "-c", str(file))

    assert ended.exit_code == ExitCode.USAGE
    assert "发现 2 处错误。" in ended.stderr


class OneShot:
    """A stand-in that ends as told."""

    outcome = Outcome.REFUSED
    message: str | None = None
    advice: str | None = None
    seconds_to_wait: float | None = None

    def __init__(self, *_: object, **_others: object) -> None:
        pass

    def run(self, keep: bool) -> Outcome:
        return self.outcome

    def close(self) -> None:
        pass


@pytest.fixture
def one_shot(chinese: None, monkeypatch: pytest.MonkeyPatch) -> type[OneShot]:
    class OwnOneShot(OneShot):
        pass

    monkeypatch.setattr(login, "OneShot", OwnOneShot)
    return OwnOneShot


@pytest.mark.parametrize(
    ("outcome", "message", "told"),
    [
        (Outcome.AUTHENTICATED, "欢迎", "认证成功。欢迎"),
        (Outcome.REFUSED, "密码错误", "服务器拒绝认证：密码错误"),
        (Outcome.REFUSED, None, "服务器拒绝认证，没有说明原因"),
        (Outcome.NO_CLIENT, None, "认证未成功：LAN 侧没有客户端来认证"),
        (Outcome.NO_SERVER, None, "认证未成功：WAN 口上没有服务器应答"),
        (Outcome.NO_RESULT, None, "认证未成功：认证超时"),
        (Outcome.TOO_SOON, None, "认证未成功：最近尝试次数太多"),
        (Outcome.INTERRUPTED, None, "认证未成功：还没有结果就被中断了"),
    ],
)
def test_a_login_is_told_as_it_ended(
    one_shot: type[OneShot], outcome: Outcome, message: str | None, told: str
) -> None:
    one_shot.outcome = outcome
    one_shot.message = message
    ended = invoke("login", "--wan", "eth1", "-u", "me", "--password-file", "-", typed="x\n")

    assert told in ended.output


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "不知道由谁认证：请用 -u 写明账号"),
        (("--lan", "br-lan", "--password-file", "-"), "--password-file 要和账号一起用"),
        (("-u", "me"), "没有终端，无法询问密码"),
    ],
)
def test_a_login_without_what_it_needs_says_so(
    one_shot: type[OneShot], options: tuple[str, ...], told: str
) -> None:
    ended = invoke("login", "--wan", "eth1", *options)

    assert ended.exit_code == ExitCode.USAGE
    assert told in ended.stderr
