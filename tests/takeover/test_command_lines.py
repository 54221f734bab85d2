"""Command lines of the other programs, alone and in the scripts that people keep them in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.takeover.draft import TakenOver
from ruijie_proxy.takeover.sessions import take_over
from ruijie_proxy.takeover.source import NotTakenOver

MINIEAP = {"mode": "login", "wan": "eth0.2", "username": "20260001", "password": "hunter2"}
MENTOHUST = {"mode": "login", "wan": "eth1", "username": "20260001", "password": "hunter2"}
RC_LOCAL = """\
# Put your custom commands here that should be executed once
# minieap -u old -p old -n eth9
it=$(uptime) ; echo don\\'t
/usr/sbin/minieap -k
sleep 10 && nohup /usr/sbin/minieap -u 20260001 -p hunter2 -n eth0.2 --module rjv3 \\
    -a 1 -d 1 --service internet2 -b 3 >/dev/null 2>&1 &
exit 0
"""


def taken(text: str) -> TakenOver:
    (session,) = take_over(text.encode(), "file")
    return session


def without_the_client(text: str) -> dict[str, object]:
    """Return the options, but for what the other program sends without one."""
    of_the_client = {
        "shape",
        "client_version",
        "edition",
        "client_name",
        "properties",
        "dns",
        "dhcp",
    }
    return {key: value for key, value in taken(text).options.items() if key not in of_the_client}


@pytest.mark.parametrize(
    "text",
    [
        "minieap -u 20260001 -p hunter2 -n eth0.2 --module rjv3\n",
        "sudo ./minieap -u 20260001 -p 'hunter2' -n \"eth0.2\" --module rjv3 # campus\n",
        "minieap --username 20260001 --password=hunter2 --nic eth0.2 --pkt-plugin rjv3",
        "minieap --user 20260001 --pass hunter2 --nic eth0.2 --module=rjv3",
        "minieap -k1 -u 20260001 -p hunter2 -n eth0.2 --module rjv3",
        "minieap -w -u 20260001 -p hunter2 -n eth0.2 --module rjv3 2>&1 >>/tmp/log",
        "minieap -wk -u20260001 -phunter2 -neth0.2 --module rjv3",
        "\tminieap -u 20260001 -p hunter\\2 -n eth0.2 --module rjv3;\n",
        "*/5 * * * * /usr/sbin/minieap -u 20260001 -p hunter2 -n eth0.2 --module rjv3\r\n",
    ],
)
def test_minieaps_options_are_read_as_it_reads_them(text: str) -> None:
    assert without_the_client(text) == MINIEAP


@pytest.mark.parametrize(
    "text",
    [
        "mentohust -u20260001 -phunter2 -neth1\n",
        "mentohust -u 20260001 -p hunter2 -n eth1\n",
        "mentohust --username=20260001 --password hunter2 --nic eth1\n",
        "pgrep mentohust || /usr/bin/mentohust -u20260001 -phunter2 -neth1 -w &\n",
    ],
)
def test_mentohusts_values_stand_at_once_or_behind_a_space(text: str) -> None:
    assert without_the_client(text) == MENTOHUST


def test_a_script_with_a_command_line() -> None:
    assert without_the_client(RC_LOCAL) == MINIEAP | {"group": "ruijie", "service": "internet2"}
    assert taken(RC_LOCAL).options["dhcp"] == "double"
    assert {key for remark in taken(RC_LOCAL).remarks for key in remark.keys} == {"-b"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("-a1", {"group": "ruijie"}),
        ("-e20", {"heartbeat_interval": "20"}),
        ("-o114.114.114.114", {"health": "on", "health_ping": "114.114.114.114"}),
        ("-z br-lan", {"mode": "relay", "lan": "br-lan"}),
        ("-v4.10 -t8 -r15 -l8 -b1", {}),
    ],
)
def test_mentohusts_letters(options: str, expected: dict[str, object]) -> None:
    text = f"mentohust -u20260001 -phunter2 -neth1 {options}\n"

    assert without_the_client(text) == MENTOHUST | expected


def test_what_is_said_names_the_options_as_they_are_written() -> None:
    (remark,) = taken("minieap -n eth0 -u me -p hunter2 --module rjv3 --color red").remarks

    assert remark.keys == ("--color",)


def test_of_two_commands_for_one_port_the_later_counts() -> None:
    text = "mentohust -uold -phunter1 -neth1\nmentohust -u20260001 -phunter2 -neth1\n"

    assert without_the_client(text) == MENTOHUST


def test_commands_for_two_ports_are_two_sessions() -> None:
    text = "minieap -u a -p b -n eth1 --module rjv3; minieap -u c -p d -n eth2 --module rjv3"

    assert [one.options["wan"] for one in take_over(text.encode(), "file")] == ["eth1", "eth2"]


@pytest.mark.parametrize("password", ["a$b", "a;b|c", 'a"b', "a b", "a#b", "a\\b"])
def test_a_password_in_single_quotes_is_taken_as_it_is(password: str) -> None:
    text = f"minieap -u me -n eth1 --module rjv3 -p '{password}'\n"

    assert taken(text).options["password"] == password


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("minieap -u me -p 'hunter2 -n eth0\n", "line 1 opens a quote that nothing closes; write "),
        ('x\nminieap -u me -p "hunter2\n', "line 2 opens a quote that nothing closes; write "),
        ("minieap -u $NAME -p hunter2 -n eth0\n", "line 1 has a value that only the shell knows "),
        ('minieap -u me -p "$(cat hunter2)" -n a\n', "line 1 has a value that only the shell "),
        ("minieap -u me -p `cat hunter2` -n eth0\n", "line 1 has a value that only the shell "),
        ("minieap -u me -p hunter2 -n a | logger\n", "line 1 passes the command's text through "),
        ("echo hunter2 | minieap -u me -n eth0\n", "line 1 passes the command's text through "),
        ("minieap -u me -n eth0 --module rjv3\n", "holds no password; write username and pass"),
        ("minieap -u me -p hunter2\n", "names no network port; write the port to the campus "),
        ("minieap --conf-file /etc/hunter2\n", "takes its options from another file; import "),
        ("minieap -k\n", "this is no configuration of minieap, MentoHUST or jmuSupplicant; "),
        ("killall minieap\n", "this is no configuration of minieap, MentoHUST or jmuSupp"),
        ("minieap -u me -p " + "x" * 1024 * 1024, "has more than 64 KiB; name the configuration"),
        ("minieap -u me -n eth0 -p " + "x" * 60_000, "password: is longer than "),
        ("minieap -u me -n eth0 -p '" + "x" * 60_000, "line 1 opens a quote that nothing closes; "),
    ],
)
def test_what_makes_no_session_is_told_without_the_password(text: str, told: str) -> None:
    with pytest.raises(NotTakenOver) as caught:
        taken(text)

    assert str(caught.value).startswith(told)
    assert "hunter2" not in str(caught.value)


_PIECES = st.sampled_from(
    (
        *(
            "minieap",
            "mentohust",
            " ",
            "-u",
            "-p",
            "hunter2",
            "--nic",
            "eth0",
            "=",
            "-",
            "--",
            "-k",
        ),
        *("'", '"', "\\", "\n", "\r\n", "$x", "`", "|", "&&", ";", "#", ">", "2>&1", "(", ")", "{"),
    )
)


@given(st.lists(_PIECES, max_size=40).map("".join))
def test_whatever_a_script_holds_it_is_read_or_refused_without_the_password(text: str) -> None:
    try:
        said = repr(take_over(text.encode(), "file"))
    except NotTakenOver as error:
        said = str(error)

    assert "hunter2" not in said.replace("the port hunter2", "")
