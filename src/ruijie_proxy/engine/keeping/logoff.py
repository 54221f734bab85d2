"""Saying goodbye to the switch (docs/protocol.md, "Logins")."""

from __future__ import annotations

from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, GROUP_ADDRESSES
from ruijie_proxy.protocol.private_block import (
    LogoffReason,
    find_private_block,
    with_logoff_reason,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.heartbeats import Authentication


def logoff_frame(authentication: Authentication) -> bytes:
    """Write the Logoff of a session: with the private block, if the login had one.

    The block is that of the Identity response, which says the same as the Start's, and is there
    also when the session is from before the program was started. A client that said its name to a
    group says everything to it (docs/protocol.md, "The bare shape").
    """
    response = authentication.identity_response or b""
    destination = response[:ADDRESS_SIZE]
    if destination not in GROUP_ADDRESSES:
        destination = authentication.server
    block = find_private_block(response)
    trailer = b""
    if block is not None:
        trailer = with_logoff_reason(response[block:], LogoffReason.NORMAL)
    return EapolFrame.build(
        destination, authentication.address, EapolType.LOGOFF, trailer=trailer
    ).encode()
