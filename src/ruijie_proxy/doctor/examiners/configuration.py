"""Is there a configuration, and can it be used?"""

from __future__ import annotations

from ruijie_proxy.doctor.findings import Area, Finding, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.doctor.machine import Machine

_SHORTEST = "sessions: [{wan: eth1, lan: br-lan}]"


def examine_configuration(machine: Machine) -> Iterator[Finding]:
    """Yield what is wrong with the file, or that it is fine."""
    if machine.is_missing:
        present = [one.name for one in machine.interfaces.all if one.is_ethernet]
        yield Finding(
            Severity.FATAL,
            "config-missing",
            f"There is no configuration: {machine.path} does not exist.",
            f"Write one, or name yours with -c. The shortest: {_SHORTEST} — with two of your own "
            f"interfaces: {', '.join(present)}.",
            Area.CONFIGURATION,
        )
        return
    if machine.problems:
        count = len(machine.problems)
        yield Finding(
            Severity.FATAL,
            "config-errors",
            f"The configuration has {count} error{'s' if count > 1 else ''}. "
            f"The first: {machine.problems[0]}",
            f"ruijie-proxy check -c {machine.path}",
            Area.CONFIGURATION,
        )
        return
    for warning in machine.warnings:
        place = machine.path if warning.line is None else f"{machine.path}:{warning.line}"
        yield Finding(
            Severity.WARNING, "config-warning", f"{place}: {warning.wrong}.", warning.remedy
        )
    yield Finding(Severity.OK, "configuration", f"{machine.path} has no errors.")
