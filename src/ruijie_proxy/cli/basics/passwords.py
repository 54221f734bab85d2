"""Passwords from people and from files, and ``ruijie-proxy password seal``."""

from __future__ import annotations

import getpass
import os
import sys

import click

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.config.notations.document import is_uci_file
from ruijie_proxy.config.password_file import MOST_READ, password_of, read_password
from ruijie_proxy.config.reader import read_path
from ruijie_proxy.config.sealing import read_or_make_key, seal
from ruijie_proxy.config.shape import parsers
from ruijie_proxy.config.shape.look_alikes import doubt
from ruijie_proxy.config.shape.problems import ConfigurationProblems, Unfit, Unusable
from ruijie_proxy.config.usual_path import usual_path
from ruijie_proxy.i18n import _

STANDARD_INPUT = "-"


def take_password(
    file: str | None, username: str, twice: bool = False, option: str = "--password-file"
) -> str:
    """Return the password in a file, on standard input ("-"), or (None) typed at the terminal.

    ``twice``: it is to be typed again; ``option`` has named the file. Warns of what an input method
    may have made of it. Raises click.UsageError.
    """
    password = _password_from(file, username, twice, option)
    doubted = doubt(password)
    if doubted is not None:
        told = _("the password {wrong}; {remedy}", wrong=doubted.wrong, remedy=doubted.remedy)
        click.echo(_("warning: {text}", text=told), err=True)
    return password


def _password_from(file: str | None, username: str, twice: bool, option: str) -> str:
    try:
        if file == STANDARD_INPUT:
            return password_of(sys.stdin.buffer.read(MOST_READ))
        if file is not None:
            return read_password(file)
    except Unusable as unusable:
        raise click.UsageError(_("{option}: {wrong}", option=option, wrong=unusable)) from None
    if not sys.stdin.isatty():
        raise click.UsageError(
            _(
                "there is no terminal to ask for the password; "
                'use --password-file FILE, or "-" for standard input'
            )
        )
    typed = _typed(_("Password of {username}: ", username=username))
    if twice and _typed(_("Once more: ")) != typed:
        raise click.UsageError(_("the two passwords differ"))
    try:
        return parsers.password(typed)
    except Unfit as unfit:
        raise click.UsageError(_("the password {wrong}", wrong=unfit.wrong)) from None


def _typed(prompt: str) -> str:
    try:
        return getpass.getpass(prompt)
    except KeyboardInterrupt:
        click.echo(err=True)  # what a shell says next is not to stand behind the question
        raise


def seal_password(
    username: str, config: str | None, key_file: str | None, password_file: str | None
) -> ExitCode:
    """Print the line of the configuration with a password sealed. Raises click.UsageError."""
    try:
        parsers.username(username)
    except Unfit as unfit:
        told = _(
            "--username: {wrong}; write the name of your campus account, without spaces",
            wrong=unfit.wrong,
        )
        raise click.UsageError(told) from None
    try:
        path = os.path.abspath(key_file) if key_file else read_path(config, "key_file")
        password = take_password(password_file, username, twice=True)
        existed = os.path.lexists(path)
        sealed = seal(password, username, read_or_make_key(path))
    except ConfigurationProblems as problems:
        click.echo(str(problems), err=True)
        return ExitCode.USAGE
    except Unusable as unusable:
        click.echo(str(unusable), err=True)
        return ExitCode.ERROR
    if not existed:
        told = _("Made the key file {path}. Without it, sealed passwords are lost.", path=path)
        click.echo(told, err=True)
    told = _("For the session of {username}, on this machine alone:", username=username)
    click.echo(told, err=True)
    as_uci = _is_uci(config or usual_path())
    click.echo(f"option password '{sealed}'" if as_uci else f'password: "{sealed}"')
    return ExitCode.DONE


def _is_uci(path: str) -> bool:
    try:
        return is_uci_file(path)
    except ConfigurationProblems:
        return False  # what is wrong with it is not of interest here
