"""``python -m tests.mips``: the package installed on a real MIPS kernel, and a whole relayed login."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from openwrt.standalone.architectures import ARCHITECTURES
from openwrt.standalone.build import build
from ruijie_proxy.lab.campus import Campus
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.network import SINGLE_LAN_PORT, WAN_INTERFACE, Role
from ruijie_proxy.lab.options import SwitchOptions
from ruijie_proxy.values import frozen
from tests.mips.machine import Machine, fetch_kernel, make_file_system
from tests.runtime.test_resident_modules import STANDARD_LIBRARY

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "mips"
ARCHITECTURE = ARCHITECTURES["mipsel_24kc"]
CONFIGURATION = """\
config globals 'globals'
	option control '/var/run/ruijie-proxy/control.sock'

config session 'campus'
	option mode 'relay'
	option wan 'eth0'
	option lan 'eth1'
	option dhcp_renew 'off'
"""
INTERVAL = 2
"""Seconds between heartbeats, as the switch grants them."""
HEARTBEATS = 5
"""How many the switch must accept after the PC has left."""
PATIENCE = 120.0
"""Seconds for each step: the machine is emulated, and its host may be busy."""
LARGEST_PACKAGE = 3_200_000
LARGEST_INSTALLED = 7_500_000
"""Bytes."""
LARGEST_RESIDENT = 9 * 1000
"""kB, while it keeps a relayed session."""
LARGEST_START = 2.0
"""Times that of the bare interpreter with the modules of Python's that the daemon has loaded."""
BRIDGE_ALL_BUT_PAUSES = "8"
"""group_fwd_mask: a bridge keeps the PAE group address, 01:80:c2:00:00:03, to itself otherwise
(IEEE 802.1D, 7.12.6)."""


@frozen
class Judged:
    """A figure, what it must not be more than, and its unit."""

    what: str
    figure: float
    most: float
    unit: str

    @property
    def holds(self) -> bool:
        return self.figure <= self.most

    def __str__(self) -> str:
        verdict = "ok" if self.holds else "MISSED"
        return f"{self.what:<44} {self.figure:10.2f} {self.unit:<4} <= {self.most:g}  {verdict}"
