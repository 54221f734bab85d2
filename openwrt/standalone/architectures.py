"""The routers' architectures, by the names that ``/etc/openwrt_release`` has for them.

A row is an executable: one serves all architectures whose processors have its instructions.
"""

from __future__ import annotations

import difflib

from openwrt.standalone.errors import BuildError
from ruijie_proxy.values import Frozen


class Architecture(Frozen):
    """What one executable serves, and what builds and runs it."""

    names: tuple[str, ...]
    """DISTRIB_ARCH of OpenWrt, and the architecture of its packages. The first is the row's."""
    target: str
    """The compiler's, which says float, too: soft where a processor of the row has no unit for it,
    since OpenWrt's kernels, but for octeon's, do not emulate what is missing."""
    host: str
    """The same for CPython's configure."""
    emulator: str
    """Of Debian's qemu-user-static."""
    oldest: str
    """The processor with the fewest instructions of those that the row serves, by the emulator's
    name for it."""
    cpu: str = "baseline"
    """The instructions that the compiler may use, by its own names."""
    options: tuple[str, ...] = ()
    """More of the compiler's."""
    further_source: str | None = None
    """A file in C beside this one: functions that the compiler calls and its libraries lack."""

    @property
    def name(self) -> str:
        """What the row is called."""
        return self.names[0]


