"""``ruijie-proxy inspect --redact``: a copy of a capture that can be published."""

from __future__ import annotations

import contextlib

import click

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.captures.capture import new_file
from ruijie_proxy.cli.captures.opening import STANDARD_INPUT, opened
from ruijie_proxy.i18n import _, reason_of


def redact_capture(path: str, output: str) -> ExitCode:
    """Write the copy."""
    from ruijie_proxy.inspect.capture.capture_file import CaptureFile, NoCapture
    from ruijie_proxy.inspect.redacting.redacted_copy import write_redacted

    if path == STANDARD_INPUT:
        raise click.UsageError(_("--redact reads the capture twice: give it a file"))
    with contextlib.ExitStack() as resources:
        try:

            def reopen() -> CaptureFile:
                return CaptureFile(resources.enter_context(opened(path)))

            reopen()  # what is no capture is not to leave an empty copy
            file = resources.enter_context(new_file(output))
            count, damage = write_redacted(reopen, file)
            file.flush()
        except FileExistsError:
            click.echo(_("{path} is there already: name another file.", path=output), err=True)
            return ExitCode.USAGE
        except NoCapture as error:
            click.echo(_("{path}: {reason}", path=path, reason=error), err=True)
            return ExitCode.ERROR
        except OSError as error:
            told = _("{path}: {reason}", path=error.filename or output, reason=reason_of(error))
            click.echo(told, err=True)
            return ExitCode.ERROR
    click.echo(
        _(
            "{count} frames written to {path}, without names, addresses and digests.",
            count=count,
            path=output,
        ),
        err=True,
    )
    told = _(
        "The server's texts are in it, without the account, long numbers and addresses; they may "
        "tell more of you. Read them, with “ruijie-proxy inspect”, before you publish the copy."
    )
    click.echo(told, err=True)
    if damage is not None:
        told = _(
            "{path}: {damage}; what came before is in the copy.",
            path=path,
            damage=damage.for_people(),
        )
        click.echo(told, err=True)
        return ExitCode.ERROR
    return ExitCode.DONE
