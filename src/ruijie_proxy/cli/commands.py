"""The command line. What a command needs is imported when it is called."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import TYPE_CHECKING, ParamSpec

import click

from ruijie_proxy.cli.basics.ctrl_c import hear_ctrl_c
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.numbers import Count, Seconds
from ruijie_proxy.cli.basics.own_command import own_command
from ruijie_proxy.cli.help_pages import Group, translate_click
from ruijie_proxy.cli.version import version_line
from ruijie_proxy.config.usual_path import path_to_write, usual_path
from ruijie_proxy.i18n import _, speaks_chinese
from ruijie_proxy.messages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

if speaks_chinese():
    translate_click()  # before Click's own options are made, below

_Parameters = ParamSpec("_Parameters")
CONTEXT = {"help_option_names": ["-h", "--help"]}

_config_option = click.option(
    "-c",
    "--config",
    metavar="FILE",
    help=_("The configuration [default: {path}].", path=usual_path()),
)
_password_file_option = click.option(
    "--password-file",
    metavar="FILE",
    help=_('A file that holds the password, or "-" for standard input [default: it is asked for].'),
)


def _do(
    command: Callable[_Parameters, int | None],
    *arguments: _Parameters.args,
    **named: _Parameters.kwargs,
) -> NoReturn:
    """Carry out a command, once all that it needs is imported: from now on it hears Ctrl-C."""
    hear_ctrl_c()
    sys.exit(command(*arguments, **named))


@click.group(
    cls=Group,
    context_settings=CONTEXT,
    help=_(
        "Keep a campus port that speaks Ruijie's 802.1X online from this router.\n\n"
        "The router logs in by itself, or the genuine client on a PC behind it logs in "
        "through it. Once the switch says Success, the router keeps the session alive, and "
        "the PC may go."
    ),
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    help=_("Language of messages [default: the environment's]."),
)
@click.version_option(message=version_line())
def commands() -> None:
    """All commands."""


@commands.command(
    help=_(
        "Run the daemon in the foreground, with all sessions of the configuration.\n\n"
        "SIGTERM ends it; SIGHUP reads the configuration again."
    ),
)
@_config_option
@click.option("-v", "--verbose", is_flag=True, help=_("Log each heartbeat, too."))
def run(config: str | None, verbose: bool) -> None:
    from ruijie_proxy.cli.run import RunOptions

    # A new process, without click: what the daemon has loaded, it keeps.
    arguments = RunOptions(config, verbose).as_arguments()
    command = [*own_command(), "run", *arguments]
    os.execv(sys.executable, command)  # noqa: S606 - no shell is wanted


@commands.command(
    help=_("Read the configuration and say everything that is wrong in it."),
)
@_config_option
def check(config: str | None) -> None:
    from ruijie_proxy.cli.check import check_configuration

    _do(check_configuration, config or usual_path())


@commands.command(
    "import",
    help=_(
        "Take over the configuration of minieap, MentoHUST or jmuSupplicant, as a session of this "
        "program.\n\n"
        "FILE is theirs, such as /etc/minieap.conf, /etc/config/network, /etc/mentohust.conf or "
        "the JSON of MentoHUST Modern, or a script with the command line, such as /etc/rc.local; - "
        "is standard input. Without FILE the usual files are looked through. In OpenWrt's "
        "configuration a session of the same port is replaced, all else stays, and what was there "
        "before is kept beside it. What cannot be taken over is listed, with what to do.\n\n"
        "The password goes along: with -o it is in the output, too."
    ),
)
@click.argument("file", required=False)
@_config_option
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help=_(
        'Write a configuration with nothing else in it here, or, with "-", to standard output '
        "[default: into the configuration]."
    ),
)
def import_(file: str | None, config: str | None, output: str | None) -> None:
    from ruijie_proxy.cli.take_over import import_configuration

    _do(import_configuration, file, config, output)


@commands.group(
    help=_("Passwords in the configuration."),
)
def password() -> None:
    """Commands around passwords."""


@password.command(
    help=_(
        "Seal a password, so that a copy of the configuration alone is of no use.\n\n"
        "Prints the line for the configuration. It opens on this machine, for this account."
    ),
)
@click.option("-u", "--username", required=True, metavar="NAME", help=_("The campus account."))
@_config_option
@click.option("--key-file", metavar="FILE", help=_("The key [default: the configuration's]."))
@_password_file_option
def seal(
    username: str, config: str | None, key_file: str | None, password_file: str | None
) -> None:
    from ruijie_proxy.cli.basics.passwords import seal_password

    _do(seal_password, username, config, key_file, password_file)


@commands.command(
    help=_(
        "Log in once, and say how it went.\n\n"
        "With -u the router logs in by itself. With --lan it waits for a client there and "
        "relays its login. With both it logs in by itself, and relays when that cannot work. "
        "With -u and --portal it logs in at the campus's web portal.\n\n"
        "Exit code: 0 authenticated, 3 refused, 4 nobody answered in time, 5 interface or "
        "permission missing. The options mean what the keys of the configuration mean."
    ),
)
@click.option("--wan", metavar="IF", required=True, help=_("Interface towards the campus switch."))
@click.option("-u", "--username", metavar="NAME", help=_("Log in as this account."))
@_password_file_option
@click.option("--service", metavar="NAME", help=_("Where the campus offers several."))
@click.option(
    "--portal",
    metavar="[URL]",
    is_flag=False,
    flag_value="auto",
    help=_("Log in at the campus's web portal, or at this page alone; not by 802.1X."),
)
@click.option(
    "--operator-username", metavar="NAME", help=_("At a portal that wants the carrier's, too.")
)
@click.option("--operator-password-file", metavar="FILE", help=_("With the carrier's password."))
@click.option(
    "--dialect",
    type=click.Choice(["ruijie", "ruijie-v2", "plain", "cernet"]),
    help=_("What the switch speaks [default: ruijie]."),
)
@click.option(
    "--shape",
    type=click.Choice(["auto", "block", "bare", "inside"]),
    help=_("How the client's private data travels [default: by the vendor of the switch]."),
)
@click.option("--edition", type=click.Choice(["1", "2"]), help=_("Of the V4 check."))
@click.option(
    "--zero-check",
    type=click.Choice(["zeros", "text"]),
    help=_("What the V4 check is made of before the challenge [default: zeros]."),
)
@click.option("--client-version", metavar="M.N", help=_("Client to be: 1.0, 1.30, 1.31 or other."))
@click.option("--client-exe", metavar="FILE", help=_("Your own 8021x.exe, for ruijie-v2."))
@click.option(
    "--check-case",
    type=click.Choice(["lower", "upper"]),
    help=_("Case of the V2 check's digits [default: lower]."),
)
@click.option(
    "--allow-clear-password",
    is_flag=True,
    help=_("Send the password in clear to a switch that asks for it so."),
)
@click.option("--lan", metavar="IF", help=_("Port or bridge where a client PC is, to relay it."))
@click.option(
    "--client", metavar="MAC", multiple=True, help=_("Only this client; may be repeated.")
)
@click.option(
    "--group",
    type=click.Choice(["keep", "standard", "ruijie", "auto"]),
    help=_(
        "Group address of a Start [default: as the client has it; the router's own login tries "
        "both]."
    ),
)
@click.option(
    "--mac",
    type=click.Choice(["rewrite", "clone", "keep"]),
    help=_(
        "Relay under the WAN port's address, give the port the client's, or send under the "
        "client's [default: rewrite]."
    ),
)
@click.option(
    "--fields",
    type=click.Choice(["rewrite", "keep"]),
    help=_(
        "Whose addresses the client's private data say: the router's, or as they are "
        "[default: rewrite]."
    ),
)
@click.option("--successes", metavar="N", help=_("How many logins the campus wants."))
@click.option(
    "--client-logoff",
    type=click.Choice(["ignore", "forward"]),
    help=_("Stay online when the client logs off, or let it end the session [default: ignore]."),
)
@click.option(
    "--heartbeat", type=click.Choice(["on", "off"]), help=_("Whether to send any [default: on].")
)
@click.option("--heartbeat-interval", metavar="SECONDS", help=_("auto, or seconds."))
@click.option("--heartbeat-number", metavar="NUMBER", help=_("auto, or the first number."))
@click.option(
    "--dhcp",
    type=click.Choice(["off", "before", "after", "double"]),
    help=_("When the WAN port gets its address."),
)
@click.option("--dhcp-renew", type=click.Choice(["auto", "off"]), help=_("Renew the WAN address."))
@click.option(
    "--logoff-on-exit", is_flag=True, help=_("Log off at the switch or the web portal in the end.")
)
@click.option(
    "--state-dir",
    metavar="DIR",
    help=_("Where --keep keeps the session, for a later start or run."),
)
@click.option(
    "--timeout",
    type=Seconds(least=1),
    default=300,
    show_default=True,
    metavar="SECONDS",
    help=_("For the login to end, and for a client to come."),
)
@click.option("--keep", is_flag=True, help=_("Stay, and keep the session alive until Ctrl-C."))
@click.option("-v", "--verbose", is_flag=True, help=_("Log each heartbeat, too."))
def login(
    password_file: str | None,
    client: tuple[str, ...],
    heartbeat: str | None,
    heartbeat_interval: str | None,
    heartbeat_number: str | None,
    dhcp: str | None,
    dhcp_renew: str | None,
    state_dir: str | None,
    timeout: float,
    keep: bool,
    verbose: bool,
    **keys: str | bool | None,
) -> None:
    from ruijie_proxy.cli.login import LoginOptions, login_once

    heartbeat_keys = {
        "enabled": heartbeat,
        "interval": heartbeat_interval,
        "number": heartbeat_number,
    }
    dhcp_keys = {"mode": dhcp, "renew": dhcp_renew}
    groups = {
        "heartbeat": {key: value for key, value in heartbeat_keys.items() if value is not None},
        "dhcp": {key: value for key, value in dhcp_keys.items() if value is not None},
        "client": list(client),
    }
    given = {**keys, **groups}.items()
    session = {key: value for key, value in given if value not in (None, False, {}, [])}
    _do(login_once, session, LoginOptions(password_file, state_dir, timeout, keep, verbose))


@commands.command(
    help=_("Show what the running daemon is doing."),
)
@click.argument("session", required=False)
@_config_option
@click.option("--json", "as_json", is_flag=True, help=_("For programs."))
@click.option("--watch", is_flag=True, help=_("Again and again, until Ctrl-C."))
def status(session: str | None, config: str | None, as_json: bool, watch: bool) -> None:
    if watch and as_json:
        raise click.UsageError(_("--watch is for people; programs follow with: events --json"))
    if watch:
        from ruijie_proxy.cli.watching.following import watch_status

        _do(watch_status, session, config)
    from ruijie_proxy.cli.watching.status import show_status

    _do(show_status, session, config, as_json)


@commands.command(
    help=_(
        "Log off at the switch or the web portal, and stop keeping alive: one session, or all.\n\n"
        "The daemon logs in again when it is restarted; a client on the LAN may do so at any "
        "time."
    ),
)
@click.argument("session", required=False)
@_config_option
def logout(session: str | None, config: str | None) -> None:
    from ruijie_proxy.cli.watching.steering import log_out

    _do(log_out, session, config)


@commands.command(
    help=_(
        "End the session, and log in anew; one session, or all.\n\n"
        "Also takes up again what had given up, or was logged off."
    ),
)
@click.argument("session", required=False)
@_config_option
@click.option(
    "--trust",
    is_flag=True,
    help=_("Trust the web portal that comes next with the password."),
)
def relogin(session: str | None, config: str | None, trust: bool) -> None:
    from ruijie_proxy.cli.watching.steering import log_in_anew

    _do(log_in_anew, session, config, trust=trust)


@commands.command(
    help=_("Renew the WAN port's address; of one session, or of all."),
)
@click.argument("session", required=False)
@_config_option
def renew(session: str | None, config: str | None) -> None:
    from ruijie_proxy.cli.watching import steering

    _do(steering.renew, session, config)


@commands.command(
    help=_("Have the daemon read its configuration again, as SIGHUP does."),
)
@_config_option
def reload(config: str | None) -> None:
    from ruijie_proxy.cli.watching import steering

    _do(steering.reload, config)


@commands.command(
    help=_("Show what happens from now on, of one session or of all."),
)
@click.argument("session", required=False)
@_config_option
@click.option("--follow", is_flag=True, help=_("Until Ctrl-C; said for clearness, it always does."))
@click.option("--json", "as_json", is_flag=True, help=_("For programs: a line of JSON an event."))
def events(session: str | None, config: str | None, follow: bool, as_json: bool) -> None:  # noqa: ARG001
    from ruijie_proxy.cli.watching.following import show_events

    _do(show_events, session, config, as_json)


@commands.command(
    help=_(
        "Show what has happened before, of one session or of all; newest last.\n\n"
        "It is read from the journal on disk, whether or not a daemon runs, also after a "
        "reboot."
    ),
)
@click.argument("session", required=False)
@_config_option
@click.option(
    "--since",
    metavar="WHEN",
    help=_("30min, 2h, 3d, today, yesterday, or a date such as 2026-11-23."),
)
@click.option(
    "-n",
    "--lines",
    "count",
    type=Count(least=0),
    metavar="N",
    help=_("The last N lines [default: 100; with --since: all]."),
)
@click.option(
    "--chart",
    is_flag=True,
    help=_("The last 7 days as a chart: online or not, with the newest N drops [default: 10]."),
)
@click.option("--json", "as_json", is_flag=True, help=_("For programs: a line of JSON an event."))
def history(
    session: str | None,
    config: str | None,
    since: str | None,
    count: int | None,
    chart: bool,
    as_json: bool,
) -> None:
    from ruijie_proxy.cli.watching.history import show_history, show_week

    if chart and since is not None:
        raise click.UsageError(_("--chart always shows the last 7 days: leave out --since."))
    if chart:
        _do(show_week, session, config, count, as_json=as_json)
    _do(show_history, session, config, since, count, as_json=as_json)


@commands.group(help=_("What is known of campuses: a start for a session of yours."))
def campus() -> None:
    """Commands around what is known of campuses."""


@campus.command("list", help=_("The campuses of which something is known."))
def campus_list() -> None:
    from ruijie_proxy.cli.campus import list_campuses

    _do(list_campuses)


@campus.command("show", help=_("What one wants, as a session has it."))
@click.argument("name")
@click.option("--uci", "as_uci", is_flag=True, help=_("As OpenWrt's configuration has it."))
def campus_show(name: str, as_uci: bool) -> None:
    from ruijie_proxy.cli.campus import show_campus

    _do(show_campus, name, as_uci=as_uci)


@commands.group(
    help=_(
        "What was learned of the campus's genuine client.\n\n"
        "When it logs in through the router, and user name and password are in the "
        "configuration, the router finds out whether it could have sent the same; then it "
        "needs the PC no more."
    ),
)
def profile() -> None:
    """Commands around what was learned."""


@profile.command(
    "show",
    help=_("Show the client that was learned."),
)
@click.argument("session", required=False)
@_config_option
def profile_show(session: str | None, config: str | None) -> None:
    from ruijie_proxy.cli.profile import show_profile

    _do(show_profile, session, config)


@profile.command(
    "export",
    help=_(
        "Write it so that schoolmates can import it. Nothing secret and nothing of yours is in it."
    ),
)
@click.argument("session", required=False)
@_config_option
@click.option("-o", "--output", metavar="FILE", default="-", help=_("[default: standard output]"))
def profile_export(session: str | None, config: str | None, output: str) -> None:
    from ruijie_proxy.cli.profile import export_profile

    _do(export_profile, session, config, output)


@profile.command(
    "import",
    help=_('Take over what a schoolmate has exported; "-" is standard input.'),
)
@click.argument("file")
@click.argument("session", required=False)
@_config_option
def profile_import(file: str, session: str | None, config: str | None) -> None:
    from ruijie_proxy.cli.profile import import_profile

    _do(import_profile, file, session, config)


@profile.command(
    "forget",
    help=_("Remove it; the next login of the client teaches anew."),
)
@click.argument("session", required=False)
@_config_option
def profile_forget(session: str | None, config: str | None) -> None:
    from ruijie_proxy.cli.profile import forget_profile

    _do(forget_profile, session, config)


@commands.command(
    help=_(
        "Look for what commonly goes wrong on this router, and say what mends it.\n\n"
        "Reads the configuration and the machine, and listens on all its ports for a while. "
        "It sends nothing and changes nothing; so let the client log in meanwhile, if you "
        "can.\n\n"
        "Exit code by the worst finding: 0 nothing worse than a note, 1 something is likely "
        "wrong, 2 the configuration is wrong or does not fit this machine, 5 an interface or "
        "the permission is missing."
    ),
)
@_config_option
@click.option(
    "--seconds",
    type=Seconds(least=0, most=600),
    default=10,
    show_default=True,
    metavar="N",
    help=_("How long to listen; it ends sooner when switch and client were heard."),
)
@click.option("--json", "as_json", is_flag=True, help=_("For programs."))
def doctor(config: str | None, seconds: float, as_json: bool) -> None:
    from ruijie_proxy.cli.doctor import diagnose

    _do(diagnose, config, seconds, as_json)


@commands.command(
    help=_(
        "Tell the story of a capture: who said what, and whether it was right.\n\n"
        'FILE is a pcap or pcapng of tcpdump, Wireshark or "ruijie-proxy capture"; "-" is '
        "standard input.\n\n"
        "Exit code: 0 all of it was read, 1 the file is damaged or cannot be read."
    ),
)
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help=_("For programs."))
@click.option("-v", "--verbose", is_flag=True, help=_("Show all properties, and digests whole."))
@click.option(
    "--redact",
    metavar="OUT",
    help=_("Write a copy that can be published: names, addresses and digests replaced."),
)
@click.option(
    "--password-file",
    metavar="FILE",
    help=_('Check what proves the password, too; a file that holds it, or "-".'),
)
def inspect(
    file: str, as_json: bool, verbose: bool, redact: str | None, password_file: str | None
) -> None:
    from ruijie_proxy.cli.captures.inspect import inspect_capture

    _do(inspect_capture, file, password_file, as_json=as_json, verbose=verbose, redact=redact)


@commands.command(
    help=_(
        "Record the 802.1X frames of the daemon's ports: of one session, or of all.\n\n"
        'Ctrl-C ends it. The file holds what you log in with: publish it only after "inspect '
        '--redact".\n\n'
        "How to record on a PC, with Wireshark: docs/capturing.md."
    ),
)
@click.argument("session", required=False)
@_config_option
@click.option("-o", "--output", metavar="FILE", required=True, help=_('A new file, or "-".'))
@click.option(
    "--seconds",
    type=Seconds(least=0),
    default=300,
    show_default=True,
    help=_("How long to record."),
)
@click.option("--count", type=Count(least=1), help=_("How many frames to record."))
def capture(
    session: str | None, config: str | None, output: str, seconds: float, count: int | None
) -> None:
    from ruijie_proxy.cli.captures.capture import record

    _do(record, session, config, output, seconds, count)


@commands.command(
    help=_(
        "Learn from a capture of one login of the genuine client on a PC: what this campus wants, "
        "whether the router can log in by itself, and the session that fits.\n\n"
        'FILE is as for "inspect". With -u, and the password, each frame of the client is made '
        "anew and compared. With -o the session is written, else shown.\n\n"
        "Exit code: 0 a session was learned, 1 there is none in the capture, 2 wrong usage, 3 the "
        "login was refused, 4 nobody answered it."
    ),
)
@click.argument("file")
@click.option(
    "-u", "--username", metavar="NAME", help=_("The campus account: its password is asked for.")
)
@_password_file_option
@click.option(
    "-o",
    "--output",
    metavar="[FILE]",
    is_flag=False,
    flag_value="",
    help=_(
        'Write the session here, "-" for standard output; without FILE into {path}. Other sessions '
        "there stay, and what was there is kept as .old.",
        path=path_to_write(),
    ),
)
@click.option("--wan", metavar="IF", help=_("Interface towards the campus switch."))
@click.option("--lan", metavar="IF", help=_("Port or bridge where a client PC is, to relay it."))
@click.option("--client", metavar="MAC", help=_("Where several have logged in: whose login."))
@click.option("--json", "as_json", is_flag=True, help=_("For programs."))
@click.option("--on-page", is_flag=True, hidden=True)  # LuCI's
def learn(
    file: str,
    username: str | None,
    password_file: str | None,
    output: str | None,
    wan: str | None,
    lan: str | None,
    client: str | None,
    as_json: bool,
    on_page: bool,
) -> None:
    from ruijie_proxy.cli.captures.learn import LearnOptions, learn_from_capture

    options = LearnOptions(
        file,
        username,
        password_file,
        output,
        wan,
        lan,
        client,
        as_json=as_json,
        on_page=on_page,
    )
    _do(learn_from_capture, options)


@commands.command(
    help=_(
        "Install the program on a router with OpenWrt, by SSH; to be run on a laptop.\n\n"
        "ROUTER is as ssh takes it, such as root@192.168.1.1. The router is asked what it is; the "
        "packages that fit it are chosen, copied and installed, after you were asked. Passwords "
        "are asked for by ssh itself, once. Needs OpenSSH and nothing else.\n\n"
        "Exit code: 0 installed, 1 it failed, 2 no package fits or the configuration is wrong, 4 "
        "nobody answers, 5 not let in, 6 installed, but the service does not run."
    ),
)
@click.argument("router")
@click.option(
    "--packages",
    metavar="FOLDER",
    default="dist",
    show_default=True,
    help=_("Where the packages are."),
)
@click.option(
    "--config",
    metavar="FILE",
    help=_("Make this the router's settings; what was there is kept as .old."),
)
@click.option("--pure", is_flag=True, help=_("The package in Python, for routers that have it."))
@click.option("--force", is_flag=True, help=_("Also an older version, or the same one again."))
@click.option("--dry-run", is_flag=True, help=_("Say what would be done, and change nothing."))
@click.option("-y", "--yes", is_flag=True, help=_("Do not ask before it is done."))
@click.option("-p", "--port", type=click.IntRange(1, 65535), help=_("The router's SSH port."))
@click.option(
    "--ssh-option",
    "ssh_options",
    metavar="OPTION",
    multiple=True,
    help=_("An option of ssh_config(5), such as IdentityFile=FILE; may be repeated."),
)
def deploy(
    router: str,
    packages: str,
    config: str | None,
    pure: bool,
    force: bool,
    dry_run: bool,
    yes: bool,
    port: int | None,
    ssh_options: tuple[str, ...],
) -> None:
    if importlib.util.find_spec("ruijie_proxy.deploy") is None:
        told = _("“deploy” is no part of a router's package: run it on the laptop.")
        click.echo(told, err=True)
        sys.exit(ExitCode.ERROR)
    from ruijie_proxy.cli.deploy import DeployOptions, deploy_to

    options = DeployOptions(packages, config, pure, force, dry_run, yes, port, ssh_options)
    _do(deploy_to, router, options)


_lab_shape_option = click.option(
    "--shape",
    type=click.Choice(["block", "bare", "inside"]),
    default="block",
    show_default=True,
    help=_("Where the switch wants private data; bare: it is another vendor's."),
)


@commands.group(
    invoke_without_command=True,
    help=_(
        "The virtual campus: a simulated switch, a router and a client PC on this machine.\n\n"
        "Without a command it is built and kept up until Ctrl-C, to look into it. Needs root."
    ),
)
@_lab_shape_option
@click.option(
    "--campus",
    metavar="FILE",
    help=_(
        "Behave as the campus in a capture of one login, and have the router log in there with "
        "what “learn” makes of it."
    ),
)
@click.option("-u", "--username", help=_("With --campus: the account that it is to let in."))
@click.option(
    "--password-file",
    metavar="FILE",
    help=_('With --campus: a file that holds the password, or "-"; else it is asked for.'),
)
@click.pass_context
def lab(
    context: click.Context,
    shape: str,
    campus: str | None,
    username: str | None,
    password_file: str | None,
) -> None:
    if importlib.util.find_spec("ruijie_proxy.lab") is None:
        told = _(
            "The virtual campus is no part of a router's package: run it on a PC with Linux, in a "
            "checkout, with: make demo"
        )
        click.echo(told, err=True)
        sys.exit(ExitCode.ERROR)
    context.default_map = {"demo": {"shape": shape}}
    if context.invoked_subcommand is None:
        if campus is not None:
            from ruijie_proxy.cli.captures.captured_campus import run_campus

            _do(run_campus, campus, username, password_file)
        from ruijie_proxy.lab.campus.demo import run_lab

        _do(run_lab, shape=shape)


@lab.command(
    help=_("Show a whole login, the takeover and heartbeats, with the real daemon. Needs root."),
)
@_lab_shape_option
@click.option(
    "--record", metavar="FILE", help=_("Record it, for “inspect” and “learn”: a new file.")
)
@click.option(
    "--portal", is_flag=True, help=_("Show a login at a web portal (mode: portal) in its place.")
)
def demo(shape: str, record: str | None, portal: bool) -> None:
    if portal:
        from ruijie_proxy.lab.portal.demo import run_portal_demo

        _do(run_portal_demo)
    from ruijie_proxy.lab.campus.demo import run_demo

    _do(run_demo, shape=shape, record=record)
