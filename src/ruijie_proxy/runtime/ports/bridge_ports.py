"""What the kernel tells of bridges, their ports and Wi-Fi in its files under /sys/class/net."""

from __future__ import annotations

import os
import struct

SYSFS_NET = "/sys/class/net"

_ENTRY = struct.Struct("6sBBIB3x")
"""struct __fdb_entry of linux/if_bridge.h, in the CPU's byte order: MAC address, port number's low
byte, whether it is an address of this host, age, port number's high byte."""
_ENTRIES_PER_READ = 256


def is_bridge(interface: str, sysfs: str = SYSFS_NET) -> bool:
    """Whether the interface is a bridge of the kernel's own."""
    return os.path.isdir(f"{sysfs}/{interface}/bridge")


def is_wireless(interface: str, sysfs: str = SYSFS_NET) -> bool:
    """Whether the interface is a Wi-Fi one."""
    # phy80211 is there with every driver of today, wireless with those of old (and their options).
    return any(os.path.exists(f"{sysfs}/{interface}/{name}") for name in ("phy80211", "wireless"))


def bridge_port_of(bridge: str, mac: bytes, sysfs: str = SYSFS_NET) -> str | None:
    """Return the port behind which a bridge has last seen a station of this MAC address (6 bytes).

    None when it has seen none lately, or is no bridge.
    """
    number = _port_number(f"{sysfs}/{bridge}/brforward", mac)
    if number is None:
        return None
    ports = f"{sysfs}/{bridge}/brif"
    try:
        for port in os.listdir(ports):
            with open(f"{ports}/{port}/port_no", encoding="utf-8") as file:
                if int(file.read(), 16) == number:
                    return port
    except FileNotFoundError:
        # The port, or the whole bridge, was removed while it was looked at.
        return None
    return None


def _port_number(forwarding_table: str, mac: bytes) -> int | None:
    try:
        descriptor = os.open(forwarding_table, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        while entries := os.read(descriptor, _ENTRIES_PER_READ * _ENTRY.size):
            whole = len(entries) - len(entries) % _ENTRY.size
            for address, low, is_local, _, high in _ENTRY.iter_unpack(entries[:whole]):
                if address == mac and not is_local:
                    return int(high << 8 | low)
    finally:
        os.close(descriptor)
    return None
