"""What is in the packages for apk: the same as in those for opkg, and what OpenWrt's build adds."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from openwrt.packaging import wrapped_scripts
from openwrt.packaging.archive import File
from openwrt.packaging.kinds import DEPENDS, luci_package, pure_package, self_contained_package
from openwrt.packaging.package import Package
from openwrt.packaging.release import PKG_RELEASE
from ruijie_proxy import __version__
from tests.openwrt.apk_reader import Entry, ReadApk, read_apk
from tests.openwrt.checkout import CHECKOUT, copy_of_checkout, stand_in_for_luci

TIME = 1_767_225_600
VERSION = f"{__version__}-r{PKG_RELEASE}"
RECORDS = "/lib/apk/packages"
CONFIGURATION = "/usr/share/ruijie-proxy/ruijie-proxy.config"
"""What the settings begin as."""


@pytest.fixture(scope="module")
def pure() -> Package:
    return pure_package(CHECKOUT)


@pytest.fixture(scope="module")
def read(pure: Package) -> ReadApk:
    return read_apk(pure.to_apk(TIME))


@pytest.fixture
def luci(tmp_path: Path) -> Package:
    checkout = copy_of_checkout(tmp_path / "checkout")
    stand_in_for_luci(checkout)
    return luci_package(checkout, lambda path: b"lmo of " + path.name.encode())


def without_records(apk: ReadApk) -> dict[str, Entry]:
    return {path: file for path, file in apk.files.items() if not path.startswith(RECORDS)}


def lines(apk: ReadApk, name: str) -> list[str]:
    text = apk.files[f"{RECORDS}/{name}"].data.decode()
    assert text.endswith("\n")
    return text.splitlines()


# Names and what apk is told.


def test_files_are_called_by_name_version_and_architecture(
    pure: Package, executable: Path, luci: Package
) -> None:
    built = self_contained_package(CHECKOUT, "mipsel_24kc", executable)

    assert pure.apk_file_name == f"ruijie-proxy-{VERSION}_noarch.apk"
    assert built.apk_file_name == f"ruijie-proxy-{VERSION}_mipsel_24kc.apk"
    assert luci.apk_file_name == f"luci-app-ruijie-proxy-{VERSION}.apk"


@pytest.mark.parametrize("guide", ["openwrt.md", "openwrt.zh-CN.md"])
def test_the_guide_calls_the_files_by_these_names(
    executable: Path, luci: Package, guide: str
) -> None:
    built = self_contained_package(CHECKOUT, "mipsel_24kc", executable)
    text = (CHECKOUT / "docs" / guide).read_text()
    version, architecture = ("版本", "架构") if "zh" in guide else ("VERSION", "ARCH")

    pattern = built.apk_file_name.replace(VERSION, version).replace("mipsel_24kc", architecture)
    pages = luci.apk_file_name.replace(VERSION, version)
    assert f"scp -O {pattern} {pages} root@192.168.1.1:/tmp/" in text


def test_apk_reads_name_version_dependencies_and_architecture(pure: Package, read: ReadApk) -> None:
    told = {name: value for name, value in read.info.items() if name != "hashes"}

    assert told == {
        "name": "ruijie-proxy",
        "version": VERSION,
        "description": " ".join(pure.description.splitlines()[1:]),
        "arch": "noarch",
        "license": "GPL-2.0-or-later",
        "origin": "ruijie-proxy",
        "build-time": TIME,
        "installed-size": sum(file.size for file in read.files.values()),
        "depends": sorted(DEPENDS),
    }


def test_an_executables_package_is_of_one_architecture_and_needs_no_other(executable: Path) -> None:
    built = read_apk(self_contained_package(CHECKOUT, "mipsel_24kc", executable).to_apk(TIME))

    assert built.info["arch"] == "mipsel_24kc"
    assert "depends" not in built.info
    assert built.files["/usr/bin/ruijie-proxy"].data == b"\x7fELF and so on"


def test_the_pages_need_luci_and_the_program(luci: Package) -> None:
    read = read_apk(luci.to_apk(TIME))

    assert read.info["depends"] == ["luci-base", "ruijie-proxy"]
    assert read.info["description"] == luci.description


def test_it_is_compressed(read: ReadApk) -> None:
    assert read.compressed


# Its files.


def test_the_files_are_those_of_the_package_for_opkg(pure: Package, read: ReadApk) -> None:
    assert {path: (file.data, file.mode) for path, file in without_records(read).items()} == {
        file.path: (file.data, file.mode) for file in pure.files
    }


def test_the_settings_are_the_users_and_no_file_of_the_packages(read: ReadApk) -> None:
    assert [path for path in read.files if path.startswith(("/etc/config", f"{RECORDS}/r"))] == [
        f"{RECORDS}/ruijie-proxy.list"
    ]


def test_openwrt_finds_the_list_of_files_without_its_own_records(
    pure: Package, read: ReadApk
) -> None:
    listed = lines(read, "ruijie-proxy.list")

    assert listed == sorted((file.path for file in pure.files), key=str.encode)
    assert "/etc/init.d/ruijie-proxy" in listed


def test_sysupgrade_finds_a_configuration_and_its_hash_as_shipped(pure: Package) -> None:
    """Of a package that has one."""
    read = read_apk(replace(pure, conffiles=(CONFIGURATION,)).to_apk(TIME))

    assert lines(read, "ruijie-proxy.conffiles") == [CONFIGURATION]
    assert lines(read, "ruijie-proxy.conffiles_static") == [
        f"{CONFIGURATION} {read.files[CONFIGURATION].hash}"
    ]


def test_a_package_without_configuration_says_nothing_of_one(luci: Package) -> None:
    read = read_apk(luci.to_apk(TIME))

    records = [path for path in read.files if path.startswith(RECORDS)]
    assert records == [f"{RECORDS}/luci-app-ruijie-proxy.list"]


# Its scripts.


def test_the_scripts_are_openwrts_with_the_packages_own_behind_them(
    pure: Package, read: ReadApk
) -> None:
    own = pure.scripts["postinst"].removeprefix("#!/bin/sh\n")
    installed = f"""\
