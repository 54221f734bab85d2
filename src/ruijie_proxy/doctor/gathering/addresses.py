"""The WAN port's IPv4 address, how old it is, and whether its gateway is there."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess

from ruijie_proxy.i18n import _
from ruijie_proxy.runtime.address.dhcp_clients import (
    NotByDhcp,
    Renewal,
    Run,
    dhcp_processes,
    questions,
    renewal_by_process,
)
from ruijie_proxy.runtime.ports.interface_facts import read_interface_facts
from ruijie_proxy.runtime.ports.netlink import (
    NLM_F_DUMP,
    NLM_F_REQUEST,
    NLMSG_DONE,
    NLMSG_ERROR,
    RTM_NEWADDR,
    attributes,
    messages,
    parse_error,
    request,
)
from ruijie_proxy.runtime.processes.child_process import find_program
from ruijie_proxy.values import Frozen

ARP_FILE = "/proc/net/arp"

# linux/rtnetlink.h, linux/if_addr.h, linux/if_arp.h
_RTM_GETADDR = 22
_IFA_LOCAL = 2
_IFA_CACHEINFO = 6
_ATF_COM = 0x02
_ADDRESS = struct.Struct("BBBBI")
"""struct ifaddrmsg: family, prefix length, flags, scope, index of the link."""
_CACHE = struct.Struct("IIII")
"""struct ifa_cacheinfo: preferred and valid lifetime in seconds, then when it was made and when it
was last changed, in hundredths of a second since the machine started."""
_READ_SIZE = 32 * 1024
_QUESTION_TIMEOUT = 5.0


class WanAddress(Frozen):
    """The address of a WAN port."""

    address: bytes | None = None
    """IPv4, 4 bytes."""
    changed_at: float | None = None
    """When a server last gave it, or somebody set it: seconds since the machine started."""
    gateway: bytes | None = None
    """That of the interface's default route, 4 bytes."""
    gateway_is_silent: bool = False
    """The kernel has asked for the gateway's MAC address, and nobody has answered."""
    renew_command: str | None = None
    """What asks for a fresh lease here; None when no DHCP client was found."""
    protocol: str | None = None
    """How the address comes about without DHCP, as what manages the port calls it."""


def read_wan_address(interface: str, index: int, arp_file: str = ARP_FILE) -> WanAddress:
    """Read what there is to know. Raises InterfaceMissing, NotEthernet or OSError."""
    facts = read_interface_facts(interface)
    renewal = _renewal(interface)
    return WanAddress(
        address=facts.address,
        changed_at=_changes(index).get(facts.address) if facts.address else None,
        gateway=facts.gateway,
        gateway_is_silent=facts.gateway is not None
        and _is_silent(interface, facts.gateway, arp_file),
        renew_command=_command(renewal) if isinstance(renewal, Renewal) else None,
        protocol=renewal.protocol if isinstance(renewal, NotByDhcp) else None,
    )


def _changes(index: int) -> dict[bytes, float]:
    """Return when each IPv4 address of an interface was last given or set."""
    found: dict[bytes, float] = {}
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.bind((0, 0))
        body = _ADDRESS.pack(socket.AF_INET, 0, 0, 0, 0)
        kernel.send(request(_RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, 1, body))
        while True:
            for message in messages(kernel.recv(_READ_SIZE)):
                if message.type == NLMSG_DONE:
                    return found
                if message.type == NLMSG_ERROR:
                    number = parse_error(message.body)
                    raise OSError(
                        number, _("no addresses are told: {reason}", reason=_(os.strerror(number)))
                    )
                if message.type != RTM_NEWADDR or _ADDRESS.unpack_from(message.body)[-1] != index:
                    continue
                told = dict(attributes(message.body, _ADDRESS.size))
                if _IFA_LOCAL in told and len(told.get(_IFA_CACHEINFO, b"")) >= _CACHE.size:
                    found[told[_IFA_LOCAL]] = _CACHE.unpack_from(told[_IFA_CACHEINFO])[3] / 100


def _is_silent(interface: str, gateway: bytes, arp_file: str) -> bool:
    with open(arp_file, encoding="ascii") as lines:
        rows = [line.split() for line in lines][1:]
    wanted = socket.inet_ntoa(gateway)
    # IP address, HW type, Flags, HW address, Mask, Device
    return any(
        row[0] == wanted and row[5] == interface and not int(row[2], 16) & _ATF_COM for row in rows
    )


def _command(renewal: Renewal) -> str:
    """Return the command that renews the lease, by whoever manages the address here."""
    step = renewal.steps[0]
    if isinstance(step, Run):
        return " ".join(step.command)
    name = signal.Signals(step.number).name.removeprefix("SIG")
    return f"kill -{name} {step.process.pid}"


def _renewal(interface: str) -> Renewal | NotByDhcp | None:
    not_by_dhcp: NotByDhcp | None = None
    for question in questions(interface):
        program = find_program(question.command[0])
        if program is None:
            continue
        try:
            done = subprocess.run(
                [program, *question.command[1:]],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                errors="replace",
                timeout=_QUESTION_TIMEOUT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            continue  # one that does not answer does not manage anything now
        found = question.read(interface, done.stdout) if done.returncode == 0 else None
        if isinstance(found, Renewal):
            return found
        not_by_dhcp = not_by_dhcp or found
    return renewal_by_process(interface, dhcp_processes()) or not_by_dhcp
