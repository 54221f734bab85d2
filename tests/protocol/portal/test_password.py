"""Passwords are enciphered as the ePortal's page does it; OpenSSL reads them back."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.portal.password import (
    NotEncipherable,
    PublicKey,
    encipher,
    encipher_password,
    read_key,
)


class Decipherer:
    """A portal's half: a key of OpenSSL's, and its raw RSA, which knows nothing of ours."""

    def __init__(self, folder: Path, bits: int) -> None:
        self._key = folder / "key.pem"
        self._run("openssl", "genrsa", "-traditional", "-out", str(self._key), str(bits))
        told = self._run("openssl", "rsa", "-in", str(self._key), "-noout", "-modulus").decode()
        self.key = read_key("10001", told.strip().removeprefix("Modulus="))
        self._size = bits // 8

    def read(self, ciphered: str) -> str:
        """Undo it: chunks are little-endian numbers, the whole is the wrong way round."""
        chunks = [self._raw(bytes.fromhex(chunk)) for chunk in ciphered.split(" ")]
        return b"".join(chunk[::-1].rstrip(b"\0") for chunk in chunks)[::-1].decode("latin-1")

    def _raw(self, number: bytes) -> bytes:
        options = ["-decrypt", "-inkey", str(self._key), "-pkeyopt", "rsa_padding_mode:none"]
        return self._run("openssl", "pkeyutl", *options, given=number.rjust(self._size, b"\0"))

    @staticmethod
    def _run(*command: str, given: bytes = b"") -> bytes:
        done = subprocess.run(command, input=given, capture_output=True, check=True)
        return done.stdout


@pytest.fixture(scope="module", params=[1024, 2048])
def portal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Decipherer:
    return Decipherer(tmp_path_factory.mktemp("portal"), request.param)


@pytest.mark.parametrize(
    "password", ["plum-tree", "x", "a" * 125, "b" * 126, "c" * 127, "d" * 300, "ÿé£ ~>", '"\\&%+ ']
)
def test_the_portal_reads_the_password_and_the_mac(portal: Decipherer, password: str) -> None:
    ciphered = encipher_password(password, "020000000001", portal.key)

    assert portal.read(ciphered) == f"{password}>020000000001"


def test_where_the_gateway_tells_no_mac_the_pages_own_stands(portal: Decipherer) -> None:
    assert portal.read(encipher_password("plum-tree", None, portal.key)) == "plum-tree>111111111"


def test_an_operators_password_stands_alone(portal: Decipherer) -> None:
    assert portal.read(encipher("operator", portal.key)) == "operator"


def test_every_row_of_the_vendors_own_page_comes_out(read_capture: Callable[[str], Any]) -> None:
    golden = read_capture("portal_rsa.json")
    key = read_key(golden["exponent"], golden["modulus"])

    assert [encipher(row["plain"], key) for row in golden["rows"]] == [
        row["cipher"] for row in golden["rows"]
    ]


@pytest.mark.parametrize("password", ["密码", "a€", "\U0001f600"])
def test_a_character_that_the_page_cannot_encipher_is_refused(password: str) -> None:
    with pytest.raises(NotEncipherable) as refused:
        encipher_password(password, None, PublicKey(65537, (1 << 1024) - 105))

    assert password not in str(refused.value)


@pytest.mark.parametrize(
    ("exponent", "modulus"),
    [
        ("10001", "3"),
        ("10001", ""),
        ("10001", "8" + "0" * 254 + "2"),
        ("10001", "f" * 2048),
        ("10001", "0x" + "f" * 254),
        ("10001", "-" + "f" * 255),
        ("10001", "ſ" + "f" * 255),
        ("0", "f" * 256),
        ("1", "f" * 256),
        ("10000", "f" * 256),
        ("", "f" * 256),
        ("f" * 17, "f" * 256),
    ],
    ids=lambda value: value[:8],
)
def test_a_key_that_is_none_is_refused(exponent: str, modulus: str) -> None:
    with pytest.raises(ProtocolError):
        read_key(exponent, modulus)
