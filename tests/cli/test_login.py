"""``ruijie-proxy login``: from its options to a session, and from an outcome to words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ruijie_proxy.cli import login
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.option_notation import OPTIONS
from ruijie_proxy.cli.commands import commands
from ruijie_proxy.config.shape.model import Mode, RenewMethod, SessionConfiguration, name_of_port
from ruijie_proxy.engine.refusals import Advice
from ruijie_proxy.engine.settings import (
    DhcpMode,
    Dialect,
    GroupMode,
    LoginSettings,
    Shape,
    V2Client,
    ZeroCheck,
)
from ruijie_proxy.engine.status import PortalStatus
from ruijie_proxy.i18n import written_in
from ruijie_proxy.runtime.one_shot import Outcome
from ruijie_proxy.runtime.telling.advice import sentence_of
from tests.chinese import speak_chinese
from tests.config.windows_program import windows_program

WAN = ("--wan", "eth1")
OWN = (*WAN, "-u", "20261234", "--password-file", "-")


class OneShot:
    """A stand-in: keeps what it was made with, and ends as told."""

    outcome = Outcome.AUTHENTICATED
    message: str | None = None
    advice: str | None = None
    seconds_to_wait: float | None = None
    hindrance: str | None = None
    portal: PortalStatus | None = None
    made: OneShot

    def __init__(
        self,
        configuration: SessionConfiguration,
        log: object,
        timeout: float,
        insists: bool = False,
        notation: object = None,
        **directories: str | None,
    ) -> None:
        self.configuration = configuration
        self.insists = insists
        self.notation = notation
        self.timeout = timeout
        self.directories = {name: path for name, path in directories.items() if path is not None}
        self.kept: bool | None = None
        OneShot.made = self

    def run(self, keep: bool) -> Outcome:
        self.kept = keep
        return self.outcome

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def one_shot(monkeypatch: pytest.MonkeyPatch) -> type[OneShot]:
    monkeypatch.setattr(login, "OneShot", OneShot)
    monkeypatch.setattr(OneShot, "made", None, raising=False)
    return OneShot


def invoke(*options: str, typed: str | bytes = "hunter2\n") -> Result:
    return CliRunner().invoke(commands, ["login", *options], input=typed)


def session_of(*options: str, typed: str | bytes = "hunter2\n") -> SessionConfiguration:
    result = invoke(*options, typed=typed)
    assert result.exit_code == ExitCode.DONE, result.output
    return OneShot.made.configuration


def login_of(*options: str, typed: str | bytes = "hunter2\n") -> LoginSettings:
    settings = session_of(*options, typed=typed).settings.login
    assert settings is not None
    return settings


@pytest.mark.parametrize(
    ("options", "mode", "lan"),
    [
        ((*WAN, "--lan", "br-lan"), Mode.RELAY, "br-lan"),
        (OWN, Mode.LOGIN, None),
        ((*OWN, "--lan", "br-lan"), Mode.AUTO, "br-lan"),
        ((*OWN, "--portal"), Mode.PORTAL, None),
    ],
)
def test_who_logs_in_follows_from_what_is_named(
    options: tuple[str, ...], mode: Mode, lan: str | None
) -> None:
    session = session_of(*options)

    assert (session.mode, session.wan, session.lan) == (mode, "eth1", lan)
    assert (session.settings.login is None) == (mode is Mode.RELAY)


def test_with_nobody_to_log_in_it_says_whom_to_name() -> None:
    result = invoke(*WAN)

    assert result.exit_code == ExitCode.USAGE
    assert "name the account with -u, or with --lan the interface" in result.output


def test_a_portal_may_be_named_and_want_the_carriers_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "http://10.9.8.7/eportal/index.jsp"
    (tmp_path / "carrier").write_text("pear-tree\n")
    (tmp_path / "carrier").chmod(0o600)
    monkeypatch.chdir(tmp_path)
    carriers = ("--operator-username", "139", "--operator-password-file", "carrier")

    anywhere = login_of(*OWN, "--portal", *carriers).portal
    there = login_of(*OWN, "--portal", page).portal

    assert anywhere is not None
    assert (anywhere.page, anywhere.operator_username) == (None, "139")
    assert anywhere.operator_password is not None
    assert anywhere.operator_password.reveal() == "pear-tree"
    assert there is not None
    assert there.page == page


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((*WAN, "--portal"), "--portal logs in with an account: name it with -u"),
        ((*OWN, "--portal", "https://a/"), "--portal: is not http:"),
        ((*OWN, "--operator-username", "139"), "--operator-username: is for a login at a web por"),
        (
            (*OWN, "--portal", "--operator-username", "139"),
            "--operator-password-file: is missing; add --operator-password-file, or leave",
        ),
    ],
)
def test_what_a_portal_lacks_is_told_in_options(options: tuple[str, ...], told: str) -> None:
    result = invoke(*options)

    assert told in result.output


@pytest.mark.parametrize("shape", list(Shape))
def test_the_shape_is_chosen_by_its_option(shape: Shape) -> None:
    assert login_of(*OWN, "--shape", shape.value).shape is shape


def test_what_a_campus_wants_otherwise_has_an_option() -> None:
    settings = session_of(
        *OWN, "--zero-check", "text", "--allow-clear-password", "--heartbeat", "off"
    ).settings

    assert settings.login is not None
    assert settings.login.zero_check is ZeroCheck.TEXT
    assert settings.login.allow_clear_password
    assert not settings.heartbeats


def test_the_options_mean_what_the_keys_mean(tmp_path: Path) -> None:
    program = tmp_path / "8021x.exe"
    program.write_bytes(windows_program(b"\xc3" * 512))
    session = session_of(
        *OWN,
        *("--service", "移动", "--dialect", "ruijie-v2", "--client-exe", str(program)),
        *("--group", "auto", "--dhcp", "double", "--dhcp-renew", "off", "--logoff-on-exit"),
        *("--heartbeat-interval", "15"),
    )

    settings = session.settings
    assert settings.login is not None
    assert settings.login.username == "20261234"
    assert settings.login.service == "移动"
    assert settings.login.dialect is Dialect.RUIJIE_V2
    assert settings.login.v2_client == V2Client(b"\xc3" * 512, (3, 50))
    assert (settings.group, settings.dhcp) == (GroupMode.AUTO, DhcpMode.DOUBLE)
    assert session.dhcp.method is RenewMethod.OFF
    assert settings.logoff_on_exit
    assert settings.heartbeat_interval == 15.0


def test_the_client_to_be_can_be_chosen() -> None:
    chosen = login_of(*OWN, "--edition", "2", "--client-version", "1.30")

    assert (chosen.edition, chosen.client_version) == (2, "1.30")


def test_the_clients_program_may_be_named_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "8021x.exe").write_bytes(windows_program(b"\xc3" * 512))
    monkeypatch.chdir(tmp_path)

    v2 = ("--dialect", "ruijie-v2", "--client-exe", "8021x.exe")
    assert login_of(*OWN, *v2).v2_client is not None


@pytest.mark.parametrize(
    ("typed", "password"),
    [
        ("hunter2\n", "hunter2"),
        ("hunter2", "hunter2"),
        ("sealed:v1:x\n", "sealed:v1:x"),
        ("~\n", "~"),
        ('a: b # "c"\n', 'a: b # "c"'),
        ("密码\n", "密码"),
    ],
)
def test_a_password_from_standard_input_is_taken_as_it_is(typed: str, password: str) -> None:
    assert login_of(*OWN, typed=typed).password.reveal() == password


def test_a_password_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("hunter2\n")

    chosen = login_of(*WAN, "-u", "me", "--password-file", str(file))
    assert chosen.password.reveal() == "hunter2"


@pytest.mark.parametrize(
    ("options", "typed", "told"),
    [
        ((*WAN, "-u", "me"), "", "there is no terminal to ask for the password"),
        (OWN, "", "content is empty"),
        (OWN, b"\xff\n", "not UTF-8 text"),
        (
            (*WAN, "-u", "me", "--password-file", "/none/such"),
            "",
            "--password-file: there is no such file",
        ),
        (
            (*WAN, "--lan", "br-lan", "--password-file", "-"),
            "x",
            "--password-file belongs to an account",
        ),
    ],
)
def test_without_a_password_it_says_how_to_give_one(
    options: tuple[str, ...], typed: str | bytes, told: str
) -> None:
    result = invoke(*options, typed=typed)

    assert result.exit_code == ExitCode.USAGE
    assert told in result.output


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((*OWN, "--client-version", "3"), "--client-version: is not two or three numbers"),
        ((*OWN, "--service", ""), "--service: is empty; "),
        (
            (*OWN, "--mac", "clone"),
            "--mac: is for relaying a client's login, which -u alone never does; leave it out, or "
            "add --lan\n",
        ),
        (
            (*OWN, "--portal", "--lan", "br-lan"),
            "--lan: has no use with --portal; leave it out, or --portal\n",
        ),
        (
            (*OWN, "--portal", "--mac", "clone"),
            "--mac: is for relaying a client's login, which --portal never does; leave it out, or "
            "--portal\n",
        ),
        (
            (*OWN, "--portal", "--group", "ruijie", "--edition", "2", "--dhcp", "after"),
            "--edition: has no use with --portal; leave it out, or --portal\n",
        ),
        (
            (*OWN, "--operator-username", "139", "--operator-password-file", "x"),
            "--operator-username: is for a login at a web portal; leave it out, or add --portal\n",
        ),
        (
            (*OWN, "--heartbeat", "off", "--heartbeat-interval", "15"),
            "--heartbeat-interval: has no use with --heartbeat off; leave it out, or change",
        ),
        (
            (*OWN, "--shape", "bare", "--zero-check", "text"),
            "--zero-check: has no use with --shape bare; leave it out, or set --shape block\n",
        ),
        (
            (*OWN, "--check-case", "upper"),
            "--check-case: has no use with --dialect ruijie; leave it out, or set --dialect "
            "ruijie-v2\n",
        ),
        (
            (*OWN, "--dialect", "plain", "--edition", "1"),
            "--edition: has no use with --dialect plain; leave it out, or set --dialect ruijie\n",
        ),
        (
            (*WAN, "--lan", "br-lan", "--service", "x"),
            "--service: is for the router's own login, and no account is given; leave it out, or "
            "add -u and --password-file\n",
        ),
        (
            (*WAN, "--lan", "br-lan", "--group", "auto"),
            "--group: auto is for the router's own login",
        ),
        (
            (*WAN, "--lan", "br-lan", "--dhcp", "double"),
            "--dhcp: double is for the router's own login; leave it out and add --successes 2\n",
        ),
        ((*WAN, "--lan", "br-lan", "--client", "zz"), "--client: is no MAC address"),
        ((*OWN, "--heartbeat-interval", "x"), "--heartbeat-interval: is not a number"),
        ((*OWN, "--dialect", "ruijie-v2"), "--client-exe: is missing; add --client-exe, the path"),
        ((*WAN, "-u", "my name", "--password-file", "-"), "-u: has a space in it"),
    ],
)
def test_what_does_not_fit_is_told_in_the_options_that_gave_it(
    options: tuple[str, ...], told: str
) -> None:
    result = invoke(*options)

    assert result.exit_code == ExitCode.USAGE
    assert told in result.stderr
    assert "hunter2" not in result.output


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--wan", "“eth1”"), '--wan: has Chinese quotes in it; write " instead\n'),
        (("--wan", "eth1，"), "--wan: has a Chinese comma in it; write , instead\n"),
        ((*WAN, "--successes", "２"), "--successes: has full-width characters in it; "),
        ((*WAN, "--client-exe", "“a”"), "--client-exe: "),
    ],
)
def test_what_an_input_method_has_changed_is_named(options: tuple[str, ...], told: str) -> None:
    result = invoke(*options, "-u", "me", "--password-file", "-")

    assert result.exit_code == ExitCode.USAGE
    assert told in result.stderr


def test_where_it_could_be_meant_the_user_is_asked() -> None:
    result = invoke(*OWN, "--service", "“移动”", typed="“x1”\n")

    assert result.exit_code == ExitCode.DONE
    meant = 'has Chinese quotes in it; write " instead, unless that is meant'
    assert result.stderr.splitlines()[:2] == [
        f"warning: --service: {meant}",
        f"warning: the password {meant}",
    ]


@pytest.mark.parametrize("options", [("-u", ""), ("-u", "me", "--service", "")])
def test_what_cannot_be_meant_is_refused_before_the_password_is_asked_for(
    options: tuple[str, ...],
) -> None:
    result = invoke(*WAN, *options)

    assert result.exit_code == ExitCode.USAGE
    assert f"{options[-2]}: is empty; use the " in result.stderr
    assert "password" not in result.output


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["login", *OWN, "--timeout", "soon"], "is not a number of seconds; use seconds from 1 to"),
        (["login", *OWN, "--timeout", "0"], "is too small; use seconds from 1 to"),
        (["login", *OWN, "--timeout", "nan"], "is not a number of seconds"),
        (["login", *OWN, "--timeout", "1e12"], "is not a number of seconds"),
        (["login", *OWN, "--timeout", "9999999999"], "is too large; use seconds from 1 to"),
        (
            ["capture", "-o", "-", "--seconds", "x"],
            "is not a number of seconds; use seconds from 0",
        ),
        (["doctor", "--seconds", "601"], "is too large; use seconds from 0 to 600"),
        (["history", "-n", "few"], "is not a whole number; use a whole number from 0"),
        (["capture", "-o", "-", "--count", "0"], "is too small; use a whole number from 1"),
    ],
)
def test_numbers_are_asked_for_in_words_that_people_use(command: list[str], told: str) -> None:
    result = CliRunner().invoke(commands, command, input="hunter2\n")

    assert result.exit_code == ExitCode.USAGE
    assert told in result.stderr
    assert "range" not in result.stderr


def test_the_help_says_what_each_option_does() -> None:
    login_command = commands.commands["login"]
    without = [
        option.opts[0] for option in login_command.params if not getattr(option, "help", None)
    ]

    assert without == []


def test_an_own_login_remembers_its_tries_where_the_configuration_would() -> None:
    session_of(*OWN)

    usual = "/var/lib/ruijie-proxy"
    assert OneShot.made.directories == {"state_dir": usual, "profile_dir": usual}


def test_it_may_remember_them_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session_of(*OWN, "--state-dir", "here")

    expected = str(tmp_path / "here")
    assert OneShot.made.directories == {"state_dir": expected, "profile_dir": expected}


@pytest.mark.parametrize("typed_in", [True, False])
def test_a_password_that_is_typed_in_is_tried_although_it_was_refused_before(
    typed_in: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ruijie_proxy.cli.login.take_password", lambda *_: "hunter2")
    session_of(*WAN, "-u", "20261234", *([] if typed_in else ["--password-file", "-"]))

    assert OneShot.made.insists is typed_in


def test_a_relayed_login_remembers_nothing() -> None:
    session_of(*WAN, "--lan", "br-lan")

    assert OneShot.made.directories == {}


def test_a_session_that_is_kept_alive_is_kept_on_disk_whoever_logs_in(tmp_path: Path) -> None:
    place = ("--state-dir", str(tmp_path))
    session_of(*WAN, "--lan", "br-lan", "--keep", *place)
    assert OneShot.made.directories == {"session_dir": str(tmp_path)}

    session_of(*OWN, "--keep", *place)
    assert OneShot.made.directories["session_dir"] == str(tmp_path)
    assert OneShot.made.configuration.name == name_of_port("eth1") == "eth1"


@pytest.mark.parametrize("keep", [False, True])
def test_patience_and_staying_are_passed_on(keep: bool) -> None:
    session_of(*OWN, "--timeout", "7", *(["--keep"] if keep else []))

    assert OneShot.made.timeout == 7.0
    assert OneShot.made.kept is keep


@pytest.fixture
def end_with(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def end(outcome: Outcome, *options: str, **words: Any) -> Result:
        monkeypatch.setattr(OneShot, "outcome", outcome)
        for name, value in words.items():
            monkeypatch.setattr(OneShot, name, value)
        return invoke(*OWN, *options)

    return end


def test_success_is_told_with_the_servers_words(end_with: Callable[..., Result]) -> None:
    result = end_with(Outcome.AUTHENTICATED, message="欢迎")

    assert result.exit_code == ExitCode.DONE
    assert result.stdout == "Authenticated. 欢迎\n"
    assert "--keep" in result.stderr


def test_with_keep_nothing_is_said_of_keeping(end_with: Callable[..., Result]) -> None:
    assert end_with(Outcome.AUTHENTICATED, "--keep").stderr == ""


@pytest.mark.parametrize(
    ("keepalive", "told"),
    [(300, "Nothing keeps the session alive now"), (0, "The web portal wants nothing to keep")],
)
def test_what_becomes_of_a_session_at_a_portal_is_told(
    end_with: Callable[..., Result], keepalive: int, told: str
) -> None:
    portal = PortalStatus("http://10.9.8.7/eportal/index.jsp", keepalive, None)

    result = end_with(Outcome.AUTHENTICATED, "--portal", portal=portal)

    assert told in result.stderr


def test_what_a_portal_wants_is_told_with_what_to_do(end_with: Callable[..., Result]) -> None:
    result = end_with(
        Outcome.HINDERED, "--portal", hindrance="it wants a captcha", advice="Open the page."
    )

    assert result.exit_code == ExitCode.REFUSED
    assert result.stderr == "Not authenticated: it wants a captcha.\nOpen the page.\n"


def test_a_refusal_is_told_with_the_servers_words_and_advice(
    end_with: Callable[..., Result],
) -> None:
    result = end_with(Outcome.REFUSED, message="密码不匹配", advice="Check the password.")

    assert result.exit_code == ExitCode.REFUSED
    assert result.stderr == "The server refused the login: 密码不匹配\nCheck the password.\n"


@pytest.mark.parametrize(
    ("advice", "told"),
    [
        (Advice.CHECK_PASSWORD, "Check “-u” and the password"),
        (Advice.OTHER_EDITION, "Try “--edition 1” or “--edition 2”, “--shape block” or "),
        (Advice.OTHER_EDITION, "“--shape bare”, or “--client-version”; if none helps,"),
        (Advice.OTHER_EDITION, "log in (“--lan alone” or “--lan beside -u”)"),
        (Advice.MAC_IS_BOUND, "let its client log in with “--mac clone”"),
        (Advice.ADDRESS_IS_BOUND, "See “--dhcp”: “double” or “before” tells"),
    ],
)
def test_advice_speaks_of_options(
    end_with: Callable[..., Result], advice: Advice, told: str
) -> None:
    assert told in end_with(Outcome.REFUSED, advice=sentence_of(advice)).stderr


def test_advice_speaks_of_options_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    speak_chinese(monkeypatch)

    assert written_in(sentence_of(Advice.CHECK_PASSWORD), OPTIONS).startswith("请检查“-u”和密码")


@pytest.mark.parametrize(
    ("outcome", "code", "words"),
    [
        (Outcome.NO_CLIENT, ExitCode.NO_ANSWER, "no client on the LAN"),
        (Outcome.NO_SERVER, ExitCode.NO_ANSWER, "no server answered"),
        (Outcome.NO_PORTAL, ExitCode.NO_ANSWER, "no web portal answered"),
        (Outcome.NO_ADDRESS, ExitCode.NO_ANSWER, "the WAN port has no address"),
        (Outcome.NO_RESULT, ExitCode.NO_ANSWER, "no result in time"),
        (Outcome.TOO_SOON, ExitCode.ERROR, "too many tries lately"),
        (Outcome.INTERRUPTED, ExitCode.ERROR, "interrupted"),
    ],
)
def test_every_other_end_has_its_words_and_its_code(
    end_with: Callable[..., Result], outcome: Outcome, code: ExitCode, words: str
) -> None:
    result = end_with(outcome)

    assert result.exit_code == code
    assert words in result.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        # The router's own login tries each group address by itself.
        (OWN, "Check the cable.\n"),
        ((*OWN, "--lan", "br-lan"), "Check the cable.\n"),
        ((*OWN, "--group", "standard"), "Check the cable, and try without --group.\n"),
        ((*WAN, "--lan", "br-lan"), "Check the cable, and try --group ruijie.\n"),
    ],
)
def test_what_the_program_has_tried_by_itself_is_no_advice(
    monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], told: str
) -> None:
    monkeypatch.setattr(OneShot, "outcome", Outcome.NO_SERVER)

    assert invoke(*options).stderr.endswith(told)


def test_it_says_how_long_to_wait_for_the_next_try(end_with: Callable[..., Result]) -> None:
    assert "in 90 s." in end_with(Outcome.TOO_SOON, seconds_to_wait=90.0).stderr
