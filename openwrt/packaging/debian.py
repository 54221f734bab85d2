"""The package for Debian: one executable with its service, its manual and what users read."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from openwrt.packaging import release
from openwrt.packaging.archive import File, gzipped
from openwrt.packaging.deb import SCRIPTS, BadDeb, Deb
from openwrt.packaging.kinds import DESCRIPTION, SECTION
from openwrt.packaging.man_page import man_pages
from openwrt.packaging.names import PROGRAM, upstream
from openwrt.packaging.program import COMMAND, short_copyright_text

ARCHITECTURES = {
    "amd64": "x86_64",
    "arm64": "aarch64_cortex-a53",
    "armhf": "arm_cortex-a7_neon-vfpv4",
}
"""Debian's, and the executables that serve them (:mod:`openwrt.standalone.architectures`)."""
FOLDER = Path("openwrt/debian")
EXAMPLE = "/etc/ruijie-proxy/config.example.yaml"
"""The start of a configuration. The real one, beside it, is the user's alone, and no upgrade has a
question about it; a service without it does not start."""
_MAINTAINER = "ruijie-proxy maintainers <maintainers@ruijie-proxy.invalid>"
_UNIT = Path("systemd/ruijie-proxy.service")
_UNITS_COMMAND = "/usr/local/bin/ruijie-proxy"
_DOCUMENTS = (
    "README.md",
    "README.zh-CN.md",
    "docs/control.md",
    "docs/control.zh-CN.md",
    "docs/hooks.md",
    "docs/hooks.zh-CN.md",
    "docs/inspect.md",
    "docs/inspect.zh-CN.md",
    "docs/linux.md",
    "docs/linux.zh-CN.md",
)
_LONGEST_TO_READ = 4096
"""Bytes of a document that is not compressed, as debhelper has it."""
_CHANGELOG = """\
{name} ({version}) unstable; urgency=medium

  * Version {upstream} of the program. What changed in it, its history tells.

 -- {maintainer}  {date}
"""


def executable_for(architecture: str) -> str:
    """Return which executable serves an architecture of Debian's. Raises BadDeb."""
    if architecture not in ARCHITECTURES:
        raise BadDeb(
            f"there is no Debian package for the architecture {architecture}; "
            f"there are {', '.join(ARCHITECTURES)}"
        )
    return ARCHITECTURES[architecture]


def debian_package(checkout: Path, architecture: str, executable: Path, time: int) -> Deb:
    """Return the package of one executable. ``architecture``: Debian's.

    ``time``: of the entry in its changelog, in seconds since 1970. Raises OSError.
    """
    version = release.version(checkout)
    return Deb(
        name=PROGRAM,
        version=version,
        architecture=architecture,
        maintainer=_MAINTAINER,
        section=SECTION,
        description=DESCRIPTION,
        files=(
            File(COMMAND, executable.read_bytes(), 0o755),
            *_service(checkout),
            *man_pages(checkout),
            *_documentation(checkout, executable, _changelog(version, time)),
        ),
        conffiles=(EXAMPLE,),
        scripts={
            script: (checkout / FOLDER / f"{PROGRAM}.{script}").read_text(encoding="utf-8")
            for script in SCRIPTS
            if (checkout / FOLDER / f"{PROGRAM}.{script}").exists()
        },
    )


def _service(checkout: Path) -> list[File]:
    unit = (checkout / _UNIT).read_text(encoding="utf-8").replace(_UNITS_COMMAND, COMMAND)
    return [
        File(f"/usr/lib/systemd/system/{_UNIT.name}", unit.encode()),
        File(
            "/usr/share/polkit-1/rules.d/ruijie-proxy.rules",
            (checkout / "systemd/ruijie-proxy.rules").read_bytes(),
        ),
        File(EXAMPLE, (checkout / "configs/config.yaml").read_bytes()),
    ]


def _documentation(checkout: Path, executable: Path, changelog: str) -> list[File]:
    folder = f"/usr/share/doc/{PROGRAM}"
    files = [
        File(f"{folder}/copyright", short_copyright_text(executable)),
        File(f"{folder}/changelog.Debian.gz", gzipped(changelog.encode())),
        File(
            f"/usr/share/lintian/overrides/{PROGRAM}",
            (checkout / FOLDER / f"{PROGRAM}.lintian-overrides").read_bytes(),
        ),
    ]
    for name in _DOCUMENTS:
        data = (checkout / name).read_bytes()
        if len(data) > _LONGEST_TO_READ:
            files.append(File(f"{folder}/{name}.gz", gzipped(data)))
        else:
            files.append(File(f"{folder}/{name}", data))
    files += [
        File(f"{folder}/examples/{path.name}", path.read_bytes())
        for path in sorted((checkout / "configs").glob("*.yaml"))
    ]
    return files


def _changelog(version: str, time: int) -> str:
    return _CHANGELOG.format(
        name=PROGRAM,
        version=version,
        upstream=upstream(version),
        maintainer=_MAINTAINER,
        date=format_datetime(datetime.fromtimestamp(time, UTC)),
    )
