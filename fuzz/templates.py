"""Frames of the virtual campus, for the fuzzer to begin with: its switch's and its client's."""

from __future__ import annotations

from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, SWITCH_ADDRESS, MemoryCampus
from ruijie_proxy.lab.options import (
    ClientOptions,
    Shape,
    SuccessShape,
    SwitchOptions,
    linux_1_31,
    switch_of_another_vendor,
)
from ruijie_proxy.lab.switch.shapes import SwitchFrames
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import parse_mac

WAN = bytes.fromhex("0200000000e1")
OTHER_SERVER = bytes.fromhex("00d0f8d9f105")
OTHER_CLIENT = bytes.fromhex("02000000cc02")
KEY = 0x32764AE1
_CHALLENGE = bytes(range(16))
_REFUSALS = (
    "已达到同时在线用户数量上限",
    "用户不存在或密码错误",
    "使用了非管理员指定的客户端",
    "账号被封9天",
    "认证次数过多，请30分钟后再试",
    "",
)
_UDP_HEARTBEAT = ((0x5A, "00001f90"), (0x5B, "0a000003"), (0x5C, "00" * 8), (0x5D, "00" * 8))


def _of_switch() -> list[bytes]:
    options = SwitchOptions(services=("移动宽带接入", "教育网接入"))
    made = []
    for server in (SWITCH_ADDRESS, OTHER_SERVER):
        frames = SwitchFrames(options, server)
        made += [
            frames.identity(WAN, 1),
            frames.challenge(WAN, 2, _CHALLENGE),
            frames.challenge(WAN, 3, _CHALLENGE, longer=True),
            frames.notification(WAN, 4, "系统维护"),
            frames.other_method(WAN, 5, 25),
            frames.reason(WAN, 6, _CHALLENGE, _REFUSALS[0]),
            frames.echo(WAN),
        ]
        made += [frames.success(WAN, 2, shape, KEY) for shape in SuccessShape]
        made += [frames.failure(WAN, 2, text) for text in _REFUSALS]
    return made


def _of_client() -> list[bytes]:
    campus = MemoryCampus(SwitchOptions(), ClientOptions())
    campus.login(seconds=25.0)
    campus.client.logoff(campus.now)
    campus.run()
    made = list(campus.to_switch)
    others = [
        frame[:6] + OTHER_CLIENT + frame[12:] for frame in made if frame[15] == EapolType.START
    ]
    bare = EapolFrame.build(SWITCH_ADDRESS, CLIENT_ADDRESS, EapolType.START).encode()
    return made + others + [bare]


def _bare() -> tuple[list[bytes], list[bytes]]:
    """Return what a switch of another vendor says, and what its client does."""
    options = switch_of_another_vendor(pieces=_UDP_HEARTBEAT)
    frames = SwitchFrames(options, parse_mac(options.usual_address))
    campus = MemoryCampus(options, linux_1_31(shape=Shape.BARE, ipv6_global="2001:db8::1"))
    campus.login()
    campus.client.logoff(campus.now)
    campus.run()
    inside = MemoryCampus(SwitchOptions(shape=Shape.INSIDE), ClientOptions(shape=Shape.INSIDE))
    inside.login()
    of_switch = [
        frames.identity(WAN, 1),
        frames.challenge(WAN, 2, _CHALLENGE),
        frames.challenge(WAN, 3, _CHALLENGE, longer=True),
        frames.reason(WAN, 4, _CHALLENGE, _REFUSALS[1]),
        frames.success(WAN, 3, SuccessShape.BARE, KEY),
        frames.failure(WAN, 4, None),
    ]
    return of_switch, campus.to_switch + inside.to_switch[2:3]


FROM_WAN = _of_switch()
FROM_LAN = _of_client()
BARE_FROM_WAN, BARE_FROM_LAN = _bare()
"""Apart, since the numbers of the others stand in the corpus."""
