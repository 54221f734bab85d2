"""Can sessions be kept on disk?"""

from __future__ import annotations

from ruijie_proxy.doctor.examiners.permission import RAW
from ruijie_proxy.doctor.findings import Finding, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.doctor.machine import Machine


def examine_storage(machine: Machine) -> Iterator[Finding]:
    """Yield whether the state directory can be written to."""
    # Another user than the daemon's would be told otherwise than the daemon.
    if machine.configuration is None or RAW in machine.missing_capabilities:
        return
    directory = machine.configuration.state_dir
    if machine.storage_trouble is None:
        yield Finding(Severity.OK, "state-dir", f"Sessions can be kept in {directory}.")
        return
    yield Finding(
        Severity.WARNING,
        "state-dir",
        f"Nothing can be written in {directory} ({machine.storage_trouble}): a restart of the "
        "program would end the session.",
        f"Look with: df -h {directory}; ls -ld {directory}. Or name another with “state_dir:”, "
        "such as /tmp/ruijie-proxy.",
    )
