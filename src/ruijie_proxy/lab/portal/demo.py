"""The demonstration of a web portal: a login, a session that is adopted, and a logout."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any, TextIO

from ruijie_proxy.i18n import N_, _
from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.demo import DONE, FAILED, on_a_campus
from ruijie_proxy.lab.campus.network import SWITCH_INTERFACE, WAN_INTERFACE, Layout, Role
from ruijie_proxy.lab.campus.process import ROUTER, CampusProcess
from ruijie_proxy.lab.campus.timeline import SWITCH, Timeline
from ruijie_proxy.lab.errors import LabError, LabUnavailable
from ruijie_proxy.lab.events import Event, EventKind
from ruijie_proxy.lab.portal.options import PortalOptions, PortalService
from ruijie_proxy.lab.portal.web import OUTSIDE

_GATE = "10.20.0.1"
_ROUTERS = "10.20.0.2/24"
_STEP_TIMEOUT = 15.0
_GLANCE = 0.1
_OPTIONS = PortalOptions(services=(PortalService("campus", "校园网", is_default=True),))
_CALLS: Mapping[str, str] = {
    "hijack": N_("the gateway leads to the portal"),
    "page": N_("the page"),
    "pageInfo": N_("the key, and the services"),
    "getOnlineUserInfo": N_("who is online at this address?"),
    "login": N_("the login, enciphered"),
    "logout": N_("the logout"),
}
"""What is asked, in words."""


class PortalProcess(CampusProcess):
    """The virtual portal and its gateway, in the switch's namespace."""

    def __init__(self, campus: Campus, options: PortalOptions) -> None:
        """Start it."""
        given = {
            "user": options.user,
            "password": options.password,
            "services": [
                {"name": one.name, "shown": one.shown, "is_default": one.is_default}
                for one in options.services
            ],
        }
        entry = campus.network.entry(Role.SWITCH)
        module = [sys.executable, "-m", "ruijie_proxy.lab.portal.server", json.dumps(given)]
        super().__init__([*entry, *module], SWITCH)
        self.complaints: list[str] = []
        self.calls: list[str] = []

    def _read(self, line: str) -> Event:
        told: dict[str, Any] = json.loads(line)
        if "complaint" in told:
            self.complaints.append(told["complaint"])
            text = _("the portal complains: {complaint}", complaint=told["complaint"])
        elif "asked" in told:
            self.calls.append(told["asked"])
            text = _(_CALLS.get(told["asked"], told["asked"]))
        else:
            text = _("the portal and its gateway are there")
        return Event(time.monotonic(), SWITCH, EventKind.LOG, {"text": text, "level": None})


def run_portal_demo(output: TextIO | None = None) -> int:
    """Show it, in about ten seconds; return the exit code.

    0 only when the portal was content, and one login was enough for a restarted daemon, too.
    """
    return on_a_campus(_demonstrate, output, Layout(wan_address=_ROUTERS))


def _demonstrate(campus: Campus, timeline: Timeline) -> int:
    timeline.title(_("A campus that lets people in by a web page, in network namespaces"))
    timeline.text(
        _(
            "router with the real program ({wan}) -- ({switch}) gateway and portal, {address}",
            wan=WAN_INTERFACE,
            switch=SWITCH_INTERFACE,
            address=_OPTIONS.host,
        )
    )
    _lay_addresses(campus)
    portal = campus.start_process(PortalProcess(campus, _OPTIONS))
    campus.configure(
        mode="portal",
        username=_OPTIONS.user,
        password=_OPTIONS.password,
        service=_OPTIONS.services[0].shown,
        logoff_on_exit=False,
    )
    spectator = _Spectator(campus, timeline)
    timeline.title(_("The router is led to the portal, and logs in"))
    campus.start_daemon()
    spectator.watch("online", portal)
    timeline.title(_("The program is started anew: the session is adopted, without the password"))
    campus.start_daemon()
    spectator.watch("online", portal)
    timeline.title(_("The user logs off"))
    campus.ask("logout")
    spectator.watch("stopped", portal, "logout")

    timeline.title(_("The verdict"))
    logins = portal.calls.count("login")
    timeline.verdict(_("logins that the portal got: {count}", count=logins), good=logins == 1)
    for complaint in portal.complaints:
        timeline.verdict(_("the portal complains: {complaint}", complaint=complaint), good=False)
    if not portal.complaints:
        timeline.verdict(_("the portal has nothing to complain about"), good=True)
    return DONE if logins == 1 and not portal.complaints else FAILED


def _lay_addresses(campus: Campus) -> None:
    """Give the gateway its addresses, and the router its way out."""
    for role, command in (
        (Role.SWITCH, ["ip", "address", "add", f"{_GATE}/24", "dev", SWITCH_INTERFACE]),
        (Role.SWITCH, ["ip", "address", "add", f"{OUTSIDE}/32", "dev", "lo"]),
        (Role.SWITCH, ["ip", "address", "add", f"{_OPTIONS.host}/32", "dev", "lo"]),
        (Role.SWITCH, ["ip", "link", "set", "lo", "up"]),
        (Role.ROUTER, ["ip", "route", "add", "default", "via", _GATE]),
    ):
        done = subprocess.run(
            [*campus.network.entry(role), *command], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise LabUnavailable(
                _(
                    "The virtual campus's network cannot be built: {reason}.",
                    reason=done.stderr.strip(),
                )
            )


class _Spectator:
    """Draws what happens on a campus, from its beginning."""

    def __init__(self, campus: Campus, timeline: Timeline) -> None:
        self._campus = campus
        self._timeline = timeline
        self._drawn = 0

    def watch(self, state: str, portal: PortalProcess, call: str = "") -> None:
        """Draw until the session is in a state, and a call was made. Raises LabError."""
        deadline = time.monotonic() + _STEP_TIMEOUT
        while time.monotonic() < deadline:
            self._campus.poll(_GLANCE)
            self.draw()
            if self._campus.has_ended(ROUTER):
                raise LabError(_("The daemon has ended by itself; its last words stand above."))
            was_called = not call or call in portal.calls
            if was_called and self._campus.status()["state"] == state:
                # What was said until then is there by the next glance.
                self._campus.poll(_GLANCE)
                self.draw()
                self._timeline.flush()
                return
        told = _("The router is not where it should be after {seconds:g} s.", seconds=_STEP_TIMEOUT)
        raise LabError(told)

    def draw(self) -> None:
        """Draw what was not drawn yet."""
        new = self._campus.history[self._drawn :]
        self._drawn += len(new)
        self._timeline.show(new, time.monotonic())
