"""The demonstration: a whole login, the PC leaving, the takeover, and heartbeats accepted."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from ruijie_proxy.i18n import N_, _
from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.interrupts import interruptible
from ruijie_proxy.lab.campus.network import (
    PC_INTERFACE,
    SWITCH_INTERFACE,
    WAN_INTERFACE,
    Layout,
    Role,
)
from ruijie_proxy.lab.campus.process import ROUTER, EndpointProcess
from ruijie_proxy.lab.campus.timeline import PC, SWITCH, Timeline
from ruijie_proxy.lab.errors import LabError, LabUnavailable
from ruijie_proxy.lab.events import Event, EventKind
from ruijie_proxy.lab.options import (
    ClientOptions,
    Shape,
    SwitchOptions,
    linux_1_31,
    switch_of_another_vendor,
)

if TYPE_CHECKING:
    from ruijie_proxy.lab.campus.captured import CapturedCampus

DONE = 0
FAILED = 1
CANNOT = 5
"""The campus cannot be built here: a permission or a program is missing."""
USAGE = 2
INTERRUPTED = 130
"""As a shell reports a program that Ctrl-C ended."""

GRANTED_INTERVAL = 2
"""Seconds between heartbeats, or probes: short, because people are watching."""
ALIVE_INTERVAL = 5.0
"""Seconds of silence after which the demonstration's switch closes the port."""
SIGNS_ALONE = 4
"""How many heartbeats the router has to send, or probes to answer, after the PC has left."""
SIGNS_NEEDED = 3
STEP_TIMEOUT = 30.0
"""Seconds for the login and for the router's signs of life, each; they take eight."""
GLANCE = 0.1
"""Seconds after which what waits for its turn is drawn."""
BEFORE_LEAVING = 0.6
"""Seconds in which the spectator sees the PC online before it goes."""
_STATES = (
    N_("waiting"),
    N_("authenticating"),
    N_("online"),
    N_("backoff"),
    N_("link-down"),
    N_("stopped"),
)
"""Those of ``ruijie-proxy status --json``."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the demonstration has to show for itself."""

    signs_alone: int
    """Heartbeats or answered probes that the switch accepted after the PC had left."""
    starts: int
    """Starts that reached the switch."""
    complaints: tuple[str, ...]
    """What the switch did not like."""
    state: str
    """The session's state as ``ruijie-proxy status`` tells it."""

    @property
    def good(self) -> bool:
        """Whether everything is as it should be."""
        return (
            self.signs_alone >= SIGNS_NEEDED
            and self.starts == 1
            and not self.complaints
            and self.state == "online"
        )


@dataclass(frozen=True, slots=True)
class _Scene:
    """Who meets whom on the campus."""

    switch: SwitchOptions
    client: ClientOptions
    sign: EventKind
    """What the switch tells of a sign of life."""
    address: str | None = None
    """The switch's MAC address; None: the usual one."""
    session: Mapping[str, Any] | None = None
    """The keys of a session in which the router logs in by itself; None: the client does."""
    record: str | None = None
    """Where a capture of it goes; None: nowhere."""


def run_demo(
    output: TextIO | None = None, shape: str = Shape.BLOCK, record: str | None = None
) -> int:
    """Show the main job on the virtual campus, in about ten seconds; return the exit code.

    ``record`` is a file that does not exist yet, for a capture of it. 0 only when the switch was
    content, one Start reached it, the session was online, and the router's heartbeats, or answers
    to probes, were accepted after the PC had left.
    """
    if record is not None and os.path.lexists(record):
        Timeline(output or sys.stdout).verdict(
            _("{path} is there already: name another file.", path=record), good=False
        )
        return USAGE
    return _run(_demonstrate, output, _scene(Shape(shape), record))


def run_lab(output: TextIO | None = None, shape: str = Shape.BLOCK) -> int:
    """Keep the campus up until Ctrl-C, and say how to look into it; return the exit code."""
    return _run(_keep_up, output, _scene(Shape(shape)))


def run_captured(
    captured: CapturedCampus, session: Mapping[str, Any] | None, output: TextIO | None = None
) -> int:
    """Keep up a campus that was made from a capture, as :func:`run_lab`.

    ``session`` holds the keys of the router's, which logs in by itself; None: its client does,
    through the router.
    """
    scene = _Scene(captured.switch, captured.client, EventKind.HEARTBEAT, captured.address, session)
    return _run(_keep_up, output, scene)


def _scene(shape: Shape, record: str | None = None) -> _Scene:
    if shape == Shape.BARE:
        switch = switch_of_another_vendor(
            probe_interval=float(GRANTED_INTERVAL), probe_silence=ALIVE_INTERVAL
        )
        client = linux_1_31(shape=shape)
        return _Scene(switch, client, EventKind.PROBE_ANSWERED, record=record)
    switch = SwitchOptions(shape=shape, interval=GRANTED_INTERVAL, alive_interval=ALIVE_INTERVAL)
    return _Scene(switch, ClientOptions(shape=shape), EventKind.HEARTBEAT, record=record)


def _run(
    show: Callable[[Campus, Timeline, _Scene], int], output: TextIO | None, scene: _Scene
) -> int:
    layout = Layout(switch_address=scene.address or scene.switch.usual_address)
    return on_a_campus(lambda campus, timeline: show(campus, timeline, scene), output, layout)


def on_a_campus(
    show: Callable[[Campus, Timeline], int], output: TextIO | None, layout: Layout
) -> int:
    """Build a campus and show something on it; return the exit code, whatever comes between."""
    timeline = Timeline(output or sys.stdout)
    try:
        with interruptible(), Campus(layout) as campus:
            return show(campus, timeline)
    except LabUnavailable as error:
        timeline.verdict(str(error), good=False)
        return CANNOT
    except LabError as error:
        timeline.flush()
        timeline.verdict(str(error), good=False)
        return FAILED
    except KeyboardInterrupt:
        timeline.text(_("Stopped; the virtual campus is taken down."))
        return INTERRUPTED


