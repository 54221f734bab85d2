"""What a configuration only points to: sealed passwords, password files, the client's program."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ruijie_proxy.config import password_file
from ruijie_proxy.config.password_file import password_of, read_password
from ruijie_proxy.config.reader import load, parse_configuration, read_configuration
from ruijie_proxy.config.sealing import read_or_make_key, seal
from ruijie_proxy.config.shape.model import Configuration
from ruijie_proxy.config.shape.problems import ConfigurationProblems, Unusable
from ruijie_proxy.engine.settings import V2Client
from tests.config.windows_program import windows_program

USER = "20261234"
START = f"sessions:\n  - mode: login\n    wan: eth1\n    username: '{USER}'\n"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "seal.key"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.touch(mode=0o600)
    return path


def _password_of(configuration: Configuration) -> str:
    (session,) = configuration.sessions
    assert session.settings.login is not None
    return session.settings.login.password.reveal()


def _problems_of(file: Path) -> list[str]:
    with pytest.raises(ConfigurationProblems) as caught:
        read_configuration(str(file))
    return [str(problem).removeprefix(f"{file}:") for problem in caught.value.problems]


TOO_LONG = (
    "is longer than 240 bytes in GBK, and a private block carries no more; take a shorter password "
    "at the campus, or set dialect: plain"
)


@pytest.mark.parametrize(
    ("dialect", "fits"), [("ruijie", False), ("plain", True), ("cernet", True)]
)
@pytest.mark.parametrize("password", ["x" * 241, "密" * 121], ids=["ascii", "chinese"])
def test_a_password_that_no_private_block_can_carry_is_told_where_it_is_written(
    file: Path, tmp_path: Path, key_file: Path, dialect: str, fits: bool, password: str
) -> None:
    in_a_file = tmp_path / "password"
    in_a_file.write_text(password)
    in_a_file.chmod(0o600)
    sealed = seal(password, USER, read_or_make_key(str(key_file)))
    for key, value, at in (
        ("password", password, "5:15"),
        ("password_file", in_a_file, "5:20"),
        ("password", sealed, "5:15"),
    ):
        top = f"key_file: {key_file}\n" if value is sealed else ""
        file.write_text(f"{START}    {key}: '{value}'\n    dialect: {dialect}\n{top}")
        if fits:
            read_configuration(str(file))
        else:
            assert _problems_of(file) == [f"{at}: sessions[0].{key}: {TOO_LONG}"]


def test_a_password_of_just_the_size_that_a_block_carries_is_taken(file: Path) -> None:
    file.write_text(f"{START}    password: '{'密' * 120}'\n")

    assert _password_of(load(str(file))) == "密" * 120


def test_a_password_that_is_given_beside_the_file_is_held_to_the_same_size() -> None:
    with pytest.raises(ConfigurationProblems) as caught:
        parse_configuration(START.encode(), "config.yaml", "x" * 241)

    assert TOO_LONG in str(caught.value.problems[0])


def _warnings_of(file: Path) -> list[str]:
    warnings = read_configuration(str(file)).warnings
    return [str(warning).removeprefix(f"{file}:") for warning in warnings]


@pytest.mark.parametrize(
    ("content", "password"),
    [
        (b"hunter2", "hunter2"),
        (b"hunter2\n", "hunter2"),
        (b"hunter2\r\n", "hunter2"),
        (b" hunter 2 ", " hunter 2 "),
        (b"sealed:v1:x", "sealed:v1:x"),
        ("密码".encode(), "密码"),
        (b"p" * 1024 + b"\r\n", "p" * 1024),
        ("\ufeffhunter2\r\n".encode(), "hunter2"),
    ],
)
def test_a_password_file_holds_the_password_alone(content: bytes, password: str) -> None:
    assert password_of(content) == password


ALONE = "write the password alone into it, as UTF-8 text in one line"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "names a file whose content is empty"),
        (b"\n", "names a file whose content is empty"),
        (b"a\nb", "names a file whose content has characters that cannot be printed"),
        (b"a\n\n", "names a file whose content has characters that cannot be printed"),
        (b"p" * 1025, "names a file whose content is longer than 1024 bytes"),
        ("密码".encode("gbk"), "names a file that is not UTF-8 text"),
    ],
)
def test_what_is_no_password_is_told(content: bytes, problem: str) -> None:
    with pytest.raises(Unusable) as caught:
        password_of(content)

    assert str(caught.value) == f"{problem}; {ALONE}"


def test_an_endless_password_file_is_read_no_further_than_the_limit() -> None:
    with pytest.raises(Unusable, match="content"):
        read_password("/dev/zero")


def test_a_password_file_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def problem_of(path: Path) -> str:
        with pytest.raises(Unusable) as caught:
            read_password(str(path))
        return str(caught.value)

    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert problem_of(tmp_path / "none") == "there is no such file; write one, or name another"
    assert problem_of(tmp_path) == "is a directory; name the file in it"
    assert problem_of(loop) == (
        "names a file that cannot be read: Too many levels of symbolic links; name another file"
    )

    # Root, as which the namespace tests run, may read everything.
    def refuse(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(password_file, "read_bounded", refuse)
    assert problem_of(tmp_path / "x") == (
        "names a file that this user may not read; run as root, or change its permissions"
    )


def test_the_password_comes_from_its_file(tmp_path: Path, file: Path) -> None:
    password_file = tmp_path / "dorm.password"
    password_file.write_text("hunter2\n")
    password_file.chmod(0o600)
    file.write_text(f"{START}    password_file: {password_file}\n")

    reading = read_configuration(str(file))

    assert reading.plain["sessions"][0]["password"] == "hunter2"
    assert "password_file" not in reading.plain["sessions"][0]
    assert reading.warnings == ()
    assert _password_of(load(str(file))) == "hunter2"


def test_a_password_file_that_is_missing_is_told_without_its_name(file: Path) -> None:
    file.write_text(f"{START}    password_file: /hunter2\n")

    assert _problems_of(file) == [
        "5:20: sessions[0].password_file: there is no such file; write one, or name another"
    ]


def test_a_sealed_password_is_opened_with_the_key_file(file: Path, key_file: Path) -> None:
    sealed = seal("hunter2", USER, read_or_make_key(str(key_file)))
    file.write_text(f'{START}    password: "{sealed}"\nkey_file: {key_file}\n')
    file.chmod(0o644)

    assert _password_of(load(str(file))) == "hunter2"
    assert _warnings_of(file) == []


def test_a_password_sealed_for_another_is_told_at_its_place(file: Path, key_file: Path) -> None:
    sealed = seal("hunter2", "another", read_or_make_key(str(key_file)))
    file.write_text(f'{START}    password: "{sealed}"\nkey_file: {key_file}\n')

    (problem,) = _problems_of(file)
    assert problem.startswith("5:15: sessions[0].password: was sealed for another user name or ")


def test_a_missing_key_file_is_told_at_the_password(file: Path, key_file: Path) -> None:
    file.write_text(f"{START}    password: sealed:v1:x\nkey_file: {key_file}\n")

    (problem,) = _problems_of(file)
    assert problem.startswith("5:15: sessions[0].password: there is no key file; ")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (f"{START}    password: sealed:v1:x\nkey_file: here\n", "key_file: is no absolute path"),
        (
            START.replace("username", "nam") + "    password: sealed:v1:x\n",
            "sessions[0]: unknown key",
        ),
    ],
)
def test_a_sealed_password_is_not_judged_where_what_it_takes_is_unclear(
    file: Path, content: str, problem: str
) -> None:
    file.write_text(content)

    problems = _problems_of(file)
    assert any(problem in one for one in problems)
    assert not any("sealed" in one or "key file" in one for one in problems)


def test_a_password_given_apart_is_taken_as_it_is() -> None:
    plain = parse_configuration(START.encode(), "the command line", "sealed:hunter2").plain

    assert _password_of(Configuration.from_plain(plain)) == "sealed:hunter2"


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_password_that_others_may_read_in_the_file_is_warned_of(file: Path, mode: int) -> None:
    file.write_text(f"{START}    password: hunter2\n")
    assert _warnings_of(file) == []

    file.chmod(mode)
    assert _warnings_of(file) == [
        "5:15: sessions[0].password: others may read it in this file; "
        f"chmod 600 {file}, or seal it: ruijie-proxy password seal"
    ]


def test_a_password_file_that_others_may_read_is_warned_of(tmp_path: Path, file: Path) -> None:
    password_file = tmp_path / "dorm.password"
    password_file.write_text("hunter2\n")
    password_file.chmod(0o644)
    file.write_text(f"{START}    password_file: {password_file}\n")
    file.chmod(0o644)  # the path of a secret is none

    assert _warnings_of(file) == [
        "5:20: sessions[0].password_file: others may read the password in that file; chmod 600 it"
    ]


AT_A_PORTAL = START.replace("mode: login", "mode: portal") + (
    "    password: hunter2\n    operator_username: '1390000'\n"
)


def _operators_password_of(configuration: Configuration) -> str:
    (session,) = configuration.sessions
    assert session.settings.login is not None
    assert session.settings.login.portal is not None
    password = session.settings.login.portal.operator_password
    assert password is not None
    return password.reveal()


def test_the_carriers_password_comes_from_its_file(tmp_path: Path, file: Path) -> None:
    password_file = tmp_path / "carrier.password"
    password_file.write_text("pear-tree\n")
    password_file.chmod(0o600)
    file.write_text(f"{AT_A_PORTAL}    operator_password_file: {password_file}\n")
    assert _operators_password_of(load(str(file))) == "pear-tree"
    assert _warnings_of(file) == []

    password_file.chmod(0o644)
    assert _warnings_of(file) == [
        "7:29: sessions[0].operator_password_file: others may read the password in that file; "
        "chmod 600 it"
    ]


def test_the_carriers_password_is_sealed_for_the_carriers_user(file: Path, key_file: Path) -> None:
    key = read_or_make_key(str(key_file))
    for user, fits in (("1390000", True), (USER, False)):
        sealed = seal("pear-tree", user, key)
        file.write_text(f'{AT_A_PORTAL}    operator_password: "{sealed}"\nkey_file: {key_file}\n')
        if fits:
            assert _operators_password_of(load(str(file))) == "pear-tree"
            assert _password_of(load(str(file))) == "hunter2"
        else:
            (problem,) = _problems_of(file)
            assert problem.startswith("7:24: sessions[0].operator_password: was sealed for another")


def test_the_carriers_password_that_others_may_read_is_warned_of(file: Path) -> None:
    file.write_text(f"{AT_A_PORTAL}    operator_password: pear-tree\n")
    file.chmod(0o644)

    remedy = f"chmod 600 {file}, or seal it: ruijie-proxy password seal"
    assert _warnings_of(file) == [
        f"5:15: sessions[0].password: others may read it in this file; {remedy}",
        f"7:24: sessions[0].operator_password: others may read it in this file; {remedy}",
    ]


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("", "operator_password: is missing; add operator_password:, or leave both out"),
        (
            "    operator_password: x\n    operator_password_file: /none\n",
            "operator_password_file: is given beside operator_password; keep one of the two",
        ),
        (
            "    operator_password_file: /none\n",
            "operator_password_file: there is no such file; write one, or name another",
        ),
    ],
)
def test_the_carriers_account_is_whole(file: Path, keys: str, problem: str) -> None:
    file.write_text(AT_A_PORTAL + keys)

    (told,) = _problems_of(file)
    assert told.endswith(f"sessions[0].{problem}")


def test_a_password_at_a_portal_may_be_longer_than_a_private_block_carries(file: Path) -> None:
    file.write_text(AT_A_PORTAL.replace("hunter2", "x" * 300) + "    operator_password: y\n")

    assert _password_of(load(str(file))) == "x" * 300


def test_a_file_that_is_gone_since_is_not_warned_of(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(f"{START}    password: hunter2\n")
    file.chmod(0o644)

    def gone(*_arguments: object, **_keys: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(os, "stat", gone)
    assert read_configuration(str(file)).warnings == ()


def test_the_clients_program_is_read_into_plain_values(tmp_path: Path, file: Path) -> None:
    program = tmp_path / "8021x.exe"
    program.write_bytes(windows_program(b"\xc3" * 512, version=(2, 56)))
    file.write_text(
        f"{START}    password: hunter2\n    dialect: ruijie-v2\n    client_exe: {program}\n"
    )

    plain = read_configuration(str(file)).plain
    assert plain["sessions"][0]["client_exe"] == {
        "code_section": b"\xc3" * 512,
        "version": [2, 56],
    }
    login = Configuration.from_plain(plain).sessions[0].settings.login
    assert login is not None
    assert login.v2_client == V2Client(b"\xc3" * 512, (2, 56))


def test_a_program_that_is_none_is_told_at_its_place(file: Path) -> None:
    keys = f"    password: hunter2\n    dialect: ruijie-v2\n    client_exe: {file}\n"
    file.write_text(START + keys)

    assert _problems_of(file) == [
        "7:17: sessions[0].client_exe: names a file that is no Windows program; "
        "name the 8021x.exe of a Windows client"
    ]
