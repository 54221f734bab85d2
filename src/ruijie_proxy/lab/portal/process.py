"""The virtual portal of a campus, as its parent sees it: a process in the switch's namespace."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

from ruijie_proxy.i18n import N_, _
from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.network import SWITCH_INTERFACE, Role
from ruijie_proxy.lab.campus.process import CampusProcess
from ruijie_proxy.lab.campus.timeline import SWITCH
from ruijie_proxy.lab.errors import LabUnavailable
from ruijie_proxy.lab.events import Event, EventKind
from ruijie_proxy.lab.options_json import options_to_json
from ruijie_proxy.lab.portal.options import PortalOptions
from ruijie_proxy.lab.portal.web import OUTSIDE

GATE = "10.20.0.1"
"""The gateway's address, towards the router."""
ROUTERS = "10.20.0.2"
"""The router's."""
PREFIX_LENGTH = 24
SERVER = "ruijie_proxy.lab.portal.server"
"""The module that is run."""
_CALLS: Mapping[str, str] = {
    "hijack": N_("the gateway leads to the portal"),
    "page": N_("the page"),
    "pageInfo": N_("the key, and the services"),
    "getOnlineUserInfo": N_("who is online at this address?"),
    "login": N_("the login, enciphered"),
    "logout": N_("the logout"),
}
"""What is asked, in words."""


class PortalProcess(CampusProcess):
    """The virtual portal and its gateway, in the switch's namespace."""

    def __init__(self, campus: Campus, options: PortalOptions) -> None:
        """Start it."""
        entry = campus.network.entry(Role.SWITCH)
        given = json.dumps(options_to_json(options))
        super().__init__([*entry, sys.executable, "-m", SERVER, given], SWITCH)
        self.complaints: list[str] = []
        self.calls: list[str] = []
        self.let_in: list[float] = []
        """When somebody was let in, on the kernel's monotonic clock."""

    def _read(self, line: str) -> Event:
        told: dict[str, Any] = json.loads(line)
        if "complaint" in told:
            self.complaints.append(told["complaint"])
            text = _("the portal complains: {complaint}", complaint=told["complaint"])
        elif "asked" in told:
            self.calls.append(told["asked"])
            text = _(_CALLS.get(told["asked"], told["asked"]))
        elif "let_in" in told:
            self.let_in.append(told["at"])
            text = _("{address} is let in", address=told["let_in"])
        else:
            text = _("the portal and its gateway are there")
        return Event(time.monotonic(), SWITCH, EventKind.LOG, {"text": text, "level": None})


def lay_gate(campus: Campus, options: PortalOptions) -> None:
    """Give the switch's namespace the addresses of a gateway, a portal and the Internet.

    Raises LabUnavailable.
    """
    for address, interface in (
        (f"{GATE}/{PREFIX_LENGTH}", SWITCH_INTERFACE),
        (f"{OUTSIDE}/32", "lo"),
        (f"{options.host}/32", "lo"),
    ):
        run_ip(campus, Role.SWITCH, "address", "add", address, "dev", interface)


def run_ip(campus: Campus, role: Role, *arguments: str) -> None:
    """Have ``ip`` do something in one of a campus's namespaces. Raises LabUnavailable."""
    command = ["ip", "-n", campus.network.namespace(role), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        told = _(
            "The virtual campus's network cannot be built: {reason}.", reason=done.stderr.strip()
        )
        raise LabUnavailable(told)
