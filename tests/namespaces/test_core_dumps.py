"""No way to end the program leaves its memory, with the password in it, in a core dump.

The kernel itself says whether it has made one: in how the process ended (waitid(2)). So it does not
matter where core_pattern sends them.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from tests.namespaces.daemon_process import COMMAND, write_configuration
from tests.namespaces.router import Router
from tests.namespaces.transcript import Transcript

if TYPE_CHECKING:
    from pathlib import Path

    from tests.namespaces.conftest import Network

OWN_LOGIN = {"name": "dorm", "wan": "wan", "mode": "login", "username": "me", "password": "hunter2"}
DEADLY = (signal.SIGABRT, signal.SIGSEGV, signal.SIGQUIT)


def with_core_dumps(folder: Path, *command: str) -> tuple[str, ...]:
    """Return what runs a command as a shell does whose user wants dumps, in a folder for them."""
    shell = ("sh", "-c", 'cd "$0" && ulimit -c unlimited && exec "$@"', str(folder), *command)
    # In the background of a shell, which has its children ignore SIGQUIT, nothing would die of it.
    return ("env", "--default-signal=QUIT", *shell)


def was_dumped(pid: int) -> bool:
    """Wait for the end of a child by a signal; return whether it left a core dump."""
    ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert ended is not None
    assert ended.si_code in (os.CLD_KILLED, os.CLD_DUMPED)
    return ended.si_code == os.CLD_DUMPED


@pytest.fixture
def router(network: Network) -> Router:
    return Router(network)


@pytest.fixture
def folder(network: Network, tmp_path: Path) -> Path:
    """Return a folder where a program that is like others does leave a dump."""
    folder = tmp_path / "here"
    folder.mkdir()
    command = with_core_dumps(folder, sys.executable, "-c", "import os; os.abort()")
    other = network.start(network.namespace("other"), *command)
    if not was_dumped(other.pid):
        pytest.skip("this machine makes no core dumps at all (core_pattern)")
    for left in folder.iterdir():
        left.unlink()
    return folder


@pytest.mark.parametrize("number", DEADLY)
def test_a_daemon_that_dies_leaves_none(
    router: Router, tmp_path: Path, folder: Path, number: signal.Signals
) -> None:
    configuration = write_configuration(tmp_path, OWN_LOGIN)
    daemon = router.start(configuration, with_core_dumps(folder, *COMMAND))

    daemon.signal(number)

    assert not was_dumped(daemon.pid)
    assert list(folder.iterdir()) == []


def test_nor_does_a_login_without_a_daemon(
    network: Network, router: Router, tmp_path: Path, folder: Path
) -> None:
    password = tmp_path / "password"
    password.write_text("hunter2\n")
    options = ("--wan", "wan", "-u", "me", "--password-file", str(password))
    files = ("--state-dir", str(tmp_path / "state"))
    command = with_core_dumps(folder, *COMMAND, "login", *options, *files)
    process = network.start(router.namespace, *command)
    Transcript(process).wait_for("the Start goes out")

    process.send_signal(signal.SIGABRT)

    assert not was_dumped(process.pid)
    assert list(folder.iterdir()) == []


def test_nor_does_what_is_forked_to_read_the_configuration(network: Network, folder: Path) -> None:
    code = (
        "import os, sys; from ruijie_proxy.runtime.processes.core_dumps import prevent_core_dumps; "
        "prevent_core_dumps(); child = os.fork(); child or os.abort(); "
        "print(os.WCOREDUMP(os.waitpid(child, 0)[1]))"
    )
    command = with_core_dumps(folder, sys.executable, "-c", code)

    assert network.namespace("reader").run(*command) == "False\n"


def test_a_user_may_still_want_dumps_of_commands_that_the_daemon_starts(
    network: Network, folder: Path
) -> None:
    raise_the_limit = 'ulimit -c unlimited; kill -ABRT "$$"'
    code = (
        "import os, subprocess; "
        "from ruijie_proxy.runtime.processes.core_dumps import prevent_core_dumps; "
        "prevent_core_dumps(); "
        f"child = os.posix_spawn('/bin/sh', ['sh', '-c', {raise_the_limit!r}], {{}}); "
        "print(os.WCOREDUMP(os.waitpid(child, 0)[1]))"
    )
    command = with_core_dumps(folder, sys.executable, "-c", code)

    assert network.namespace("starter").run(*command) == "True\n"


def test_the_limit_alone_is_there_where_nothing_calls_the_kernel(network: Network) -> None:
    code = (
        "import resource, sys; sys.modules['_ctypes'] = None; "
        "from ruijie_proxy.runtime.processes.core_dumps import prevent_core_dumps; "
        "prevent_core_dumps(); "
        "print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )

    assert network.namespace("without").run(sys.executable, "-c", code) == "0\n"
