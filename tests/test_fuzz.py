"""The targets of the fuzzer: what was found stays mended, and a short run finds nothing new."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz import NAMES, engine, parsers
from fuzz.byte_source import ByteSource
from fuzz.targets import TARGETS
from ruijie_proxy.protocol.errors import ProtocolError

ROOT = Path(__file__).parent.parent / "fuzz"
CORPUS = {name: sorted((ROOT / "corpus" / name).iterdir()) for name in NAMES}
LARGEST_CORPUS = 300_000
NEW_INPUTS = {"learn": 3}
"""How many beyond the corpus make a short run …"""
USUAL = 200
"""… where not said otherwise."""
TIMEOUT = 300
"""Seconds; on an idle machine it takes five, most of them for a start with every line counted."""


@pytest.mark.parametrize("name", NAMES)
def test_every_input_of_the_corpus_passes(name: str) -> None:
    for file in CORPUS[name]:
        TARGETS[name](file.read_bytes())


def test_the_corpus_is_small_and_there_for_every_target() -> None:
    assert set(TARGETS) == set(NAMES)
    assert all(CORPUS[name] for name in NAMES)
    assert sum(file.stat().st_size for files in CORPUS.values() for file in files) < LARGEST_CORPUS


@pytest.mark.parametrize("name", NAMES)
def test_a_short_run_finds_nothing(name: str, tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris has no wheel for this Python: only the corpus was run")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "fuzz", name, "--work", str(tmp_path)),
            # The same inputs in each run: new ones are looked for by `make fuzz`.
            *("--seed", "1", "--runs", str(len(CORPUS[name]) + NEW_INPUTS.get(name, USUAL))),
        ],
        cwd=ROOT.parent,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=TIMEOUT,
        check=False,
    )
    broken = list((tmp_path / name).glob("crash-*"))
    assert not broken, f"{broken[0].read_bytes()!r}\n{done.stderr[-3000:]}"
    assert done.returncode == 0, done.stderr[-3000:]
    assert "stat::number_of_executed_units" in done.stderr


def test_a_parser_that_raises_something_else_would_be_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(data: bytes) -> None:
        raise IndexError(data)

    monkeypatch.setattr(parsers, "ALL", (broken,))
    with pytest.raises(IndexError):
        parsers.run(b"\0x")

    def refuses(data: bytes) -> None:
        raise ProtocolError(str(data))

    monkeypatch.setattr(parsers, "ALL", (refuses,))
    parsers.run(b"\0x")


def test_a_session_that_sends_too_much_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    carry = engine.Bench.carry

    def too_much(bench: engine.Bench) -> None:
        carry(bench)
        bench.frames_sent += 100

    monkeypatch.setattr(engine.Bench, "carry", too_much)
    with pytest.raises(AssertionError, match="frames at once"):
        engine.run(CORPUS["engine"][0].read_bytes())


def test_bytes_are_taken_from_front_to_back_and_zeros_follow() -> None:
    source = ByteSource(b"\x05abc")

    assert (source.byte(), source.take(2), source.pick("xy")) == (5, b"ab", "y")
    assert source.is_empty
    assert (source.byte(), source.take(3), source.rest()) == (0, b"", b"")
