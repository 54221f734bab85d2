"""An emulated router: Debian's kernel for MIPS boards, BusyBox, and a package to be installed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from ruijie_proxy.values import Frozen
from tests.emulation import busybox_in, pack_file_system, unpack_packages

INSTRUCTIONS = 500
"""Millions a second, by which the machine's clock goes: not by how fast it is emulated. So times
are the same on every host."""
_NANOSECONDS_AS_A_POWER_OF_TWO = 1
"""For an instruction, as qemu takes it."""
MEMORY = 64
"""MB, of which small routers have no more."""
DEADLINE = 900
"""Seconds that a machine may run."""
_KERNEL = "^linux-image-[0-9.-]*-4kc-malta$"
_MODULES = ("drivers/net/ethernet/intel/e1000/e1000",)
_GUEST = Path(__file__).parent / "guest"


class Kernel(Frozen):
    """What Debian's packages give."""

    image: Path
    modules: tuple[Path, ...]
    busybox: Path


def fetch_kernel(folder: Path) -> Kernel:
    """Unpack kernel and BusyBox below a folder, fetching them if need be. Raises BuildError."""
    unpacked = unpack_packages((_KERNEL, "^busybox-static$"), "mipsel", folder)
    (image,) = (unpacked / "boot").glob("vmlinu*")
    (modules,) = (unpacked / "lib" / "modules").iterdir()
    return Kernel(
        image,
        tuple(modules / "kernel" / f"{name}.ko" for name in _MODULES),
        busybox_in(unpacked),
    )


def make_file_system(kernel: Kernel, for_the_test: dict[str, Path | str], folder: Path) -> Path:
    """Make the archive that the kernel unpacks into memory, and return it.

    ``for_the_test`` is what is in ``/test``: files, or texts.
    """
    root = folder / "root"
    shutil.rmtree(root, ignore_errors=True)
    for name in ("bin", "dev", "etc/config", "modules", "proc", "sys", "test"):
        (root / name).mkdir(parents=True)
    shutil.copy(kernel.busybox, root / "bin" / "busybox")
    for module in kernel.modules:
        shutil.copy(module, root / "modules")
    shutil.copy(_GUEST / "init", root / "init")
    (root / "init").chmod(0o755)
    shutil.copy(_GUEST / "scenario.py", root / "test" / "scenario.py")
    for name, content in for_the_test.items():
        target = root / "test" / name
        if isinstance(content, str):
            target.write_text(content)
        else:
            shutil.copy(content, target)
    archive = folder / "initramfs"
    pack_file_system(root, archive)
    return archive


class Machine:
    """The emulated router, running while the context lasts. What it says is read line by line."""

    def __init__(
        self, kernel: Kernel, file_system: Path, entry: Sequence[str], taps: Sequence[str]
    ) -> None:
        """Start it with a network card for each tap device, by way of the command ``entry``."""
        command = ["qemu-system-mipsel", "-M", "malta", "-cpu", "24Kc", "-m", str(MEMORY)]
        command += ["-icount", f"shift={_NANOSECONDS_AS_A_POWER_OF_TWO}", "-rtc", "clock=vm"]
        command += ["-kernel", str(kernel.image), "-initrd", str(file_system)]
        command += ["-append", "console=ttyS0 panic=-1 quiet", "-nographic", "-no-reboot"]
        command += ["-vga", "none"]
        for tap in taps:
            # Without the code for booting from it, which is in a package of its own.
            command += ["-device", f"e1000,netdev={tap},romfile="]
            command += ["-netdev", f"tap,id={tap},ifname={tap},script=no,downscript=no"]
        # timeout(1) ends a machine that hangs, whoever reads what it says.
        self._process = subprocess.Popen(
            [*entry, "timeout", str(DEADLINE), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input = self._process.stdin
        self._output = self._process.stdout

    def __enter__(self) -> Machine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()
        self._input.close()
        self._output.close()

    def read_line(self) -> str | None:
        """Return its next line; None when it is off."""
        line = self._output.readline()
        return line.rstrip("\r\n") if line else None

    def say(self, line: str) -> None:
        """Type a line at its console."""
        self._input.write(f"{line}\n")
        self._input.flush()
