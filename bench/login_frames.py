"""The frames of a login in Ruijie's dialect, as they go into a forwarder and as they must come out.

The whole dialect is in them: the client's private block with both checks computed, the services on
offer, and a Success with all its pieces (docs/protocol.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from bench.forwarder import Forwarder
from bench.lane import Lane, Stations
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.lab.client.client_block import client_block
from ruijie_proxy.lab.events import FrameName
from ruijie_proxy.lab.options import ClientOptions, SuccessShape, SwitchOptions
from ruijie_proxy.lab.switch.shapes import SwitchFrames
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.password import eap_md5_value
from ruijie_proxy.protocol.private_block import PrivateBlock
from ruijie_proxy.protocol.text import encode_text

CHALLENGE = bytes(range(16))
IDENTIFIER = 1
HEARTBEAT_KEY = 0x410F2F36
CLIENT = ClientOptions()
SWITCH = SwitchOptions(services=("移动宽带接入", "教育网接入"))


@dataclass(frozen=True, slots=True)
class LoginFrame:
    """A frame of a login."""

    name: FrameName
    to_server: bool
    """From the PC to the switch, or the other way."""
    sent: bytes
    expected: bytes
    """What has to arrive."""

    @property
    def label(self) -> str:
        """What it is, and how long."""
        return f"{self.name}, {len(self.sent)} bytes"


@dataclass(frozen=True, slots=True)
class Crossing:
    """What a forwarder makes of the addresses."""

    client_at_switch: bytes
    """Whom the switch takes for the client: source of its frames, destination of the answers."""
    client_in_block: ClientOptions
    """What the private block tells the switch: the client's addresses, or the router's, …"""
    mac_in_block: bytes
    """… and whose MAC address."""
    server_at_pc: bytes
    """Source of the frames that reach the PC."""
    client_at_pc: bytes
    """Their destination."""


def login_frames(lane: Lane) -> list[LoginFrame]:
    """Return the six frames of a login in order, as this lane's forwarder passes them on."""
    stations = lane.stations
    crossing = _crossing(lane.forwarder, stations)
    requests = SwitchFrames(SWITCH, stations.switch)
    client = crossing.client_at_switch
    return [
        _of_client(FrameName.START, stations, crossing),
        _of_server(FrameName.REQUEST_IDENTITY, requests.identity(client, IDENTIFIER), crossing),
        _of_client(FrameName.RESPONSE_IDENTITY, stations, crossing),
        _of_server(
            FrameName.REQUEST_CHALLENGE,
            requests.challenge(client, IDENTIFIER, CHALLENGE),
            crossing,
        ),
        _of_client(FrameName.RESPONSE_CHALLENGE, stations, crossing),
        _of_server(
            FrameName.SUCCESS,
            requests.success(client, IDENTIFIER, SuccessShape.MODERN, HEARTBEAT_KEY),
            crossing,
        ),
    ]


def drop_frame(lane: Lane) -> bytes:
    """Return the Failure that ends a session, so that the next login can begin."""
    client = _crossing(lane.forwarder, lane.stations).client_at_switch
    return SwitchFrames(SWITCH, lane.stations.switch).failure(client, IDENTIFIER, "您已被强制下线")


def _crossing(forwarder: Forwarder, stations: Stations) -> Crossing:
    match forwarder:
        case Forwarder.BRIDGE:
            return Crossing(stations.pc, CLIENT, stations.pc, stations.switch, stations.pc)
        case Forwarder.BARE:
            wan = stations.wan.mac
            return Crossing(wan, CLIENT, stations.pc, stations.lan, wan)
        case Forwarder.DAEMON:
            wan = stations.wan.mac
            return Crossing(wan, _client_at(stations.wan), wan, stations.switch, stations.pc)


def _client_at(wan: RouterFacts) -> ClientOptions:
    """Return the client as it would be if its addresses were the router's."""
    return replace(
        CLIENT,
        address=_text(wan.address) or CLIENT.address,
        netmask=_text(wan.netmask) or CLIENT.netmask,
        gateway=_text(wan.gateway) or CLIENT.gateway,
        dns=_text(wan.dns) or CLIENT.dns,
    )


def _text(address: bytes | None) -> str | None:
    return None if address is None else str(IPv4Address(address))


def _of_server(name: FrameName, sent: bytes, crossing: Crossing) -> LoginFrame:
    addresses = crossing.client_at_pc + crossing.server_at_pc
    return LoginFrame(name, False, sent, addresses + sent[len(addresses) :])


def _of_client(name: FrameName, stations: Stations, crossing: Crossing) -> LoginFrame:
    sent_block, block = (
        client_block(options, mac, CHALLENGE if name is FrameName.RESPONSE_CHALLENGE else None)
        for options, mac in (
            (CLIENT, stations.pc),
            (crossing.client_in_block, crossing.mac_in_block),
        )
    )
    sent = _client_frame(name, stations.switch, stations.pc, sent_block)
    expected = _client_frame(name, stations.switch, crossing.client_at_switch, block)
    return LoginFrame(name, True, sent, expected)


def _client_frame(name: FrameName, server: bytes, source: bytes, block: PrivateBlock) -> bytes:
    user = encode_text(CLIENT.username)
    destination, kind, body = server, EapolType.EAP_PACKET, b""
    if name is FrameName.START:
        destination, kind = PAE_GROUP_ADDRESS, EapolType.START
    elif name is FrameName.RESPONSE_IDENTITY:
        body = _response(EapType.IDENTITY, user)
    else:
        value = eap_md5_value(IDENTIFIER, encode_text(CLIENT.password), CHALLENGE)
        body = _response(EapType.MD5_CHALLENGE, bytes((len(value),)) + value + user)
    return EapolFrame.build(destination, source, kind, body, block.encode()).encode()


def _response(method: EapType, data: bytes) -> bytes:
    return EapPacket.build(EapCode.RESPONSE, IDENTIFIER, method, data).encode()
