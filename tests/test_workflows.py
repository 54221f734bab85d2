"""What the forge runs: by the same targets as people, with actions that cannot change meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from openwrt.packaging.names import sdist_name
from openwrt.packaging.release import version

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z][a-z -]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def jobs(workflow: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(workflow.read_text("utf-8"))["jobs"]
    return found


def steps() -> Iterator[dict[str, Any]]:
    for workflow in WORKFLOWS:
        for job in jobs(workflow).values():
            yield from job["steps"]


def test_there_is_one_for_changes_and_one_for_releases() -> None:
    assert [path.name for path in WORKFLOWS] == ["release.yml", "test.yml"]


def test_actions_are_pinned() -> None:
    used = [step["uses"] for step in steps() if "uses" in step]

    assert used
    assert [action for action in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_what_they_make_is_a_target(workflow: Path) -> None:
    text = workflow.read_text("utf-8")
    called = set(re.findall(r"run: make ([a-z-]+)$", text, re.MULTILINE))
    for job in jobs(workflow).values():
        called.update(job.get("strategy", {}).get("matrix", {}).get("target", ()))

    known = {name for names in TARGETS for name in names.split()}
    assert called
    assert called - known == set()


def test_a_tag_has_to_be_the_version_that_is_built() -> None:
    (check,) = [step["run"] for step in steps() if "GITHUB_REF_NAME#v" in step.get("run", "")]
    upstream = version(ROOT).rpartition("-")[0]

    assert (
        check.replace("${GITHUB_REF_NAME#v}", upstream)
        == f'test -e "dist/{sdist_name(version(ROOT))}"'
    )
