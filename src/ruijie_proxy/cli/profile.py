"""``ruijie-proxy profile``: what was learned of genuine clients, to look at and to share."""

from __future__ import annotations

import json
import sys

import click

from ruijie_proxy.cli.basics.asking import NotAnswered, ask_daemon, no_such_session
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.config.reader import load
from ruijie_proxy.config.shape.model import Configuration
from ruijie_proxy.config.shape.problems import ConfigurationProblems
from ruijie_proxy.config.usual_path import usual_path
from ruijie_proxy.display_width import padded
from ruijie_proxy.i18n import N_, _, listed, reason_of
from ruijie_proxy.protocol.clients.client_profile import FILLED_IN, ClientProfile
from ruijie_proxy.protocol.clients.profile_data import (
    ProfileDamaged,
    for_others,
    profile_from_plain,
    profile_to_plain,
)
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.protocol.text import decode_text
from ruijie_proxy.runtime.records.profile_file import LARGEST_FILE, ProfileFile, ProfileUnusable
from ruijie_proxy.terminal import styled

STANDARD_STREAM = "-"
_LABEL_WIDTH = 11
_NAMES: dict[int, str] = {
    PropertyType.CLIENT: N_("client"),
    PropertyType.V2_CHECK: N_("v2 check"),
    PropertyType.ADDRESS_FROM_DHCP: N_("address from dhcp"),
    PropertyType.MAC_ADDRESS: N_("mac address"),
    PieceType.CHALLENGE_FLAG: N_("challenge flag"),
    PropertyType.PASSWORD: N_("password"),
    PropertyType.IPV6_ADDRESS_COUNT: N_("ipv6 address count"),
    PropertyType.IPV6_GATEWAY_LINK_LOCAL: N_("ipv6 gateway link local"),
    PropertyType.IPV6_LINK_LOCAL: N_("ipv6 link local"),
    PropertyType.SERVICE: N_("service"),
    PropertyType.V4_CHECK: N_("v4 check"),
    PropertyType.IPV6_GLOBAL: N_("ipv6 global"),
    PropertyType.ADDRESSES: N_("ipv4 addresses"),
    PropertyType.DISK_SERIAL: N_("disk serial"),
    PropertyType.SECONDARY_DOMAIN: N_("secondary domain"),
    PropertyType.V4_CHECK_AGAIN: N_("v4 check again"),
    PropertyType.PHASE: N_("round of the login"),
    PropertyType.SECURITY_CHECK: N_("security check"),
    PropertyType.SERVICE_CHANGED: N_("service changed"),
    PieceType.SERVICES_ON_OFFER: N_("services on offer"),
    PropertyType.WINDOWS_FLAG: N_("windows flag"),
    PropertyType.CLIENT_NAME: N_("client name"),
    PropertyType.WORD_SIZE: N_("word size"),
    PropertyType.DNS_SERVERS: N_("dns servers"),
    PropertyType.GENERATION: N_("generation"),
    PropertyType.WINDOWS_6: N_("windows 6"),
}


class ProfileCommandFailed(click.ClickException):
    """A command cannot be carried out; click shows the text and ends with the exit code."""

    exit_code = ExitCode.ERROR


class ProfileCommandMisused(ProfileCommandFailed):
    """The command line, or the file that it names, is not right."""

    exit_code = ExitCode.USAGE


def show_profile(session: str | None, config: str | None) -> None:
    """Print a profile for people. Raises ProfileCommandFailed."""
    file, profile = _load(session, config)
    name = styled(profile.name, bold=True)
    if profile.edition:
        told = _("{name}  (edition {edition} of the V4 check)", name=name, edition=profile.edition)
    else:
        told = _("{name}  (edition unknown of the V4 check)", name=name)
    click.echo(told)
    program = _(
        "{program}, version {version}",
        program=decode_text(profile.program),
        version=profile.version.hex(" "),
    )
    label = padded(_("program"), _LABEL_WIDTH)
    click.echo(f"  {label} {program}")
    if profile.text_check:
        label = padded(_("first check"), _LABEL_WIDTH)
        made_of = _("of the text, as with zero_check text")
        click.echo(f"  {label} {made_of}")
    for item in profile.properties:
        click.echo(f"  {padded(f'{item.type:#04x}', _LABEL_WIDTH)} {_describe(item)}")
    click.echo(_("Kept in {path}.", path=file.path), err=True)