[ "${{IPKG_NO_SCRIPT}}" = "1" ] && exit 0
[ -s "${{IPKG_INSTROOT}}/lib/functions.sh" ] || exit 0
. "${{IPKG_INSTROOT}}/lib/functions.sh"
export root="${{IPKG_INSTROOT}}"
export pkgname="ruijie-proxy"
add_group_and_user
default_postinst
{own}"""
    assert own.startswith("# The package's own part")
    before = pure.scripts["preinst"].removeprefix("#!/bin/sh\n")
    assert read.scripts == {
        "pre-install": f"#!/bin/sh\n{before}",
        "pre-upgrade": f"#!/bin/sh\nexport PKG_UPGRADE=1\n{before}",
        "post-install": f"#!/bin/sh\n{installed}",
        "post-upgrade": f"#!/bin/sh\nexport PKG_UPGRADE=1\n{installed}",
        "pre-deinstall": """\
#!/bin/sh
[ -s "${IPKG_INSTROOT}/lib/functions.sh" ] || exit 0
. "${IPKG_INSTROOT}/lib/functions.sh"
export root="${IPKG_INSTROOT}"
export pkgname="ruijie-proxy"
default_prerm
""",
        "post-deinstall": pure.scripts["postrm"],
    }


def test_every_script_that_openwrts_build_knows_has_its_place() -> None:
    own = {name: f" #!/bin/sh\n{name}\n" for name in ("preinst", "postinst", "prerm", "postrm")}

    scripts = wrapped_scripts.for_apk("example", own)

    last = {name: text.splitlines()[-1] for name, text in scripts.items()}
    assert last == {
        "pre-install": "preinst",
        "post-install": "postinst",
        "pre-upgrade": "preinst",
        "post-upgrade": "postinst",
        "pre-deinstall": "prerm",
        "post-deinstall": "postrm",
    }
    # apk executes them: what names the shell stands at the very beginning, and once.
    assert {text.count("#!") for text in scripts.values()} == {1}
    assert {text[:10] for text in scripts.values()} == {"#!/bin/sh\n"}


# The command.


def run_command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "openwrt.packaging", *arguments],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_makes_the_programs_package_and_the_pages(tmp_path: Path) -> None:
    done = run_command("--format", "apk", "--output", tmp_path)

    names = [f"ruijie-proxy-{VERSION}_noarch.apk", f"luci-app-ruijie-proxy-{VERSION}.apk"]
    assert done.stdout.splitlines() == [
        f"{tmp_path / name}: {(tmp_path / name).stat().st_size} bytes" for name in names
    ]
    assert {path.name for path in tmp_path.iterdir()} == set(names)
    program, pages = (read_apk((tmp_path / name).read_bytes()) for name in names)
    assert "/etc/init.d/ruijie-proxy" in program.files
    assert "/www/luci-static/resources/view/ruijie-proxy/settings.js" in pages.files


def test_the_command_packs_an_executable(tmp_path: Path, executable: Path) -> None:
    where = ("--output", tmp_path / "dist")
    run_command("--format", "apk", *where, "self-contained", "mips_24kc", executable)

    (package,) = (tmp_path / "dist").iterdir()
    assert package.name == f"ruijie-proxy-{VERSION}_mips_24kc.apk"
    assert read_apk(package.read_bytes()).info["arch"] == "mips_24kc"


def test_what_apk_would_refuse_is_told_and_nothing_is_written(
    tmp_path: Path, executable: Path
) -> None:
    where = ("--output", tmp_path / "dist")
    done = run_command("--format", "apk", *where, "self-contained", "mips/24kc", executable)

    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "'mips/24kc' cannot be an architecture: write what /etc/apk/arch says\n",
    )
    assert not (tmp_path / "dist").exists()


@pytest.mark.parametrize("kind", ["ipk", "apk"])
def test_without_room_the_package_that_was_there_stays_and_nothing_half_written(
    tmp_path: Path, kind: str
) -> None:
    run_command("--format", kind, "--output", tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(before) == 2

    # No file may be larger than 100 kB: as on a full disk, writing fails in the middle.
    done = subprocess.run(
        [
            *("sh", "-c", 'trap "" XFSZ; ulimit -f 200; exec "$@"', "-", sys.executable),
            *("-m", "openwrt.packaging", "--format", kind, "--output", tmp_path),
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_version_of_python_alone_is_refused_with_one_that_would_do(pure: Package) -> None:
    """As a release candidate's or a development version's may be."""
    with pytest.raises(ValueError, match=r"'0\.2\.0rc1-r1' is no version for apk: .* _rc1"):
        replace(pure, version="0.2.0rc1-1").to_apk(TIME)


def test_a_file_twice_is_refused(pure: Package) -> None:
    twice = replace(pure, files=(*pure.files, File(CONFIGURATION, b"")))

    with pytest.raises(ValueError, match=f"{CONFIGURATION} is there twice"):
        twice.to_apk(TIME)
