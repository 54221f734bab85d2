"""What keeps the daemon from using a network interface, in words for the user."""

from __future__ import annotations

from ruijie_proxy.i18n import _, listed
from ruijie_proxy.runtime.basis.c_modules import socket


class InterfaceError(Exception):
    """The interface or a permission is missing; the text says what to do."""


class InterfaceMissing(InterfaceError):
    """There is no interface of this name."""

    def __init__(self, interface: str) -> None:
        self.interface = interface
        present = listed(sorted(name for _index, name in socket.if_nameindex()))
        super().__init__(
            _(
                "There is no interface {name!r}. Interfaces here: {present}.",
                name=interface,
                present=present or _("none"),
            )
        )


class NotEthernet(InterfaceError):
    """The interface carries no Ethernet frames."""

    def __init__(self, interface: str) -> None:
        self.interface = interface
        super().__init__(
            _(
                "{port} is not an Ethernet interface, so no 802.1X crosses it: name the port "
                "itself, not a PPPoE connection or a tunnel that runs over it.",
                port=interface,
            )
        )


class SocketRefused(InterfaceError):
    """The system has no socket for the interface now: no descriptor or no memory is left."""

    def __init__(self, interface: str, reason: str) -> None:
        self.interface = interface
        super().__init__(
            _("{port} cannot be listened on: {reason}.", port=interface, reason=reason)
        )


class AddressRefused(InterfaceError):
    """The interface's driver does not take the MAC address."""

    def __init__(self, interface: str, reason: str) -> None:
        self.interface = interface
        super().__init__(
            _(
                "The driver of {port} does not let its MAC address be changed ({reason}): use "
                "another setting of `mac`.",
                port=interface,
                reason=reason,
            )
        )


class PermissionMissing(InterfaceError):
    """The process lacks a capability."""

    def __init__(self, purpose: str, capability: str) -> None:
        """``purpose`` follows "permission to", in the user's language."""
        self.capability = capability
        super().__init__(
            _(
                "No permission to {purpose}: run as root, or give the program {capability}.",
                purpose=purpose,
                capability=capability,
            )
        )
