"""Somebody on the LAN, or a second server on the WAN, who forges what others send."""

from __future__ import annotations

from itertools import product

from ruijie_proxy.lab.campus.network import (
    ADDRESSES,
    PC_INTERFACE,
    SWITCH_INTERFACE,
    WAN_INTERFACE,
    Role,
)
from ruijie_proxy.lab.options import SuccessShape, SwitchOptions
from ruijie_proxy.lab.switch.shapes import SwitchFrames
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
    parse_mac,
)
from ruijie_proxy.protocol.heartbeat import Heartbeat

SWITCH = parse_mac(ADDRESSES[Role.SWITCH, SWITCH_INTERFACE])
CLIENT = parse_mac(ADDRESSES[Role.PC, PC_INTERFACE])
ROUTER = parse_mac(ADDRESSES[Role.ROUTER, WAN_INTERFACE])
SECOND_SERVER = parse_mac("00:d0:f8:00:0b:ad")
STRANGER = parse_mac("02:00:00:00:0b:ad")
GROUPS = (PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS)
WRONG_KEY = 0x0BADC0DE

SENDER = """
import os, socket, sys, time
interface, rate, rounds = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind((interface, 0))
frames = [bytes.fromhex(line) for line in sys.argv[4].split()]
began, sent = time.monotonic(), 0
for _ in range(rounds):
    for frame in frames:
        if frame[6:12] == bytes(6):  # a new address each time
            frame = frame[:6] + b"\\x02" + os.urandom(5) + frame[12:]
        try:
            link.send(frame)
        except OSError:
            pass
        sent += 1
        while time.monotonic() < began + sent / rate:
            time.sleep(0.001)
"""
"""Sends each frame, so many a second, in so many rounds."""


def of_second_server() -> list[bytes]:
    """Frames of a server that is not the one which let the router in, to everybody it may reach."""
    frames = SwitchFrames(SwitchOptions(), SECOND_SERVER)
    made = [
        frames.success(ROUTER, 1, SuccessShape.MODERN, WRONG_KEY),
        frames.failure(ROUTER, 1, "您已被强制下线"),
        frames.identity(ROUTER, 9),
        frames.challenge(ROUTER, 10, bytes(16)),
        frames.notification(ROUTER, 11, "系统维护"),
    ]
    logoff = EapolFrame.build(ROUTER, SECOND_SERVER, EapolType.LOGOFF).encode()
    return [
        destination + frame[ADDRESS_SIZE:]
        for frame, destination in product([*made, logoff], (ROUTER, *GROUPS))
    ]


def of_router_itself() -> list[bytes]:
    """The same with the router's own address as their source: a loop, or somebody's joke."""
    return [frame[:6] + ROUTER + frame[12:] for frame in of_second_server()]


def of_lan(source: bytes) -> list[bytes]:
    """What a server says, and what a client does, said on the LAN by somebody of this address."""
    frames = SwitchFrames(SwitchOptions(), source)
    packets = [
        EapolFrame.build(group, source, kind).encode()
        for group, kind in product((*GROUPS, SWITCH), (EapolType.START, EapolType.LOGOFF))
    ]
    return [
        *packets,
        Heartbeat(WRONG_KEY, 7).encode(SWITCH, source),
        frames.success(ROUTER, 1, SuccessShape.MODERN, WRONG_KEY),
        frames.failure(ROUTER, 1, "您已被强制下线"),
        frames.failure(PAE_GROUP_ADDRESS, 1, "您已被强制下线"),
    ]


def bare_starts(source: bytes) -> list[bytes]:
    """Starts as any operating system sends them."""
    return [EapolFrame.build(group, source, EapolType.START).encode() for group in GROUPS]


def requests_of_many() -> list[bytes]:
    """What a server asks that wants a login for itself, of another MAC address each time."""
    frames = SwitchFrames(SwitchOptions(), bytes(6))
    return [frames.identity(ROUTER, 1), frames.challenge(ROUTER, 2, bytes(16))]


def tagged_for_another_vlan() -> list[bytes]:
    """The client's own frames, and the server's, of VLAN 5: none of ours."""
    frames = SwitchFrames(SwitchOptions(), SWITCH)
    start = EapolFrame.build(PAE_GROUP_ADDRESS, CLIENT, EapolType.START).encode()
    failure = frames.failure(PAE_GROUP_ADDRESS, 1, "您已被强制下线")
    return [frame[:12] + b"\x81\x00\x00\x05" + frame[12:] for frame in (start, failure)]


def starts_of_many() -> list[bytes]:
    """A Start of a MAC address that is another one each time."""
    return [EapolFrame.build(PAE_GROUP_ADDRESS, bytes(6), EapolType.START).encode()]
