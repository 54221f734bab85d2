"""What the configuration's tests share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ruijie_proxy.config.reader import parse_configuration
from ruijie_proxy.config.shape.model import Configuration, SessionConfiguration
from ruijie_proxy.config.shape.problems import ConfigurationProblems

FILE = "config.yaml"


def _problems_of(content: str | bytes) -> list[str]:
    data = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(ConfigurationProblems) as caught:
        parse_configuration(data, FILE)
    return [str(problem) for problem in caught.value.problems]


def _warnings_of(content: str) -> list[str]:
    return [str(warning) for warning in parse_configuration(content.encode(), FILE).warnings]


def _configuration_of(content: str) -> Configuration:
    return Configuration.from_plain(parse_configuration(content.encode(), FILE).plain)


def _session_of(keys: str) -> SessionConfiguration:
    (session,) = _configuration_of(_one_session(keys)).sessions
    return session


def _one_session(keys: str) -> str:
    lines = ["sessions:", "  - wan: eth1", "    lan: br-lan"]
    return "\n".join(lines + [f"    {line}" for line in keys.splitlines()])


@pytest.fixture
def problems_of() -> Callable[[str | bytes], list[str]]:
    """Everything wrong with the content of a file named config.yaml, as a user sees it."""
    return _problems_of


@pytest.fixture
def warnings_of() -> Callable[[str], list[str]]:
    """Everything that could be better in a file named config.yaml that can be used."""
    return _warnings_of


@pytest.fixture
def problems_with() -> Callable[[str], list[str]]:
    """The same for a session of eth1 and br-lan with more keys; the first stands in line 4."""
    return lambda keys: _problems_of(_one_session(keys))


@pytest.fixture
def configuration_of() -> Callable[[str], Configuration]:
    """The model of a file's content."""
    return _configuration_of


@pytest.fixture
def session_of() -> Callable[[str], SessionConfiguration]:
    """The model of a session of eth1 and br-lan with more keys."""
    return _session_of
