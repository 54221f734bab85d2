"""Where user names stand in a client's frames."""

from __future__ import annotations

from dataclasses import dataclass

from ruijie_proxy.inspect.reading import Reading
from ruijie_proxy.protocol import cernet
from ruijie_proxy.protocol.eap import EapCode, EapType
from ruijie_proxy.protocol.private_block import IPV4_SIZE

_CERNET_ADDRESSES = 4
CERNET_PREFIX_SIZE = len(cernet.IDENTITY_MARK) + _CERNET_ADDRESSES * IPV4_SIZE + len(cernet.VERSION)


def cernet_addresses(data: bytes) -> tuple[bytes, ...] | None:
    """Return the four IPv4 addresses of an Identity response of Cernet's mode; None: of another."""
    start, end = len(cernet.IDENTITY_MARK), CERNET_PREFIX_SIZE - len(cernet.VERSION)
    if not data.startswith(cernet.IDENTITY_MARK) or data[end:CERNET_PREFIX_SIZE] != cernet.VERSION:
        return None
    return tuple(data[at : at + IPV4_SIZE] for at in range(start, end, IPV4_SIZE))


@dataclass(frozen=True, slots=True)
class ClientAnswer:
    """An MD5 response."""

    identifier: int
    value: bytes
    username: bytes | None
    """None in the bare shape, where properties stand in its place."""


def identity_of(reading: Reading) -> bytes | None:
    """Return the user name of an Identity response; None for other frames."""
    eap = reading.eap
    if eap is None or eap.code != EapCode.RESPONSE or eap.type != EapType.IDENTITY:
        return None
    return eap.data if cernet_addresses(eap.data) is None else eap.data[CERNET_PREFIX_SIZE:]


def answer_of(reading: Reading) -> ClientAnswer | None:
    """Return what an MD5 response says; None for other frames, and for an empty one."""
    eap = reading.eap
    if eap is None or eap.code != EapCode.RESPONSE or eap.type != EapType.MD5_CHALLENGE:
        return None
    if not eap.data:
        return None
    end = 1 + eap.data[0]
    username = eap.data[end:] if reading.bare is None else None
    return ClientAnswer(eap.identifier, eap.data[1:end], username)
