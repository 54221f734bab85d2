"""Is the client on Wi-Fi?"""

from __future__ import annotations

from ruijie_proxy.doctor.gathering.findings import Area, Finding, Severity
from ruijie_proxy.doctor.gathering.heard import Speaker, stations
from ruijie_proxy.i18n import _

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.doctor.gathering.machine import Machine


def examine_wireless(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    """Yield where Wi-Fi stands between the client and the router: there 802.1X is Wi-Fi's own."""
    lan = machine.interfaces.named(session.lan) if session.lan else None
    wan = machine.interfaces.named(session.wan)
    for role, interface in (("wan", wan), ("lan", lan)):
        if interface is not None and interface.is_wireless:
            yield Finding(
                Severity.FATAL,
                f"{role}-is-wifi",
                _(
                    "{name} ({role}) is Wi-Fi, and a campus login does not pass over Wi-Fi.",
                    name=interface.name,
                    role=role,
                ),
                _(
                    "Write the wired port as “{key}” in {path}, and connect that one.",
                    key=machine.notation.key(role),
                    path=machine.path,
                ),
                Area.CONFIGURATION,
            )
    if lan is None:
        return
    radios = [port.name for port in machine.interfaces.ports_of(lan.name) if port.is_wireless]
    on_air = machine.heard.said_by(Speaker.CLIENT, radios)
    if on_air:
        yield Finding(
            Severity.WARNING,
            "client-on-wifi",
            _(
                "The client {mac} is on Wi-Fi ({name}), where its login is left alone.",
                mac=stations(on_air),
                name=on_air[0].interface,
            ),
            _("Connect the client PC with a cable, at least for the login, its Wi-Fi off."),
        )