EXECUTABLES = (
    Architecture(
        ("mipsel_24kc", "mipsel_24kc_24kf", "mipsel_74kc"),
        target="mipsel-linux-musleabi",
        host="mipsel-linux-musl",
        emulator="qemu-mipsel-static",
        oldest="24Kc",
    ),
    Architecture(
        ("mips_24kc", "mips_4kec"),
        target="mips-linux-musleabi",
        host="mips-linux-musl",
        emulator="qemu-mips-static",
        oldest="4KEc",
    ),
    Architecture(
        ("aarch64_cortex-a53", "aarch64_cortex-a72", "aarch64_cortex-a76", "aarch64_generic"),
        target="aarch64-linux-musl",
        host="aarch64-linux-musl",
        emulator="qemu-aarch64-static",
        oldest="cortex-a53",
    ),
    Architecture(
        (
            "arm_cortex-a7_neon-vfpv4",
            "arm_cortex-a15_neon-vfpv4",
            "arm_cortex-a5_vfpv4",
            "arm_cortex-a7",
            "arm_cortex-a7_vfpv4",
            "arm_cortex-a8_vfpv3",
            "arm_cortex-a9",
            "arm_cortex-a9_neon",
            "arm_cortex-a9_vfpv3-d16",
        ),
        target="arm-linux-musleabi",
        host="arm-linux-musleabi",
        emulator="qemu-arm-static",
        # Without any unit for floating point: BCM4708 and MT7629 have none.
        oldest="cortex-a9,vfp=off,neon=off",
    ),
    Architecture(
        ("arm_arm1176jzf-s_vfp", "arm_mpcore"),
        target="arm-linux-musleabi",
        cpu="mpcorenovfp",
        host="arm-linux-musleabi",
        emulator="qemu-arm-static",
        oldest="arm11mpcore,vfp=off",
    ),
    Architecture(
        ("arm_xscale", "arm_arm926ej-s"),
        target="arm-linux-musleabi",
        cpu="arm926ej_s",
        further_source="armv5_atomics.c",
        host="arm-linux-musleabi",
        emulator="qemu-arm-static",
        oldest="pxa255",
    ),
    Architecture(
        ("armeb_xscale",),
        target="armeb-linux-musleabi",
        cpu="xscale",
        further_source="armv5_atomics.c",
        host="armeb-linux-musleabi",
        emulator="qemu-armeb-static",
        oldest="pxa255",
    ),
    Architecture(
        ("mipsel_mips32",),
        target="mipsel-linux-musleabi",
        cpu="mips32",
        host="mipsel-linux-musl",
        emulator="qemu-mipsel-static",
        oldest="4Kc",
    ),
    Architecture(
        ("mips_mips32",),
        target="mips-linux-musleabi",
        cpu="mips32",
        host="mips-linux-musl",
        emulator="qemu-mips-static",
        oldest="4Kc",
    ),
    Architecture(
        ("mips64_octeonplus",),
        # With a floating-point unit, which an Octeon+ lacks: ziglang's library for MIPS64 cannot go
        # without, and the kernels of octeon emulate it (CONFIG_MIPS_FP_SUPPORT) since 23.05.
        target="mips64-linux-muslabi64",
        cpu="mips64r2",
        host="mips64-linux-musl",
        emulator="qemu-mips64-static",
        oldest="5KEf",
    ),
    Architecture(
        ("i386_pentium-mmx", "i386_pentium4"),
        target="x86-linux-musl",
        cpu="pentium_mmx",
        host="i586-linux-musl",
        emulator="qemu-i386-static",
        oldest="pentium",
    ),
    Architecture(
        ("riscv64_generic", "riscv64_riscv64"),
        target="riscv64-linux-musl",
        host="riscv64-linux-musl",
        emulator="qemu-riscv64-static",
        oldest="sifive-u54",
    ),
    Architecture(
        ("powerpc_8548", "powerpc_464fp", "powerpc_8540"),
        target="powerpc-linux-musleabi",
        # Those of the first two have isel, which a 440 and a 464 do not.
        cpu="440-isel",
        # Clang has FLT_ROUNDS ask a floating-point unit, though there is none.
        options=("-D__builtin_flt_rounds()=1",),
        host="powerpc-linux-musl",
        emulator="qemu-ppc-static",
        oldest="440gp",
    ),
    Architecture(
        ("powerpc64_e5500",),
        target="powerpc64-linux-musl",
        cpu="e5500",
        host="powerpc64-linux-musl",
        emulator="qemu-ppc64-static",
        oldest="e5500",
    ),
    Architecture(
        ("loongarch64_generic",),
        target="loongarch64-linux-musl",
        cpu="generic_la64",
        host="loongarch64-linux-musl",
        emulator="qemu-loongarch64-static",
        oldest="la464-loongarch-cpu",
    ),
    Architecture(
        ("x86_64",),
        target="x86_64-linux-musl",
        host="x86_64-linux-musl",
        emulator="qemu-x86_64-static",
        oldest="Opteron_G1",
    ),
)
ARCHITECTURES = {name: architecture for architecture in EXECUTABLES for name in architecture.names}
"""The row of each name."""
_NO_ARC = "ziglang has no static C library for ARC, and Debian's qemu-user-static no emulator"
_NO_SOFT_FLOAT = (
    "ziglang's own library for MIPS64 wants a floating-point unit, which these kernels neither use "
    "nor emulate"
)
NOT_SERVED = {
    "arc_arc700": _NO_ARC,
    "arc_archs": _NO_ARC,
    "arm_fa526": "an ARMv4 has no instruction bx, and ziglang's own library does not go without",
    "mips64_mips64r2": _NO_SOFT_FLOAT,
    "mips64el_mips64r2": _NO_SOFT_FLOAT,
}
"""Names in OpenWrt's releases from 21.02 to 25.12 that have no row, and what stands against it."""


def architecture_named(name: str) -> Architecture:
    """Return the row that serves a name. Raises BuildError, with the nearest names."""
    if name in ARCHITECTURES:
        return ARCHITECTURES[name]
    if name in NOT_SERVED:
        raise BuildError(f"there is no executable for {name}: {NOT_SERVED[name]}")
    near = difflib.get_close_matches(name, ARCHITECTURES, cutoff=0.5)
    raise BuildError(
        f"there is no executable for the architecture {name}; "
        f"{'nearest are' if near else 'there are'} {', '.join(near or sorted(ARCHITECTURES))}"
    )
