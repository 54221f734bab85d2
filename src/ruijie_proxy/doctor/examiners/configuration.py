"""Is there a configuration, and can it be used?"""

from __future__ import annotations

from ruijie_proxy.doctor.gathering.findings import Area, Finding, Severity
from ruijie_proxy.i18n import _, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.doctor.gathering.machine import Machine


def examine_configuration(machine: Machine) -> Iterator[Finding]:
    """Yield what is wrong with the file, or that it is fine."""
    if machine.is_missing:
        present = [one.name for one in machine.interfaces.all if one.is_ethernet]
        yield Finding(
            Severity.FATAL,
            "config-missing",
            _("There is no configuration: {path} does not exist.", path=machine.path),
            _(
                "Write one, or name yours with -c. The shortest: {example} — with two of your own "
                "interfaces: {names}.",
                example=machine.notation.shortest,
                names=listed(present),
            ),
            Area.CONFIGURATION,
        )
        return
    if machine.is_forbidden:
        told = _("This user may not read {path}, which holds passwords.", path=machine.path)
        yield Finding(
            Severity.FATAL,
            "config-forbidden",
            told,
            _("Run this as root, such as with sudo."),
            Area.PERMISSION,
        )
        return
    if machine.problems:
        yield Finding(
            Severity.FATAL,
            "config-errors",
            _(
                "The configuration cannot be used. The first of {count} errors: {problem}",
                count=len(machine.problems),
                problem=machine.problems[0],
            )
            if len(machine.problems) > 1
            else _("The configuration cannot be used: {problem}", problem=machine.problems[0]),
            f"ruijie-proxy check -c {machine.path}",
            Area.CONFIGURATION,
        )
        return
    for warning in machine.warnings:
        place = machine.path if warning.line is None else f"{machine.path}:{warning.line}"
        if warning.key:
            place = f"{place}: {warning.key}"
        told = _("{place}: {wrong}.", place=place, wrong=warning.wrong)
        yield Finding(Severity.WARNING, "config-warning", told, warning.remedy)
    yield Finding(Severity.OK, "configuration", _("{path} has no errors.", path=machine.path))
