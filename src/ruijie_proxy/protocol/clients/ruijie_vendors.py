"""Which switches are Ruijie's, by the vendor part of their MAC address.

A genuine client chooses its shape by that (docs/protocol.md, "The bare shape"). The one of 2014
knows four vendor parts; here are all that the IEEE has registered to the maker and to the company
that it belongs to. ``python -m tools.vendors`` renews the list, and says which names it heeds.
"""

from __future__ import annotations

REGISTRY_DATE = "2026-06-26"
"""Of Debian's ``ieee-data``, from which the list is."""
_VENDOR_SIZE = 3
_LISTED = bytes.fromhex(
    """
    001aa9 00749c 00d0f8 04e3c8 0c8772 0c979b 105f02 10823d 14144b 187e20 20934d
    2875d8 28bef3 28d0f5 2ce099 300d9e 3023cd 345594 3cecde 4881d4 4c4968 541651
    54f6c5 58696c 58b4bb 5ccbca 7042d3 70856c 7085c4 7408aa 74e336 7813e0 78c62b
    78ecb5 800588 847adf 8c02cd 8cdd30 90848e 984a6b 9c2ba6 9cce88 b03731 c0a476
    c0b8e6 c40938 c470ab c4b25b c8cd55 d43127 d8332a e007c2 e05d54 ecb970 eccf70
    f0748d f4e4d7 fc599f fc8d13
    """
)
RUIJIE_VENDORS = frozenset(
    _LISTED[at : at + _VENDOR_SIZE] for at in range(0, len(_LISTED), _VENDOR_SIZE)
)


def is_of_ruijie(address: bytes) -> bool:
    """Whether a MAC address, 6 bytes, is of a device of Ruijie's."""
    return address[:_VENDOR_SIZE] in RUIJIE_VENDORS
