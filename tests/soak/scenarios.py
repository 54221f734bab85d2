"""What befalls the real daemon on the virtual campus, again and again for some time."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from ruijie_proxy.engine.keeping.held_session import REGULAR_FOR, SHORTEST_SILENCE
from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.network import SWITCH_INTERFACE, Role
from ruijie_proxy.lab.errors import LabError
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.loss import Loss
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER, ClientOptions, SwitchOptions
from tests.namespaces.campus_driver import CampusDriver
from tests.soak import hostile_host
from tests.soak.bad_cable import lay_bad_cable
from tests.soak.tally import Tally

LOGIN: dict[str, Any] = {"mode": "login", "username": DEFAULT_USER, "password": DEFAULT_PASSWORD}
FORGIVING = Loss(lost=1e-12)
"""Nothing is lost, but the switch minds no number that a kill has skipped."""
SWITCH = SwitchOptions(
    inward=FORGIVING, probe_interval=1.0, probe_silence=30.0, first_heartbeat_within=10.0
)
GOES_ON = "going on with the session that was kept"
LOGGED_IN = "sends heartbeats"
PATIENCE = 30.0
MOST_MEMORY = 2048
"""Kilobytes that the daemon may grow by under whatever is sent to it."""
MOST_PROCESSOR = 0.35
"""Part of one processor that a flood may cost it."""

Scenario = Callable[[float, Random], Tally]
"""Goes on for some seconds; chance decides when what happens."""


def kills_online(seconds: float, chance: Random) -> Tally:
    """kill -9 of a session that is online, by the router's own login."""
    tally = Tally()
    with CampusDriver() as driver:
        driver.open(SWITCH, **LOGIN)
        driver.switch_saw(EventKind.HEARTBEAT)
        for _ in _until(seconds):
            _pass_time(driver.campus, chance.uniform(0.0, 1.5))
            with tally.attempt("killed while online"):
                _kill_and_go_on(driver)
        _check_content(driver, tally, starts=1)
    return tally


def kills_online_relayed(seconds: float, chance: Random) -> Tally:
    """The same of a session that a client has got, which is gone since."""
    tally = Tally()
    with CampusDriver() as driver:
        driver.open(SWITCH)
        driver.login()
        driver.log_says("takeover")
        driver.take_pc_away()
        for _ in _until(seconds):
            _pass_time(driver.campus, chance.uniform(0.0, 1.5))
            with tally.attempt("killed while online, relayed"):
                _kill_and_go_on(driver)
        _check_content(driver, tally, starts=1)
    return tally


def kills_during_logins(seconds: float, chance: Random) -> Tally:
    """kill -9 in the midst of the router's own login; each time on a new day of the campus."""
    tally = Tally()
    with CampusDriver() as driver:
        driver.campus.configure(**{**LOGIN, "heartbeat": {"interval": 1}})
        for day in _until(seconds):
            if day:
                # First, or it would go on with the session of the day before.
                driver.kill_daemon()
            shutil.rmtree(_state(driver.campus), ignore_errors=True)
            driver.switch = driver.campus.start_switch(SWITCH)
            with tally.attempt("killed during a login"):
                driver.restart_daemon()
                _pass_time(driver.campus, chance.uniform(0.0, 0.03))
                driver.kill_daemon()
                killed = time.monotonic()
                driver.restart_daemon()
                driver.switch_saw(EventKind.HEARTBEAT, since=killed, timeout=PATIENCE)
            _check_content(driver, tally, starts=3)
            tally.done[f"of which the switch saw {driver.report()['starts']} Starts"] += 1
    return tally


