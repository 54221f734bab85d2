"""``ruijie-proxy check``: every error in a configuration, or what it means."""

from __future__ import annotations

import click

from ruijie_proxy.cli.exit_codes import ExitCode
from ruijie_proxy.config.model import Configuration, Mode, SessionConfiguration
from ruijie_proxy.config.problems import ConfigurationProblems
from ruijie_proxy.config.reader import read_configuration
from ruijie_proxy.engine.settings import DhcpMode, Dialect, LoginSettings
from ruijie_proxy.protocol.client_profile import (
    PRESET_OF_EDITION,
    USUAL_PRESET,
    preset_of_version,
)

_DHCP = {
    DhcpMode.OFF: "fixed address",
    DhcpMode.BEFORE: "DHCP before the login",
    DhcpMode.AFTER: "DHCP after the login",
    DhcpMode.DOUBLE: "DHCP between two logins",
}


def check_configuration(path: str) -> ExitCode:
    """Print what is wrong with a configuration, or its sessions and what could be better."""
    try:
        reading = read_configuration(path)
    except ConfigurationProblems as found:
        click.echo(str(found), err=True)
        count = len(found.problems)
        click.echo(f"{count} problem{'s' if count > 1 else ''} found.", err=True)
        return ExitCode.USAGE
    for warning in reading.warnings:
        click.echo(f"warning: {warning}", err=True)
    for session in Configuration.from_plain(reading.plain).sessions:
        click.echo(_summary(session))
    click.echo(f"{path} is fine.")
    return ExitCode.DONE


def _summary(session: SessionConfiguration) -> str:
    login = session.settings.login
    if session.mode is Mode.RELAY or login is None:
        return f"{session.name}: relay, clients on {session.lan}, campus switch on {session.wan}"
    words = f"login as {login.username} through {session.wan} ({_client(login)})"
    if session.mode is Mode.AUTO:
        words = f"auto: {words}, or relay of clients on {session.lan}"
    return f"{session.name}: {words}, {_DHCP[session.settings.dhcp]}"


def _client(login: LoginSettings) -> str:
    """Say which client the router is to the switch."""
    dialect = login.dialect.value
    if login.v2_client is not None:
        major, minor = login.v2_client.version
        return f"{dialect}, Windows {major}.{minor}"
    if login.dialect is not Dialect.RUIJIE:
        return dialect
    profile = USUAL_PRESET
    if login.client_version is not None:
        profile = preset_of_version(login.client_version)
    elif login.edition is not None:
        profile = PRESET_OF_EDITION[login.edition]
    edition = "" if login.edition in (None, profile.edition) else f", edition {login.edition}"
    return f"{dialect}, {profile.name}{edition}"
