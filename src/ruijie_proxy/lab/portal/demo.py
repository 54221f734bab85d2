"""The demonstration of a web portal: a login, a session that is adopted, and a logout."""

from __future__ import annotations

import time
from typing import TextIO

from ruijie_proxy.i18n import _
from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.demo import DONE, FAILED, on_a_campus
from ruijie_proxy.lab.campus.network import SWITCH_INTERFACE, WAN_INTERFACE, Layout, Role
from ruijie_proxy.lab.campus.process import ROUTER
from ruijie_proxy.lab.campus.timeline import Timeline
from ruijie_proxy.lab.errors import LabError
from ruijie_proxy.lab.portal.options import PortalOptions, PortalService
from ruijie_proxy.lab.portal.process import (
    GATE,
    PREFIX_LENGTH,
    ROUTERS,
    PortalProcess,
    lay_gate,
    run_ip,
)

_STEP_TIMEOUT = 15.0
_GLANCE = 0.1
_OPTIONS = PortalOptions(services=(PortalService("campus", "校园网", is_default=True),))


def run_portal_demo(output: TextIO | None = None) -> int:
    """Show it, in about ten seconds; return the exit code.

    0 only when the portal was content, and one login was enough for a restarted daemon, too.
    """
    return on_a_campus(_demonstrate, output, Layout(wan_address=f"{ROUTERS}/{PREFIX_LENGTH}"))


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
    lay_gate(campus, _OPTIONS)
    run_ip(campus, Role.ROUTER, "route", "add", "default", "via", GATE)
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