def kills_during_relayed_logins(seconds: float, chance: Random) -> Tally:
    """kill -9 in the midst of a client's login; the client tries again."""
    tally = Tally()
    with CampusDriver() as driver:
        driver.open(SWITCH, ClientOptions(start_interval=1.0, start_repeats=5, result_timeout=5.0))
        for _ in _until(seconds):
            with tally.attempt("killed during a relayed login"):
                driver.client.command("login")
                _pass_time(driver.campus, chance.uniform(0.0, 0.03))
                driver.kill_daemon()
                killed = time.monotonic()
                driver.restart_daemon()
                if driver.status()["state"] == "waiting":
                    driver.client.command("login")
                driver.switch_saw(EventKind.HEARTBEAT, count=2, since=killed, timeout=PATIENCE)
                driver.switch.command("kick")
                driver.log_says("the server ended the session", since=killed)
    return tally


def full_disk(seconds: float, chance: Random) -> Tally:
    """A state directory without room, and one that cannot be written to."""
    tally = Tally()
    with CampusDriver() as driver, _small_disk(_state(driver.campus)) as disk:
        for _ in _until(seconds):
            for path in disk.iterdir():
                path.unlink()
            filler = disk / "filler"
            _fill(filler)
            with tally.attempt("logged in with a full disk"):
                driver.open(SWITCH, **LOGIN)
                began = time.monotonic()
                driver.switch_saw(EventKind.HEARTBEAT, count=2, since=began)
            filler.unlink()
            with tally.attempt("kept the session once there was room"):
                driver.switch_saw(EventKind.HEARTBEAT, count=2, since=time.monotonic())
                tally.expect((disk / "dorm.json").exists(), "nothing was kept")
            _fill(filler)
            with tally.attempt("killed on a full disk"):
                driver.switch_saw(EventKind.HEARTBEAT, count=2, since=time.monotonic())
                _kill_and_go_on(driver)
            _remount(disk, "ro")
            with tally.attempt("stayed online on a read-only disk"):
                driver.switch_saw(EventKind.HEARTBEAT, count=3, since=time.monotonic())
            with tally.attempt("killed on a read-only disk"):
                driver.kill_daemon()
                killed = time.monotonic()
                driver.restart_daemon()
                # What was kept is older than the interval: it is for the router to log in again.
                driver.switch_saw(EventKind.HEARTBEAT, since=killed, timeout=PATIENCE)
            _remount(disk, "rw")
            driver.campus.stop(driver.daemon)
            tally.expect(driver.report()["online"] is True, "it is not online")
    return tally


def bad_cable(seconds: float, chance: Random) -> Tally:
    """A third of all frames lost, others delayed, doubled, overtaken: online, and logging in."""
    tally = Tally()
    with CampusDriver() as driver, lay_bad_cable(driver.campus, chance.randrange(1000)) as cable:
        options = SwitchOptions(
            inward=FORGIVING,
            alive_interval=20.0,
            first_heartbeat_within=20.0,
            probe_interval=2.0,
            probe_silence=60.0,
        )
        driver.open(options, **LOGIN)
        driver.switch_saw(EventKind.HEARTBEAT)
        cable.be(bad=True)
        for _ in _until(seconds / 2):
            with tally.attempt("heartbeats over a bad cable"):
                driver.switch_saw(EventKind.HEARTBEAT, count=3, since=time.monotonic())
        _check_content(driver, tally, starts=1)
        for _ in _until(seconds / 2):
            # A new day: how often was tried yesterday does not matter.
            driver.kill_daemon()
            shutil.rmtree(_state(driver.campus), ignore_errors=True)
            driver.switch = driver.campus.start_switch(options)
            began = time.monotonic()
            driver.restart_daemon()
            try:
                driver.switch_saw(EventKind.HEARTBEAT, since=began, timeout=PATIENCE)
                tally.done["logged in over a bad cable"] += 1
            except LabError:
                # A Success that is lost is never sent again, and the tries that follow are few.
                tally.done["not logged in within 30 s over a bad cable"] += 1
            starts = driver.report()["starts"]
            # Doubled Starts count twice at the switch.
            tally.expect(isinstance(starts, int) and starts <= 12, f"{starts} Starts")
    return tally


