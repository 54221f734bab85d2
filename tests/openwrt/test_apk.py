"""The .apk file, byte by byte: beside what the real apk makes of the same, and what is refused."""

from __future__ import annotations

import contextlib
import hashlib
import random
import re
import struct
import zlib
from dataclasses import replace
from typing import Any

import pytest
import yaml

from openwrt.packaging.apk import Apk, BadPackage
from openwrt.packaging.archive import File
from tests.openwrt.apk_reader import BadApk, read_apk
from tests.openwrt.checkout import CHECKOUT

TIME = 1_767_225_600
REAL = CHECKOUT.parent / "shared" / "apk"
"""What the real apk made, and its dump of it. It lies beside the checkout, if at all."""
SMALL = Apk(
    name="example",
    version="1.2.3-r4",
    architecture="noarch",
    description="An example",
    license="GPL-2.0-or-later",
    origin="examples",
    files=(
        File("/usr/bin/example", b"#!/bin/sh\n", 0o755),
        File("/etc/example", b"secret\n", 0o600),
        File("/etc/empty", b""),
        File("/usr/bin-too", b"#!/bin/sh\n"),
    ),
    depends=("python3-light", "luci-base"),
    scripts={"post-install": "#!/bin/sh\nexit 0\n", "post-deinstall": "#!/bin/sh\nexit 1\n"},
)


def small(**changes: Any) -> bytes:
    return replace(SMALL, **changes).to_bytes(TIME, compressed=False)


# Beside the real apk.


@pytest.fixture(scope="module")
def real_dump() -> dict[str, Any]:
    """What the real apk says of its package."""
    if not REAL.exists():
        pytest.skip(f"the packages that the real apk made are not in {REAL}")
    dump: dict[str, Any] = yaml.load((REAL / "luci.dump.yaml").read_text(), yaml.BaseLoader)
    return dump


@pytest.mark.parametrize(("name", "compressed"), [("deflate", True), ("none", False)])
def test_the_reader_reads_what_the_real_apk_made(
    real_dump: dict[str, Any], name: str, compressed: bool
) -> None:
    real = read_apk((REAL / f"luci-{name}.apk").read_bytes())

    assert real.dump() == real_dump
    assert real.compressed == compressed
    # The dump has these as comments.
    sizes = re.findall(r"^# data block, size: (\d+)$", (REAL / "luci.dump.yaml").read_text(), re.M)
    assert list(real.data_sizes) == [int(size) for size in sizes]


@pytest.mark.parametrize(("name", "compressed"), [("deflate", True), ("none", False)])
def test_of_the_same_input_we_make_what_the_real_apk_makes(
    real_dump: dict[str, Any], name: str, compressed: bool
) -> None:
    file = (REAL / f"luci-{name}.apk").read_bytes()
    real = read_apk(file)
    info = real_dump["info"]

    made = Apk(
        name=info["name"],
        version=info["version"],
        architecture=info["arch"],
        description=info["description"],
        license=info["license"],
        origin=info["origin"],
        files=tuple(File(file.path, file.data, file.mode) for file in real.files.values()),
        depends=tuple(info["depends"]),
        scripts=real_dump["scripts"],
    ).to_bytes(1_700_000_000, compressed=compressed)

    ours = read_apk(made)
    # But for the one that follows from where things lie, which is the writer's to say.
    identity = {"hashes": ours.info["hashes"]}
    assert ours.dump() == {**real_dump, "info": {**info, **identity}}
    assert ours.data_sizes == real.data_sizes
    assert len(made) <= len(file)


# What is in it.


@pytest.mark.parametrize("compressed", [True, False])
def test_what_was_written_is_read(compressed: bool) -> None:
    read = read_apk(SMALL.to_bytes(TIME, compressed=compressed))

    assert read.compressed == compressed
    assert {name: value for name, value in read.info.items() if name != "hashes"} == {
        "name": "example",
        "version": "1.2.3-r4",
        "description": "An example",
        "arch": "noarch",
        "license": "GPL-2.0-or-later",
        "origin": "examples",
        "build-time": TIME,
        "installed-size": 27,
        "depends": ["luci-base", "python3-light"],
    }
    assert read.scripts == SMALL.scripts
    assert {path: (file.data, file.mode) for path, file in read.files.items()} == {
        file.path: (file.data, file.mode) for file in SMALL.files
    }


