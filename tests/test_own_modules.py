"""Modules are imported by the short way only where the usual one would load the same.

Held to importlib itself: in a small package that has the importer for one of its modules.
"""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ruijie_proxy import own_modules

FIND = "import small.own_modules; small.own_modules.import_quickly()\n"
WATCH = """\
import sys
class Watch:
    asked = []
    @classmethod
    def find_spec(cls, name, path, target=None):
        cls.asked.append(name)
sys.meta_path.insert(0, Watch)
"""
TELL = """\
import sys, small.room.module as module
for of in module, sys.modules["small.room"]:
    spec = of.__spec__
    told = [of.__name__, of.__file__, of.__cached__, of.__package__, getattr(of, "__path__", None)]
    told += [spec.origin, spec.cached, spec.has_location, spec.submodule_search_locations]
    told.append(spec._initializing)
    print(told, spec.loader.path, spec.loader.get_source(of.__name__))
print(module.WORD, module.say.__code__.co_filename)
"""
ASKED = "print('importlib' if 'small.room.module' in Watch.asked else 'we')"
"""Who has looked for the module."""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    package = tmp_path / "small"
    (package / "room").mkdir(parents=True)
    for name in ("__init__.py", "room/__init__.py"):
        (package / name).touch()
    (package / "room" / "module.py").write_text("WORD = 'old'\ndef say():\n    return WORD\n")
    shutil.copy(own_modules.__file__, package)
    assert compileall.compile_dir(package, quiet=2)
    return package


def run(package: Path, code: str, *options: str) -> str:
    command = [sys.executable, "-B", *options, "-c", code]
    done = subprocess.run(command, cwd=package.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def bytecode(package: Path) -> Path:
    (file,) = (package / "room" / "__pycache__").glob("module.*.pyc")
    return file


def test_a_module_is_loaded_the_short_way_and_is_what_it_would_be(package: Path) -> None:
    assert run(package, FIND + TELL) == run(package, TELL)
    assert run(package, WATCH + FIND + TELL + ASKED).splitlines()[-1] == "we"


def test_a_source_that_was_changed_counts(package: Path) -> None:
    (package / "room" / "module.py").write_text("WORD = 'newer'\ndef say():\n    return WORD\n")

    assert "newer" in run(package, FIND + TELL)


def test_one_that_was_changed_to_the_same_size_does_too(package: Path) -> None:
    source = package / "room" / "module.py"
    source.write_text(source.read_text().replace("old", "new"))
    os.utime(source, (1, 1))

    assert run(package, FIND + TELL).splitlines()[-1].startswith("new ")


def test_one_that_only_a_hash_could_tell_apart_is_taken_as_python_takes_it(package: Path) -> None:
    source = package / "room" / "module.py"
    written = source.stat()
    source.write_text(source.read_text().replace("old", "new"))
    os.utime(source, ns=(written.st_atime_ns, written.st_mtime_ns))

    told = run(package, FIND + TELL)

    assert told == run(package, TELL)
    assert told.splitlines()[-1].startswith("old ")


@pytest.mark.parametrize("damage", [b"", b"\0" * 16, b"\0" * 1000])
def test_bytecode_that_is_none_is_passed_over(package: Path, damage: bytes) -> None:
    bytecode(package).write_bytes(damage)

    assert run(package, FIND + TELL) == run(package, TELL)


def test_bytecode_of_another_python_is_passed_over(package: Path) -> None:
    content = bytecode(package).read_bytes()
    number = int.from_bytes(content[:2], "little")  # PEP 3147
    bytecode(package).write_bytes((number + 50).to_bytes(2, "little") + content[2:])

    assert run(package, FIND + TELL) == run(package, TELL)
    assert run(package, WATCH + FIND + TELL + ASKED).splitlines()[-1] == "importlib"


def test_bytecode_that_cannot_be_read_is_passed_over(package: Path) -> None:
    file = bytecode(package)
    file.unlink()
    file.mkdir()  # what not even root can read

    assert run(package, FIND + TELL) == run(package, TELL)


def test_bytecode_whose_end_is_missing_fails_as_ever(package: Path) -> None:
    bytecode(package).write_bytes(bytecode(package).read_bytes()[:-20])
    attempt = "try:\n    import small.room.module\nexcept EOFError as error: print(error)"

    assert run(package, FIND + attempt) == run(package, attempt) == "marshal data too short\n"


def test_bytecode_alone_is_no_module(package: Path) -> None:
    (package / "room" / "module.py").unlink()
    attempt = "try:\n    import small.room.module\nexcept ImportError as error: print(error)"

    assert run(package, FIND + attempt) == run(package, attempt) != ""


def test_without_bytecode_there_is_the_source(package: Path) -> None:
    bytecode(package).unlink()

    assert run(package, FIND + TELL) == run(package, TELL)


@pytest.mark.parametrize("mode", ["CHECKED_HASH", "UNCHECKED_HASH"])
def test_bytecode_that_counts_by_a_hash_is_left_to_importlib(package: Path, mode: str) -> None:
    compiling = "import py_compile as p; p.compile('small/room/module.py', doraise=True, "
    run(package, compiling + f"invalidation_mode=p.PycInvalidationMode.{mode})")

    assert run(package, WATCH + FIND + TELL + ASKED).splitlines()[-1] == "importlib"


def test_a_folder_that_was_moved_is_told_of_where_it_is(package: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    package.rename(elsewhere / "small")

    told = run(elsewhere / "small", FIND + TELL)

    assert told.splitlines()[-1] == f"old {elsewhere}/small/room/module.py"


@pytest.mark.parametrize("options", [["-O"], ["-X", "pycache_prefix=/nowhere"]])
def test_where_python_reads_other_bytecode_all_goes_the_usual_way(
    package: Path, options: list[str]
) -> None:
    told = run(package, WATCH + FIND + TELL + ASKED, *options)

    assert told.splitlines()[-1] == "importlib"


def test_a_module_that_is_not_there_is_missing_as_ever(package: Path) -> None:
    missing = "try:\n    import small.room.none\nexcept ModuleNotFoundError as error: print(error)"

    assert run(package, FIND + missing) == "No module named 'small.room.none'\n"


def test_modules_that_import_each_other_do_so_as_ever(package: Path) -> None:
    (package / "room" / "one.py").write_text("import small.room.two\nONE = 1\n")
    (package / "room" / "two.py").write_text(
        "import small.room.one as one\nTWO = getattr(one, 'ONE', 'not yet')\n"
    )
    assert compileall.compile_dir(package, quiet=2)
    code = "import small.room.one\nprint(small.room.two.TWO, small.room.one.ONE)"

    assert run(package, FIND + code) == run(package, code) == "not yet 1\n"


def test_a_module_that_fails_is_none_and_can_be_tried_again(package: Path) -> None:
    (package / "room" / "bad.py").write_text("print('begun')\n1 / 0\n")
    assert compileall.compile_dir(package, quiet=2)
    attempt = "try:\n    import small.room.bad\nexcept ZeroDivisionError as error: print(error)\n"
    code = attempt * 2 + "import sys; print('small.room.bad' in sys.modules)"

    told = run(package, FIND + code)

    assert told == run(package, code)
    assert told.splitlines()[-1] == "False"


def test_it_is_in_place_once_however_often_it_is_asked_for(package: Path) -> None:
    code = "import _frozen_importlib as i\nbefore = i._find_and_load\n" + FIND
    assert run(package, FIND + code + "print(i._find_and_load is before)") == "True\n"