def export_profile(session: str | None, config: str | None, output: str) -> None:
    """Write a profile that others may have. Raises ProfileCommandFailed."""
    profile = _load(session, config)[1]
    shared = for_others(profile)
    text = json.dumps(profile_to_plain(shared.profile), indent=1) + "\n"
    if output == STANDARD_STREAM:
        click.echo(text, nl=False)
    else:
        try:
            # Without pathlib, which for OpenWrt's Python 3.11 takes one more package.
            with open(output, "w", encoding="ascii") as file:
                file.write(text)
        except OSError as error:
            raise ProfileCommandFailed(
                _("{path} cannot be written: {reason}", path=output, reason=reason_of(error))
            ) from error
    if shared.left_out:
        kinds = listed(f"{number:#04x}" for number in shared.left_out)
        click.echo(
            _(
                "Left out, because nobody knows what they tell: the properties {kinds}. If the "
                "campus wants them, whoever imports this has to learn them from a login of their "
                "own.",
                kinds=kinds,
            ),
            err=True,
        )


def import_profile(source: str, session: str | None, config: str | None) -> None:
    """Take over a profile of somebody else's. Raises ProfileCommandFailed."""
    file = _file_of(session, config)
    try:
        # What would tell of the machine is not taken: this router tells of itself.
        profile = for_others(profile_from_plain(json.loads(_read(source)))).profile
        file.save(profile)
    except (ValueError, RecursionError) as error:
        reason = _(error.message, **error.values) if isinstance(error, ProfileDamaged) else error
        raise ProfileCommandMisused(
            _(
                "{path} cannot be taken over: {reason}. It has to be what “profile export” wrote.",
                path=source,
                reason=reason,
            )
        ) from error
    except OSError as error:
        raise ProfileCommandFailed(
            _("{path}: {reason}", path=error.filename, reason=reason_of(error))
        ) from error
    click.echo(_("Taken over: {name}.", name=profile.name), err=True)
    _tell_daemon(config)


def forget_profile(session: str | None, config: str | None) -> None:
    """Remove a profile. Raises ProfileCommandFailed."""
    file, profile = _load(session, config)
    try:
        file.forget()
    except OSError as error:
        raise ProfileCommandFailed(
            _("{path} cannot be removed: {reason}", path=file.path, reason=reason_of(error))
        ) from error
    click.echo(_("Forgotten: {name}.", name=profile.name), err=True)
    _tell_daemon(config)


def _load(session: str | None, config: str | None) -> tuple[ProfileFile, ClientProfile]:
    file = _file_of(session, config)
    try:
        profile = file.load()
    except ProfileUnusable as error:
        raise ProfileCommandFailed(str(error)) from error
    if profile is None:
        raise ProfileCommandFailed(
            _(
                "There is no profile yet. It is learned when the genuine client logs in through "
                "the router, once username and password are in the configuration; or import a "
                "schoolmate's."
            )
        )
    return file, profile


def _file_of(session: str | None, config: str | None) -> ProfileFile:
    try:
        configuration = load(config or usual_path())
    except ConfigurationProblems as problems:
        raise ProfileCommandMisused(str(problems)) from problems
    return ProfileFile(configuration.profile_dir, _chosen(session, configuration))


def _chosen(session: str | None, configuration: Configuration) -> str:
    names = [one.name for one in configuration.sessions]
    if session is None and len(names) == 1:
        return names[0]
    if session not in names:
        if session:
            raise ProfileCommandMisused(no_such_session(session, names))
        told = _("Say which session. Sessions: {names}.", names=listed(names))
        raise ProfileCommandMisused(told)
    return session


def _read(source: str) -> bytes:
    if source == STANDARD_STREAM:
        return sys.stdin.buffer.read(LARGEST_FILE)
    with open(source, "rb") as file:
        return file.read(LARGEST_FILE)


def _tell_daemon(config: str | None) -> None:
    """Have a daemon that runs take note; where none runs, the next one will."""
    try:
        ask_daemon(config, "reload")
    except NotAnswered as error:
        if error.exit_code is not ExitCode.NO_DAEMON:
            told = _("The daemon takes note when it is restarted: {reason}", reason=error)
            click.echo(told, err=True)


def _describe(item: Property) -> str:
    name = _(_NAMES.get(item.type, N_("unknown")))
    if item.type in FILLED_IN:
        return _("{name}: filled in at each login", name=name)
    if not item.content:
        return _("{name}: empty", name=name)
    text = decode_text(item.content.rstrip(b"\0"))
    if text and "\ufffd" not in text:
        return _("{name}: “{text}”", name=name, text=text)
    return _("{name}: {value}", name=name, value=item.content.hex(" "))