def test_folders_and_files_are_sorted_as_bytes_and_every_folder_above_is_there() -> None:
    read = read_apk(small())

    assert [folder.name for folder in read.folders] == ["", "etc", "usr", "usr/bin"]
    assert list(read.files) == ["/etc/empty", "/etc/example", "/usr/bin-too", "/usr/bin/example"]


def test_all_belongs_to_root_and_has_the_same_time() -> None:
    read = read_apk(small())

    assert {(one.owner, one.group) for one in read.folders} == {("root", "root")}
    assert {(one.owner, one.group) for one in read.files.values()} == {("root", "root")}
    assert {folder.mode for folder in read.folders} == {0o755}
    assert {file.mtime for file in read.files.values()} == {TIME}


def test_an_empty_file_has_no_block_of_data() -> None:
    assert read_apk(small()).data_sizes == (8 + 7, 8 + 10, 8 + 10)


def test_the_order_of_the_files_makes_no_difference() -> None:
    assert small(files=SMALL.files[::-1], depends=SMALL.depends[::-1]) == small()


@pytest.mark.parametrize("length", [1, 255, 256, 65_535, 65_536, 70_000])
def test_a_script_of_any_length_is_whole(length: int) -> None:
    script = "#" * length

    assert read_apk(small(scripts={"trigger": script})).scripts == {"trigger": script}


@pytest.mark.parametrize("time", [0, 0x0FFF_FFFF, 0x1000_0000, 0xFFFF_FFFF, 0x1_0000_0000])
def test_a_time_of_any_length_is_right(time: int) -> None:
    assert read_apk(SMALL.to_bytes(time)).info["build-time"] == time


@pytest.mark.parametrize("time", [-1, 1 << 64])
def test_a_time_that_no_apk_can_hold_is_refused(time: int) -> None:
    with pytest.raises(ValueError, match=f"{time} is no number that an apk can hold"):
        SMALL.to_bytes(time)


@pytest.mark.parametrize(
    "depends",
    ["luci", "luci=21.02", "luci>=21.02-r1", "luci<3", "luci~2", "!luci", "!luci<2", "lib.so+x"],
)
def test_dependencies_may_ask_for_versions_and_refuse_packages(depends: str) -> None:
    assert read_apk(small(depends=(depends,))).info["depends"] == [depends]


def test_a_package_without_files_is_one_all_the_same() -> None:
    read = read_apk(small(files=(), depends=(), scripts={}))

    assert read.files == {}
    assert read.info["installed-size"] == 1


def test_random_trees_come_out_as_they_went_in() -> None:
    for seed in range(40):
        chance = random.Random(seed)
        paths = {
            "/" + "/".join(chance.choices("abc-.é", k=chance.randrange(1, 4))).replace(".", "x.")
            for _ in range(chance.randrange(9))
        }
        files = tuple(
            File(path, chance.randbytes(chance.choice((0, 1, 300))), chance.randrange(0o7777))
            for path in sorted(paths)
            if not any(other.startswith(f"{path}/") for other in paths)
        )

        read = read_apk(small(files=files))

        assert {file.path: (file.data, file.mode) for file in read.files.values()} == {
            file.path: (file.data, file.mode) for file in files
        }


# What apk would not take.


@pytest.mark.parametrize(
    "version",
    ["0.1.0-r1", "1", "1.2.3a_rc1-r0", "20261128_git20261127", "0.1_p", "1.0~0a1b-r2", "1_pre_p3"],
)
def test_versions_of_apks_grammar(version: str) -> None:
    assert read_apk(small(version=version)).info["version"] == version


