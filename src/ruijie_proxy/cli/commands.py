"""The command line. What a command needs is imported when it is called."""

from __future__ import annotations

import os
import sys

import click

from ruijie_proxy import __version__
from ruijie_proxy.cli.exit_codes import ExitCode

CONTEXT = {"help_option_names": ["-h", "--help"]}

_config_option = click.option(
    "-c",
    "--config",
    metavar="FILE",
    help="The configuration [default: /etc/ruijie-proxy/config.yaml].",
)


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="ruijie-proxy")
def commands() -> None:
    """Keep a campus port that speaks Ruijie's 802.1X online from this router.

    The genuine client on a PC behind the router logs in through it; once the switch says Success,
    the router keeps the session alive by itself and the PC may go.
    """


@commands.command()
@_config_option
@click.option("-v", "--verbose", is_flag=True, help="Log each heartbeat, too.")
def run(config: str | None, verbose: bool) -> None:
    """Run the daemon in the foreground, with all sessions of the configuration.

    SIGTERM ends it; SIGHUP reads the configuration again.
    """
    from ruijie_proxy.cli.run import RunOptions

    # A new process, without click: what the daemon has loaded, it keeps.
    arguments = RunOptions(config, verbose).as_arguments()
    command = [sys.executable, "-m", "ruijie_proxy", "run", *arguments]
    os.execv(sys.executable, command)  # noqa: S606 - no shell is wanted


@commands.command()
@_config_option
def check(config: str | None) -> None:
    """Read the configuration and say everything that is wrong in it."""
    from ruijie_proxy.config.model import DEFAULT_PATH
    from ruijie_proxy.config.problems import ConfigurationProblems
    from ruijie_proxy.config.reader import load

    path = config or DEFAULT_PATH
    try:
        configuration = load(path)
    except ConfigurationProblems as found:
        click.echo(str(found), err=True)
        count = len(found.problems)
        click.echo(f"{count} problem{'s' if count > 1 else ''} found.", err=True)
        sys.exit(ExitCode.USAGE)
    for session in configuration.sessions:
        click.echo(
            f"{session.name}: {session.mode.value}, clients on {session.lan}, "
            f"campus switch on {session.wan}"
        )
    click.echo(f"{path} is fine.")


@commands.command()
@click.option("--wan", metavar="IF", required=True, help="Interface towards the campus switch.")
@click.option("--lan", metavar="IF", required=True, help="Port or bridge where the client PC is.")
@click.option("--client", metavar="MAC", multiple=True, help="Only this client; may be repeated.")
@click.option("--group", type=click.Choice(["keep", "standard", "ruijie"]))
@click.option("--mac", type=click.Choice(["rewrite", "clone", "keep"]))
@click.option("--fields", type=click.Choice(["rewrite", "keep"]))
@click.option("--successes", metavar="N", help="How many logins the campus wants.")
@click.option("--client-logoff", type=click.Choice(["ignore", "forward"]))
@click.option("--heartbeat-interval", metavar="SECONDS", help="auto, or seconds.")
@click.option("--heartbeat-number", metavar="NUMBER", help="auto, or the first number.")
@click.option("--dhcp-renew", type=click.Choice(["auto", "off"]), help="Renew the WAN address.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="For a client to come and its login to end.",
)
@click.option("--keep", is_flag=True, help="Stay, and keep the session alive until Ctrl-C.")
@click.option("-v", "--verbose", is_flag=True, help="Log each heartbeat, too.")
def login(
    client: tuple[str, ...],
    heartbeat_interval: str | None,
    heartbeat_number: str | None,
    dhcp_renew: str | None,
    timeout: float,
    keep: bool,
    verbose: bool,
    **keys: str | None,
) -> None:
    """Wait for a client on the LAN, relay its login once, and say how it went.

    Exit code: 0 authenticated, 3 refused, 4 nobody answered in time, 5 interface or permission
    missing. The options mean what the keys of the configuration mean.
    """
    from ruijie_proxy.cli.login import relay_login

    heartbeat = {"interval": heartbeat_interval, "number": heartbeat_number}
    groups = {
        "heartbeat": {key: value for key, value in heartbeat.items() if value is not None},
        "dhcp": {} if dhcp_renew is None else {"renew": dhcp_renew},
        "client": list(client),
    }
    session = {key: value for key, value in {**keys, **groups}.items() if value}
    sys.exit(relay_login(session, timeout, keep, verbose))


@commands.command()
@click.argument("session", required=False)
@_config_option
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(session: str | None, config: str | None, as_json: bool) -> None:
    """Show what the running daemon is doing."""
    from ruijie_proxy.cli.status import show_status

    sys.exit(show_status(session, config, as_json))


@commands.group(invoke_without_command=True)
@click.pass_context
def lab(context: click.Context) -> None:
    """The virtual campus: a simulated switch, a router and a client PC on this machine.

    Without a command it is built and kept up until Ctrl-C, to look into it. Needs root.
    """
    if context.invoked_subcommand is None:
        from ruijie_proxy.lab.demo import run_lab

        sys.exit(run_lab())


@lab.command()
def demo() -> None:
    """Show a whole login, the takeover and heartbeats, with the real daemon. Needs root."""
    from ruijie_proxy.lab.demo import run_demo

    sys.exit(run_demo())