def _demonstrate(campus: Campus, timeline: Timeline, scene: _Scene) -> int:
    timeline.title(_("A virtual campus, in network namespaces of this machine"))
    switch, client = _open(campus, timeline, scene)
    timeline.title(_("The client logs in; the router passes each frame on"))
    timeline.lanes()
    client.command("login")
    if not _watch(campus, timeline, lambda event: event.kind == scene.sign):
        raise LabError(_("The PC is not online after {seconds:g} s.", seconds=STEP_TIMEOUT))
    _watch_for(campus, timeline, BEFORE_LEAVING)

    timeline.title(_("The PC is switched off; the router holds the session"))
    client.command("leave")
    _watch(campus, timeline, lambda event: event.kind == EventKind.LEFT)
    campus.plug(Role.PC, plugged=False)
    timeline.gone(PC)
    left_at = time.monotonic()
    accepted = _watch(
        campus,
        timeline,
        lambda event: event.kind == scene.sign and event.at > left_at,
        SIGNS_ALONE,
    )

    state = campus.status()["state"]
    asked = time.monotonic()
    switch.command("report")
    report = campus.wait_for(SWITCH, EventKind.REPORT, since=asked)
    timeline.flush()
    complaints, starts = report.detail["complaints"], report.detail["starts"]
    outcome = Outcome(
        signs_alone=accepted,
        starts=starts if isinstance(starts, int) else 0,
        complaints=tuple(complaints) if isinstance(complaints, list) else (),
        state=state,
    )
    return _judge(outcome, timeline, scene)


def _judge(outcome: Outcome, timeline: Timeline, scene: _Scene) -> int:
    timeline.title(_("The verdict"))
    timeline.verdict(
        _("Starts that reached the switch: {count}; the client sent 1", count=outcome.starts),
        good=outcome.starts == 1,
    )
    count = outcome.signs_alone
    timeline.verdict(
        _("heartbeats accepted after the PC had left: {count}", count=count)
        if scene.sign == EventKind.HEARTBEAT
        else _("identity probes answered after the PC had left: {count}", count=count),
        good=outcome.signs_alone >= SIGNS_NEEDED,
    )
    state = outcome.state
    timeline.verdict(_("ruijie-proxy status says: {state}", state=_(state)), good=state == "online")
    if outcome.complaints:
        for complaint in outcome.complaints:
            told = _("the switch complains: {complaint}", complaint=complaint)
            timeline.verdict(told, good=False)
    else:
        timeline.verdict(_("the switch has nothing to complain about"), good=True)
    return DONE if outcome.good else FAILED


def _keep_up(campus: Campus, timeline: Timeline, scene: _Scene) -> int:
    timeline.title(_("A virtual campus; Ctrl-C takes it down"))
    _switch, client = _open(campus, timeline, scene)
    network = campus.network
    for role, interfaces in (
        (Role.SWITCH, SWITCH_INTERFACE),
        (Role.ROUTER, _("{wan} and {lan}", wan=WAN_INTERFACE, lan=network.layout.lan)),
        (Role.PC, PC_INTERFACE),
    ):
        name = _(role.value)
        timeline.text(
            _(
                "{role}: sudo ip netns exec {namespace} bash   ({interfaces})",
                role=name,
                namespace=network.namespace(role),
                interfaces=interfaces,
            )
        )
    timeline.text(_("configuration: {path}", path=campus.configuration))
    timeline.text(_("status: ruijie-proxy status -c {path}", path=campus.configuration))
    if scene.session is None:
        timeline.title(_("The client logs in"))
        timeline.lanes()
        client.command("login")
    else:
        timeline.title(_("The router logs in"))
        timeline.lanes()
    while True:
        _watch_for(campus, timeline, STEP_TIMEOUT)


def _open(
    campus: Campus, timeline: Timeline, scene: _Scene
) -> tuple[EndpointProcess, EndpointProcess]:
    """Start everybody, and tell who is there."""
    timeline.text(
        _(
            "client PC ({pc}) -- ({lan}) router with the real program ({wan}) -- ({switch}) "
            "campus switch",
            pc=PC_INTERFACE,
            lan=campus.network.layout.lan,
            wan=WAN_INTERFACE,
            switch=SWITCH_INTERFACE,
        )
    )
    switch = campus.start_switch(scene.switch)
    client = campus.start_client(scene.client)
    if scene.session is not None:
        campus.configure(**scene.session)
    campus.start_daemon()
    if scene.record is not None:
        campus.record(scene.record)
    timeline.show(campus.history, time.monotonic())
    return switch, client


def _watch(
    campus: Campus, timeline: Timeline, counts: Callable[[Event], bool], wanted: int = 1
) -> int:
    """Draw what happens until enough events that count were seen; return how many.

    Fewer than wanted when the time is over.
    """
    deadline = time.monotonic() + STEP_TIMEOUT
    seen = 0
    while seen < wanted and (left := deadline - time.monotonic()) > 0:
        events = campus.poll(min(GLANCE, left))
        seen += sum(map(counts, events))
        timeline.show(events, time.monotonic())
        if campus.has_ended(ROUTER):
            raise LabError(_("The daemon has ended by itself; its last words stand above."))
    return seen


def _watch_for(campus: Campus, timeline: Timeline, seconds: float) -> None:
    """Draw what happens in the next seconds."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        timeline.show(campus.poll(min(GLANCE, left)), time.monotonic())
