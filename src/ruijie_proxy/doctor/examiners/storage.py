"""Can sessions be kept on disk?"""

from __future__ import annotations

from ruijie_proxy.doctor.examiners.permission import RAW
from ruijie_proxy.doctor.gathering.findings import Finding, Severity
from ruijie_proxy.i18n import _

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.doctor.gathering.machine import Machine


def examine_storage(machine: Machine) -> Iterator[Finding]:
    """Yield whether the state directory can be written to."""
    # Another user than the daemon's would be told otherwise than the daemon.
    if machine.configuration is None or RAW in machine.missing_capabilities:
        return
    directory = machine.configuration.state_dir
    if machine.storage_trouble is None:
        yield Finding(
            Severity.OK, "state-dir", _("Sessions can be kept in {folder}.", folder=directory)
        )
        return
    yield Finding(
        Severity.WARNING,
        "state-dir",
        _(
            "Nothing can be written in {folder} ({reason}): a restart of the program would end "
            "the session.",
            folder=directory,
            reason=machine.storage_trouble,
        ),
        _(
            "Look with: df -h {folder}; ls -ld {folder}. Or name another with "
            "“{keys[state_dir]}”, such as /tmp/ruijie-proxy.",
            folder=directory,
        ),
    )
