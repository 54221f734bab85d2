"""``ruijie-proxy deploy``: the program, from a folder on this laptop, onto a router."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.basics.output import say
from ruijie_proxy.config.shape.problems import ConfigurationForbidden, ConfigurationProblems
from ruijie_proxy.config.usual_path import UCI_PATH
from ruijie_proxy.deploy import steps
from ruijie_proxy.deploy.choice import choose
from ruijie_proxy.deploy.errors import NotDeployed, Trouble
from ruijie_proxy.deploy.package_files import packages_in
from ruijie_proxy.deploy.plan import FOLDER, make_plan, missing_python
from ruijie_proxy.deploy.settings_file import settings_of
from ruijie_proxy.deploy.ssh import Connection
from ruijie_proxy.deploy.text import size
from ruijie_proxy.i18n import _, listed, reason_of, wants_chinese
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.deploy.choice import Choice
    from ruijie_proxy.deploy.package_files import PackageFile
    from ruijie_proxy.deploy.plan import Plan

_CODES = {
    Trouble.FAILED: ExitCode.ERROR,
    Trouble.MISUSED: ExitCode.USAGE,
    Trouble.NO_ANSWER: ExitCode.NO_ANSWER,
    Trouble.FORBIDDEN: ExitCode.INTERFACE,
}
_PACKAGED = "/usr/bin/ruijie-proxy"
"""Where packages have the program."""


class DeployOptions(Frozen):
    """What the command line says beside the router."""

    folder: str
    config: str | None
    pure: bool
    force: bool
    dry_run: bool
    yes: bool
    port: int | None
    ssh_options: Sequence[str]


def deploy_to(target: str, options: DeployOptions) -> ExitCode:
    """Install the program on a router, and say what is done. Raises click.UsageError."""
    if not options.yes and not options.dry_run and not sys.stdin.isatty():
        raise click.UsageError(
            _("there is no terminal to ask at: say --yes, or --dry-run to see what would be done")
        )
    begun = False
    try:
        settings = None if options.config is None else settings_of(options.config)
        files = _files(options.folder)
        with Connection(target, options.port, options.ssh_options, _tell) as connection:
            router = steps.look_at(connection)
            choice = choose(router, files, options.folder, pure=options.pure)
            plan = make_plan(router, choice, settings, force=options.force)
            _tell_plan(plan, choice, options.config)
            if options.dry_run:
                say(_("Nothing was changed: this was a dry run."))
                return ExitCode.DONE
            if plan.changes_anything:
                if not options.yes and not click.confirm(_("Go on?"), default=True, err=True):
                    say(_("Nothing was changed."), error=True)
                    return ExitCode.ERROR
                begun = True
                _carry_out(connection, plan)
            return _wait(connection, plan)
    except ConfigurationProblems as problems:
        say(str(problems), error=True)
        say(_("Nothing was changed."), error=True)
        is_forbidden = isinstance(problems, ConfigurationForbidden)
        return ExitCode.INTERFACE if is_forbidden else ExitCode.USAGE
    except NotDeployed as error:
        say(str(error), error=True)
        is_down = isinstance(error, steps.ServiceDown)
        return ExitCode.NO_DAEMON if is_down else _CODES[error.trouble]
    except (KeyboardInterrupt, click.Abort):
        if begun:
            told = _(
                "Interrupted. An installation that has begun the router brings to its end by "
                "itself. Run the same command again; that does no harm."
            )
        else:
            told = _("Interrupted. Nothing was changed.")
        say(f"\n{told}", error=True)
        return ExitCode.ERROR


def _files(folder: str) -> list[PackageFile]:
    try:
        return packages_in(folder)
    except OSError as error:
        told = _("{path}: {reason}", path=folder, reason=reason_of(error))
        remedy = _(
            "Name the folder with the packages: --packages FOLDER. In a checkout, “make ipk” and "
            "“make apk” make them in dist."
        )
        raise NotDeployed(f"{told}. {remedy}", Trouble.MISUSED) from error


def _tell(line: str) -> None:
    """Pass on what ssh says while it connects."""
    if line:
        say(line, error=True)


def _tell_plan(plan: Plan, choice: Choice, config: str | None) -> None:
    router = plan.router
    free = _("unknown") if router.free is None else size(router.free)
    say(
        _(
            "The router: {system}, {architecture}, {free} free in flash.",
            system=router.system,
            architecture=router.architecture,
            free=free,
        )
    )
    for note in _notes(plan, choice):
        say(_("Note: {text}", text=note))
    if not plan.changes_anything:
        say(_("There is nothing to do."))
        return
    say(_("What is to be done there:"))
    for number, step in enumerate(_steps(plan, config), start=1):
        say(f" {number}. {step}")


def _notes(plan: Plan, choice: Choice) -> list[str]:
    router = plan.router
    notes = [
        _("{name} {version} is installed already.", name=file.name, version=file.version)
        for file in plan.there
    ]
    if plan.there:
        notes.append(_("To install the same again, add --force."))
    if router.program is None and router.command and router.command != _PACKAGED:
        notes.append(
            _(
                "{path} is there, and from no package. Remove it when this is done: two of them on "
                "one port end each other's sessions.",
                path=router.command,
            )
        )
    if router.luci == "old":
        notes.append(_("The router's LuCI is too old for the pages: they need OpenWrt 21.02."))
    elif not router.luci:
        notes.append(_("The router has no LuCI: it gets the program without the pages."))
    elif choice.pages is None:
        notes.append(_("The folder has no package of the pages: the router gets none."))
    if router.in_memory:
        notes.append(
            _("This OpenWrt lies in memory alone: what is installed is gone when it restarts.")
        )
    for package in plan.packages:
        if missing := missing_python(router, package):
            notes.append(
                _(
                    "The package in Python needs {packages}, which the router does not have: it "
                    "has to get them from the Internet.",
                    packages=listed(missing),
                )
            )
    return notes


def _steps(plan: Plan, config: str | None) -> list[str]:
    router = plan.router
    files = listed(f"{name} ({size(len(data))})" for name, data in plan.files().items())
    told = [
        _("copy to {folder}: {files}; compare their SHA-256", folder=FOLDER, files=files),
    ]
    if plan.packages:
        told.append(_("install: {command}", command=plan.command))
    if plan.packages and router.program is not None:
        told[-1] += " " + _(
            "(over {version}; settings are kept, and as a rule the session)",
            version=router.program.version,
        )
    if plan.settings is not None:
        step = _(
            "make {file} the settings, {path}, if the program there finds it right",
            file=config,
            path=UCI_PATH,
        )
        if router.has_settings:
            step += _("; what was there is kept as {path}", path=f"{UCI_PATH}.old")
        if router.has_settings and router.has_old_settings:
            step += _(", in place of what that held")
        told.append(step)
    return [*told, _("remove {folder}, and wait until the service answers", folder=FOLDER)]


def _carry_out(connection: Connection, plan: Plan) -> None:
    """Do what was planned. Raises NotDeployed."""
    say(_("Copying …"))
    steps.copy(connection, plan)
    if plan.packages:
        say(_("Installing … (a minute on slow routers)"))
        _say_of_router(steps.install(connection, plan))
    if plan.settings is not None:
        _say_of_router(steps.put_settings(connection, _language()))
    steps.tidy(connection)


def _wait(connection: Connection, plan: Plan) -> ExitCode:
    say(_("Waiting for the service …"))
    service, told = steps.wait_for_service(connection, _language())
    if service is steps.Service.HAS_NOTHING_TO_RUN:
        say(
            _(
                "The program is installed. It has no session to run yet: add one on the page, or "
                "run this again with --config FILE."
            )
        )
    else:
        _say_of_router(told)
        say(_("Done: the service runs."))
    if plan.router.luci == "new":
        say(_("The page: {address} (log in to LuCI anew to see it)", address=plan.router.page))
    return ExitCode.DONE


def _say_of_router(told: Sequence[str]) -> None:
    for line in told:
        say(f"  {line}")


def _language() -> str:
    return "zh" if wants_chinese(os.environ) else "en"
