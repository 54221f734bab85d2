"""The session that findings lead to: its options, as UCI writes them, without what is the default.

Whatever stood in the capture: an option is kept only if the schema takes it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.config.shape.parsers import property_change
from ruijie_proxy.engine.login.client_to_be import client_to_be
from ruijie_proxy.engine.settings import (
    DhcpMode,
    Dialect,
    GroupMode,
    LoginSettings,
    ZeroCheck,
)
from ruijie_proxy.learn.findings import Findings
from ruijie_proxy.protocol.clients.bare_block import ONLY_IF_SET
from ruijie_proxy.protocol.clients.client_profile import (
    PRESETS,
    ClientProfile,
    preset_of_version,
)
from ruijie_proxy.protocol.clients.client_shape import ClientShape
from ruijie_proxy.protocol.clients.ruijie_vendors import is_of_ruijie
from ruijie_proxy.protocol.heartbeat import is_first_number_of_clients
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.protocol.text import decode_text, encode_text
from ruijie_proxy.takeover.sections import unfit_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from ruijie_proxy.takeover.draft import Options

_NEEDED = {"wan", "lan", "username", "password"}
"""Without these, a session is none: what is wrong with them is for the user to mend."""
_SAME_INTERVAL = 0.15
"""Of an interval: what the client's heartbeats may be off the granted one."""
_SHORTEST_INTERVAL, _LONGEST_INTERVAL = 1, 300
"""Seconds, of the key ``heartbeat.interval``."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The router's interfaces."""

    wan: str | None
    """Towards the campus; None: nobody has named it, as with the next."""
    lan: str | None
    """Where a client PC is."""


_EXAMPLE_WAN, _EXAMPLE_LAN = "eth1", "br-lan"
"""What stands for ports that nobody has named."""


@dataclass(frozen=True, slots=True)
class LearnedSession:
    """A session, and what goes with it."""

    mode: Mode
    options: Options
    profile: ClientProfile | None
    """What is to be kept beside it; None: the options say all of it, or there is none."""

    def __repr__(self) -> str:
        return f"LearnedSession({self.mode!r}, …)"  # there is a password among the options


def session_of(findings: Findings, ports: Ports, account: LoginSettings | None) -> LearnedSession:
    """Return the session that fits. ``account``: what was compared with, if anything was."""
    mode = Mode.RELAY
    if findings.can_log_in and account is not None:
        mode = Mode.LOGIN if ports.lan is None else Mode.AUTO
    options: Options = {"mode": mode.value, "wan": ports.wan or _EXAMPLE_WAN}
    if mode is not Mode.LOGIN:
        options["lan"] = ports.lan or _EXAMPLE_LAN
    profile = None
    if mode is not Mode.RELAY and account is not None:
        options |= {"username": account.username, "password": account.password.reveal()}
        chosen, profile = _client_options(findings, account)
        options |= chosen
        if findings.group.value is GroupMode.RUIJIE:
            options["group"] = GroupMode.RUIJIE.value
    options |= _dhcp_options(findings, mode) | _heartbeat_options(findings)
    if findings.quarantine.value is not None:
        options["health_quarantine"] = [findings.quarantine.value]
    for name in unfit_options(options).keys() - _NEEDED:
        options.pop(name, None)
    return LearnedSession(mode, options, profile)


def _client_options(
    findings: Findings, account: LoginSettings
) -> tuple[Options, ClientProfile | None]:
    """Return what makes the router the client that was seen, and the profile if that is more."""
    dialect, learned = findings.dialect.value, findings.comparison.profile
    options: Options = {}
    if dialect is not None and dialect is not Dialect.RUIJIE:
        options["dialect"] = dialect.value
    if learned is None or dialect is not Dialect.RUIJIE:
        return options, None
    server = findings.server.value or b""
    by_vendor = ClientShape.BLOCK if is_of_ruijie(server) else ClientShape.BARE
    if learned.shape is not by_vendor:
        options["shape"] = learned.shape.value
    said = _as_a_preset(learned, account)
    if said is not None:
        return options | said, None
    # Without the profile, which goes its own way, the session is at least nearly the same.
    if learned.edition is not None:
        options["edition"] = str(learned.edition)
    service = (learned.content(PropertyType.SERVICE) or b"").rstrip(b"\0")
    if service and encode_text(decode_text(service)) == service:
        options["service"] = decode_text(service)
    return options, learned


