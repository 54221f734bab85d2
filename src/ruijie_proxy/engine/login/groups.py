"""The group addresses that a Start can go to, and how the settings and the memory name them."""

from __future__ import annotations

from ruijie_proxy.engine.settings import GroupMode
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS

_GROUPS = {GroupMode.STANDARD: PAE_GROUP_ADDRESS, GroupMode.RUIJIE: RUIJIE_GROUP_ADDRESS}
_STANDARD_FIRST = (PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS)
_RUIJIE_FIRST = (RUIJIE_GROUP_ADDRESS, PAE_GROUP_ADDRESS)
_NAMES = {address: mode.value for mode, address in _GROUPS.items()}


def groups_in_turn(mode: GroupMode, answered: str | None) -> tuple[bytes, ...]:
    """Return where Starts go, in turns: first to the group that was answered the last time."""
    fixed = _GROUPS.get(mode)
    if fixed is not None:
        return (fixed,)
    if answered == GroupMode.RUIJIE.value:
        return _RUIJIE_FIRST
    return _STANDARD_FIRST


def name_of_group(address: bytes | None) -> str:
    """Return what a group is remembered by."""
    return _NAMES[address or PAE_GROUP_ADDRESS]
