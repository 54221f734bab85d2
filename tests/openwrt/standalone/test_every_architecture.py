"""The packaged program does on every architecture what it does here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ruijie_proxy import __version__
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.lab.options import ClientOptions
from tests.inspect.recorded import login, pcapng
from tests.namespaces.daemon_process import run_command
from tests.openwrt.standalone.conftest import CHECKOUT, Installed

VECTORS = CHECKOUT / "tests" / "data" / "v4_check.json"
UCI = """\
config session 'dorm'
	option mode 'relay'
	option wan 'wan'
	option lan 'br-lan'
"""
COMPUTE_CHECKS = """
import json
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.v4_check import v4_check
with open({path!r}) as file:
    rows = json.load(file)["check"]
for row in rows:
    print(v4_check(bytes.fromhex(row["challenge"]), Edition(row["edition"])).decode())
"""

NUMBERS = (7.5, -7.5, 2.5, 0.3, -0.3, 1 / 3, 1e-7, 123456.789, 1e15 + 0.5, 2.0**53 + 2)
CALCULATE = f"""
import math, time
for x in {NUMBERS}:
    print(x, math.floor(x), math.ceil(x), round(x), round(x, 2), int(x * 1000), x % 0.7, x // 3)
    print(float(str(x)) == x, "%.3f %g" % (x, x), math.sqrt(abs(x)), math.fmod(x, 2))
    print(time.gmtime(x))
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    path = tmp_path / "ruijie-proxy"
    path.write_text(UCI)
    path.chmod(0o600)
    return path


def test_it_says_its_version(installed: Installed) -> None:
    done = installed.run("--version")

    assert (done.returncode, done.stdout) == (0, f"ruijie-proxy, version {__version__}\n")


def test_it_reads_openwrts_configuration(installed: Installed, configuration: Path) -> None:
    done = installed.run("check", "-c", str(configuration))

    assert done.returncode == ExitCode.DONE
    assert "dorm: relay, clients on br-lan, campus switch on wan" in done.stdout


def test_it_reads_yaml_as_here(installed: Installed) -> None:
    path = str(CHECKOUT / "configs" / "full.yaml")
    here = run_command("check", "-c", path)

    done = installed.run("check", "-c", path)

    assert (done.returncode, done.stdout) == (here.returncode, here.stdout)
    assert done.returncode == ExitCode.DONE


def test_it_tells_errors_in_chinese(installed: Installed, configuration: Path) -> None:
    configuration.write_text(UCI.replace("br-lan", "wan"))

    done = installed.run("check", "-c", str(configuration), language="zh")

    assert done.returncode == ExitCode.USAGE
    assert "ruijie-proxy.dorm.lan" in done.stderr
    assert "发现 1 处错误" in done.stderr


@pytest.fixture
def captured(tmp_path: Path) -> tuple[str, ...]:
    """A login in a file, and the option that tells its password."""
    capture, password = tmp_path / "login.pcapng", tmp_path / "password"
    client = ClientOptions()
    capture.write_bytes(pcapng(login(client=client)))
    password.write_text(client.password)
    return str(capture), "--password-file", str(password)


def test_it_tells_the_story_of_a_capture_as_here(
    installed: Installed, captured: tuple[str, ...]
) -> None:
    here = run_command("inspect", *captured)

    done = installed.run("inspect", *captured)

    assert (done.returncode, done.stdout) == (here.returncode, here.stdout), done.stderr
    assert done.returncode == ExitCode.DONE
    assert "V4" in done.stdout


def test_it_learns_a_session_from_a_capture_as_here(
    installed: Installed, captured: tuple[str, ...]
) -> None:
    account = ("-u", ClientOptions().username)
    here = run_command("learn", *captured, *account, "--wan", "eth1", "-o", "-")

    done = installed.run("learn", *captured, *account, "--wan", "eth1", "-o", "-")

    assert (done.returncode, done.stdout) == (here.returncode, here.stdout), done.stderr
    assert done.returncode == ExitCode.DONE
    assert 'wan: "eth1"' in done.stdout


def test_it_computes_every_row_of_the_v4_check(installed: Installed) -> None:
    rows = json.loads(VECTORS.read_text(encoding="utf-8"))["check"]

    told = installed.run_code(COMPUTE_CHECKS.format(path=str(VECTORS)))

    assert told.split() == [row["check"] for row in rows]


def test_it_calculates_as_here(installed: Installed) -> None:
    # The floor(7.5) of the compiler's library was 7.5 where registers have more bits than doubles.
    here = subprocess.run([sys.executable, "-c", CALCULATE], stdout=subprocess.PIPE, check=True)

    assert installed.run_code(CALCULATE) == here.stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["lab", "demo"], "router"),
        (["password", "seal", "-u", "student", "--password-file", "{password}"], "_all"),
    ],
)
def test_what_is_not_in_it_says_so(
    installed: Installed, tmp_path: Path, arguments: list[str], advice: str
) -> None:
    password = tmp_path / "password"
    password.write_text("plum-tree")
    key = ["--key-file", str(tmp_path / "key")] if arguments[0] == "password" else []

    done = installed.run(*[word.format(password=password) for word in arguments], *key)

    assert done.returncode == ExitCode.ERROR
    assert advice in done.stderr
    assert "Traceback" not in done.stderr
