from __future__ import annotations

import subprocess
import sys


def run(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_half_of_pyyaml_that_writes_is_not_loaded() -> None:
    run(
        "import sys\n"
        "import ruijie_proxy.config.reader\n"
        "assert not {'yaml', 'yaml.dumper', 'datetime', 'base64'} & sys.modules.keys()"
    )


def test_nor_are_regular_expressions_and_what_they_bring() -> None:
    run(
        "import sys\n"
        "import ruijie_proxy.config.reader\n"
        "import ruijie_proxy.config.notations.yaml_document\n"
        "assert not {'re', 'enum', 'collections', 'functools'} & sys.modules.keys()"
    )


def test_the_reader_loads_nothing_for_what_most_configurations_do_without() -> None:
    run(
        "import sys\n"
        "import ruijie_proxy.config.reader\n"
        "ours = {name for name in sys.modules if name.startswith('ruijie_proxy')}\n"
        "assert not {name for name in ours if name.startswith('ruijie_proxy.protocol')}, ours\n"
        "assert not {'ruijie_proxy.config.sealing', 'ruijie_proxy.config.client_exe'} & ours\n"
        "assert not {'cryptography', 'pefile'} & sys.modules.keys()"
    )


def test_whoever_imports_pyyaml_later_gets_it_whole() -> None:
    run(
        "import ruijie_proxy.config.notations.yaml_nodes as ours\n"
        "import yaml\n"
        "assert yaml.safe_load(yaml.safe_dump({'a': [1]})) == {'a': [1]}\n"
        "assert ours.NodeLoader('a: [1]').get_single_node().value"
    )


def test_pyyaml_that_was_there_before_is_used() -> None:
    run(
        "import yaml\n"
        "import ruijie_proxy.config.notations.yaml_nodes as ours\n"
        "import sys\n"
        "assert sys.modules['yaml'] is yaml\n"
        "assert yaml.Node is ours.Node"
    )
