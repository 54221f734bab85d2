"""Names for who speaks: ``client A``, ``server``."""

from __future__ import annotations

import string

from ruijie_proxy.protocol.ethernet import (
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
    format_mac,
    is_group_address,
)

_GROUPS = {
    PAE_GROUP_ADDRESS: "PAE group",
    RUIJIE_GROUP_ADDRESS: "Ruijie group",
    b"\xff" * 6: "everybody",
}
_MOST_NAMES = 1000
"""More stations than these keep their addresses for names: memory has a bound."""


class Parties:
    """Gives each station a name when it is first seen."""

    def __init__(self) -> None:
        self._names: dict[bytes, str] = {}
        self._clients = 0
        self._servers = 0

    def name(self, address: bytes | None, *, is_client: bool | None) -> str:
        """Return the name of a station or group; None as an address: it was not captured."""
        if address is None:
            return "?"
        if is_group_address(address):
            return _GROUPS.get(address) or format_mac(address)
        if address in self._names:
            return self._names[address]
        if is_client is None or len(self._names) >= _MOST_NAMES:
            return format_mac(address)
        name = self._new_client() if is_client else self._new_server()
        self._names[address] = name
        return name

    def all(self) -> dict[str, str]:
        """Return each name with the MAC address that it stands for."""
        return {name: format_mac(address) for address, name in self._names.items()}

    def _new_client(self) -> str:
        self._clients += 1
        letters = string.ascii_uppercase
        number = self._clients
        return f"client {letters[number - 1] if number <= len(letters) else number}"

    def _new_server(self) -> str:
        self._servers += 1
        return "server" if self._servers == 1 else f"server {self._servers}"
