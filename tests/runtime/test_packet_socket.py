"""Opening a packet socket where it cannot be opened; tests/namespaces has the rest."""

from __future__ import annotations

import _socket

import pytest

from ruijie_proxy.runtime.ports.interface_errors import InterfaceMissing, PermissionMissing
from ruijie_proxy.runtime.ports.packet_socket import PacketSocket


@pytest.mark.parametrize("name", ["no-such-port", "", "a\0b", "a" * 16, "../lo"])
def test_a_name_that_no_interface_has(name: str) -> None:
    with pytest.raises(InterfaceMissing, match="lo"):
        PacketSocket(name)


def test_no_permission_says_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(_socket, "socket", refuse)

    with pytest.raises(PermissionMissing, match="CAP_NET_RAW"):
        PacketSocket("lo")
