"""Two accounts on two macvlans of one port, at a switch that asks everybody on it: hostapd.

With ``use_pae_group_addr`` hostapd sends its requests to the group address, and every port on the
cable hears what any of them is asked.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapCode, EapType
from ruijie_proxy.protocol.eapol import BODY_OFFSET, EapolType
from tests.namespaces.capture import Capture
from tests.namespaces.conftest import Network
from tests.namespaces.daemon_process import DaemonProcess, run_command, write_configuration
from tests.namespaces.standard_peers import (
    Certificates,
    Hostapd,
    require_standard_peers,
)

PASSWORDS = {"alice": "plum-tree", "bob": "pear-tree"}
ADDRESSES = {"m1": "02:00:00:00:a1:01", "m2": "02:00:00:00:a1:02"}


class TwoAccounts:
    """A router with two macvlans on its WAN port, and the switch at the other end."""

    def __init__(self, network: Network, folder: Path) -> None:
        self.network = network
        self.folder = folder
        self.switch = network.namespace("switch")
        self.router = network.namespace("router")
        network.cable(self.router, "wan", self.switch, "port")
        for name, address in ADDRESSES.items():
            add = ("link", "add", name, "link", "wan", "address", address, "type", "macvlan")
            self.router.ip(*add, "mode", "bridge")
            self.router.ip("link", "set", name, "up")
        users = folder / "two.users"
        users.write_text(
            "".join(f'"{name}" MD5 "{password}"\n' for name, password in PASSWORDS.items())
        )
        self.hostapd = Hostapd(
            network,
            self.switch,
            "port",
            folder,
            Certificates.make(folder),
            use_pae_group_addr=1,
            eap_user_file=str(users),
        )
        self.at_switch = Capture(self.switch, "port")
        self.sessions: list[dict[str, Any]] = [
            {
                "name": user,
                "mode": "login",
                "dialect": "plain",
                "wan": wan,
                "username": user,
                "password": PASSWORDS[user],
                "dhcp": {"mode": "off"},
            }
            for wan, user in zip(ADDRESSES, PASSWORDS, strict=True)
        ]

    def run(self, *sessions: dict[str, Any]) -> None:
        """Start the daemon."""
        configuration = write_configuration(self.folder, *sessions)
        self.daemon = DaemonProcess(self.network, self.router, configuration)

    def add_all(self) -> None:
        """Have the daemon read a configuration of both accounts."""
        write_configuration(self.folder, *self.sessions)
        assert run_command("reload", "-c", str(self.daemon.configuration)).returncode == 0
        self.daemon.log.wait_for("the configuration was read again")

    def log_in_anew(self) -> None:
        """Have both log in anew, at once."""
        done = run_command("relogin", "-c", str(self.daemon.configuration))
        assert done.returncode == 0, done.stderr

    def both_are_online(self) -> None:
        self.daemon.log.wait_for_all(*(f"{name}: online" for name in PASSWORDS), timeout=40)
        for address in ADDRESSES.values():
            assert self.hostapd.lets_in(bytes.fromhex(address.replace(":", "")))

    def answers(self) -> list[tuple[str, int]]:
        """Return whose answers came to the switch, each with its EAP type, in order."""
        responses = [
            frame
            for frame in self.at_switch.received
            if frame.eapol_type == EapolType.EAP_PACKET
            and frame.content[BODY_OFFSET] == EapCode.RESPONSE
        ]
        return [
            (frame.source.hex(":"), frame.content[BODY_OFFSET + EAP_HEADER_SIZE])
            for frame in responses
        ]


@pytest.fixture
def accounts(network: Network, tmp_path: Path) -> TwoAccounts:
    require_standard_peers()
    return TwoAccounts(network, tmp_path)


def test_both_go_online_and_again_after_the_port_has_flapped(accounts: TwoAccounts) -> None:
    accounts.run(*accounts.sessions)
    accounts.both_are_online()
    one, other = ADDRESSES.values()
    asked = (EapType.IDENTITY, EapType.MD5_CHALLENGE)
    assert accounts.answers() == [(address, method) for address in (one, other) for method in asked]
    assert "CTRL-EVENT-EAP-FAILURE" not in accounts.hostapd.output.text

    accounts.switch.ip("link", "set", "port", "down")
    accounts.daemon.log.wait_for_all(*(f"{name}: the WAN link is down" for name in PASSWORDS))
    accounts.switch.ip("link", "set", "port", "up")
    accounts.both_are_online()
    assert "CTRL-EVENT-EAP-FAILURE" not in accounts.hostapd.output.text


def test_an_account_that_joins_by_a_reload_takes_turns_with_the_one_that_was_alone(
    accounts: TwoAccounts,
) -> None:
    accounts.run(accounts.sessions[0])
    accounts.daemon.log.wait_for("alice: online")
    accounts.add_all()
    accounts.daemon.log.wait_for("bob: online")
    before = len(accounts.answers())

    accounts.log_in_anew()
    accounts.daemon.log.wait_for_all(*(f"{name}: online" for name in PASSWORDS), timeout=40)

    in_turn = [address for address, _ in groupby(accounts.answers()[before:], itemgetter(0))]
    assert sorted(in_turn) == sorted(ADDRESSES.values())
    assert "CTRL-EVENT-EAP-FAILURE" not in accounts.hostapd.output.text
