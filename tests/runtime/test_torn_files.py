"""Files of the state directory torn at every byte: the session goes on, or begins anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.engine.login_memory import LIMITS, LoginMemory
from ruijie_proxy.engine.relay.relay_session import RelaySession
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import SessionSettings
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.clock import Moment
from ruijie_proxy.runtime.records.login_memory_file import LoginMemoryFile
from ruijie_proxy.runtime.records.state_file import StateFile
from ruijie_proxy.values import replace

BOOT = "5d0c1a2e-0000-4000-8000-000000000001"
NOW = Moment(BOOT, 5000.0, 1_780_000_000.0)
WAN = bytes.fromhex("020000000002")
SESSION = KeptSession(
    server=bytes.fromhex("00d0f8000001"),
    client=bytes.fromhex("020000000001"),
    wan_address=WAN,
    original_wan_address=None,
    identity_response=bytes.fromhex("00d0f8000001020000000002888e0100000a0201000a0175736572"),
    key=0x410F2F36,
    next_number=4140,
    interval=30,
    observed_interval=None,
    source="server",
    last_heartbeat=4990.5,
    since=1000.0,
    message="您好",
    accounting=None,
)
LATER = replace(SESSION, next_number=4141, last_heartbeat=5017.5, message="您好！", since=1000.25)
MEMORY = LoginMemory(tries=(4000.0, 4100.0), failures=2, failure="busy", not_before=5100.0)


def flipped(content: bytes, at: int) -> list[bytes]:
    """Return it with one byte changed, in ways that JSON may take for something else."""
    return [
        content[:at] + bytes((value,)) + content[at + 1 :]
        for value in {
            content[at] ^ 1,
            content[at] ^ 0x80,
            0,
            ord("0"),
            ord("9"),
            ord('"'),
            ord(" "),
        }
    ]


def resumed(file: StateFile) -> None:
    """Do as a daemon that starts: read the file, and go on with what is in it."""
    kept = file.load(BOOT)
    assert kept.session is None or kept.problem is None
    session = RelaySession(SessionSettings(), RouterFacts(WAN), True)
    if kept.session is not None:
        session.resume(kept.session, NOW.boot)
    session.begin(NOW.boot)
    for _ in range(3):
        if (deadline := session.next_deadline) is not None:
            session.handle_timer(deadline)
    assert session.take_actions() is not None


def test_a_state_file_of_two_halves_or_with_a_wrong_byte_costs_a_login_at_most(
    tmp_path: Path,
) -> None:
    file, path = StateFile(str(tmp_path), "dorm"), tmp_path / "dorm.json"
    contents = []
    for session in (SESSION, LATER):
        file.save(session, BOOT)
        contents.append(path.read_bytes())
    old, new = contents
    for at in range(max(len(old), len(new))):
        for torn in (new[:at] + old[at:], new[:at], new[:at] + bytes(len(new) - at)):
            path.write_bytes(torn)
            resumed(file)
    for at in range(len(new)):
        for torn in flipped(new, at):
            path.write_bytes(torn)
            resumed(file)

    file.save(SESSION, BOOT)
    assert file.load(BOOT).session == SESSION


def test_a_memory_of_logins_with_a_wrong_byte_is_read_or_said(tmp_path: Path) -> None:
    file, path = LoginMemoryFile(str(tmp_path), "dorm"), tmp_path / "dorm.logins.json"
    file.save(MEMORY, NOW)
    whole = path.read_bytes()
    for at in range(len(whole)):
        for torn in (whole[:at], whole[:at] + bytes(len(whole) - at), *flipped(whole, at)):
            path.write_bytes(torn)
            loaded = file.load(NOW)
            assert loaded.problem is None or loaded.memory == LoginMemory()
            assert loaded.memory.next_try(1, NOW.boot) >= NOW.boot
            LoginMemory.from_plain(loaded.memory.to_plain())


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
def test_a_clock_on_the_wall_that_jumps_moves_no_limit_while_the_machine_runs(
    tmp_path: Path, jump: float
) -> None:
    file = LoginMemoryFile(str(tmp_path), "dorm")
    file.save(MEMORY, NOW)

    assert file.load(replace(NOW, wall=NOW.wall + jump)).memory == MEMORY


@pytest.mark.parametrize("jump", [3600.0, -3600.0, 10 * 365 * 86400.0, -10 * 365 * 86400.0])
def test_nor_can_it_make_more_of_them_over_a_restart_than_time_may_have_passed(
    tmp_path: Path, jump: float
) -> None:
    """A clock set forward looks like time gone by, as documented; back, it looks like none."""
    file = LoginMemoryFile(str(tmp_path), "dorm")
    count, _ = LIMITS[0]
    tries = tuple(NOW.boot - number for number in reversed(range(count)))
    file.save(LoginMemory(tries=tries), NOW)
    after = Moment("another run of the machine", 20.0, NOW.wall + jump)
    memory = file.load(after).memory

    assert len(memory.tries) == count
    assert max(memory.tries) <= after.boot
    assert (memory.next_try(1, after.boot) > after.boot) is (jump < 0)


def test_deadlines_are_of_the_clock_that_counts_sleep_and_that_nobody_sets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = clock.now()
    monkeypatch.setattr("time.time", lambda: 0.0)
    monkeypatch.setattr("time.monotonic", lambda: 0.0)

    assert 0.0 <= clock.now() - before < 60.0
