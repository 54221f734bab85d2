"""What DHCP servers' packets are taken for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.runtime.address.dhcp_answers import DhcpAnswer, read_answer

MAC = bytes.fromhex("020000000001")
ADDRESS = bytes((10, 0, 0, 9))
ACK = bytes((53, 1, 5))
NAK = bytes((53, 1, 6))
OFFER = bytes((53, 1, 2))
END = b"\xff"


def packet(
    options: bytes,
    *,
    address: bytes = ADDRESS,
    mac: bytes = MAC,
    operation: int = 2,
    cookie: bytes = b"\x63\x82\x53\x63",
    ip_options: bytes = b"",
) -> bytes:
    """An IPv4 packet from a DHCP server (RFC 2131, figure 1)."""
    ip = bytes((0x45 + len(ip_options) // 4,)) + bytes(19) + ip_options
    udp = bytes((0, 67, 0, 68)) + bytes(4)
    fixed = bytes((operation, 1, 6, 0)) + bytes(12) + address + bytes(8) + mac.ljust(16, b"\0")
    return ip + udp + fixed.ljust(236, b"\0") + cookie + options


def test_an_acknowledgement_gives_an_address() -> None:
    assert read_answer(packet(ACK + END), MAC) == DhcpAnswer(ADDRESS)


def test_a_refusal_gives_none() -> None:
    assert read_answer(packet(NAK + END, address=bytes(4)), MAC) == DhcpAnswer(None)


def test_other_options_and_padding_may_stand_before_the_type() -> None:
    options = bytes((0, 0, 54, 4, 10, 0, 0, 1)) + ACK + END
    assert read_answer(packet(options), MAC) == DhcpAnswer(ADDRESS)


def test_options_of_the_ip_header_are_skipped() -> None:
    assert read_answer(packet(ACK + END, ip_options=bytes(8)), MAC) == DhcpAnswer(ADDRESS)


@pytest.mark.parametrize(
    "other",
    [
        packet(OFFER + END),
        packet(ACK + END, mac=bytes.fromhex("020000000002")),
        packet(ACK + END, operation=1),
        packet(ACK + END, cookie=bytes(4)),
        packet(ACK + END, address=bytes(4)),  # to a DHCPINFORM
        packet(END + ACK),
        packet(bytes((53, 2, 5, 5)) + END),
        packet(bytes((53,))),
        packet(b""),
        b"",
    ],
)
def test_everything_else_is_no_answer(other: bytes) -> None:
    assert read_answer(other, MAC) is None


@given(cut=st.integers(0, len(packet(ACK + END))), noise=st.binary(max_size=400))
def test_no_packet_breaks_anything(cut: int, noise: bytes) -> None:
    read_answer(packet(ACK + END)[:cut] + noise, MAC)
    read_answer(packet(noise), MAC)
    read_answer(noise, MAC)