def hostile_hosts(seconds: float, chance: Random) -> Tally:
    """Floods and forgeries, on the LAN and by a second server on the WAN."""
    tally = Tally()
    with CampusDriver(bridge=False) as driver:
        driver.open(SWITCH)
        driver.login()
        driver.log_says("takeover")
        driver.take_pc_away()
        driver.campus.plug(Role.PC, plugged=True)  # whoever has its cable now
        driver.switch_saw(EventKind.HEARTBEAT)
        lan, wan = driver.on_pc, driver.at_switch
        attacks: list[tuple[str, Callable[..., None], list[bytes], float]] = [
            ("Starts of new addresses on the LAN", lan, hostile_host.starts_of_many(), 8000.0),
            (
                "the client's address on the LAN",
                lan,
                hostile_host.of_lan(hostile_host.CLIENT),
                500.0,
            ),
            ("a second server on the WAN", wan, hostile_host.of_second_server(), 500.0),
            ("requests of new addresses on the WAN", wan, hostile_host.requests_of_many(), 8000.0),
            ("another VLAN on the LAN", lan, hostile_host.tagged_for_another_vlan(), 500.0),
            ("another VLAN on the WAN", wan, hostile_host.tagged_for_another_vlan(), 500.0),
            ("the router's own address on the WAN", wan, hostile_host.of_router_itself(), 500.0),
        ]
        for name, address in (
            ("the server", hostile_host.SWITCH),
            ("the router", hostile_host.ROUTER),
            ("a stranger", hostile_host.STRANGER),
        ):
            attacks.append(
                (f"{name}'s address on the LAN", lan, hostile_host.of_lan(address), 500.0)
            )
        memory = driver.resident_kilobytes()
        used, began = driver.processor_seconds(), time.monotonic()
        most = 0.0
        for _ in _until(seconds):
            for name, run, frames, rate in attacks:
                before, at = driver.processor_seconds(), time.monotonic()
                rounds = max(1, round(rate / len(frames)))
                run(hostile_host.SENDER, str(rate), str(rounds), _hex(frames))
                took = time.monotonic() - at
                most = max(most, (driver.processor_seconds() - before) / took)
                tally.done[f"frames: {name}"] += rounds * len(frames)
                with tally.attempt("still online after an attack"):
                    driver.switch_saw(EventKind.HEARTBEAT, since=time.monotonic())
        grown = driver.resident_kilobytes() - memory
        part = (driver.processor_seconds() - used) / (time.monotonic() - began)
        tally.measured["resident memory"] = f"{memory} kB, and {grown:+} kB since"
        tally.measured["processor"] = f"{part:.1%} of one on the average, {most:.1%} at most"
        tally.expect(grown < MOST_MEMORY, f"it has grown by {grown} kB")
        tally.expect(most < MOST_PROCESSOR, f"it took {most:.1%} of a processor")
        _check_content(driver, tally, starts=1)
    return tally


def strangers_start(seconds: float, chance: Random) -> Tally:
    """Bare Starts of others and in the client's name, as patient as a client, in every mode."""
    tally = Tally()
    sessions: tuple[dict[str, Any], ...] = ({}, {**LOGIN, "mode": "auto"})
    for session in sessions:
        with CampusDriver() as driver:
            driver.open(SWITCH, **session)
            if not session:
                driver.login()
                driver.log_says("takeover")
                driver.take_pc_away()
                driver.campus.plug(Role.PC, plugged=True)  # whoever has its cable now
            driver.switch_saw(EventKind.HEARTBEAT)
            for _ in _until(seconds / 2):
                with tally.attempt(f"bare Starts, {session.get('mode', 'relay')}"):
                    for source in (hostile_host.STRANGER, hostile_host.CLIENT):
                        frames = hostile_host.bare_starts(source)
                        driver.on_pc(hostile_host.SENDER, "100", "1", _hex(frames))
                    _pass_time(driver.campus, chance.uniform(1.0, 5.0))
                    driver.switch_saw(EventKind.HEARTBEAT, since=time.monotonic())
            _check_content(driver, tally, starts=1)
    return tally


