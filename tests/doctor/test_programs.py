"""Other 802.1X programs as /proc shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ruijie_proxy.config.shape.model import SessionConfiguration
from ruijie_proxy.config.usual_path import YAML_PATH
from ruijie_proxy.doctor.examiners.programs import examine_programs
from ruijie_proxy.doctor.gathering.findings import Severity
from ruijie_proxy.doctor.gathering.machine import Machine
from ruijie_proxy.doctor.gathering.permission import missing_capabilities
from ruijie_proxy.doctor.gathering.programs import (
    Program,
    read_port_holders,
    read_programs,
    start_command,
)

INTERFACES = {2: "eth0", 3: "eth1"}
SESSION = SessionConfiguration("dorm", wan="eth1", lan="eth0")
HEADER = "sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n"


class Processes:
    """A folder like /proc."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "net").mkdir()
        (folder / "net" / "packet").write_text(HEADER)
        self._namespace("self", "ours")

    def start(self, pid: int, *words: str, namespace: str = "ours", inode: int = 0) -> None:
        folder = self._folder / str(pid)
        (folder / "fd").mkdir(parents=True)
        (folder / "cmdline").write_bytes(b"".join(word.encode() + b"\0" for word in words))
        (folder / "fd" / "0").symlink_to("/dev/null")
        (folder / "fd" / "3").symlink_to(f"socket:[{inode}]")
        self._namespace(str(pid), namespace)

    def open_socket(self, inode: int, protocol: str, interface: int) -> None:
        with (self._folder / "net" / "packet").open("a") as file:
            file.write(f"0 3      3    {protocol}   {interface}     1 0      0      {inode}\n")

    def read(self, *, with_nmcli: bool = False) -> tuple[Program, ...]:
        scripts = self._folder / "init.d"
        return read_programs(
            INTERFACES,
            str(self._folder),
            str(scripts),
            find=lambda name: f"/usr/bin/{name}" if with_nmcli else None,
        )

    def install_service(self, name: str) -> None:
        (self._folder / "init.d").mkdir()
        (self._folder / "init.d" / name).touch()

    def _namespace(self, process: str, name: str) -> None:
        (self._folder / f"namespace-{name}").touch()
        (self._folder / process / "net").mkdir(parents=True)
        (self._folder / process / "net" / "dev").symlink_to(self._folder / f"namespace-{name}")


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    return Processes(tmp_path)


def judge(*programs: Program) -> list[str]:
    findings = examine_programs(SESSION, Machine(programs=programs))
    return [finding.name for finding in findings if finding.severity > Severity.OK]


def test_a_socket_for_802_1x_tells_whose_it_is(processes: Processes) -> None:
    processes.open_socket(501, "888e", interface=3)
    processes.start(77, "/usr/sbin/some-supplicant", "--anything", inode=501)

    (program,) = processes.read()

    assert (program.pid, program.name) == (77, "some-supplicant")
    assert program.interfaces == {"eth1"}
    assert program.end_by == "kill 77"
    assert judge(program) == ["other-supplicant"]


@pytest.mark.parametrize(
    ("protocol", "interface"),
    [("888e", 0), ("0003", 3), ("88cc", 3)],
    ids=["of Wi-Fi, on no interface", "of a capture", "of LLDP"],
)
def test_other_packet_sockets_are_nobody_in_the_way(
    processes: Processes, protocol: str, interface: int
) -> None:
    processes.open_socket(501, protocol, interface)
    processes.start(77, "hostapd", "/var/run/hostapd.conf", inode=501)

    assert processes.read() == ()


def test_programs_of_other_namespaces_are_not_here(processes: Processes) -> None:
    processes.open_socket(501, "888e", interface=3)
    processes.start(77, "wpa_supplicant", "-ieth1", namespace="theirs", inode=501)

    assert processes.read() == ()


@pytest.mark.parametrize("words", [("-i", "eth1"), ("-ieth1",)])
def test_a_command_line_that_names_the_port_is_enough(
    processes: Processes, words: tuple[str, ...]
) -> None:
    processes.start(77, "wpa_supplicant", "-Dwired", *words)

    assert [program.interfaces for program in processes.read()] == [{"eth1"}]


