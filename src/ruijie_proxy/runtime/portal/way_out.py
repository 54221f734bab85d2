"""Waiting for a port's way out, in a child process: DHCP clients set the gateway after the address.

Who asks between the two is heard by nobody: the kernel takes the portal for a neighbour on the
cable, and finds out in three seconds that it is none.
"""

from __future__ import annotations

import select

from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.c_modules import socket
from ruijie_proxy.runtime.ports.interface_errors import InterfaceError
from ruijie_proxy.runtime.ports.interface_facts import read_interface_facts

_RTMGRP_IPV4_ROUTE = 0x40
"""linux/rtnetlink.h"""
_READ_SIZE = 4096


def wait_for_way_out(interface: str, seconds: float) -> None:
    """Wait until a port has a gateway, at most so long: some ways out are by other tables.

    Raises nothing: what is wrong with the port keeps a request from going out, too.
    """
    deadline = clock.now() + seconds
    news = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    try:
        news.bind((0, _RTMGRP_IPV4_ROUTE))
        while read_interface_facts(interface).gateway is None:
            left = deadline - clock.now()
            if left <= 0 or not select.select([news], [], [], left)[0]:
                return
            news.recv(_READ_SIZE)
    except (OSError, InterfaceError):
        return
    finally:
        news.close()
