"""``ruijie-proxy inspect``: the story of a capture."""

from __future__ import annotations

import sys

import click

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.output import say, to_json_text
from ruijie_proxy.cli.basics.passwords import take_password
from ruijie_proxy.cli.captures.opening import STANDARD_INPUT, is_waiting, opened
from ruijie_proxy.config.notations.document import notation_of
from ruijie_proxy.config.usual_path import usual_path
from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.protocol.text import encode_text
from ruijie_proxy.terminal import width_of


def inspect_capture(
    path: str, password_file: str | None, *, as_json: bool, verbose: bool, redact: str | None
) -> ExitCode:
    """Tell what is in a capture, or write a copy of it that can be published."""
    if password_file == STANDARD_INPUT and path == STANDARD_INPUT:
        raise click.UsageError(_("standard input cannot be both the capture and the password"))
    password = None
    if password_file is not None:
        password = encode_text(take_password(password_file, _("the account")))
    if redact is not None:
        from ruijie_proxy.cli.captures.redact import redact_capture

        return redact_capture(path, redact)
    return _tell(path, password, as_json=as_json, verbose=verbose)


def _tell(path: str, password: bytes | None, *, as_json: bool, verbose: bool) -> ExitCode:
    from ruijie_proxy.inspect.capture.capture_file import CaptureFile, NoCapture
    from ruijie_proxy.inspect.json_report import JsonReport
    from ruijie_proxy.inspect.telling import Report, tell
    from ruijie_proxy.inspect.text_report import TextReport

    notation = notation_of(usual_path())
    report: Report
    if as_json:
        report = JsonReport(sys.stdout.write, to_json_text, verbose=verbose, notation=notation)
    else:
        report = TextReport(say, verbose=verbose, width=width_of(sys.stdout), notation=notation)
    try:
        with opened(path) as file:
            waiting = is_waiting if path == STANDARD_INPUT else None
            damage = tell(CaptureFile(file), report, password, waiting)
    except NoCapture as error:
        click.echo(_("{path}: {reason}", path=path, reason=error), err=True)
        return ExitCode.ERROR
    except OSError as error:
        click.echo(_("{path}: {reason}", path=path, reason=reason_of(error)), err=True)
        return ExitCode.ERROR
    if damage is not None:
        told = _(
            "{path}: {damage}; what came before is shown.", path=path, damage=damage.for_people()
        )
        click.echo(told, err=True)
        return ExitCode.ERROR
    return ExitCode.DONE
