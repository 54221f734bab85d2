"""The doctor's exit codes, and what its command loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.doctor import exit_code_of
from ruijie_proxy.doctor.gathering.findings import Area, Finding, Severity

NOTE = Finding(Severity.NOTE, "note", "", "")
WARNING = Finding(Severity.WARNING, "warning", "", "")
CONFIGURATION = Finding(Severity.FATAL, "config-errors", "", "", Area.CONFIGURATION)
PERMISSION = Finding(Severity.FATAL, "permission", "", "", Area.PERMISSION)
INTERFACE = Finding(Severity.FATAL, "interface-missing", "", "", Area.INTERFACE)


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ((), ExitCode.DONE),
        ((NOTE,), ExitCode.DONE),
        ((NOTE, WARNING), ExitCode.ERROR),
        ((WARNING, CONFIGURATION), ExitCode.USAGE),
        ((WARNING, INTERFACE), ExitCode.INTERFACE),
        ((PERMISSION, CONFIGURATION), ExitCode.INTERFACE),
        ((CONFIGURATION, PERMISSION), ExitCode.USAGE),
    ],
)
def test_the_worst_finding_makes_the_exit_code(
    findings: tuple[Finding, ...], code: ExitCode
) -> None:
    assert exit_code_of(findings) is code


def test_it_needs_nothing_that_routers_lack() -> None:
    code = (
        "import sys, ruijie_proxy.cli.doctor; "
        "sys.exit(bool({'pyroute2', 'scapy'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
