"""What holds for every test: those that need network namespaces skip where there are none."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# Neither how long an example takes nor how long it takes to be drawn says more than how busy the
# machine is. What is drawn is the same in each run, so that a change fails by what it changes;
# `pytest --hypothesis-profile=search` draws anew.
hypothesis_settings.register_profile(
    "search", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.register_profile(
    "steady", hypothesis_settings.get_profile("search"), derandomize=True
)
hypothesis_settings.load_profile("steady")

os.environ["LANGUAGE"] = "en"
"""Whoever runs the tests: messages are compared in English, where nothing else is said."""

REQUIRE_NAMESPACES = "RUIJIE_PROXY_REQUIRE_NAMESPACES"
"""Set to 1 (as `make test` does) where no test may go unproved: a skip of theirs is a failure."""
NOT_HERE = "not on this system: "
"""What the reason of a skip begins with that no installation would mend: it stays a skip."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let those come first that wait for a campus's time: others fill the processors meanwhile."""
    items.sort(key=lambda item: "namespaces" not in item.path.parts)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test marked `namespaces` where none can be made."""
    if item.get_closest_marker("namespaces"):
        obstacle = namespace_obstacle()
        if obstacle:
            pytest.skip(f"no network namespaces here: {obstacle}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a failure of a skipped test that had to run."""
    report = yield
    is_skip = report.skipped and not hasattr(report, "wasxfail")
    if (
        is_skip
        and NOT_HERE not in _reason(report)
        and item.get_closest_marker("namespaces")
        and namespaces_are_required()
    ):
        report.outcome = "failed"
        report.longrepr = f"skipped, which {REQUIRE_NAMESPACES} forbids: {_reason(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Make a failure of a whole file that was skipped and had to run."""
    report = yield
    if report.skipped and "namespaces" in collector.path.parts and namespaces_are_required():
        report.outcome = "failed"
        report.longrepr = f"skipped, which {REQUIRE_NAMESPACES} forbids: {_reason(report)}"
    return report


def namespaces_are_required() -> bool:
    """Whether a skip for want of namespaces is a failure."""
    return os.environ.get(REQUIRE_NAMESPACES, "") not in ("", "0")


@functools.cache
def namespace_obstacle() -> str | None:
    """Return what keeps this process from making network namespaces; None: nothing does."""
    if os.geteuid() != 0:
        return "they need root"
    if shutil.which("ip") is None:
        return "they need the program ip (iproute2)"
    name = f"rp-probe-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        return made.stderr.strip()
    subprocess.run(["ip", "netns", "delete", name], check=True)
    return None


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
