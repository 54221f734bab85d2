"""What the daemon keeps loaded, on routers that have 64 MB for everything.

The daemon of these tests is the real one; it tells what it has loaded as it ends. Whoever needs one
more module in it puts it into a list here, and says what for.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from ruijie_proxy.lab.options import SuccessShape
from tests.namespaces.conftest import Network
from tests.namespaces.daemon_process import DaemonProcess, write_configuration
from tests.namespaces.portal_campus import PortalCampus
from tests.namespaces.router import Router

pytestmark = pytest.mark.namespaces

STANDARD_LIBRARY = {
    "_ctypes": "no core dumps; giving up what root may do, where no service manager has done it",
    "_heapq": "the timers",
    "_signal": "SIGTERM and SIGHUP",
    "_socket": "frames, link changes, the control socket",
    "__future__": "annotations that are not evaluated",
    "errno": "what a system call failed for",
    "fcntl": "the addresses of interfaces",
    "gc": "kept from looking through what is loaded",
    "io": "the standard streams; from Python 3.14 on, an interpreter starts without it",
    "marshal": "the answer of the child that reads the configuration",
    "select": "the event loop",
    "struct": "netlink",
    "time": "the clock",
}
"""What a waiting daemon imports of Python's own, and what for. What these import comes along."""
STANDARD_LIBRARY_ONCE_ONLINE = {
    "encodings.gb18030": "what the server says",
    "_json": "commands' requests",
}
OWN = """
    cli cli.basics cli.basics.ctrl_c cli.basics.exit_codes cli.plain cli.run config config.shape
    config.shape.model engine engine.actions engine.candidates engine.events
    engine.frame_reading engine.heartbeats engine.keeping engine.keeping.held_session
    engine.keeping.keeper engine.keeping.logoff engine.keeping.session
    engine.keeping.short_way engine.keeping.switch_session engine.keeping.wanted engine.kept_session
    engine.learned
    engine.outbox engine.reasons engine.refusals engine.refusing
    engine.refusing.kinds engine.relay
    engine.relay.admission engine.relay.clone engine.relay.crossed_frames
    engine.relay.crossing engine.relay.doubts engine.relay.edition_seen engine.relay.fields
    engine.relay.listening engine.relay.locked_client engine.relay.reauthentication
    engine.relay.relay_session engine.relay.relayed_login engine.relay.requests_read
    engine.relay.restarts engine.relay.results engine.relay.servers_heard engine.relay.standing
    engine.relay.turns engine.router_facts engine.settings engine.states engine.status
    engine.unanswered engine.way_in engine.way_out protocol protocol.bare_properties protocol.eap
    protocol.eapol protocol.edition protocol.errors protocol.ethernet protocol.heartbeat
    protocol.known_frames
    protocol.piece_types protocol.private_block
    protocol.properties protocol.requests protocol.results protocol.text protocol.twist
    runtime runtime.basis runtime.basis.c_modules runtime.basis.chance runtime.basis.clock
    runtime.basis.event_loop runtime.basis.json_text runtime.control runtime.control.server
    runtime.control_commands runtime.daemon runtime.ports runtime.ports.bridge_ports
    runtime.ports.hardware_address runtime.ports.interface_errors runtime.ports.interface_facts
    runtime.ports.interface_request runtime.ports.lan_side runtime.ports.links
    runtime.ports.netlink runtime.ports.packet_filter runtime.ports.packet_socket
    runtime.ports.port runtime.ports.port_lock runtime.processes
    runtime.processes.configuration_child runtime.processes.core_dumps
    runtime.processes.privileges runtime.processes.service_manager runtime.records
    runtime.records.journal runtime.records.journal_files runtime.records.open_files
    runtime.records.private_file runtime.records.state_file runtime.session_files
    runtime.session_interfaces runtime.session_making runtime.session_runner
    runtime.session_short_way runtime.wan_address runtime.telling runtime.telling.advice
    runtime.telling.event_stream runtime.telling.level runtime.telling.log
    runtime.telling.log_outlets
    runtime.telling.machine_events runtime.telling.narration choices durations i18n messages
    notation own_modules rate_limit
    secret standard_streams values
"""
"""Its own modules while it waits for a client."""
OWN_ONCE_ONLINE = """
    runtime.address runtime.address.dhcp_answers runtime.address.dhcp_clients
    runtime.address.dhcp_renewal runtime.control.protocol runtime.control.status_report
    runtime.processes.child_process
"""
OWN_OF_ITS_OWN_LOGIN = """
    engine.login
    engine.login.client_frames engine.login.client_to_be engine.login.failures
    engine.login.groups engine.login.lease_wait engine.login.login_anew
    engine.login.login_session engine.login.online_talk engine.login.own_login
    engine.login.router_client engine.login.shaped_frames engine.login.supplicant
    engine.login.timetable
    engine.login.tries
    engine.login_memory engine.refused_account protocol.cernet
    protocol.clients protocol.clients.bare_block protocol.clients.client_block
    protocol.clients.client_profile protocol.clients.client_shape protocol.clients.ruijie_vendors
    protocol.clients.profile_data protocol.digests protocol.digests.md5
    protocol.digests.whirlpool protocol.password protocol.v4_check
    runtime.records.login_memory_file runtime.records.profile_file
"""
"""What comes with ``mode: login``, and only then."""
STANDARD_LIBRARY_OF_ITS_OWN_LOGIN = {
    "_md5": "EAP-MD5",
    "encodings.gb18030": "the user's name, and what the server says",
}
OWN_OF_BOTH_WAYS = """
    engine.auto engine.auto.auto_session engine.auto.turning_session engine.relay.learning
    protocol.portal protocol.portal.outcomes
"""
"""What ``mode: auto`` adds to that and to a relay; a portal's session comes when it turns there."""
OWN_OF_HEALTH_AND_HOOKS = """
    engine.keeping.health runtime.health runtime.health.checks runtime.health.http_check
    runtime.health.watch runtime.processes.forked_question runtime.processes.hooks
"""
"""What comes with ``health:`` and ``hooks:``, and only then."""
OWN_OF_A_PORTAL = """
    engine.login engine.login.timetable engine.login.tries engine.login_memory engine.portal
    engine.portal.held engine.portal.portal_session engine.portal.refusals engine.portal.silence
    engine.portal.upkeep engine.refused_account protocol.digests
    protocol.digests.md5 protocol.portal protocol.portal.outcomes runtime.portal
    runtime.portal.orders runtime.processes.forked_question runtime.records.login_memory_file
"""
"""What comes with ``mode: portal`` and stays: nothing that speaks HTTP or reads answers of portals,
which is for the child that asks."""
STANDARD_LIBRARY_OF_A_PORTAL = {
    "_json": "what the child has come to",
    "_md5": "passwords that were refused",
}
TOO_HEAVY = """
    argparse asyncio click collections contextlib cryptography ctypes dataclasses enum functools
    http inspect json logging pathlib pyroute2 re scapy socket subprocess tempfile threading typing
    urllib yaml
"""
"""What no reason is good enough for: each takes from several hundred kB to tens of MB."""

