"""A firewall rule that drops 802.1X, made as `nft` makes it, which is not installed everywhere.

The same as: table netdev t { chain c { type filter hook ingress device "X" priority 0;
meta protocol 0x888e drop; } } (linux/netfilter/nf_tables.h).
"""

from __future__ import annotations

import os
import socket
import struct

from ruijie_proxy.protocol.ethernet import ETHERTYPE_EAPOL_BYTES
from ruijie_proxy.runtime.ports import netlink

_NETLINK_NETFILTER = 12
_NFPROTO_NETDEV = 5
_SUBSYSTEM = 10 << 8
_BATCH_BEGIN, _BATCH_END = 0x10, 0x11
_NEW_TABLE, _NEW_CHAIN, _NEW_RULE = _SUBSYSTEM, _SUBSYSTEM | 3, _SUBSYSTEM | 6
_FLAGS = netlink.NLM_F_REQUEST | 0x4 | 0x400  # with an answer, made anew
_APPEND = 0x800
_NESTED = 0x8000
_PROTOCOL_OF_FRAME = 1
_VERDICT_REGISTER, _REGISTER = 0, 1
_DROP = 0


def _attribute(kind: int, content: bytes) -> bytes:
    attribute = struct.pack("HH", 4 + len(content), kind) + content
    return attribute + bytes(-len(attribute) % 4)


def _number(kind: int, number: int) -> bytes:
    return _attribute(kind, number.to_bytes(4, "big"))


def _text(kind: int, text: str) -> bytes:
    return _attribute(kind, text.encode() + b"\0")


def _nest(kind: int, *attributes: bytes) -> bytes:
    return _attribute(kind | _NESTED, b"".join(attributes))


def _expression(name: str, *attributes: bytes) -> bytes:
    return _nest(1, _text(1, name), _nest(2, *attributes))


def drop_eapol(interface: str) -> None:
    """Drop what comes in of 802.1X by an interface of this network namespace."""
    header = struct.pack(">BBH", _NFPROTO_NETDEV, 0, 0)
    batch = struct.pack(">BBH", 0, 0, 10)
    hook = _nest(4, _number(1, 0), _number(2, 0), _text(3, interface))
    rule = (
        _expression("meta", _number(1, _REGISTER), _number(2, _PROTOCOL_OF_FRAME)),
        _expression(
            "cmp",
            _number(1, _REGISTER),
            _number(2, 0),
            _nest(3, _attribute(1, ETHERTYPE_EAPOL_BYTES)),
        ),
        _expression(
            "immediate", _number(1, _VERDICT_REGISTER), _nest(2, _nest(2, _number(1, _DROP)))
        ),
    )
    requests = (
        netlink.request(_BATCH_BEGIN, netlink.NLM_F_REQUEST, 1, batch),
        netlink.request(_NEW_TABLE, _FLAGS, 2, header + _text(1, "t")),
        netlink.request(
            _NEW_CHAIN,
            _FLAGS,
            3,
            header + _text(1, "t") + _text(3, "c") + hook + _text(7, "filter"),
        ),
        netlink.request(
            _NEW_RULE, _FLAGS | _APPEND, 4, header + _text(1, "t") + _text(2, "c") + _nest(4, *rule)
        ),
        netlink.request(_BATCH_END, netlink.NLM_F_REQUEST, 5, batch),
    )
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER) as kernel:
        kernel.settimeout(30)
        kernel.send(b"".join(requests))
        answered = 0
        while answered < 3:
            for message in netlink.messages(kernel.recv(32768)):
                number = netlink.parse_error(message.body)
                assert number == 0, os.strerror(number)
                answered += 1
