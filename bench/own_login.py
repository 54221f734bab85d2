"""How long a login of the router's own takes, from its Start to the Success.

No PC and no relay: the program is cabled to the switch, and so is wpa_supplicant when it is its
turn, to the same port of the same switch.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from bench.comparison import Comparison, Target
from bench.errors import BenchError
from bench.forwarder import WPA_SUPPLICANT, Forwarder
from bench.lane import LAYOUT
from bench.processes import COMMAND, stop_process
from bench.quantiles import median
from bench.standard_peers import PASSWORD, USER, Hostapd, WpaSupplicant, missing_programs
from bench.tap import Tap
from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.network import WAN_INTERFACE, Role
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER, Heartbeats, SwitchOptions
from ruijie_proxy.protocol.eap import EapCode
from ruijie_proxy.protocol.eapol import BODY_OFFSET, TYPE_OFFSET, EapolType

LOGINS = 12
"""wpa_supplicant takes two seconds from its start to its Start."""
WARM_UP_LOGINS = 1
TARGET = Target(against=WPA_SUPPLICANT, ratio=1.5)
PATIENCE = 10.0
"""Seconds in which the program, once it is told Success, has to end."""
_NANOSECONDS_A_MILLISECOND = 1_000_000


class Client(Protocol):
    """Who logs in."""

    def begin_login(self) -> None:
        """Have it log in."""

    def end_session(self) -> None:
        """End it, after a login that succeeded."""

    def close(self) -> None:
        """End it, whatever it is doing."""


class OwnLogin:
    """``ruijie-proxy login``; a new process for each login, which ends when it is told Success."""

    def __init__(self, campus: Campus, user: str, password: str, *options: str) -> None:
        """Prepare it: nothing is started yet."""
        self._temporary = TemporaryDirectory(prefix="rp-bench-")
        self._directory = Path(self._temporary.name)
        password_file = self._directory / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(f"{password}\n")
        account = ("-u", user, "--password-file", str(password_file))
        port = ("--wan", WAN_INTERFACE, "--dhcp", "off")
        entry = campus.network.entry(Role.ROUTER)
        self._command = [*entry, *COMMAND, "login", *account, *port, *options]
        self._logins = 0
        self._process: subprocess.Popen[bytes] | None = None

    def begin_login(self) -> None:
        """Start it. It knows nothing of the logins before, which it would count."""
        self._logins += 1
        state = self._directory / f"state-{self._logins}"
        # Its log goes where only a failure shows it.
        self._process = subprocess.Popen(
            [*self._command, "--state-dir", str(state)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def end_session(self) -> None:
        """Wait until it has ended. Raises BenchError when it is not content."""
        if self._process is None:
            return
        said, _ = self._process.communicate(timeout=PATIENCE)
        if self._process.returncode != 0:
            raise BenchError(f"the program's login failed: {said.decode()}")
        self._process = None

    def close(self) -> None:
        """End it."""
        if self._process is not None:
            stop_process(self._process)
        self._temporary.cleanup()


@dataclass(frozen=True, slots=True)
class Login:
    """A login as it passed by the client's interface."""

    milliseconds: float
    """From the Start to the Success."""
    frames: int
    """From the Start to the Success, both included."""


def measure_own_login() -> list[Comparison]:
    """Measure logins beside wpa_supplicant's. Raises LabError or BenchError."""
    missing = missing_programs()
    if missing:
        raise BenchError(f"not installed: {', '.join(missing)}")
    with ExitStack() as resources:
        campus = resources.enter_context(Campus(LAYOUT))
        switch = resources.enter_context(closing(Hostapd(campus)))
        clients: dict[str, Client] = {
            WPA_SUPPLICANT: WpaSupplicant(campus, Role.ROUTER, WAN_INTERFACE),
            Forwarder.DAEMON: OwnLogin(campus, USER, PASSWORD, "--dialect", "plain"),
        }
        for client in clients.values():
            resources.enter_context(closing(client))
        measured = _measure(campus, clients, switch.forget_client)
    return _compare("own login, EAP-MD5", measured, TARGET)


def measure_own_ruijie_login() -> list[Comparison]:
    """Measure logins in Ruijie's dialect. Raises LabError or BenchError."""
    with Campus(LAYOUT) as campus:
        # They come one right after the other, each without a heartbeat.
        options = SwitchOptions(heartbeats=Heartbeats.OPTIONAL)
        switch = campus.start_switch(options)

        def forget_client() -> None:
            switch.command("kick")
            campus.poll(0)
            for event in campus.history:
                if event.kind is EventKind.COMPLAINT:
                    raise BenchError(f"the switch complains: {event.text('text')}")

        with closing(OwnLogin(campus, DEFAULT_USER, DEFAULT_PASSWORD)) as client:
            measured = _measure(campus, {Forwarder.DAEMON: client}, forget_client)
    return _compare("own login, Ruijie's dialect", measured, None)


def _measure(
    campus: Campus, clients: dict[str, Client], forget_client: Callable[[], None]
) -> dict[str, list[Login]]:
    """Have the clients log in, in turns."""
    measured: dict[str, list[Login]] = {name: [] for name in clients}
    order = list(clients)
    with closing(Tap(campus.network.namespace(Role.ROUTER), WAN_INTERFACE)) as tap:
        for number in range(WARM_UP_LOGINS + LOGINS):
            for name in order:
                tap.forget()
                clients[name].begin_login()
                login = _read_login(tap, name)
                clients[name].end_session()
                forget_client()
                if number >= WARM_UP_LOGINS:
                    measured[name].append(login)
            # Whoever comes after the other is another one each time.
            order = order[1:] + order[:1]
    return measured


def _read_login(tap: Tap, name: str) -> Login:
    """Return what passes by from the Start to the Success. Raises BenchError."""
    started, frames = None, 0
    while passage := tap.next():
        packet_type = passage.frame[TYPE_OFFSET]
        if started is None and passage.outgoing and packet_type == EapolType.START:
            started = passage.at
        if started is None:
            continue
        frames += 1
        is_eap = packet_type == EapolType.EAP_PACKET
        if is_eap and not passage.outgoing and passage.frame[BODY_OFFSET] == EapCode.SUCCESS:
            return Login((passage.at - started) / _NANOSECONDS_A_MILLISECOND, frames)
    raise BenchError(f"{name}: the login came to no Success")


def _compare(
    what: str, measured: dict[str, list[Login]], target: Target | None
) -> list[Comparison]:
    times = {
        name: median([login.milliseconds for login in logins]) for name, logins in measured.items()
    }
    frames = {
        name: float(median([login.frames for login in logins])) for name, logins in measured.items()
    }
    return [
        Comparison(f"{what}, Start to Success", "ms", times, target),
        Comparison("  frames", "", frames),
    ]
