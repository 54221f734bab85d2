"""Commands run beside the event loop: how they end, and what is left of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.processes import child_process
from ruijie_proxy.runtime.processes.child_process import ChildProcess, ChildResult, find_program
from tests.runtime.running import is_running
from tests.runtime.steered_clock import SteeredClock

LONG = 60.0
"""Seconds that no test of this file takes."""


@pytest.fixture
def loop() -> Iterator[EventLoop]:
    made = EventLoop()
    yield made
    made.close()


@pytest.fixture
def run(loop: EventLoop, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ChildResult]:
    """Run a command in the loop until its result is there.

    ``over_with``: a file; as soon as it is there, the command's time is over.
    """
    steered = SteeredClock(monkeypatch)

    def run_to_its_end(
        *command: str, timeout: float = LONG, over_with: Path | None = None, **options: object
    ) -> ChildResult:
        results: list[ChildResult] = []

        def on_end(result: ChildResult) -> None:
            results.append(result)
            loop.stop()

        ChildProcess(loop, command, on_end, timeout=timeout, **options)  # type: ignore[arg-type]
        assert results == [], "the result came before the constructor had returned"
        give_up = loop.timer(loop.stop)
        give_up.set(clock.now() + 3 * LONG)

        def look() -> None:
            if over_with is not None and over_with.exists():
                steered.skip(timeout)
            elif over_with is not None:
                looking.set(clock.now() + 0.01)

        looking = loop.timer(look)
        looking.set(clock.now())
        loop.run()
        give_up.set(None)
        assert len(results) == 1
        return results[0]

    return run_to_its_end


@pytest.fixture
def no_pidfd(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel before 5.3."""

    def refuse(pid: int, flags: int = 0) -> int:
        raise OSError("no such system call")

    monkeypatch.setattr(os, "pidfd_open", refuse)


def open_descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd"))


def wait_until(condition: Callable[[], bool]) -> bool:
    """Wait for what another process does, which is no event of ours."""
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_output_and_errors_of_a_command_come_back_together(run: Callable[..., ChildResult]) -> None:
    result = run("sh", "-c", "echo to output; echo to error >&2")
    assert result.output == "to output\nto error\n"
    assert result.exit_status == 0
    assert result.succeeded


def test_an_exit_status_is_a_result(run: Callable[..., ChildResult]) -> None:
    result = run("sh", "-c", "echo no lease >&2; exit 3")
    assert (result.exit_status, result.signal_number, result.succeeded) == (3, None, False)
    assert result.describe().endswith("failed with exit status 3: no lease")


def test_a_signal_is_a_result(run: Callable[..., ChildResult]) -> None:
    result = run("sh", "-c", "kill -9 $$")
    assert (result.exit_status, result.signal_number) == (None, signal.SIGKILL)
    assert not result.succeeded


@pytest.mark.parametrize("command", [("no-such-program",), ("/nowhere/at-all",), ()])
def test_a_program_that_is_missing_is_a_result(
    run: Callable[..., ChildResult], command: tuple[str, ...]
) -> None:
    result = run(*command)
    assert not result.succeeded
    assert result.error == "there is no such program"


def test_a_file_that_is_no_program_is_a_result(
    run: Callable[..., ChildResult], tmp_path: Path
) -> None:
    script = tmp_path / "script"
    script.write_bytes(b"\x7fELF\x00\x01 not really")
    script.chmod(0o755)
    result = run(str(script))
    assert not result.succeeded
    assert "could not be run" in result.describe()


def test_an_argument_with_a_zero_byte_is_a_result(run: Callable[..., ChildResult]) -> None:
    assert "null byte" in str(run("echo", "a\0b").error)


def test_arguments_pass_no_shell(run: Callable[..., ChildResult]) -> None:
    assert run("echo", "$(id); `id` *").output == "$(id); `id` *\n"


