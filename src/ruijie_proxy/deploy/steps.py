"""The steps on a router, one after the other."""

from __future__ import annotations

from ruijie_proxy.choices import Enum
from ruijie_proxy.config.usual_path import UCI_PATH
from ruijie_proxy.deploy.choice import check_router, is_there
from ruijie_proxy.deploy.errors import NotDeployed, Trouble
from ruijie_proxy.deploy.plan import FOLDER, SETTINGS
from ruijie_proxy.deploy.router_facts import facts_of
from ruijie_proxy.deploy.text import lines
from ruijie_proxy.i18n import N_, _, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.deploy.plan import Plan
    from ruijie_proxy.deploy.router_facts import Installed, RouterFacts
    from ruijie_proxy.deploy.ssh import Connection

PATIENCE = 60
"""Tries of a second or two for the service to answer."""
_BUSY, _WRONG_SETTINGS, _NOTHING_TO_RUN = 75, 65, 66
"""What the scripts end with."""


class Service(Enum):
    """What became of the service."""

    ANSWERS = "answers"
    HAS_NOTHING_TO_RUN = "idle"


def look_at(connection: Connection) -> RouterFacts:
    """Connect, and ask the router what it is. Raises NotDeployed."""
    facts = facts_of(connection.connect("ask.sh").said, connection.target)
    check_router(facts)
    return facts


def copy(connection: Connection, plan: Plan) -> None:
    """Copy the files, and have the router compare their hashes. Raises NotDeployed."""
    answer = connection.run("copy.sh", FOLDER, data=plan.archive())
    if answer.code == _BUSY:
        raise NotDeployed(
            _("An installation is under way on the router: wait a minute, and run this again.")
        )
    if answer.code:
        raise NotDeployed(
            _("The files did not arrive whole; nothing was installed. The router says:")
            + _quoted(answer.said)
        )


def install(connection: Connection, plan: Plan) -> list[str]:
    """Install the packages, and see that they are there; return what the package manager said.

    Raises NotDeployed.
    """
    answer = connection.run("install.sh", FOLDER, plan.command)
    after = facts_of(connection.run("ask.sh").said, connection.target)
    missing = [
        one.file for one in plan.packages if not is_there(one.file, after.installed(one.file.name))
    ]
    if missing:
        state = listed(
            (
                _("{name}: {version}", name=file.name, version=_version(after.installed(file.name)))
                for file in missing
            ),
            N_("{member}; "),
        )
        raise NotDeployed(
            _("The router could not install all of it. It has now: {state}. It says:", state=state)
            + _quoted(answer.said)
        )
    return lines(answer.said)


def put_settings(connection: Connection, language: str) -> list[str]:
    """Make the file that was copied the settings; return what the router says of them.

    Raises NotDeployed.
    """
    answer = connection.run("settings.sh", f"{FOLDER}/{SETTINGS}", language)
    if answer.code == _WRONG_SETTINGS:
        raise NotDeployed(
            _("The router finds the configuration wrong, and keeps what it had:")
            + _quoted(answer.said),
            Trouble.MISUSED,
        )
    if answer.code:
        raise NotDeployed(
            _("{path} could not be written, or read again. The router says:", path=UCI_PATH)
            + _quoted(answer.said)
        )
    return lines(answer.said)


def wait_for_service(connection: Connection, language: str) -> tuple[Service, list[str]]:
    """Wait until the service answers; return what it says of its sessions. Raises NotDeployed."""
    answer = connection.run("wait.sh", language, str(PATIENCE))
    if answer.code == _NOTHING_TO_RUN:
        return Service.HAS_NOTHING_TO_RUN, []
    if answer.code == _WRONG_SETTINGS:
        raise ServiceDown(
            _(
                "The program is installed, but finds its settings wrong, so the service does not "
                "run:"
            )
            + _quoted(answer.said)
        )
    if answer.code:
        raise ServiceDown(
            _(
                "The program is installed, but the service does not answer. On the router, "
                "“logread -e ruijie-proxy” tells why, and “ruijie-proxy --version” whether it runs "
                "at all."
            )
            + _quoted(answer.said)
        )
    return Service.ANSWERS, lines(answer.said)


def tidy(connection: Connection) -> None:
    """Take away what was copied. Raises NotDeployed."""
    connection.run("tidy.sh", FOLDER)


class ServiceDown(NotDeployed):
    """All is installed, but the service does not run."""


def _version(installed: Installed | None) -> str:
    return _("not installed") if installed is None else installed.version


def _quoted(said: str) -> str:
    return "".join(f"\n  {line}" for line in lines(said)[-20:])