def _as_a_preset(learned: ClientProfile, account: LoginSettings) -> Options | None:
    """Return the settings that say all of a learned client; None: it takes the profile."""
    major, minor = learned.version[:2]
    version = next(
        (name for name, preset in PRESETS.items() if preset.version == learned.version),
        f"{major}.{minor}",
    )
    options: Options = {"client_version": version}
    if preset_of_version(version).edition != learned.edition:
        options["edition"] = str(learned.edition)
    usual = client_to_be(_with(account, options), None, None, learned.shape)
    options |= _further_settings(learned, usual)
    made = client_to_be(_with(account, options), None, None, learned.shape)
    does_fit = not options.keys() & unfit_options(options).keys()
    return options if does_fit and _is_same(made, learned) else None


_KEYS_OF_PROPERTIES = {
    PropertyType.SERVICE: "service",
    PropertyType.DISK_SERIAL: "disk_serial",
    PropertyType.CLIENT_NAME: "client_name",
}


def _further_settings(learned: ClientProfile, usual: ClientProfile) -> Options:
    """Return the settings for what a learned client has otherwise than the preset."""
    options: Options = {}
    named = []
    for number, name in _KEYS_OF_PROPERTIES.items():
        content = learned.content(number)
        text = decode_text((content or b"").rstrip(b"\0"))
        if text and content != usual.content(number):
            named.append(number)
            options[name] = text
    if learned.text_check:
        options["zero_check"] = ZeroCheck.TEXT.value
    changes = list(_changed_properties(learned, usual, named))
    if changes:
        options["properties"] = [f"{number:#04x}={told}" for number, told in changes]
    return options


def _changed_properties(
    learned: ClientProfile, usual: ClientProfile, named: Container[int]
) -> Iterator[tuple[int, str]]:
    """Give what the key ``properties`` has to change, besides what other keys name."""
    for item in learned.properties:
        if item.type not in named and item.content != (usual.content(item.type) or b""):
            yield item.type, f"hex:{item.content.hex()}"
    for item in usual.properties:
        if learned.content(item.type) is None and not _is_left_out(item, learned.shape):
            yield item.type, "remove"


def _with(account: LoginSettings, options: Options) -> LoginSettings:
    """Return an account whose client has these settings."""
    told = {name: value for name, value in options.items() if isinstance(value, str)}
    check = told.get("zero_check")
    return LoginSettings(
        account.username,
        account.password,
        client_version=told["client_version"],
        edition=int(told["edition"]) if "edition" in told else None,
        client_name=told.get("client_name"),
        service=told.get("service"),
        disk_serial=_ascii(told.get("disk_serial")),
        properties=tuple(map(_change_of, options.get("properties", ()))),
        zero_check=None if check is None else ZeroCheck(check),
    )


def _change_of(written: str) -> tuple[int, bytes | None]:
    number, _equals, content = written.partition("=")
    return int(number, 0), property_change(content)


def _ascii(text: str | None) -> str | None:
    return None if text is None or not text.isascii() else text


def _is_same(one: ClientProfile, other: ClientProfile) -> bool:
    """Whether two are the same to a switch; their names are for people alone."""
    said, also_said = (
        (
            client.version,
            client.program,
            client.edition,
            client.shape is ClientShape.BARE,
            client.text_check,
            [item for item in client.properties if not _is_left_out(item, client.shape)],
        )
        for client in (one, other)
    )
    return said == also_said


def _is_left_out(item: Property, shape: ClientShape) -> bool:
    """Whether a property is not sent where there is nothing to tell."""
    return shape is ClientShape.BARE and not item.content and item.type in ONLY_IF_SET


def _dhcp_options(findings: Findings, mode: Mode) -> Options:
    dhcp, successes = findings.dhcp.value, findings.successes.value or 1
    options: Options = {}
    if successes > 1 and mode is not Mode.LOGIN:
        options["successes"] = str(successes)
    if dhcp is DhcpMode.DOUBLE and mode is Mode.RELAY:
        return options
    if dhcp is not None and dhcp is not DhcpMode.AFTER:
        options["dhcp"] = dhcp.value
    return options


def _heartbeat_options(findings: Findings) -> Options:
    granted, interval = findings.granted.value, findings.heartbeat_interval
    if granted is None or granted.interval is None:
        return {}  # without a grant there are none of the router's own
    if interval.is_known and interval.value is None:
        return {"heartbeat": "off"}
    options: Options = {}
    measured = interval.value
    if measured is not None and abs(measured - granted.interval) > _SAME_INTERVAL * measured:
        seconds = max(_SHORTEST_INTERVAL, min(_LONGEST_INTERVAL, round(measured)))
        options["heartbeat_interval"] = str(seconds)
    number = findings.first_number.value
    if number is not None and not is_first_number_of_clients(number):
        options["heartbeat_number"] = str(number)
    return options