def switch_restarts(seconds: float, chance: Random) -> Tally:
    """A switch that knows nobody afterwards: its link lost for a moment, or without a sign."""
    tally = Tally()
    with CampusDriver() as driver:
        driver.campus.configure(**{**LOGIN, "heartbeat": {"interval": 10}})
        for count in _until(seconds):
            if count:
                # A new day: how often was logged in yesterday does not matter.
                driver.kill_daemon()
            shutil.rmtree(_state(driver.campus), ignore_errors=True)
            driver.switch = driver.campus.start_switch(SWITCH)
            driver.restart_daemon()
            driver.switch_saw(EventKind.HEARTBEAT, timeout=PATIENCE)
            is_silent = count % 4 == 3
            # So long that the switch has asked regularly before.
            _pass_time(driver.campus, REGULAR_FOR + 5.0 if is_silent else chance.uniform(0.0, 3.0))
            if not is_silent:
                driver.campus.network.set_link(Role.SWITCH, SWITCH_INTERFACE, up=False)
            driver.switch = driver.campus.start_switch(SWITCH)
            restarted = time.monotonic()
            driver.campus.network.set_link(Role.SWITCH, SWITCH_INTERFACE, up=True)
            kind = "silently" if is_silent else "with its link"
            with tally.attempt(f"logged in anew after a switch that restarted {kind}"):
                driver.switch_saw(
                    EventKind.ONLINE, since=restarted, timeout=SHORTEST_SILENCE + PATIENCE
                )
    return tally


SCENARIOS: dict[str, Scenario] = {
    "kill -9, online": kills_online,
    "kill -9, online, relayed": kills_online_relayed,
    "kill -9, logging in": kills_during_logins,
    "kill -9, relaying a login": kills_during_relayed_logins,
    "full and read-only disk": full_disk,
    "bad cable": bad_cable,
    "hostile hosts": hostile_hosts,
    "strangers that start": strangers_start,
    "a switch that restarts": switch_restarts,
}


def _kill_and_go_on(driver: CampusDriver) -> None:
    driver.kill_daemon()
    killed = time.monotonic()
    driver.restart_daemon()
    driver.log_says(GOES_ON, since=killed)
    driver.switch_saw(EventKind.HEARTBEAT, since=killed)


def _check_content(driver: CampusDriver, tally: Tally, starts: int) -> None:
    report = driver.report()
    tally.expect(report["online"] is True, "the switch has nobody online")
    tally.expect(report["complaints"] == [], f"the switch complains: {report['complaints']}")
    seen = report["starts"]
    tally.expect(isinstance(seen, int) and seen <= starts, f"the switch saw {seen} Starts")


def _until(seconds: float) -> Iterator[int]:
    """Count for so long, and once at least."""
    end = time.monotonic() + seconds
    count = 0
    while count == 0 or time.monotonic() < end:
        yield count
        count += 1


def _pass_time(campus: Campus, seconds: float) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        campus.poll(left)


def _state(campus: Campus) -> Path:
    return campus.configuration.parent / "state"


@contextlib.contextmanager
def _small_disk(directory: Path) -> Iterator[Path]:
    """Mount a disk of two dozen kilobytes on a directory, while the context lasts."""
    directory.mkdir(mode=0o700)
    options = "size=24k,mode=700"
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(directory)], check=True, timeout=20
    )
    try:
        yield directory
    finally:
        subprocess.run(["umount", "--lazy", str(directory)], check=True, timeout=20)


def _remount(disk: Path, mode: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{mode}", str(disk)], check=True, timeout=20)


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(1024))


def _hex(frames: list[bytes]) -> str:
    return " ".join(frame.hex() for frame in frames)
