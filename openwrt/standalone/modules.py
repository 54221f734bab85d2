"""Which modules the self-contained program has, and in which order.

What a service's start needs stands in it first, and as it is: a user waits for it. All else is
compressed, because flash counts more there than time (packed_modules.c). They stand in the order in
which they import each other: so what is loaded together is compressed together, and is read from
one end to the other.

Nobody keeps the list of Python's own modules: it follows from the program's import statements. What
is left out of it, is left out below, with the reason.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from modulefinder import ModuleFinder
from pathlib import Path

from ruijie_proxy.values import Frozen, replace

PROGRAM = "ruijie_proxy"
LEFT_OUT = {
    # Of the program.
    "ruijie_proxy.lab": "the virtual campus needs pyroute2, and a machine with room for it",
    "ruijie_proxy.cli.captures.captured_campus": "the same",
    "ruijie_proxy.cli.deploy": "is run on a laptop",
    "ruijie_proxy.deploy": "is run on a laptop",
    "ruijie_proxy.inspect.layers": "for programs of others that use scapy",
    "ruijie_proxy.own_modules": "finds modules that are files",
    # Libraries that the program can do without, and says so.
    "cryptography": "sealed passwords: Rust and OpenSSL, larger than all the rest",
    "pefile": "dialect ruijie-v2, for Windows clients that are twenty years old",
    "pyroute2": "the virtual campus",
    "scapy": "its layers of ours, for programs of others",
    "click._winconsole": "Windows",
    # The half of PyYAML that config/notations/yaml_nodes.py does not load.
    "yaml.constructor": "making objects of nodes",
    "yaml.cyaml": "the binding of libyaml",
    "yaml.dumper": "writing YAML",
    "yaml.emitter": "writing YAML",
    "yaml.loader": "making objects of nodes",
    "yaml.reader": "reading bytes and streams",
    "yaml.representer": "writing YAML",
    "yaml.resolver": "guessing types",
    "yaml.serializer": "writing YAML",
    # What is imported of Python's own only in cases that cannot arise here.
    "_py_abc": "abc, which is there in C",
    "argparse": "the commands that modules of Python's are",
    "asyncio": "nobody's: types and checks of others",
    "bz2": "archives",
    "csv": "statistics' and metadata's",
    "concurrent": "asyncio's",
    "ctypes": "needs dlopen(3), which a static program does not have",
    "distutils": "platform's, on Java",
    "doctest": "tests",
    "email": "importlib.metadata's",
    "encodings.mbcs": "Windows",
    "fractions": "statistics'",
    "getopt": "the commands that modules of Python's are",
    "http": "urllib's; pages are asked for over a socket",
    "importlib.metadata": "versions of installed packages: there are none",
    "importlib.readers": "data of packages: it is read by its path",
    "lzma": "archives",
    "multiprocessing": "logging's and uuid's",
    "pdb": "debugging",
    "pickle": "logging's, over a socket",
    "plistlib": "platform's, on macOS",
    "pprint": "shown by nobody",
    "py_compile": "there is nothing to compile",
    "pydoc": "inspect's and code's, by hand",
    "random": "tempfile's, and Click's for files that it replaces",
    "readline": "interactive Python",
    "rlcompleter": "interactive Python",
    "sqlite3": "nobody's",
    "ssl": "nothing is asked for by TLS",
    "statistics": "random's, when it is tested",
    "tarfile": "archives",
    "tempfile": "Click's editors and pagers",
    "tkinter": "windows",
    "tracemalloc": "warnings', of leaks",
    "unicodedata": "a million bytes of tables, for names of hosts that are not ASCII",
    "unittest": "tests",
    "webbrowser": "click.launch",
    "xml": "plistlib's",
    "zipfile": "archives",
    "zipimport": "archives",
}
"""A module that something imports and the program does without, and what it would be for."""
ENCODINGS = ("ascii", "gb18030", "gbk", "latin_1", "utf_8", "utf_8_sig")
"""Codecs are imported by name."""
BUNDLES = (
    ("_frozen_importlib",),  # before the collector of garbage can be stopped
    (  # every command
        "_frozen_importlib_external",
        "encodings",
        "encodings.utf_8",
        "io",
        "_quick_import",
        "ruijie_proxy.cli.basics.ctrl_c",
        "ruijie_proxy.standard_streams",
        "ruijie_proxy.cli.plain",
        "ruijie_proxy.runtime.processes.core_dumps",
    ),
    (  # a service, before it has a child
        "ruijie_proxy.cli.run",
        "ruijie_proxy.config.shape.model",
        "ruijie_proxy.runtime.processes.configuration_child",
    ),
    (  # the child, which reads the configuration
        "ruijie_proxy.config.reader",
        "ruijie_proxy.config.notations.uci_document",
    ),
    (  # the service itself
        "ruijie_proxy.cli.basics.exit_codes",
        "ruijie_proxy.runtime.daemon",
        "ruijie_proxy.runtime.telling.log",
        "ruijie_proxy.runtime.session_making",
    ),
    (  # a session that relays
        "ruijie_proxy.engine.relay.relay_session",
    ),
    (  # LuCI's page, every few seconds
        "json",
        "ruijie_proxy.cli.watching.status",
    ),
)
"""What the start of a service that relays imports, in this order, and LuCI's page. What these
import comes along.

