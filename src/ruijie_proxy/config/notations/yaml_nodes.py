"""The part of PyYAML that turns text into nodes: all that a configuration needs of it.

``import yaml`` loads the other half as well: what makes objects of nodes, and what writes YAML. Of
this half, what reads bytes and what guesses types are left out, each for its regular expressions
(:mod:`.yaml_text`). The modules used are PyYAML's own; whoever imports ``yaml`` later gets it
whole, in a copy of its own.
"""

from __future__ import annotations

import sys

from ruijie_proxy.config.notations.yaml_text import TextReader, UnfitCharacter


def _enter_package() -> bool:
    """Let submodules of yaml be found without its ``__init__``; return whether that was needed."""
    if "yaml" in sys.modules:
        return False
    found = next(filter(None, (finder.find_spec("yaml", None) for finder in sys.meta_path)), None)
    if found is None or found.submodule_search_locations is None:
        return False  # the import below says what is missing
    package = type(sys)("yaml")
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
    from yaml.scanner import Scanner
finally:
    if _entered:
        for _name in [name for name in sys.modules if name.partition(".")[0] == "yaml"]:
            del sys.modules[_name]


class _NoGuesses:
    """Stands for PyYAML's resolver, which tells by a plain text what type it is of."""

    def descend_resolver(self, _parent: Node | None, _index: object) -> None:
        """Do nothing: a node's place says nothing of it either."""

    def ascend_resolver(self) -> None:
        """Do nothing."""

    def resolve(self, _kind: type[Node], _value: str | None, _implicit: object) -> str:
        """Return the tag of a node that has none of its own."""
        return ""


class NodeLoader(TextReader, Scanner, Parser, Composer, _NoGuesses):
    """Composes nodes from a text, in pure Python. The bases' order is that of PyYAML's loaders."""

    def __init__(self, text: str) -> None:
        """Take a text. Raises UnfitCharacter for characters that YAML has no place for."""
        TextReader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)

    def get_mark(self) -> Mark:
        """Return the place of the next character."""
        return Mark("", self.index, self.line, self.column, self.text, self.index)


__all__ = [
    "AliasEvent",
    "MappingNode",
    "Mark",
    "MarkedYAMLError",
    "Node",
    "NodeLoader",
    "ScalarNode",
    "SequenceNode",
    "UnfitCharacter",
]
