"""Where each of a client's frames goes (docs/protocol.md, "Frames" and "The bare shape")."""

from __future__ import annotations

from ruijie_proxy.lab.options import SwitchOptions
from ruijie_proxy.protocol.eapol import EapolType
from ruijie_proxy.protocol.ethernet import GROUP_ADDRESSES, PAE_GROUP_ADDRESS


def right_destinations(options: SwitchOptions, eapol_type: int, own: bytes) -> tuple[bytes, ...]:
    """Return the MAC addresses that a client's frame may be sent to; ``own`` is the switch's."""
    match eapol_type:
        case EapolType.START if options.is_bare:
            return GROUP_ADDRESSES if options.windows_order else (PAE_GROUP_ADDRESS,)
        case EapolType.LOGOFF | EapolType.EAP_PACKET if options.is_bare:
            return (PAE_GROUP_ADDRESS,)
        case EapolType.START:
            return GROUP_ADDRESSES
        case EapolType.EAP_PACKET:
            return (own, *GROUP_ADDRESSES)
        case _:
            return (own,)
