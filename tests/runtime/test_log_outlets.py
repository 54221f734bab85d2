"""Syslog as OpenWrt's logd and others read it; the stream and the journal are in test_log.py."""

from __future__ import annotations

import io
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ruijie_proxy.runtime.telling import log_outlets
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.log import Log


class SystemLog:
    """What reads at the socket of the system's log."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(30)

    def next_message(self) -> str:
        return self._socket.recv(4096).decode()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "log"
    monkeypatch.setenv("RUIJIE_PROXY_LOG", "syslog")
    monkeypatch.setattr(log_outlets, "SYSLOG", str(path))
    return path


@pytest.fixture
def system_log(address: Path) -> Iterator[SystemLog]:
    system_log = SystemLog(address)
    yield system_log
    system_log.close()


def test_a_line_has_its_level_and_neither_time_nor_mark_of_its_own(system_log: SystemLog) -> None:
    Log().write(Level.WARNING, "您已被强制下线", "dorm")

    # 28: facility daemon, level warning. The time is syslog's own, which readers replace.
    pattern = rf"<28>[A-Z][a-z]{{2}} [ \d]\d \d\d:\d\d:\d\d ruijie-proxy\[{os.getpid()}\]: (.*)"
    found = re.fullmatch(pattern, system_log.next_message())
    assert found is not None
    assert found[1] == "dorm: 您已被强制下线"


def test_logd_finds_the_time_where_it_takes_it_away(system_log: SystemLog) -> None:
    """It cuts 16 bytes behind the level, when the last of them is a space."""
    Log().write(Level.INFO, "stopped")

    behind_the_level = system_log.next_message().removeprefix("<30>")
    assert behind_the_level[15] == " "
    assert behind_the_level[16:] == f"ruijie-proxy[{os.getpid()}]: stopped"


def test_each_level_is_told_as_what_it_is(system_log: SystemLog) -> None:
    log = Log(verbose=True)
    for level in Level:
        log.write(level, level.name)

    told = [system_log.next_message().partition(">")[0] for _ in Level]
    assert told == ["<27", "<28", "<29", "<30", "<31"]


def test_a_log_that_is_restarted_gets_the_next_line(system_log: SystemLog, address: Path) -> None:
    log = Log()
    log.write(Level.INFO, "first")
    assert system_log.next_message().endswith(": first")
    system_log.close()
    address.unlink()

    another = SystemLog(address)
    log.write(Level.INFO, "second")

    assert another.next_message().endswith(": second")
    another.close()


def test_without_a_log_standard_error_has_it(
    address: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not address.exists()

    Log().write(Level.WARNING, "the WAN link is down", "dorm")

    assert capsys.readouterr().err == "dorm: the WAN link is down\n"


def test_without_the_variable_it_goes_to_standard_error(
    system_log: SystemLog, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RUIJIE_PROXY_LOG")

    Log().write(Level.INFO, "stopped")

    assert capsys.readouterr().err.endswith(" stopped\n")


def test_what_is_no_text_does_not_end_the_daemon(system_log: SystemLog) -> None:
    Log().write(Level.INFO, "a name of undecodable bytes: \udcff")

    assert system_log.next_message().endswith("bytes: \\udcff")


def test_a_stream_is_written_to_whatever_the_environment_says(address: Path) -> None:
    stream = io.StringIO()
    Log(stream).write(Level.INFO, "stopped")

    assert stream.getvalue().endswith(" stopped\n")
