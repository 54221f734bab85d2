"""``ruijie-proxy inspect --redact``: a copy of a capture that can be published."""

from __future__ import annotations

import contextlib

import click

from ruijie_proxy.cli.capture import new_file
from ruijie_proxy.cli.exit_codes import ExitCode
from ruijie_proxy.cli.inspect import STANDARD_INPUT, opened


def redact_capture(path: str, output: str) -> ExitCode:
    """Write the copy."""
    from ruijie_proxy.inspect.capture_file import CaptureFile, NoCapture
    from ruijie_proxy.inspect.redacted_copy import write_redacted

    if path == STANDARD_INPUT:
        raise click.UsageError("--redact reads the capture twice: give it a file")
    with contextlib.ExitStack() as resources:
        try:

            def reopen() -> CaptureFile:
                return CaptureFile(resources.enter_context(opened(path)))

            reopen()  # what is no capture is not to leave an empty copy
            file = resources.enter_context(new_file(output))
            count, damage = write_redacted(reopen, file)
            file.flush()
        except FileExistsError:
            click.echo(f"{output} is there already: name another file.", err=True)
            return ExitCode.USAGE
        except NoCapture as error:
            click.echo(f"{path}: {error}", err=True)
            return ExitCode.ERROR
        except OSError as error:
            click.echo(f"{error.filename or output}: {error.strerror or error}", err=True)
            return ExitCode.ERROR
    click.echo(
        f"{count} frames written to {output}, without names, addresses and digests.", err=True
    )
    if damage is not None:
        click.echo(f"{path}: {damage}; what came before is in the copy.", err=True)
        return ExitCode.ERROR
    return ExitCode.DONE
