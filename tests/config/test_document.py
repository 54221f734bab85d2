"""Files that are no configuration: each gets one clear answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ruijie_proxy.config.notations import document
from ruijie_proxy.config.reader import read_configuration
from ruijie_proxy.config.shape.problems import ConfigurationProblems

Problems = Callable[[str | bytes], list[str]]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            "sessions:\n\t- wan: eth1",
            "config.yaml:2:1: not valid YAML: found a character that cannot start any token; "
            "indent with spaces, never with tabs",
        ),
        (
            "sessions:\n  - wan: eth1\n      lan: br-lan",
            "config.yaml:3:10: not valid YAML: mapping values are not allowed here; give each key "
            "a line of its own, in the same column as its neighbours, and quote a text that holds "
            '": "',
        ),
        (
            "sessions:\n  - wan: eth1\n   lan: br-lan",
            "config.yaml:3:4: not valid YAML: expected <block end>; "
            "bring the keys of one group into the same column",
        ),
        (
            "control: '/run",
            "config.yaml:1:10: not valid YAML: found unexpected end of stream; "
            "close the quote that was opened",
        ),
        (
            "sessions:\n- {wan: eth1\n\n",
            "config.yaml:2:3: not valid YAML: expected a comma or the closing bracket; "
            "close the bracket that was opened",
        ),
        (
            "control: @run",
            "config.yaml:1:10: not valid YAML: found a character that cannot start any token; "
            "put quotes around the value",
        ),
        (
            "control: /a\n---\ncontrol: /b",
            "config.yaml:2:1: not valid YAML: found another document; "
            'keep one document and remove the line "---"',
        ),
        (
            'control: "\\UFFFFFFFF"',
            "config.yaml:1:13: not valid YAML; look at the indent, quotes and brackets there",
        ),
    ],
)
def test_broken_yaml_is_told_with_its_place_and_a_remedy(
    problems_of: Problems, content: str, problem: str
) -> None:
    assert problems_of(content) == [problem]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("@hunter2", "found a character that cannot start any token"),
        ('"hunter2\\qhunter2"', "found an unknown escape character"),
        ("!hunter2!x y", 'tags ("!") are not taken'),
        ("!<%FFhunter2> y", "found an unknown escape"),
        ("!<hunter2", "expected '>'"),
        ("&hunter2(", "expected alphabetic or numeric character"),
        ("|hunter2", "expected chomping or indentation indicators"),
        ("\n%hunter2@", "expected alphabetic or numeric character"),
        ("\n%TAG !hunter2!@", "expected ' '"),
    ],
)
def test_broken_yaml_is_told_without_its_own_words(
    problems_of: Problems, value: str, what: str
) -> None:
    (problem,) = problems_of(f"password: {value}")

    assert f": not valid YAML: {what}; " in problem
    assert not any(said in problem for said in ("hunter2", "'@'", "'q'", "'('", "0xff"))


@pytest.mark.parametrize(
    ("content", "place", "what"),
    [
        ("sessions: &all []", "1:11", 'anchors ("&") and aliases ("*") are not taken'),
        ("sessions: *all", "1:11", 'anchors ("&") and aliases ("*") are not taken'),
        ("sessions: !!python/name:os.system x", "1:11", 'tags ("!") are not taken'),
        ("sessions:\n  " + "- " * 20_000, "2:17", "nested deeper than 8 levels"),
    ],
)
def test_yaml_that_could_do_harm_is_refused(
    problems_of: Problems, content: str, place: str, what: str
) -> None:
    (problem,) = problems_of(content)

    assert problem.startswith(f"config.yaml:{place}: {what}; ")


def test_a_bomb_of_aliases_never_unfolds(problems_of: Problems) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]

    (problem,) = problems_of("\n".join(levels))

    assert "anchors" in problem


@pytest.mark.parametrize("content", ["", "\n\n", "# sessions:\n#   - wan: eth1\n", "\ufeff"])
def test_an_empty_file_is_answered_with_the_shortest_configuration(
    problems_of: Problems, content: str
) -> None:
    assert problems_of(content) == [
        'config.yaml: is empty; write at least "sessions: [{wan: eth1, lan: br-lan}]"'
    ]


def test_a_file_of_windows_with_byte_order_mark_and_crlf_is_read(
    configuration_of: Callable[[str], object],
) -> None:
    unix = "sessions:\n  - wan: eth1\n    lan: br-lan\n"

    assert configuration_of("\ufeff" + unix.replace("\n", "\r\n")) == configuration_of(unix)


def test_a_binary_file_is_told_from_a_text(problems_of: Problems) -> None:
    assert problems_of(b"\x7fELF\x02\x01\x01\0\0\0") == [
        "config.yaml: is not a text file; name the configuration, saved as UTF-8 text"
    ]


def test_a_comment_in_gbk_is_found_at_its_place(problems_of: Problems) -> None:
    content = b"sessions:  # " + "网口".encode("gbk")

    assert problems_of(content) == [
        "config.yaml:1:14: is not UTF-8 text here; save the file as UTF-8 (not as GBK or UTF-16)"
    ]


def test_a_control_character_is_found_at_its_place(problems_of: Problems) -> None:
    assert problems_of("# 校园网\n# \x1b[31m") == [
        "config.yaml:2:3: character 0x1b has no place in a text file; "
        "remove it, or write the file anew as text"
    ]


def _problem_of_file(path: Path) -> str:
    with pytest.raises(ConfigurationProblems) as caught:
        read_configuration(str(path))
    return str(caught.value)


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    start = b"sessions: [{wan: eth1, lan: br-lan}]\n#"

    path.write_bytes(start.ljust(document.LARGEST_FILE, b"#"))
    assert read_configuration(str(path))

    path.write_bytes(start.ljust(document.LARGEST_FILE + 1, b"#"))
    assert _problem_of_file(path) == (
        f"{path}: has more than 64 KiB; name the configuration, which is much shorter"
    )


def test_an_endless_file_is_read_no_further_than_the_limit() -> None:
    assert "has more than 64 KiB" in _problem_of_file(Path("/dev/zero"))


def test_a_missing_file_is_answered_with_what_to_write(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"

    assert _problem_of_file(path) == (
        f'{path}: there is no such file; write one, at least "sessions: [{{wan: eth1, lan: '
        'br-lan}]", or name another with -c'
    )


def test_a_directory_is_told_from_a_file(tmp_path: Path) -> None:
    assert _problem_of_file(tmp_path) == f"{tmp_path}: is a directory; name the file in it"


def test_a_file_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root, as which the namespace tests run, may read everything.
    def refuse(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(document, "read_bounded", refuse)

    assert _problem_of_file(tmp_path / "c.yaml") == (
        f"{tmp_path}/c.yaml: this user may not read it; run as root, or change its permissions"
    )


def test_any_other_failure_to_read_says_what_the_system_said(tmp_path: Path) -> None:
    path = tmp_path / "loop.yaml"
    path.symlink_to(path)

    assert _problem_of_file(path) == (
        f"{path}: cannot be read: Too many levels of symbolic links; name another file with -c"
    )