TELL = "print('modules:', *sys.modules, flush=True)"
RUN_AND_TELL = f"""
import sys
from ruijie_proxy.cli import main
try:
    main()
finally:
    {TELL}
"""
"""What the command does, and in the end the list."""
RENEW = ["ip", "address", "add", "192.0.2.2/24", "dev", "wan"]


@pytest.fixture
def router() -> Iterator[Router]:
    with Network() as network:
        yield Router(network)


@pytest.fixture
def daemon(router: Router, tmp_path: Path) -> DaemonProcess:
    session = {"name": "dorm", "wan": "wan", "lan": "lan", "dhcp": {"renew": RENEW}}
    command = (sys.executable, "-c", RUN_AND_TELL)
    return router.start(write_configuration(tmp_path, session), command)


def modules_at_the_end_of(daemon: DaemonProcess) -> set[str]:
    daemon.signal(signal.SIGTERM)
    assert daemon.log.wait_for_end() == 0
    return modules_told(daemon.log.text)


def modules_of_an_interpreter_that_imports(standard_library: Iterable[str]) -> set[str]:
    code = f"import sys, {', '.join(standard_library)}; {TELL}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return modules_told(done.stdout)


def modules_told(output: str) -> set[str]:
    (line,) = (line for line in output.splitlines() if line.startswith("modules: "))
    return set(line.split()[1:])


def own(names: str) -> set[str]:
    return {"ruijie_proxy", *(f"ruijie_proxy.{name}" for name in names.split())}


def test_a_waiting_daemon_has_loaded_no_more_than_it_needs(daemon: DaemonProcess) -> None:
    loaded = modules_at_the_end_of(daemon)

    expected = modules_of_an_interpreter_that_imports(STANDARD_LIBRARY) | own(OWN)
    assert sorted(loaded - expected) == []
    assert sorted(expected - loaded) == [], "no longer needed: to be taken from the lists"
    assert loaded.isdisjoint(TOO_HEAVY.split())


def test_nor_has_one_that_has_relayed_a_login_and_keeps_the_session(
    router: Router, daemon: DaemonProcess
) -> None:
    router.relay_a_login(SuccessShape.MODERN)
    daemon.log.wait_for_all("wan has the address 192.0.2.2", "takeover")
    assert daemon.status()["state"] == "online"

    loaded = modules_at_the_end_of(daemon)

    expected = modules_of_an_interpreter_that_imports(
        [*STANDARD_LIBRARY, *STANDARD_LIBRARY_ONCE_ONLINE]
    ) | own(OWN + OWN_ONCE_ONLINE)
    assert sorted(loaded - expected) == []
    assert sorted(expected - loaded) == [], "no longer needed: to be taken from the lists"
    assert loaded.isdisjoint(TOO_HEAVY.split())