@pytest.mark.parametrize(
    "version",
    [
        *(
            "",
            "v1",
            "1.0-1",
            "0.1.0rc1",
            "1.0.dev1",
            "1..2",
            "1.",
            "1ab",
            "1_x",
            "1.0-r",
            "1.0-r1-r2",
        ),
        *("1.0+1", "1.0-r1\n", "1.0~", "1.0_rc1a", "1/2", "１"),
    ],
)
def test_a_version_that_apk_does_not_know_is_refused(version: str) -> None:
    with pytest.raises(BadPackage, match=r"is no version for apk: .* as in 0\.1\.0-r1"):
        small(version=version)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "a/b"}, "'a/b' cannot be a package's name"),
        ({"name": "../a"}, "cannot be a package's name"),
        ({"name": ""}, "cannot be a package's name"),
        ({"architecture": "mips/24kc"}, "cannot be an architecture"),
        ({"description": "two\nlines"}, "it has to be one line"),
        ({"scripts": {"postinst": ""}}, "no script 'postinst'; there are trigger, pre-install"),
        ({"depends": ("a b",)}, "'a b' is no dependency"),
        ({"depends": ("a>=",)}, "'a>=' is no dependency"),
        ({"depends": ("a>=x",)}, "asks for 'x', which is no version"),
        ({"depends": ("a", "a>2")}, "it depends twice on a"),
        ({"files": (File("/a", b""), File("/a", b"1"))}, "/a is there twice"),
        ({"files": (File("/a", b""), File("/a/b", b""))}, "/a is a file, and a folder"),
        ({"files": (File("a", b""),)}, "'a' cannot be a file's path"),
        ({"files": (File("/a/../b", b""),)}, "cannot be a file's path"),
        ({"files": (File("/a//b", b""),)}, "cannot be a file's path"),
        ({"files": (File("/a/", b""),)}, "cannot be a file's path"),
        ({"files": (File("/a\n/b", b""),)}, "cannot be a file's path"),
    ],
)
def test_what_no_package_can_have_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told.replace("(", r"\(")):
        small(**changes)


# A file that came to harm.


def test_a_package_that_is_cut_anywhere_is_refused() -> None:
    for file in (small(), SMALL.to_bytes(TIME)):
        for length in range(len(file)):
            with pytest.raises(BadApk):
                read_apk(file[:length])


def test_a_package_with_one_byte_changed_is_refused_whichever_it_is() -> None:
    file = small()
    chance = random.Random(1)
    for at in range(len(file)):
        for change in (1, 0x80, chance.randrange(1, 256)):
            with pytest.raises(BadApk):
                read_apk(file[:at] + bytes([file[at] ^ change]) + file[at + 1 :])


def test_whatever_the_bytes_are_the_reader_ends_with_its_own_error() -> None:
    file = bytearray(small())
    for seed in range(3000):
        chance = random.Random(seed)
        harmed = bytearray(file)
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(8, len(harmed) // 4 * 4, 4)
            harmed[at : at + 4] = struct.pack("<I", chance.choice(_WORDS) + chance.randrange(9))
        if harmed != file:
            with pytest.raises(BadApk):
                read_apk(bytes(harmed))
        # One who lies can still say what is no fault, such as another time.
        with contextlib.suppress(BadApk):
            read_apk(_with_right_id(harmed))


_WORDS = (0, 4, 0x1000_0000, 0x3FFF_FFF0, 0x8000_0000, 0xE000_0010, 0xFFFF_FF00)


def _with_right_id(harmed: bytearray) -> bytes:
    """Return a file whose identity is that of its description, as a liar would make it."""
    size = struct.unpack_from("<I", harmed, 8)[0] & 0x3FFF_FFFF
    # The writer has the identity first: behind the header of the file, of the block and its own.
    place = slice(21, 41)
    harmed[place] = bytes(20)
    harmed[place] = hashlib.sha256(harmed[12 : 8 + size]).digest()[:20]
    return bytes(harmed)


def test_a_stream_that_inflates_without_end_is_refused() -> None:
    deflate = zlib.compressobj(wbits=-15)
    bomb = b"ADBd" + deflate.compress(bytes(100 << 20)) + deflate.flush()

    with pytest.raises(BadApk, match="more than any package"):
        read_apk(bomb)


def test_bytes_behind_the_end_are_refused() -> None:
    with pytest.raises(BadApk, match="behind the deflate stream"):
        read_apk(SMALL.to_bytes(TIME) + b"\0")
    with pytest.raises(BadApk):
        read_apk(small() + bytes(8))