@pytest.mark.parametrize("name", ["mentohust", "minieap", "rjsupplicant", "xsupplicant"])
def test_a_campus_client_is_in_the_way_wherever_it_listens(processes: Processes, name: str) -> None:
    processes.start(77, f"/usr/sbin/{name}")

    programs = processes.read()

    assert [program.name for program in programs] == [name]
    assert judge(*programs) == ["other-supplicant"]


def test_a_campus_client_on_a_port_of_no_session_is_not_in_the_way(processes: Processes) -> None:
    assert judge(Program(77, "minieap", frozenset({"eth7"}), is_campus_client=True)) == []


def test_wpa_supplicant_for_wifi_is_not_in_the_way(processes: Processes) -> None:
    processes.start(77, "wpa_supplicant", "-iwlan0", "-Dnl80211")

    assert processes.read() == ()


@pytest.mark.parametrize(
    "words",
    [("/usr/bin/python3", "/usr/bin/ruijie-proxy", "run"), ("python3", "-m", "ruijie_proxy")],
)
def test_this_program_is_known_by_its_name(processes: Processes, words: tuple[str, ...]) -> None:
    processes.open_socket(501, "888e", interface=3)
    processes.start(77, *words, inode=501)

    (program,) = processes.read()

    assert program.is_own
    assert judge(program) == []


def test_a_service_is_ended_as_one(processes: Processes) -> None:
    processes.install_service("minieap")
    processes.start(77, "minieap")

    assert [program.end_by for program in processes.read()] == ["service minieap stop"]


def test_networkmanager_is_told_to_leave_the_port_alone(processes: Processes) -> None:
    processes.open_socket(501, "888e", interface=3)
    processes.start(77, "/usr/sbin/wpa_supplicant", "-u", "-s", inode=501)

    (program,) = processes.read(with_nmcli=True)

    assert program.end_by == "nmcli device set eth1 managed no"


def test_the_lock_of_a_port_tells_which_process_serves_it(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    (tmp_path / "net" / "unix").write_text(
        "Num       RefCount Protocol Flags    Type St Inode Path\n"
        "0000000000000000: 00000002 00000000 00010000 0001 01 901 /run/some.sock\n"
        "0000000000000000: 00000002 00000000 00010000 0001 01 902 @ruijie-proxy/wan/eth1\n"
        "0000000000000000: 00000002 00000000 00010000 0001 01 903 @ruijie-proxy/wan/eth11\n"
        "0000000000000000: 00000003 00000000 00000000 0001 03 904\n"
    )
    for pid, inode in ((71, 901), (72, 902), (73, 903)):
        processes.start(pid, "python3", inode=inode)

    assert read_port_holders(["eth1", "eth2"], str(tmp_path)) == (("eth1", 72),)
    assert read_port_holders(["eth2"], str(tmp_path)) == ()


def test_the_daemon_is_started_as_the_service_where_there_is_one(tmp_path: Path) -> None:
    assert start_command(YAML_PATH, str(tmp_path)) == "ruijie-proxy run"
    (tmp_path / "ruijie-proxy").touch()
    assert start_command(YAML_PATH, str(tmp_path)) == "service ruijie-proxy start"
    assert start_command("/tmp/mine.yaml", str(tmp_path)) == "ruijie-proxy run -c /tmp/mine.yaml"


@pytest.mark.parametrize(
    ("effective", "missing"),
    [
        ("000001ffffffffff", ()),
        ("0000000000002000", ("CAP_NET_ADMIN",)),
        ("0000000000001000", ("CAP_NET_RAW",)),
        ("0000000000000000", ("CAP_NET_ADMIN", "CAP_NET_RAW")),
    ],
)
def test_capabilities_are_read_from_the_status(
    tmp_path: Path, effective: str, missing: tuple[str, ...]
) -> None:
    (tmp_path / "status").write_text(f"Name:\tpython3\nCapEff:\t{effective}\nCapBnd:\t0\n")

    assert missing_capabilities(str(tmp_path / "status")) == missing
