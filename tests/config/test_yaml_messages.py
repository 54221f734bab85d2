"""What PyYAML says of a file that is no YAML: all of it has a translation, or other words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import yaml

from ruijie_proxy import messages_of_others
from ruijie_proxy.config.notations.yaml_document import _YAML_WORDS, _without_words_of_the_file

MODULES = ("scanner", "parser", "composer")
ERRORS = ("ScannerError", "ParserError", "ComposerError")
REFUSED = ("found undefined alias", "second occurrence")
"""Of anchors and aliases, which are refused before PyYAML looks at them."""


def problems() -> Iterator[str]:
    """Return the texts that PyYAML's errors begin with; where a text of the file is, ``%``."""
    for module in MODULES:
        tree = ast.parse((Path(yaml.__file__).parent / f"{module}.py").read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) in ERRORS:
                problem = node.args[2]
                if isinstance(problem, ast.BinOp):
                    problem = problem.left
                if isinstance(problem, ast.Constant):
                    yield str(problem.value)


def test_every_problem_of_pyyaml_has_a_translation() -> None:
    other_words = {words for _, words in _YAML_WORDS}
    known = other_words | set(messages_of_others.YAML_ERRORS)
    said = [
        _without_words_of_the_file(problem.replace("%d", size))
        for problem in problems()
        if not problem.startswith(REFUSED)
        for size in ("2", "4", "8")
    ]

    assert len(said) > 3 * 30
    assert set(said) - known == set()
