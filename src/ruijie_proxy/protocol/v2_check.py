"""The V2 check (property 0x17): how an old Windows client proves to be one.

It mixes the challenge into the machine code of ``8021x.exe`` (docs/protocol.md, "The V2 check"), so
it takes the user's own copy of that program to compute it.
"""

from __future__ import annotations

from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.digests.md5 import md5
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.v4_check import require_challenge_size

_PARTS = 8


def v2_check(challenge: bytes, code_section: bytes) -> bytes:
    """Return the check of a challenge: 32 lower-case hex characters.

    ``code_section`` is the first executable section of the client's PE file. It is cut into eight
    equal parts; up to seven bytes that remain at its end do not count.

    Raises ProtocolError when the challenge is not 16 bytes long, or when the section has not even
    a byte for each part.
    """
    require_challenge_size(challenge)
    part_size = len(code_section) // _PARTS
    if part_size == 0:
        raise ProtocolError(
            N_("a code section of {size} bytes cannot be a client's"), size=len(code_section)
        )
    rows = b""
    for i in range(_PARTS):
        part = code_section[i * part_size : (i + 1) * part_size]
        rows += (
            challenge[2 * i : 2 * i + 1] + md5(challenge + part) + challenge[2 * i + 1 : 2 * i + 2]
        )
    return md5(rows).hex().encode("ascii")
