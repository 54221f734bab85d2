"""A campus as it really is: a switch that asks a RADIUS server about each user.

The switch's port is hostapd, the server FreeRADIUS. Both are in one network namespace, whose
loopback is all that the server listens on.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ruijie_proxy.protocol.ethernet import parse_mac
from tests.namespaces.standard_peers import PASSWORD, Hostapd, WpaSupplicant
from tests.namespaces.transcript import Transcript

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

USER = "student"
WRONG_PASSWORD = "not the right password"
SERVER = "127.0.0.1"
PORT = 1812
"""The UDP port of RADIUS authentication (RFC 2865)."""
SHARED_SECRET = "between switch and server"
SWITCH_PORT = "port"
WAN = "wan"
LAN = "lan"
CLIENT_PORT = "eth0"

FREERADIUS = shutil.which("freeradius") or shutil.which("radiusd")
"""Debian calls it freeradius, its authors radiusd. None: it is not installed."""
CONFIGURATION = """
log {{
    destination = stdout
    auth = yes
}}
client switch {{
    ipaddr = {server}
    secret = "{secret}"
}}
modules {{
    files {{
        filename = {users}
    }}
    eap {{
        default_eap_type = md5
        md5 {{
        }}
    }}
}}
server campus {{
    listen {{
        type = auth
        ipaddr = {server}
        port = {port}
    }}
    authorize {{
        eap
        files
    }}
    authenticate {{
        eap
    }}
}}
"""
"""All there is of it: one switch that may ask, one user, EAP-MD5."""
ACCEPTED = "Login OK: "
REFUSED = "Login incorrect"
"""Parts of the lines that it writes."""


class FreeRadius:
    """The server, ready to be asked."""

    def __init__(self, network: Network, namespace: Namespace, folder: Path) -> None:
        """Start it with a configuration directory of its own."""
        assert FREERADIUS is not None
        directory = folder / "radius"
        directory.mkdir(mode=0o700)
        users = directory / "users"
        users.write_text(f'"{USER}" Cleartext-Password := "{PASSWORD}"\n')
        configuration = CONFIGURATION.format(
            server=SERVER, port=PORT, secret=SHARED_SECRET, users=users
        )
        (directory / "radiusd.conf").write_text(configuration)
        # In the foreground; everything it says goes to its standard output.
        command = (FREERADIUS, "-f", "-l", "stdout", "-d", str(directory))
        self._log = Transcript(network.start(namespace, *command))
        self._log.wait_for("Ready to process requests")

    @property
    def accepted(self) -> int:
        """How many logins it has let in until now."""
        return self._log.text.count(ACCEPTED)

    @property
    def refused(self) -> int:
        """How many logins it has refused until now."""
        return self._log.text.count(REFUSED)

    def wait_for_login(self) -> None:
        """Wait until it has let in another one than those waited for before."""
        self._log.wait_for(ACCEPTED)


class RadiusCampus:
    """The cables from the switch over the router to a PC, and what can be started at their ends."""

    def __init__(self, network: Network, folder: Path) -> None:
        """Lay the cables."""
        self.network = network
        self.folder = folder
        self.switch, self.router, self.pc = (
            network.namespace(role) for role in ("switch", "router", "pc")
        )
        network.cable(self.router, WAN, self.switch, SWITCH_PORT)
        network.cable(self.router, LAN, self.pc, CLIENT_PORT)
        self.switch_mac = mac_of(self.switch, SWITCH_PORT)
        self.wan_mac = mac_of(self.router, WAN)

    def start_radius(self) -> FreeRadius:
        """Start the server."""
        return FreeRadius(self.network, self.switch, self.folder)

    def start_switch(self, **settings: int) -> Hostapd:
        """Start hostapd, which asks the server. The settings are hostapd's own."""
        return Hostapd(
            self.network,
            self.switch,
            SWITCH_PORT,
            self.folder,
            None,
            own_ip_addr=SERVER,
            auth_server_addr=SERVER,
            auth_server_port=PORT,
            auth_server_shared_secret=SHARED_SECRET,
            **settings,
        )

    def start_client(
        self, namespace: Namespace, interface: str, password: str = PASSWORD
    ) -> WpaSupplicant:
        """Start wpa_supplicant with EAP-MD5."""
        return WpaSupplicant(
            self.network, namespace, interface, self.folder, None, "MD5", password, USER
        )


def mac_of(namespace: Namespace, interface: str) -> bytes:
    """Return an interface's MAC address."""
    (details,) = json.loads(namespace.ip("-j", "link", "show", interface))
    return parse_mac(details["address"])
