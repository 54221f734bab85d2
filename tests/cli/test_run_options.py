from __future__ import annotations

import pytest

from ruijie_proxy.cli.run import RunOptions, parse_plainly


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ([], RunOptions()),
        (["-c", "/etc/x.yaml"], RunOptions("/etc/x.yaml")),
        (["--config", "x.yaml", "-v"], RunOptions("x.yaml", verbose=True)),
    ],
)
def test_what_service_files_write_needs_no_click(arguments: list[str], options: RunOptions) -> None:
    assert parse_plainly(arguments) == options


@pytest.mark.parametrize(
    "arguments", [["--help"], ["-c"], ["-c", "-v"], ["--config=x.yaml"], ["extra"], ["-x"]]
)
def test_anything_else_is_left_to_click(arguments: list[str]) -> None:
    assert parse_plainly(arguments) is None


@pytest.mark.parametrize("options", [RunOptions(), RunOptions("x", True), RunOptions("x")])
def test_options_survive_the_way_through_a_new_process(options: RunOptions) -> None:
    assert parse_plainly(options.as_arguments()) == options
