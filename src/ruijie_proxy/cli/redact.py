"""``ruijie-proxy inspect --redact``."""

import click

from ruijie_proxy.cli.exit_codes import ExitCode


def redact_capture(path: str, output: str) -> ExitCode:
    """Refuse: it is not there yet."""
    raise click.UsageError(f"--redact is not there yet: {path} cannot become {output}")
