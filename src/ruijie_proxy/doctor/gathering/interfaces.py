"""The machine's network interfaces as /sys/class/net shows them, switches and their ports included.

Kernel: Documentation/ABI/testing/sysfs-class-net, Documentation/networking/dsa/dsa.rst.
"""

from __future__ import annotations

import errno
import os

from ruijie_proxy.runtime.ports.bridge_ports import SYSFS_NET, is_bridge, is_wireless
from ruijie_proxy.runtime.ports.hardware_address import ARPHRD_ETHER, IFF_UP
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

PAE_GROUP_BIT = 1 << 3
"""The bit of a bridge's group_fwd_mask that stands for 01:80:c2:00:00:03."""


class Interface(Frozen):
    """A network interface."""

    name: str
    index: int = 0
    parent: int = 0
    """Index of the interface that this one runs over (a VLAN's device, a DSA port's conduit); its
    own where there is none."""
    up: bool = True
    """The administrator wants it up."""
    carrier: bool = True
    is_ethernet: bool = True
    is_bridge: bool = False
    is_wireless: bool = False
    kind: str = ""
    """`vlan`, `dsa`, `bridge`, `wlan`, …; empty for a plain device."""
    is_conduit: bool = False
    """A switch chip hangs on it: frames pass by the chip's ports (kind `dsa`), never by itself."""
    bridge: str | None = None
    """The bridge that it is a port of."""
    forwarded_groups: int = 0
    """Of a bridge: its group_fwd_mask."""

    @property
    def running(self) -> bool:
        """Whether frames can pass."""
        return self.up and self.carrier


class Interfaces(Frozen):
    """All of them."""

    all: tuple[Interface, ...] = ()

    def named(self, name: str) -> Interface | None:
        """Return the interface of this name."""
        return next((one for one in self.all if one.name == name), None)

    @property
    def names(self) -> list[str]:
        """Every name."""
        return [one.name for one in self.all]

    def ports_of(self, bridge: str) -> tuple[Interface, ...]:
        """Return the ports of a bridge."""
        return tuple(one for one in self.all if one.bridge == bridge)

    def side(self, name: str) -> frozenset[str]:
        """Return an interface and, where it is a bridge, its ports: where one LAN is heard."""
        return frozenset({name, *(port.name for port in self.ports_of(name))})

    def on_top_of(self, below: Interface, kind: str) -> tuple[Interface, ...]:
        """Return the interfaces of a kind that run over another one."""
        return tuple(
            one
            for one in self.all
            if one.kind == kind and one.parent == below.index and one.name != below.name
        )


def read_interfaces(sysfs: str = SYSFS_NET) -> Interfaces:
    """Read what there is. Raises FileNotFoundError where no /sys is mounted."""
    names = sorted(name for name in os.listdir(sysfs) if os.path.isdir(f"{sysfs}/{name}"))
    return Interfaces(tuple(_read(sysfs, name) for name in names))


def received_packets(names: Sequence[str], sysfs: str = SYSFS_NET) -> dict[str, int]:
    """Return how many packets each interface has received since it was made."""
    return {name: _number(f"{sysfs}/{name}/statistics/rx_packets") for name in names}


def _read(sysfs: str, name: str) -> Interface:
    folder = f"{sysfs}/{name}"
    details = dict(
        line.split("=", 1) for line in _text(f"{folder}/uevent").splitlines() if "=" in line
    )
    index = _number(f"{folder}/ifindex")
    return Interface(
        name=name,
        index=index,
        parent=_number(f"{folder}/iflink") or index,
        up=bool(_number(f"{folder}/flags") & IFF_UP),
        carrier=_text(f"{folder}/carrier") == "1",
        is_ethernet=_number(f"{folder}/type") == ARPHRD_ETHER,
        is_bridge=is_bridge(name, sysfs),
        is_wireless=is_wireless(name, sysfs),
        kind=details.get("DEVTYPE", ""),
        is_conduit=os.path.isdir(f"{folder}/dsa"),
        # A port of a bond or a team has a master, too, and no brport.
        bridge=(
            os.path.basename(os.readlink(f"{folder}/master"))
            if os.path.isdir(f"{folder}/brport") and os.path.islink(f"{folder}/master")
            else None
        ),
        forwarded_groups=_number(f"{folder}/bridge/group_fwd_mask"),
    )


def _number(path: str) -> int:
    return int(_text(path) or "0", 0)


def _text(path: str) -> str:
    """Return what a file says; nothing when it is not there, or has nothing to say by now."""
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        # The carrier of an interface that is down, and anything of one that was just removed.
        if error.errno in (errno.EINVAL, errno.ENODEV):
            return ""
        raise
