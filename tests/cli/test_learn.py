"""``ruijie-proxy learn``: what it says, and what it writes where."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.commands import commands
from ruijie_proxy.config.reader import load
from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, ClientOptions, SwitchOptions
from ruijie_proxy.runtime.records.profile_file import ProfileFile
from tests.inspect.recorded import Recorded, login, pcapng

OTHERS_YAML = """\
# of the house
state_dir: {folder}
sessions:
  # the first room
  - name: dorm
    wan: eth1
    lan: br-lan
    login_timeout: 90
  - {{wan: eth2, lan: br-guest}}   # for guests
log: {{level: info}}
"""
OTHERS_UCI = """\
config globals 'globals'
\toption state_dir '{folder}'

config session 'guests'
\toption wan 'eth2'
\toption lan 'br-guest'
"""

Learn = Callable[..., Result]


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return written(tmp_path / "login.pcapng", login())


def written(path: Path, frames: list[Recorded]) -> Path:
    path.write_bytes(pcapng(frames))
    return path


@pytest.fixture
def learn(tmp_path: Path) -> Learn:
    """Run the command; with ``known``, with the account and its password."""
    password = tmp_path / "password"
    password.write_text(DEFAULT_PASSWORD)

    def run(path: Path, *options: str, known: bool = True) -> Result:
        account = ["-u", "student", "--password-file", str(password)] if known else []
        return CliRunner().invoke(commands, ["learn", str(path), *account, *options])

    return run


@pytest.mark.parametrize("known", [True, False])
def test_a_page_is_told_nothing_of_options(learn: Learn, capture: Path, known: bool) -> None:
    result = learn(capture, "--on-page", known=known)

    assert result.exit_code == ExitCode.DONE, result.output
    assert "Next: “Use these settings”, below." in result.stderr
    assert not re.search(r"(?<![\w-])--?[a-z]", result.output), "an option"


def test_a_page_is_told_what_to_do_where_its_fields_are_wrong(
    learn: Learn, capture: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("a slip")
    account = ("-u", "student", "--password-file", str(wrong))

    result = learn(capture, *account, "--on-page", "-o", known=False)

    assert result.exit_code == ExitCode.USAGE
    assert "type those that it was made with, or leave both fields empty" in result.stderr


def test_it_says_what_was_learned_and_shows_the_session(learn: Learn, capture: Path) -> None:
    result = learn(capture)

    assert result.exit_code == ExitCode.DONE, result.output
    assert "Login of student that succeeded, from #1 on." in result.stdout
    assert "edition        1  [#1]" in result.stdout
    assert 'mode: "login"' in result.stdout
    assert "nothing differs" in result.stdout
    assert DEFAULT_PASSWORD not in result.output, "a password is for no screen"
    assert "Next: " in result.stderr


def test_without_an_account_it_is_a_relay(learn: Learn, capture: Path) -> None:
    result = learn(capture, known=False)

    assert result.exit_code == ExitCode.DONE
    assert 'mode: "relay"' in result.stdout
    assert "takes the account's password" in result.stdout


def test_a_new_file_is_its_owners_alone_and_fits(learn: Learn, capture: Path) -> None:
    target = capture.with_name("config.yaml")

    result = learn(capture, "--wan", "eth1", "--lan", "br-lan", "-o", str(target))

    assert result.exit_code == ExitCode.DONE, result.output
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    (session,) = load(str(target)).sessions
    assert (session.mode, session.wan, session.lan) == (Mode.AUTO, "eth1", "br-lan")
    assert session.settings.login is not None
    assert session.settings.login.password.reveal() == DEFAULT_PASSWORD


def test_other_sessions_and_comments_in_yaml_stay(learn: Learn, capture: Path) -> None:
    target = capture.with_name("config.yaml")
    before = OTHERS_YAML.format(folder=capture.parent)
    target.write_text(before)
    target.chmod(0o600)

    result = learn(capture, "--wan", "eth1", "-o", str(target))

    assert result.exit_code == ExitCode.DONE, result.output
    assert (capture.parent / "config.yaml.old").read_text() == before
    after = target.read_text()
    for line in ("# of the house", "  # the first room", "   # for guests", "log: {level: info}"):
        assert line in after
    sessions = {session.wan: session for session in load(str(target)).sessions}
    assert sessions["eth1"].name == "dorm"
    assert sessions["eth1"].mode is Mode.LOGIN
    assert sessions["eth2"].lan == "br-guest"
    assert "takes the place of the session that was there for eth1" in result.stderr
    assert "lan, login_timeout" in result.stderr
    assert "eth2" in result.stderr


def test_a_session_more_goes_behind_the_others(learn: Learn, capture: Path) -> None:
    target = capture.with_name("config.yaml")
    target.write_text(OTHERS_YAML.format(folder=capture.parent))
    target.chmod(0o600)

    assert learn(capture, "--wan", "eth3", "-o", str(target)).exit_code == ExitCode.DONE

    assert [one.wan for one in load(str(target)).sessions] == ["eth1", "eth2", "eth3"]


def test_without_a_name_it_goes_into_this_machines_configuration(
    learn: Learn, capture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = capture.with_name("etc") / "config.yaml"
    monkeypatch.setattr("ruijie_proxy.cli.captures.learn.path_to_write", lambda: str(usual))

    nameless = learn(capture, "-o")
    assert nameless.exit_code == ExitCode.USAGE
    assert "--wan" in nameless.stderr, "an example's name is for no configuration that is in use"
    assert not usual.exists()

    assert learn(capture, "-o", "--wan", "eth1").exit_code == ExitCode.DONE
    assert load(str(usual)).sessions[0].wan == "eth1"


def test_a_second_time_changes_nothing(learn: Learn, capture: Path) -> None:
    target = capture.with_name("config.yaml")
    learn(capture, "--wan", "eth1", "-o", str(target))
    before = target.read_bytes()

    result = learn(capture, "--wan", "eth1", "-o", str(target))

    assert "nothing was written" in result.stderr
    assert target.read_bytes() == before
    assert not (capture.parent / "config.yaml.old").exists()


def test_openwrts_notation_is_kept(learn: Learn, capture: Path) -> None:
    target = capture.with_name("ruijie-proxy")
    target.write_text(OTHERS_UCI.format(folder=capture.parent))
    target.chmod(0o600)

    result = learn(capture, "--wan", "eth1", "-o", str(target))

    assert result.exit_code == ExitCode.DONE, result.output
    assert "config session 'eth1'" in target.read_text()
    assert [one.wan for one in load(str(target)).sessions] == ["eth2", "eth1"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sessions: [{wan: eth2, lan: br-lan}]\n", "within brackets"),
        ("sessions:\n  - {wan: eth2\n", "not valid YAML"),
        ("sessions:\n  - {wan: eth2, nonsense: 1, lan: br-lan}\n", "Nothing was written"),
    ],
)
def test_a_configuration_that_it_cannot_change_stays(
    learn: Learn, capture: Path, text: str, told: str
) -> None:
    target = capture.with_name("config.yaml")
    target.write_text(text)

    result = learn(capture, "--wan", "eth1", "-o", str(target))

    assert result.exit_code == ExitCode.USAGE
    assert told in result.stderr
    assert target.read_text() == text


@pytest.mark.parametrize(("name", "password"), [("student", "a slip"), ("neighbour", "x")])
def test_a_slip_in_the_account_writes_nothing(
    learn: Learn, capture: Path, name: str, password: str
) -> None:
    target = capture.with_name("config.yaml")
    wrong = capture.with_name("wrong")
    wrong.write_text(password)
    account = ("-u", name, "--password-file", str(wrong))

    result = learn(capture, *account, "--wan", "eth1", "-o", str(target), known=False)

    assert result.exit_code == ExitCode.USAGE
    assert "not of this account and password" in result.stderr
    assert not target.exists()


def test_standard_output_has_the_configuration_alone(learn: Learn, capture: Path) -> None:
    result = learn(capture, "--wan", "eth1", "-o", "-")

    target = capture.with_name("config.yaml")
    target.write_text(result.stdout)
    assert load(str(target)).sessions[0].wan == "eth1"
    assert "let nobody else see it" in result.stderr


def odd_client() -> list[Recorded]:
    """Record a client whose properties come in an order that settings cannot say."""
    extra = ((0x7D, "0badcafe"), (0x7D, "00"))
    return login(client=ClientOptions(extra_properties=extra))


def test_a_profile_is_kept_where_the_configuration_has_them(learn: Learn, tmp_path: Path) -> None:
    target = tmp_path / "config.yaml"
    target.write_text(OTHERS_YAML.format(folder=tmp_path))
    target.chmod(0o600)

    result = learn(
        written(tmp_path / "odd.pcapng", odd_client()), "--wan", "eth1", "-o", str(target)
    )

    assert result.exit_code == ExitCode.DONE, result.output
    profile = ProfileFile(str(tmp_path), "dorm").load()
    assert profile is not None
    assert [item.type for item in profile.properties][-2:] == [0x7D, 0x7D]


def test_a_profile_that_has_no_place_goes_beside(
    learn: Learn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: ProfileFile, _profile: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(ProfileFile, "save", refuse)
    target = tmp_path / "config.yaml"

    result = learn(
        written(tmp_path / "odd.pcapng", odd_client()), "--wan", "eth1", "-o", str(target)
    )

    assert result.exit_code == ExitCode.DONE, result.output
    beside = tmp_path / "config.yaml.profile.json"
    assert json.loads(beside.read_text())["edition"] == 1
    assert str(beside) in result.stderr


def test_for_programs_it_is_json(learn: Learn, capture: Path) -> None:
    told = json.loads(learn(capture, "--json").stdout)

    assert told["outcome"] == "online"
    assert told["facts"]["edition"] == {"value": 1, "frame": 1, "sure": "shown"}
    assert told["router"]["can_log_in"] is True
    assert told["session"]["options"]["username"] == "student"
    assert "password" not in told["session"]["options"]


def two_clients() -> list[Recorded]:
    other = bytes.fromhex("0200000000dd")
    frames = login(SwitchOptions(seed=2), seconds=5.0)
    return [
        *login(seconds=5.0),
        *(
            Recorded(one.at, one.frame.replace(CLIENT_ADDRESS, other), one.by_client)
            for one in frames
        ),
    ]


def test_of_several_clients_one_has_to_be_named(learn: Learn, tmp_path: Path) -> None:
    path = written(tmp_path / "two.pcapng", two_clients())

    result = learn(path)

    assert result.exit_code == ExitCode.USAGE
    assert "02:00:00:00:cc:01" in result.stderr
    assert "--client" in result.stderr
    chosen = learn(path, "--client", "02:00:00:00:00:dd")
    assert chosen.exit_code == ExitCode.DONE
    assert "client         02:00:00:00:00:dd" in chosen.stdout
    assert learn(path, "--client", "02:00:00:00:00:ee").exit_code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("switch", "code"),
    [
        (SwitchOptions(users={}), ExitCode.REFUSED),
        (SwitchOptions(answers=False), ExitCode.NO_ANSWER),
        (SwitchOptions(stops_after_identity=True), ExitCode.ERROR),
    ],
)
def test_what_is_no_session_has_an_exit_code(
    learn: Learn, tmp_path: Path, switch: SwitchOptions, code: ExitCode
) -> None:
    result = learn(written(tmp_path / "not.pcapng", login(switch, seconds=5.0)))

    assert result.exit_code == code
    assert "sessions:" not in result.stdout


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--wan", "eth/1"), "--wan"),
        (("--client", "nonsense"), "--client"),
        (("--json", "-o", "-"), "standard output"),
    ],
)
def test_wrong_usage_is_told(
    learn: Learn, capture: Path, options: tuple[str, ...], told: str
) -> None:
    result = learn(capture, *options)

    assert result.exit_code == ExitCode.USAGE
    assert told in result.stderr


def test_a_file_that_is_no_capture(learn: Learn, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0" * 50)

    result = learn(path)

    assert result.exit_code == ExitCode.ERROR
    assert "neither a pcap nor a pcapng" in result.stderr
