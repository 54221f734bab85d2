"""Which modules the self-contained program has, and where in it each stands.

What a service's start needs is *frozen*: bytecode in the executable itself, imported without
opening a file. What only commands for people need is *archived*: compressed in a ZIP archive behind
the executable, because flash counts more there than time.

Nobody keeps the list of Python's own modules: it follows from the program's import statements. What
is left out of it, is left out below, with the reason.
"""

from __future__ import annotations

from modulefinder import ModuleFinder
from pathlib import Path

from ruijie_proxy.values import frozen

PROGRAM = "ruijie_proxy"
LEFT_OUT = {
    # Of the program.
    "ruijie_proxy.lab": "the virtual campus needs pyroute2, and a machine with room for it",
    "ruijie_proxy.inspect.layers": "for programs of others that use scapy",
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
    "yaml.representer": "writing YAML",
    "yaml.serializer": "writing YAML",
    # What is imported of Python's own only in cases that cannot arise here.
    "asyncio": "nobody's: types and checks of others",
    "bz2": "archives",
    "csv": "statistics' and metadata's",
    "concurrent": "asyncio's",
    "ctypes": "needs dlopen(3), which a static program does not have",
    "distutils": "platform's, on Java",
    "doctest": "tests",
    "email": "importlib.metadata's",
    "fractions": "statistics'",
    "http": "urllib's; pages are asked for over a socket",
    "importlib.metadata": "versions of installed packages: there are none",
    "importlib.readers": "data of packages: it is read by its path",
    "lzma": "archives",
    "multiprocessing": "logging's and uuid's",
    "pdb": "debugging",
    "plistlib": "platform's, on macOS",
    "pprint": "shown by nobody",
    "py_compile": "there is nothing to compile",
    "pydoc": "inspect's and code's, by hand",
    "readline": "interactive Python",
    "rlcompleter": "interactive Python",
    "sqlite3": "nobody's",
    "ssl": "nothing is asked for by TLS",
    "statistics": "random's, when it is tested",
    "tarfile": "archives",
    "tkinter": "windows",
    "tracemalloc": "warnings', of leaks",
    "unicodedata": "a million bytes of tables, for names of hosts that are not ASCII",
    "unittest": "tests",
    "webbrowser": "click.launch",
    "xml": "plistlib's",
    "zipfile": "archives",
}
"""A module that something imports and the program does without, and what it would be for."""
ENCODINGS = ("ascii", "gb18030", "gbk", "latin_1", "utf_8", "utf_8_sig")
"""Codecs are imported by name."""
FROZEN_OF_PYTHON = (
    "__future__",
    "collections",
    "collections.abc",
    "contextlib",
    "copyreg",
    "enum",
    "functools",
    "heapq",
    "json",
    "json.decoder",
    "json.encoder",
    "json.scanner",
    "keyword",
    "operator",
    "re",
    "re._casefix",
    "re._compiler",
    "re._constants",
    "re._parser",
    "reprlib",
    "selectors",
    "signal",
    "socket",
    "struct",
    "types",
)
"""What the daemon loads of Python's own, or its children do."""
_ENCODINGS = "encodings"
"""The package of codecs. It is loaded before anything could say where the rest of it would be, so
all of it is frozen."""
FROZEN_PACKAGES = ("config", "engine", "protocol", "runtime")
"""Of the program: all of them."""
FROZEN_OF_PROGRAM = (
    "ruijie_proxy",
    "ruijie_proxy.choices",
    "ruijie_proxy.cli",
    "ruijie_proxy.cli.basics",
    "ruijie_proxy.cli.basics.asking",
    "ruijie_proxy.cli.basics.exit_codes",
    "ruijie_proxy.cli.basics.output",
    "ruijie_proxy.cli.plain",
    "ruijie_proxy.cli.run",
    "ruijie_proxy.cli.watching",
    "ruijie_proxy.cli.watching.status",
    "ruijie_proxy.durations",
    "ruijie_proxy.i18n",
    "ruijie_proxy.messages",
    "ruijie_proxy.secret",
    "ruijie_proxy.standard_streams",
    "ruijie_proxy.values",
)


QUICK_IMPORT = "_quick_import"
_QUICK_IMPORT_SOURCE = Path(__file__).with_name("quick_import.py")


@frozen
class Module:
    """A module in Python that the program has."""

    name: str
    source: Path
    is_package: bool

    @property
    def file(self) -> str:
        """Where tracebacks say it is, and where it is in the archive, with ``.py`` in the end."""
        path = self.name.replace(".", "/")
        return f"{path}/__init__.py" if self.is_package else f"{path}.py"

    @property
    def is_frozen(self) -> bool:
        """Whether a service's start may need it."""
        program, _dot, rest = self.name.partition(".")
        if program == PROGRAM and rest.partition(".")[0] in FROZEN_PACKAGES:
            return True
        if program in (_ENCODINGS, QUICK_IMPORT):
            return True
        return self.name in FROZEN_OF_PYTHON or self.name in FROZEN_OF_PROGRAM


def find_modules(
    standard_library: Path, program: Path, libraries: dict[str, Path], built_in: frozenset[str]
) -> list[Module]:
    """Return the modules, in the order of their names.

    ``program`` is the folder that holds the package, ``libraries`` those of the distributions by
    their names; ``built_in`` names what the interpreter has in itself.
    """
    path = [str(folder) for folder in (program, *libraries.values(), standard_library)]
    finder = ModuleFinder(path, excludes=list(LEFT_OUT))
    own = _modules_below(program / PROGRAM, program)
    for name in [*own, *(f"{_ENCODINGS}.{codec}" for codec in ENCODINGS)]:
        if not _is_left_out(name):
            finder.import_hook(name)
    found = [Module(QUICK_IMPORT, _QUICK_IMPORT_SOURCE, is_package=False)]
    for name, module in sorted(finder.modules.items()):
        # The stubs of modulefinder do not know what its modules have.
        file: str | None = getattr(module, "__file__", None)
        if file and name not in built_in:
            is_package = getattr(module, "__path__", None) is not None
            found.append(Module(name, Path(file), is_package))
    return found


def _is_left_out(name: str) -> bool:
    return any(name == left_out or name.startswith(f"{left_out}.") for left_out in LEFT_OUT)


def _modules_below(folder: Path, root: Path) -> list[str]:
    names = []
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(root).with_suffix("").parts
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names
