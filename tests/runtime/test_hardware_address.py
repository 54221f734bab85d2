"""Changing a MAC address under drivers of every temper; tests/namespaces has real ones."""

from __future__ import annotations

import errno
import os
import struct

import pytest

from ruijie_proxy.runtime.ports import hardware_address as module
from ruijie_proxy.runtime.ports.hardware_address import hardware_address, set_hardware_address
from ruijie_proxy.runtime.ports.interface_errors import (
    AddressRefused,
    InterfaceMissing,
    PermissionMissing,
)
from ruijie_proxy.runtime.ports.interface_request import (
    SIOCGIFFLAGS,
    SIOCGIFHWADDR,
    SIOCSIFFLAGS,
    SIOCSIFHWADDR,
)

OWN = bytes.fromhex("02000000aa01")
CLIENT = bytes.fromhex("02000000cc01")
UP, OTHER_FLAGS = 0x1, 0x1002


class Driver:
    """An interface whose driver refuses a new address as it is told to."""

    def __init__(self, up: bool = True) -> None:
        self.address = OWN
        self.flags = OTHER_FLAGS | (UP if up else 0)
        self.error_while_up = 0
        self.error_while_down = 0
        self.history: list[str] = []

    def request(self, interface: str, code: int, argument: bytes = b"") -> bytes:
        if code == SIOCGIFHWADDR:
            return struct.pack("H6s", 1, self.address)
        if code == SIOCGIFFLAGS:
            return struct.pack("H", self.flags)
        if code == SIOCSIFFLAGS:
            (self.flags,) = struct.unpack("H", argument)
            self.history.append("up" if self.flags & UP else "down")
            return b""
        assert code == SIOCSIFHWADDR
        error = self.error_while_up if self.flags & UP else self.error_while_down
        if error:
            raise OSError(error, os.strerror(error))
        _, self.address = struct.unpack("H6s", argument)
        self.history.append("changed")
        return b""


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    driver = Driver()
    monkeypatch.setattr(module, "interface_request", driver.request)
    return driver


def test_a_willing_driver_stays_up(driver: Driver) -> None:
    set_hardware_address("eth1", CLIENT)

    assert hardware_address("eth1") == CLIENT
    assert driver.history == ["changed"]


def test_the_address_that_it_has_already_is_left_alone(driver: Driver) -> None:
    set_hardware_address("eth1", OWN)

    assert driver.history == []


def test_a_driver_that_is_busy_while_up_goes_down_and_comes_back(driver: Driver) -> None:
    driver.error_while_up = errno.EBUSY

    set_hardware_address("eth1", CLIENT)

    assert driver.address == CLIENT
    assert driver.history == ["down", "changed", "up"]
    assert driver.flags == OTHER_FLAGS | UP


def test_it_comes_back_up_even_when_the_address_is_refused(driver: Driver) -> None:
    driver.error_while_up = errno.EBUSY
    driver.error_while_down = errno.EADDRNOTAVAIL

    with pytest.raises(AddressRefused, match="eth1"):
        set_hardware_address("eth1", CLIENT)

    assert driver.history == ["down", "up"]


def test_a_driver_that_cannot_is_named(driver: Driver) -> None:
    driver.error_while_up = errno.EOPNOTSUPP

    with pytest.raises(AddressRefused, match=r"eth1 .*not supported"):
        set_hardware_address("eth1", CLIENT)

    assert driver.history == []


def test_a_missing_permission_is_named(driver: Driver) -> None:
    driver.error_while_up = errno.EPERM

    with pytest.raises(PermissionMissing, match="CAP_NET_ADMIN"):
        set_hardware_address("eth1", CLIENT)


@pytest.mark.parametrize("mac", ["0180c2000003", "ffffffffffff", "000000000000", "0200", ""])
def test_an_address_that_is_no_stations_is_refused(driver: Driver, mac: str) -> None:
    with pytest.raises(ValueError, match="single station"):
        set_hardware_address("eth1", bytes.fromhex(mac))

    assert driver.history == []


@pytest.mark.parametrize("name", ["no-such-port", "", "a" * 16, "a\0b"])
def test_a_name_that_no_interface_has(name: str) -> None:
    with pytest.raises(InterfaceMissing, match="lo"):
        hardware_address(name)
