"""The story in Chinese for people; for programs it stays as it is."""

from __future__ import annotations

import io
import json
import re

import pytest

from ruijie_proxy.display_width import columns
from ruijie_proxy.inspect.capture.capture_file import CaptureFile
from ruijie_proxy.inspect.json_report import JsonReport
from ruijie_proxy.inspect.telling import Report, tell
from ruijie_proxy.inspect.text_report import TextReport
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, SwitchOptions
from tests.chinese import run_in_chinese, speak_chinese
from tests.inspect.recorded import login, pcap

CAPTURE = pcap(login(SwitchOptions(services=("移动",)), seconds=45.0))


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    speak_chinese(monkeypatch)


def told(*, verbose: bool = False, content: bytes = CAPTURE) -> list[str]:
    lines: list[str] = []
    report: Report = TextReport(lines.append, verbose=verbose)
    tell(CaptureFile(io.BytesIO(content)), report, DEFAULT_PASSWORD.encode())
    return [re.sub("\x1b\\[[0-9;]*m", "", line) for line in lines]


def test_a_login_is_told() -> None:
    text = "\n".join(told())

    assert "客户端 A (02:00:00:00:cc:01) → PAE 组播  Start" in text
    assert "            密码属性      ✓ 与该密码相符\n" in text
    assert "            心跳参数      密钥 32764ae1，每 20 秒一次心跳\n" in text
    assert "…… 还有 2 个，序号逐个加一，直到 0x102d；最后一个与前一个相隔 20.0 秒" in text
    assert "9 个 EAPOL 帧；另有 0 个其他协议的包未显示。" in text


def test_headings_are_as_wide_as_ever() -> None:
    headings = [line for line in told() if line.startswith("──")]

    assert [columns(heading) for heading in headings] == [78, 78]


@pytest.mark.parametrize("label", ["用户名", "MD5 值", "V4 校验", "密码属性", "属性", "计费信息"])
def test_labels_stand_in_a_column(label: str) -> None:
    (found, *_) = [line for line in told(verbose=True) if line.startswith(f"{' ' * 12}{label} ")]

    behind = found[12 + len(label) :]
    assert columns(found) - columns(behind.lstrip()) == 26


def test_programs_get_the_same_in_every_language(monkeypatch: pytest.MonkeyPatch) -> None:
    def as_json() -> str:
        output = io.StringIO()
        tell(
            CaptureFile(io.BytesIO(CAPTURE[:-3])),
            JsonReport(output.write, json.dumps, verbose=True),
            None,
        )
        return output.getvalue()

    chinese = as_json()
    monkeypatch.undo()

    assert chinese == as_json()
    assert json.loads(chinese)["summary"]["damage"].startswith("the file ends in the middle")


def test_what_is_no_capture_is_told() -> None:
    ended = run_in_chinese("inspect", "/dev/null")

    assert ended.returncode == 1
    assert ended.stderr.startswith("/dev/null：这不是 pcap 或 pcapng 文件。Wireshark 能打开")
