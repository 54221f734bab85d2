"""In which order the modules stand in the self-contained program, without building it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from openwrt.standalone.modules import (
    BUNDLES,
    LEFT_OUT,
    PROGRAM,
    READ_AGAIN,
    STARTS_WITH,
    Module,
    in_order_of_import,
    module_of,
)
from tests.openwrt.checkout import CHECKOUT
from tests.runtime.test_resident_modules import (
    OWN,
    OWN_OF_A_PORTAL,
    OWN_OF_BOTH_WAYS,
    OWN_OF_HEALTH_AND_HOOKS,
    OWN_OF_ITS_OWN_LOGIN,
    OWN_ONCE_ONLINE,
    STANDARD_LIBRARY,
    STANDARD_LIBRARY_ONCE_ONLINE,
    own,
)

PACKAGE = CHECKOUT / "src" / PROGRAM
OF_THE_PROGRAM = [name for name in STARTS_WITH if name.partition(".")[0] == PROGRAM]


def modules_of_the_program() -> dict[str, Module]:
    return by_name(PACKAGE.rglob("*.py"), PACKAGE.parent)


def modules_of_python() -> dict[str, Module]:
    library = Path(os.__file__).parent
    packages = ("collections", "encodings", "importlib", "json", "re")
    below = [source for package in packages for source in (library / package).glob("*.py")]
    return by_name([*library.glob("*.py"), *below], library)


def by_name(sources: Iterable[Path], root: Path) -> dict[str, Module]:
    return {module.name: module for module in (module_of(source, root) for source in sources)}


def imported_by(names: Iterable[str]) -> set[str]:
    code = f"import {', '.join(['sys', *names])}; print(*sys.modules)"
    return set(
        subprocess.run(
            [sys.executable, "-S", "-c", code],
            cwd=CHECKOUT / "src",
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
    )


def test_what_is_read_at_once_is_imported_by_then() -> None:
    ordered = in_order_of_import(modules_of_the_program() | modules_of_python())
    wanted = [name for name in STARTS_WITH if not name.startswith("_")]

    for number, names in enumerate(BUNDLES):
        asked_for = wanted[: wanted.index(names[-1]) + 1] if names[-1] in wanted else []
        bundle = {module.name for module in ordered if module.bundle == number}
        not_python_s = {name for name in bundle if not name.startswith("_")}
        assert sorted(not_python_s - imported_by(asked_for)) == [], names


def test_what_a_start_imports_and_little_else_is_of_the_start() -> None:
    told = imported_by(OF_THE_PROGRAM)
    imported = {name for name in told if name.partition(".")[0] == PROGRAM}
    ordered = in_order_of_import(modules_of_the_program())

    of_the_start = {module.name for module in ordered if module.is_of_the_start}

    assert sorted(imported - of_the_start) == []
    assert sorted(of_the_start - imported) == []


def test_what_a_daemon_keeps_loaded_is_of_the_start() -> None:
    ordered = in_order_of_import(modules_of_the_program())
    of_the_start = {module.name for module in ordered if module.is_of_the_start}
    by_name = [
        name
        for name in (*STANDARD_LIBRARY, *STANDARD_LIBRARY_ONCE_ONLINE)
        if name.partition(".")[0] == "encodings"
    ]

    assert sorted(own(OWN + OWN_ONCE_ONLINE) - of_the_start - LEFT_OUT.keys()) == []
    assert [name for name in by_name if name not in STARTS_WITH] == []


def test_what_a_daemon_loads_later_is_read_by_itself() -> None:
    bundled = {
        module.name
        for module in in_order_of_import(modules_of_the_program())
        if module.bundle is not None
    }
    parts = (
        OWN_ONCE_ONLINE,
        OWN_OF_A_PORTAL,
        OWN_OF_BOTH_WAYS,
        OWN_OF_HEALTH_AND_HOOKS,
        OWN_OF_ITS_OWN_LOGIN,
    )
    later = set().union(*(own(part) for part in parts)) - own(OWN)

    assert sorted(later & bundled) == []


def test_what_a_child_at_a_portal_imports_comes_next_and_nothing_between() -> None:
    told = imported_by(READ_AGAIN)
    compressed = [
        module.name
        for module in in_order_of_import(modules_of_the_program())
        if not module.is_of_the_start
    ]

    wanted = {name for name in told if name in compressed}

    assert set(READ_AGAIN) <= wanted
    assert sorted(compressed[: len(wanted)]) == sorted(wanted)


def test_a_module_stands_where_what_imports_it_first_does() -> None:
    ordered = [module.name for module in in_order_of_import(modules_of_the_program())]

    run, daemon, port = (
        ordered.index(f"{PROGRAM}.{name}")
        for name in ("cli.run", "runtime.daemon", "runtime.ports.port")
    )
    assert run < daemon < port
    assert sorted(ordered) == sorted(modules_of_the_program())


def test_what_a_start_begins_with_is_there() -> None:
    assert [name for name in OF_THE_PROGRAM if name not in modules_of_the_program()] == []
