"""The part of PyYAML that turns text into nodes: all that a configuration needs of it.

``import yaml`` loads the other half as well: what makes objects of nodes, and what writes YAML.
That is a tenth of the daemon's whole start. The modules used are PyYAML's own; left out is only the
package's ``__init__``. Whoever imports ``yaml`` later gets it whole, in a copy of its own.
"""

from __future__ import annotations

import sys


def _enter_package() -> bool:
    """Let submodules of yaml be found without its ``__init__``; return whether that was needed."""
    if "yaml" in sys.modules:
        return False
    from types import ModuleType

    found = next(filter(None, (finder.find_spec("yaml", None) for finder in sys.meta_path)), None)
    if found is None or found.submodule_search_locations is None:
        return False  # the import below says what is missing
    package = ModuleType("yaml")
    package.__path__ = list(found.submodule_search_locations)
    sys.modules["yaml"] = package
    return True


_entered = _enter_package()
try:
    from yaml.composer import Composer
    from yaml.error import Mark, MarkedYAMLError
    from yaml.events import AliasEvent
    from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
    from yaml.parser import Parser
    from yaml.reader import Reader, ReaderError
    from yaml.resolver import BaseResolver
    from yaml.scanner import Scanner
finally:
    if _entered:
        for _name in [name for name in sys.modules if name.partition(".")[0] == "yaml"]:
            del sys.modules[_name]


class NodeLoader(Reader, Scanner, Parser, Composer, BaseResolver):
    """Composes nodes from a text, in pure Python. The bases' order is that of PyYAML's loaders."""

    def __init__(self, text: str) -> None:
        """Take a text. Raises ReaderError for characters that YAML has no place for."""
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)


__all__ = [
    "AliasEvent",
    "MappingNode",
    "Mark",
    "MarkedYAMLError",
    "Node",
    "NodeLoader",
    "ReaderError",
    "ScalarNode",
    "SequenceNode",
]
