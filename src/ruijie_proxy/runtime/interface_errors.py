"""What keeps the daemon from using a network interface, in words for the user."""

from __future__ import annotations

import socket


class InterfaceError(Exception):
    """The interface or a permission is missing; the text says what to do."""


class InterfaceMissing(InterfaceError):
    """There is no interface of this name."""

    def __init__(self, interface: str) -> None:
        self.interface = interface
        present = ", ".join(sorted(name for _, name in socket.if_nameindex())) or "none"
        super().__init__(f"There is no interface {interface!r}. Interfaces here: {present}.")


class NotEthernet(InterfaceError):
    """The interface carries no Ethernet frames."""

    def __init__(self, interface: str) -> None:
        self.interface = interface
        super().__init__(
            f"{interface} is not an Ethernet interface, so no 802.1X crosses it: name the port "
            "itself, not a PPPoE connection or a tunnel that runs over it."
        )


class AddressRefused(InterfaceError):
    """The interface's driver does not take the MAC address."""

    def __init__(self, interface: str, reason: str) -> None:
        self.interface = interface
        super().__init__(
            f"The driver of {interface} does not let its MAC address be changed ({reason}): use "
            "another setting of `mac`."
        )


class PermissionMissing(InterfaceError):
    """The process lacks a capability."""

    def __init__(self, purpose: str, capability: str) -> None:
        self.capability = capability
        super().__init__(
            f"No permission to {purpose}: run as root, or give the program {capability}."
        )