def test_a_command_has_the_path_of_a_router_and_what_it_is_given(
    run: Callable[..., ChildResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.setenv("PASSWORD_OF_OUR_OWN", "secret")
    result = run("env", environment={"RUIJIE_PROXY_WAN": "eth1"})
    assert sorted(result.output.split()) == [
        f"PATH={child_process.SEARCH_PATH}",
        "RUIJIE_PROXY_WAN=eth1",
    ]


def test_a_command_reads_nothing_and_is_killed_by_a_broken_pipe(
    run: Callable[..., ChildResult],
) -> None:
    # CPython ignores SIGPIPE; a command that inherited that would go on for ever here.
    result = run("sh", "-c", "cat; yes | head -1; grep SigIgn /proc/self/status")
    assert result.output.startswith("y\nSigIgn:\t")
    ignored = int(result.output.split()[-1], 16)
    assert not ignored & 1 << (signal.SIGPIPE - 1)


def test_of_a_flood_only_the_last_bytes_are_kept(run: Callable[..., ChildResult]) -> None:
    result = run("sh", "-c", "head -c 1000000 /dev/zero; echo; echo the end", output_limit=100)
    assert len(result.output) == 100
    assert result.output.endswith("\nthe end\n")


def test_output_that_is_no_text_is_described_in_one_printable_line(
    run: Callable[..., ChildResult],
) -> None:
    result = run("printf", "first\\n\\033[31mred\\377\\r\\n\\n")
    assert result.describe().endswith("succeeded: [31mred�")
    assert result.describe().isprintable()


def test_a_command_that_hangs_is_told_to_end(run: Callable[..., ChildResult]) -> None:
    result = run("sleep", "1000", timeout=0.1)
    assert result.timed_out
    assert result.signal_number == signal.SIGTERM
    assert "did not end in time" in result.describe()


def test_a_command_that_ignores_sigterm_is_killed_with_its_children(
    run: Callable[..., ChildResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_process, "_TERMINATION_GRACE", 0.2)
    pid_file, is_set = tmp_path / "pid", tmp_path / "set"
    script = f"trap '' TERM; sleep 1000 & echo $! > {pid_file}; touch {is_set}; sleep 1000"
    result = run("sh", "-c", script, over_with=is_set)
    assert (result.timed_out, result.signal_number) == (True, signal.SIGKILL)
    child = int(pid_file.read_text())
    assert wait_until(lambda: not is_running(child))


def test_children_that_ignore_sigterm_do_not_outlive_a_command_that_obeys(
    run: Callable[..., ChildResult], tmp_path: Path
) -> None:
    pid_file, is_set = tmp_path / "pid", tmp_path / "set"
    deaf = f"trap '' TERM; until [ -s {pid_file} ]; do :; done; touch {is_set}; exec sleep 1000"
    result = run("sh", "-c", f"({deaf}) & echo $! > {pid_file}; wait", over_with=is_set)
    assert (result.timed_out, result.signal_number) == (True, signal.SIGTERM)
    child = int(pid_file.read_text())
    assert wait_until(lambda: not is_running(child))


def test_a_daemon_that_keeps_the_output_open_holds_nothing_up_and_lives_on(
    run: Callable[..., ChildResult],
) -> None:
    result = run("sh", "-c", "setsid sleep 1000 & echo $!; echo started")
    daemon = int(result.output.split()[0])
    try:
        assert result.exit_status == 0
        assert result.output.endswith("started\n")
        assert is_running(daemon)
    finally:
        os.kill(daemon, signal.SIGKILL)


def test_a_daemon_that_floods_the_output_cannot_hold_the_loop(
    run: Callable[..., ChildResult], tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"
    result = run("sh", "-c", f"setsid yes & echo $! > {pid_file}; sleep 0.2")
    assert result.exit_status == 0
    daemon = int(pid_file.read_text())
    # Its pipe is closed, and SIGPIPE is what it gets.
    assert wait_until(lambda: not is_running(daemon))


def test_a_command_that_closes_its_output_is_still_waited_for(
    run: Callable[..., ChildResult],
) -> None:
    assert run("sh", "-c", "exec >&- 2>&-; sleep 0.2; exit 5").exit_status == 5


@pytest.mark.usefixtures("no_pidfd")
@pytest.mark.parametrize(
    ("command", "timeout", "ending"),
    [
        (("sh", "-c", "exit 4"), LONG, (4, None, False)),
        (("sleep", "1000"), 0.2, (None, signal.SIGTERM, True)),
    ],
)
def test_old_kernels_without_pidfd_see_the_end_too(
    run: Callable[..., ChildResult],
    command: tuple[str, ...],
    timeout: float,
    ending: tuple[int | None, int | None, bool],
) -> None:
    result = run(*command, timeout=timeout)
    assert (result.exit_status, result.signal_number, result.timed_out) == ending


def test_a_status_that_the_kernel_threw_away_is_no_success(
    run: Callable[..., ChildResult],
) -> None:
    previous = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        result = run("true")
    finally:
        signal.signal(signal.SIGCHLD, previous)
    assert not result.succeeded
    assert "SIGCHLD" in str(result.error)


def test_no_descriptor_and_no_zombie_is_left(run: Callable[..., ChildResult]) -> None:
    before = open_descriptors()
    for _ in range(3):
        run("true")
        run("no-such-program")
        run("sleep", "1000", timeout=0.05)
    assert open_descriptors() == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("pidfd", [True, False])
def test_close_kills_what_runs_and_reports_nothing(
    loop: EventLoop, monkeypatch: pytest.MonkeyPatch, pidfd: bool
) -> None:
    if not pidfd:
        monkeypatch.delattr(os, "pidfd_open")
    before = open_descriptors()
    results: list[ChildResult] = []
    child = ChildProcess(loop, ["sleep", "1000"], results.append, timeout=LONG)
    child.close()
    child.close()
    stop = loop.timer(loop.stop)
    stop.set(clock.now() + 0.05)
    loop.run()
    assert results == []
    assert open_descriptors() == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_close_within_the_callback_of_the_result_is_harmless(loop: EventLoop) -> None:
    children: list[ChildProcess] = []

    def on_end(result: ChildResult) -> None:
        children[0].close()
        loop.stop()

    children.append(ChildProcess(loop, ["true"], on_end, timeout=LONG))
    loop.run()


def test_programs_are_found_in_the_given_directories_in_their_order(tmp_path: Path) -> None:
    for directory, mode in (("a", 0o644), ("b", 0o755), ("c", 0o755)):
        (tmp_path / directory).mkdir()
        program = tmp_path / directory / "udhcpc"
        program.touch()
        program.chmod(mode)
    path = f"{tmp_path}/a:{tmp_path}/b:{tmp_path}/c"
    assert find_program("udhcpc", path) == f"{tmp_path}/b/udhcpc"
    assert find_program("dhcpcd", path) is None
    assert find_program(f"{tmp_path}/c/udhcpc", path) == f"{tmp_path}/c/udhcpc"
    assert find_program(str(tmp_path), path) is None