A bundle is read at once: what its modules have in common is read once, and all in half the time
that each by itself would take. What one of them imports and nobody needs then would be read for
nothing (:data:`NOT_AT_ONCE`)."""
AFTER_THE_START = (
    "ruijie_proxy.runtime.address.dhcp_renewal",
    "ruijie_proxy.runtime.control.protocol",
    "ruijie_proxy.runtime.control.status_report",
    "encodings.gb18030",
)
"""What a service imports later, one at a time."""
NOT_AT_ONCE = {"ntpath": "os imports it on Windows"}
# What all of these import is in the program as it is, and not compressed.
STARTS_WITH = (*(name for bundle in BUNDLES for name in bundle), *AFTER_THE_START)
READ_AGAIN = (
    "ruijie_proxy.runtime.portal.orders",
    "ruijie_proxy.engine.portal.portal_session",
    "ruijie_proxy.engine.portal.dialogue",
    "ruijie_proxy.runtime.portal.http_call",
    "ruijie_proxy.runtime.portal.way_out",
)
"""What comes next, compressed: what a session at a web portal imports, and each of its children
anew. So it is in one block, which a child reads once."""
_IMPORTLIB = {
    "_frozen_importlib": "importlib._bootstrap",
    "_frozen_importlib_external": "importlib._bootstrap_external",
}
"""The two modules that import all others, by the names under which CPython starts with them."""

_ENCODINGS = "encodings"
QUICK_IMPORT = "_quick_import"
_QUICK_IMPORT_SOURCE = Path(__file__).with_name("quick_import.py")


class Module(Frozen):
    """A module in Python that the program has."""

    name: str
    source: Path
    is_package: bool
    is_of_the_start: bool = False
    """Whether a service's start needs it."""
    bundle: int | None = None
    """With which others it is read at once; None: alone."""

    @property
    def file(self) -> str:
        """Where tracebacks say it is."""
        if self.name in _IMPORTLIB:
            # Whose frames CPython leaves out of tracebacks by this name (Python/import.c).
            return f"<frozen {_IMPORTLIB[self.name]}>"
        path = self.name.replace(".", "/")
        return f"{path}/__init__.py" if self.is_package else f"{path}.py"


def find_modules(standard_library: Path, program: Path, libraries: dict[str, Path]) -> list[Module]:
    """Return the modules, in the order in which they import each other.

    ``program`` is the folder that holds the package, ``libraries`` those of the distributions by
    their names.
    """
    path = [str(folder) for folder in (program, *libraries.values(), standard_library)]
    finder = ModuleFinder(path, excludes=list(LEFT_OUT))
    own = [module_of(file, program).name for file in sorted((program / PROGRAM).rglob("*.py"))]
    for name in [*own, *(f"{_ENCODINGS}.{codec}" for codec in ENCODINGS)]:
        if not _is_left_out(name):
            finder.import_hook(name)
    found = {QUICK_IMPORT: Module(QUICK_IMPORT, _QUICK_IMPORT_SOURCE, is_package=False)}
    for name, of in _IMPORTLIB.items():
        source = standard_library / f"{of.replace('.', '/')}.py"
        found[name] = Module(name, source, is_package=False)
    for name, module in sorted(finder.modules.items()):
        # The stubs of modulefinder do not know what its modules have.
        file: str | None = getattr(module, "__file__", None)
        if file and name not in _IMPORTLIB.values():
            is_package = getattr(module, "__path__", None) is not None
            found[name] = Module(name, Path(file), is_package)
    return in_order_of_import(found)


def in_order_of_import(modules: dict[str, Module]) -> list[Module]:
    """Return modules, given by their names, as they come when one after the other is imported."""
    ordered: dict[str, Module] = {}

    def take(name: str, bundle: int | None, *, for_the_start: bool = True) -> None:
        parent = name.rpartition(".")[0]
        if parent:
            take(parent, bundle, for_the_start=for_the_start)
        if name not in modules or name in ordered or (for_the_start and name in NOT_AT_ONCE):
            return
        ordered[name] = replace(modules[name], is_of_the_start=for_the_start, bundle=bundle)
        for imported in _imported_by(modules[name]):
            take(imported, bundle, for_the_start=for_the_start)

    for bundle, names in enumerate(BUNDLES):
        for name in names:
            take(name, bundle)
    for name in AFTER_THE_START:
        take(name, None)
    for name in (*READ_AGAIN, *sorted(modules)):
        take(name, None, for_the_start=False)
    return list(ordered.values())


def _imported_by(module: Module) -> Iterator[str]:
    """Return what a module imports when it is itself imported, and names of which some are such."""
    package = module.name if module.is_package else module.name.rpartition(".")[0]
    waiting: list[ast.AST] = [ast.parse(module.source.read_bytes())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: 1 - node.level or None] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield origin
            yield from (f"{origin}.{alias.name}" for alias in node.names)
        elif not isinstance(node, _RUN_LATER) and not _is_for_type_checkers(node):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))


_RUN_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ExceptHandler)
"""What is not run when a module is imported, or hardly ever."""


def _is_for_type_checkers(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )


def _is_left_out(name: str) -> bool:
    return any(name == left_out or name.startswith(f"{left_out}.") for left_out in LEFT_OUT)


def module_of(source: Path, root: Path) -> Module:
    """Return the module that a file below a folder is, which Python would look for modules in."""
    parts = source.relative_to(root).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    return Module(".".join(parts[:-1] if is_package else parts), source, is_package)
