"""Which file is for whom: a page in each language, of the files that are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from pathlib import Path
from string import Template

from openwrt.packaging.names import (
    ALL_ARCHITECTURES,
    PAGES,
    PROGRAM,
    apk_name,
    deb_name,
    executable_name,
    ipk_name,
    sdist_name,
    upstream,
    wheel_name,
)

CHECKSUMS = "SHA256SUMS"
PLATFORMS = {
    "aarch64_cortex-a53": "bcm27xx/bcm2710, bcm4908, imx/cortexa53, mediatek/filogic, "
    "mediatek/mt7622, microchipsw/lan969x, mvebu/cortexa53, qualcommax, sunxi/cortexa53",
    "aarch64_cortex-a72": "bcm27xx/bcm2711, mvebu/cortexa72",
    "aarch64_cortex-a76": "bcm27xx/bcm2712",
    "aarch64_generic": "armsr/armv8, layerscape/armv8_64b, rockchip/armv8",
    "arm_arm1176jzf-s_vfp": "bcm27xx/bcm2708",
    "arm_arm926ej-s": "at91/sam9x, mxs, sunxi/arm926ejs",
    "arm_cortex-a15_neon-vfpv4": "armsr/armv7, ipq806x",
    "arm_cortex-a5_vfpv4": "at91/sama5",
    "arm_cortex-a7": "mediatek/mt7629",
    "arm_cortex-a7_neon-vfpv4": "bcm27xx/bcm2709, imx/cortexa7, ipq40xx, layerscape/armv7, "
    "mediatek/mt7623, stm32/stm32mp1, sunxi/cortexa7",
    "arm_cortex-a7_vfpv4": "at91/sama7",
    "arm_cortex-a8_vfpv3": "omap, sunxi/cortexa8",
    "arm_cortex-a9": "bcm53xx",
    "arm_cortex-a9_neon": "imx/cortexa9, zynq",
    "arm_cortex-a9_vfpv3-d16": "mvebu/cortexa9, tegra",
    "arm_mpcore": "oxnas/ox820",
    "arm_xscale": "kirkwood",
    "armeb_xscale": "ixp4xx",
    "i386_pentium-mmx": "x86/geode, x86/legacy",
    "i386_pentium4": "x86/generic",
    "loongarch64_generic": "loongarch64",
    "mips64_octeonplus": "octeon",
    "mips_24kc": "ath79, lantiq, realtek/rtl839x, realtek/rtl930x, realtek/rtl931x, "
    "realtek/rtl838x",
    "mips_4kec": "realtek/rtl838x",
    "mips_mips32": "ath25, bcm63xx, bmips",
    "mipsel_24kc": "ramips/mt7620, ramips/mt7621, ramips/mt76x8, ramips/rt305x",
    "mipsel_24kc_24kf": "pistachio",
    "mipsel_74kc": "bcm47xx/mips74k, ramips/rt3883",
    "mipsel_mips32": "bcm47xx/generic, bcm47xx/legacy",
    "powerpc64_e5500": "qoriq",
    "powerpc_464fp": "apm821xx",
    "powerpc_8540": "mpc85xx",
    "powerpc_8548": "mpc85xx",
    "riscv64_generic": "d1, sifiveu, siflower/sf21, starfive",
    "riscv64_riscv64": "d1, sifiveu, starfive",
    "x86_64": "x86/64",
}
"""What "Target Platform" says, by architecture: profiles.json of OpenWrt's releases 22.03 to 25.12,
and of its main branch for what no release has. docs/openwrt.md has the same table."""

TABLES = ("FILES.md", "FILES.zh-CN.md")
"""The names of the pages. They lie beside this, with words in place of tables and files."""
_HERE = Path(__file__).parent


def tables(
    version: str,
    executables: Mapping[str, Iterable[str]],
    debian: Iterable[str],
    there: Set[str],
) -> dict[str, str]:
    """Return the pages by the names of their files. Raises OSError.

    The first three are those of the plan; only files that are ``there`` are named.
    """
    served = sorted(name for names in executables.values() for name in names)
    routers = [(PLATFORMS.get(name, ""), f"`{name}`", *_packages(version, name)) for name in served]
    alone = [
        (", ".join(f"`{name}`" for name in names), executable_name(version, executable))
        for executable, names in sorted(executables.items())
    ]
    debs = [(f"`{name}`", deb_name(PROGRAM, version, name)) for name in debian]
    pure_ipk, pure_apk = _packages(version, ALL_ARCHITECTURES)
    files = {
        "pages_ipk": ipk_name(PAGES, version, ALL_ARCHITECTURES),
        "pages_apk": apk_name(PAGES, version, None),
        "pure_ipk": pure_ipk,
        "pure_apk": pure_apk,
        "wheel": wheel_name(version),
        "sdist": sdist_name(version),
    }
    filled = {
        "version": upstream(version),
        "routers": _rows(routers, 2, there),
        "debian": _rows(debs, 1, there),
        "alone": _rows(alone, 1, there),
        **{word: _cell(name, there) for word, name in files.items()},
    }
    return {
        name: Template((_HERE / name).read_text(encoding="utf-8")).substitute(filled)
        for name in TABLES
    }


def _packages(version: str, architecture: str) -> tuple[str, str]:
    return ipk_name(PROGRAM, version, architecture), apk_name(PROGRAM, version, architecture)


def _rows(rows: Iterable[tuple[str, ...]], labels: int, there: Set[str]) -> str:
    """Return the rows of which a file is there. ``labels``: how many cells are before the files."""
    return "".join(
        f"| {' | '.join([*row[:labels], *(_cell(name, there) for name in row[labels:])])} |\n"
        for row in rows
        if not there.isdisjoint(row[labels:])
    )


def _cell(name: str, there: Set[str]) -> str:
    return f"`{name}`" if name in there else ""
