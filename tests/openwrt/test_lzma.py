"""The reader of LZMA in the self-contained program, held to the library that writes it."""

from __future__ import annotations

import ctypes
import inspect
import lzma
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from openwrt.standalone.executable import compressed
from tests.conftest import NOT_HERE
from tests.openwrt.checkout import CHECKOUT

SOURCE = CHECKOUT / "openwrt" / "standalone" / "lzma.c"
CHOICE = random.Random(14)
TEXT = inspect.getsource(inspect).encode()
CONTENTS = {
    "nothing": b"",
    "a byte": b"x",
    "text": TEXT,
    "text that comes again, far away": TEXT + CHOICE.randbytes(100_000) + TEXT,
    "one byte for long": bytes(300_000),
    "records, which begin alike": b"".join(
        b"record %6d: " % number + CHOICE.randbytes(3) + bytes(9) for number in range(9000)
    ),
    "noise": CHOICE.randbytes(70_000),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    compiler = shutil.which("gcc")
    if compiler is None:
        pytest.skip(f"{NOT_HERE}there is no C compiler")
    built: Path = tmp_path_factory.mktemp("lzma") / "lzma.so"
    command = [compiler, "-O1", "-Wall", "-Werror", "-shared", "-fPIC", str(SOURCE)]
    subprocess.run([*command, "-o", str(built)], check=True)
    return ctypes.CDLL(str(built))


def read(library: ctypes.CDLL, data: bytes, size: int) -> bytes | None:
    content = ctypes.create_string_buffer(size + 1)
    done = library.lzma_read(data, ctypes.c_size_t(len(data)), content, ctypes.c_size_t(size))
    assert content.raw[size] == 0, "it wrote beyond the end"
    return content.raw[:size] if done else None


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_what_was_compressed_is_read(library: ctypes.CDLL, content: bytes) -> None:
    assert read(library, compressed(content), len(content)) == content


def test_data_that_end_early_are_refused(library: ctypes.CDLL) -> None:
    data = compressed(TEXT)

    for end in (0, 1, 4, 5, 100, len(data) // 2):
        assert read(library, data[:end], len(TEXT)) is None


def test_damaged_data_give_something_else_or_nothing(library: ctypes.CDLL) -> None:
    data = compressed(TEXT)

    for _ in range(500):
        damaged = bytearray(data)
        damaged[CHOICE.randrange(len(data) // 2)] ^= 1 << CHOICE.randrange(8)
        assert read(library, bytes(damaged), len(TEXT)) != TEXT


def test_another_form_of_lzma_is_refused(library: ctypes.CDLL) -> None:
    assert read(library, lzma.compress(TEXT), len(TEXT)) is None
