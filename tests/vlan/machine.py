"""An emulated machine with Debian's kernel, on which this machine's own programs run.

It sees this machine's files, and cannot write to them.
"""

from __future__ import annotations

import lzma
import shlex
import shutil
import subprocess
from pathlib import Path

from ruijie_proxy.values import Frozen
from tests.emulation import busybox_in, pack_file_system, unpack_packages

TESTS = Path(__file__).parent
ROOT = TESTS.parents[1]
FOLDER = ROOT / "build" / "vlan"
MEMORY = 1024
"""MB."""
DEADLINE = 900
"""Seconds that the machine may run."""
_KERNEL = "^linux-image-[0-9.+-]*(deb[0-9]+)?-amd64$"
_MODULES = (
    *("virtio_ring", "virtio", "virtio_pci_modern_dev", "virtio_pci_legacy_dev", "virtio_pci"),
    *("9pnet", "9pnet_virtio", "netfs", "fscache", "9p"),
    *("llc", "stp", "mrp", "garp", "bridge", "8021q", "veth"),
)
"""In this order; one that is not there is part of the kernel itself."""
_ENDED = "the tests have ended with "
_VOLATILE = ("tmp", "run", "var/lib")
"""What the tests write to; a file system in memory lies over each of them."""


class Kernel(Frozen):
    """What Debian's packages give."""

    image: Path
    modules: tuple[Path, ...]
    busybox: Path


def fetch_kernel(folder: Path) -> Kernel:
    """Unpack kernel and BusyBox below a folder, fetching them if need be. Raises BuildError."""
    unpacked = unpack_packages((_KERNEL, "^busybox-static$"), "amd64", folder)
    (image,) = unpacked.glob("boot/vmlinu*")
    found = {path.name.partition(".")[0]: path for path in unpacked.glob("**/*.ko*")}
    return Kernel(
        image,
        tuple(found[name] for name in _MODULES if name in found),
        busybox_in(unpacked),
    )


def make_file_system(kernel: Kernel, command: list[str]) -> Path:
    """Make the archive that the kernel unpacks into memory, with what it is to run; return it."""
    root = FOLDER / "root"
    shutil.rmtree(root, ignore_errors=True)
    for name in ("bin", "dev", "host", "modules", "proc", "sys"):
        (root / name).mkdir(parents=True)
    shutil.copy(kernel.busybox, root / "bin" / "busybox")
    for number, module in enumerate(kernel.modules):
        content = module.read_bytes()
        if module.suffix == ".xz":
            content = lzma.decompress(content)
        (root / "modules" / f"{number:02}-{module.name.partition('.')[0]}.ko").write_bytes(content)
    init = (TESTS / "guest" / "init").read_text()
    values = {
        "@VOLATILE@": " ".join(_VOLATILE),
        "@COMMAND@": shlex.quote(f"cd {shlex.quote(str(ROOT))} && {shlex.join(command)}"),
        "@ENDED@": _ENDED,
    }
    for name, value in values.items():
        init = init.replace(name, value)
    (root / "init").write_text(init)
    (root / "init").chmod(0o755)
    archive = FOLDER / "initramfs"
    pack_file_system(root, archive)
    return archive


def run_in_machine(kernel: Kernel, file_system: Path) -> int:
    """Start the machine, print what it says, and return what its command has ended with."""
    shared = "path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"
    command = ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max"]
    command += ["-m", str(MEMORY), "-smp", "2", "-nic", "none", "-virtfs", f"local,{shared}"]
    command += ["-kernel", str(kernel.image), "-initrd", str(file_system)]
    # Guarding the guest against itself costs a third of its time.
    command += ["-append", "console=ttyS0 panic=-1 quiet mitigations=off"]
    command += ["-nographic", "-no-reboot"]
    exit_code = None
    # timeout(1) ends a machine that hangs, whoever reads what it says.
    with subprocess.Popen(
        ["timeout", str(DEADLINE), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line.rstrip("\r\n"), flush=True)
            _, ended, code = line.partition(_ENDED)
            if ended:
                exit_code = int(code)
    if exit_code is None:
        raise SystemExit("the machine has never said how the tests ended")
    return exit_code
