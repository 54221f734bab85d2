"""The routers' architectures, by the names that ``/etc/openwrt_release`` has for them."""

from __future__ import annotations

from ruijie_proxy.values import frozen


@frozen
class Architecture:
    """One of OpenWrt's architectures, and what builds and runs its programs."""

    name: str
    """DISTRIB_ARCH of OpenWrt, and the architecture of its packages."""
    target: str
    """The compiler's. MIPS is soft-float: OpenWrt's kernels do not emulate a missing FPU."""
    host: str
    """The same for CPython's configure."""
    emulator: str
    """Of Debian's qemu-user-static."""


ARCHITECTURES = {
    architecture.name: architecture
    for architecture in (
        Architecture(
            "mipsel_24kc", "mipsel-linux-musleabi", "mipsel-linux-musl", "qemu-mipsel-static"
        ),
        Architecture("mips_24kc", "mips-linux-musleabi", "mips-linux-musl", "qemu-mips-static"),
        Architecture(
            "aarch64_cortex-a53", "aarch64-linux-musl", "aarch64-linux-musl", "qemu-aarch64-static"
        ),
        Architecture(
            "arm_cortex-a7_neon-vfpv4",
            "arm-linux-musleabi",
            "arm-linux-musleabi",
            "qemu-arm-static",
        ),
        Architecture("x86_64", "x86_64-linux-musl", "x86_64-linux-musl", "qemu-x86_64-static"),
    )
}