def test_one_that_logs_in_by_itself_loads_what_that_takes_and_no_relay(
    router: Router, tmp_path: Path
) -> None:
    session = {"name": "dorm", "wan": "wan", "mode": "login", "username": "u", "password": "p"}
    command = (sys.executable, "-c", RUN_AND_TELL)
    daemon = router.start(write_configuration(tmp_path, session), command)
    daemon.log.wait_for("the Start goes out")

    loaded = modules_at_the_end_of(daemon)

    expected = modules_of_an_interpreter_that_imports(
        [*STANDARD_LIBRARY, *STANDARD_LIBRARY_OF_ITS_OWN_LOGIN]
    ) | own(OWN + OWN_OF_ITS_OWN_LOGIN)
    assert sorted(loaded - expected) == []
    for part_of_a_relay in ("engine.relay", "engine.auto"):
        assert f"ruijie_proxy.{part_of_a_relay}" not in loaded
    assert loaded.isdisjoint(TOO_HEAVY.split())


def test_one_that_is_online_at_a_portal_keeps_nothing_of_http(tmp_path: Path) -> None:
    with Network() as network:
        router = network.namespace("router")
        campus = PortalCampus(network, router, 0)
        campus.give_address()
        configuration = write_configuration(tmp_path, campus.session())
        daemon = DaemonProcess(network, router, configuration, (sys.executable, "-c", RUN_AND_TELL))
        daemon.log.wait_for("online: the web portal")

        loaded = modules_at_the_end_of(daemon)

    expected = modules_of_an_interpreter_that_imports(
        [*STANDARD_LIBRARY, *STANDARD_LIBRARY_OF_A_PORTAL]
    ) | own(OWN + OWN_OF_A_PORTAL)
    assert sorted(loaded - expected) == []
    assert sorted(own(OWN_OF_A_PORTAL) - loaded) == [], "no longer needed: to be taken off the list"
    for part_of_a_switchs in ("engine.keeping.keeper", "engine.relay", "protocol.private_block"):
        assert f"ruijie_proxy.{part_of_a_switchs}" not in loaded
    assert loaded.isdisjoint(TOO_HEAVY.split())


def test_one_that_may_log_in_at_a_portal_loads_nothing_of_portals_before_it_does(
    router: Router, tmp_path: Path
) -> None:
    session = {"name": "dorm", "wan": "wan", "lan": "lan", "mode": "auto"}
    account = {"username": "u", "password": "p"}
    command = (sys.executable, "-c", RUN_AND_TELL)
    daemon = router.start(write_configuration(tmp_path, {**session, **account}), command)
    daemon.log.wait_for("the Start goes out")

    loaded = modules_at_the_end_of(daemon)

    expected = modules_of_an_interpreter_that_imports(
        [*STANDARD_LIBRARY, *STANDARD_LIBRARY_OF_ITS_OWN_LOGIN]
    ) | own(OWN + OWN_OF_ITS_OWN_LOGIN + OWN_OF_BOTH_WAYS)
    assert sorted(loaded - expected) == []
    assert loaded.isdisjoint(TOO_HEAVY.split())


def test_checks_of_the_way_out_and_hooks_load_what_they_take_and_nothing_of_pythons(
    router: Router, tmp_path: Path
) -> None:
    health = {"interval": 10, "failures": 1, "timeout": 1, "url": "http://127.0.0.1:9/"}
    session = {
        "name": "dorm",
        "wan": "wan",
        "lan": "lan",
        "dhcp": {"renew": RENEW},
        "health": {**health, "gateway": False},
        "hooks": {"online": ["/bin/echo", "told"]},
    }
    command = (sys.executable, "-c", RUN_AND_TELL)
    daemon = router.start(write_configuration(tmp_path, session), command)
    router.relay_a_login(SuccessShape.MODERN)
    daemon.log.wait_for_all("wan has the address 192.0.2.2", "takeover", "hook online: told")
    daemon.log.wait_for("the way out does not work: 127.0.0.1 ")
    daemon.status()

    loaded = modules_at_the_end_of(daemon)

    expected = modules_of_an_interpreter_that_imports(
        [*STANDARD_LIBRARY, *STANDARD_LIBRARY_ONCE_ONLINE]
    ) | own(OWN + OWN_ONCE_ONLINE + OWN_OF_HEALTH_AND_HOOKS)
    assert sorted(loaded - expected) == []
    assert sorted(expected - loaded) == [], "no longer needed: to be taken from the lists"
