"""Figures for Prometheus, in a file that node_exporter's textfile collector reads.

The format is Prometheus' text format 0.0.4. The file is replaced as a whole, so that nobody reads
half of it, and removed at a clean end: figures that stay when nobody updates them any more say
"online" for ever, and their absence is what an alert can ask for (``absent()``). After a crash the
collector's own ``node_textfile_mtime_seconds`` tells how old they are.

Counters begin with the daemon, as Prometheus expects of any program.
"""

from __future__ import annotations

import os

from ruijie_proxy import __version__
from ruijie_proxy.engine import events
from ruijie_proxy.engine.refusals import read_refusal
from ruijie_proxy.engine.states import PUBLIC_NAMES, State
from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.telling.machine_events import AddressRenewed, WentOffline, WentOnline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Protocol

    from ruijie_proxy.engine.keeping.session import Session
    from ruijie_proxy.runtime.basis.event_loop import EventLoop
    from ruijie_proxy.runtime.telling.event_stream import Occurrence

    class Watched(Protocol):
        """What has figures: a session as it runs on the machine."""

        @property
        def session(self) -> Session | None: ...
        @property
        def is_online(self) -> bool: ...

    Labels = tuple[tuple[str, str], ...]
    """Names and values."""

INTERVAL = 15.0
"""Seconds between two looks at what has changed."""
SOON = 1.0
"""Seconds until that is written which does not happen all the time."""
FILE_MODE = 0o644
"""node_exporter runs as a user of its own; there are no secrets in it."""
_PREFIX = "ruijie_proxy_"
_USUAL = (events.HeartbeatSent, events.ProbeAnswered, events.EchoAnswered)
_STATES = tuple(dict.fromkeys(PUBLIC_NAMES.values()))

# Name without prefix, type, and help of each figure; docs/control.md lists them, too.
FIGURES = (
    ("build_info", "gauge", "The version of the running daemon; always 1."),
    ("session_online", "gauge", "Whether the switch lets the port through, as far as is known."),
    ("session_state", "gauge", "1 for the state that a session is in, 0 for the others."),
    ("heartbeats_sent_total", "counter", "Heartbeats that the router has sent."),
    ("online_seconds_total", "counter", "Seconds online."),
    ("logins_total", "counter", "Logins that succeeded."),
    ("login_failures_total", "counter", "Logins that did not, by the kind of refusal."),
    ("drops_total", "counter", "How often the server ended the session."),
    ("renewals_total", "counter", "Renewals of the WAN address, by their result."),
)


class Metrics:
    """Counts what happens to sessions, and writes it down."""

    def __init__(
        self,
        loop: EventLoop,
        path: str,
        runners: Mapping[str, Watched],
        complain: Callable[[str], None],
    ) -> None:
        """Begin to count. ``complain`` is told once when the file cannot be written, and again
        only after it could.
        """
        self.path = path
        self._runners = runners
        self._complain = complain
        self._has_complained = False
        self._counts: dict[tuple[str, Labels], float] = {}
        now = clock.now()
        self._online_since = {name: now for name, one in runners.items() if one.is_online}
        self._written = ""
        self._timer = loop.timer(self.write)
        self._timer.set(now)

    def record(self, occurrence: Occurrence) -> None:
        """Count an event."""
        self._count(occurrence)
        if isinstance(occurrence.event, _USUAL):
            return
        due = clock.now() + SOON
        if self._timer.when is None or due < self._timer.when:
            self._timer.set(due)

    def write(self) -> None:
        """Write the file, if anything in it has changed."""
        self._timer.set(clock.now() + INTERVAL)
        text = self._render()
        if text == self._written:
            return
        try:
            _replace(self.path, text.encode())
        except OSError as error:
            if not self._has_complained:
                self._has_complained = True
                self._complain(
                    _(
                        "{path} cannot be written ({reason}): there are no figures for "
                        "Prometheus. See “metrics” in the configuration",
                        path=self.path,
                        reason=reason_of(error),
                    )
                )
            return
        self._written = text
        self._has_complained = False

    def close(self) -> None:
        """End, and remove the file."""
        self._timer.set(None)
        try:
            os.unlink(self.path)
        except FileNotFoundError:
            return
        except OSError as error:
            reason = reason_of(error)
            self._complain(_("{path} cannot be removed ({reason})", path=self.path, reason=reason))

    def _count(self, occurrence: Occurrence) -> None:
        session, event, at = occurrence.session, occurrence.event, occurrence.at
        if isinstance(event, events.HeartbeatSent):
            self._add("heartbeats_sent_total", session)
        elif isinstance(event, events.LoginSucceeded):
            if event.count == event.wanted:
                self._add("logins_total", session)
        elif isinstance(event, events.LoginIncomplete):
            self._add("logins_total", session)
        elif isinstance(event, events.LoginRefused):
            self._fail(session, read_refusal(event.message).kind.value)
        elif isinstance(event, events.PortalHindered):
            self._fail(session, event.kind.value)
        elif isinstance(event, events.LoginTimedOut):
            self._fail(session, "no-result" if event.server_answered else "no-server")
        elif isinstance(event, (events.NobodyAnswers, events.PortalSilent)):
            self._fail(session, "no-server")
        elif isinstance(event, events.Dropped):
            self._add("drops_total", session)
        elif isinstance(event, AddressRenewed):
            result = "success" if event.succeeded else "failure"
            self._add("renewals_total", session, result=result)
        elif isinstance(event, WentOnline):
            self._online_since[session] = at
        elif isinstance(event, WentOffline):
            since = self._online_since.pop(session, at)
            self._add("online_seconds_total", session, at - since)

    def _fail(self, session: str, kind: str) -> None:
        self._add("login_failures_total", session, kind=kind)

    def _add(self, name: str, session: str, amount: float = 1, **labels: str) -> None:
        key = (name, (("session", session), *labels.items()))
        self._counts[key] = self._counts.get(key, 0) + amount

    def _render(self) -> str:
        now = clock.now()
        samples: dict[str, dict[Labels, float]] = {figure[0]: {} for figure in FIGURES}
        samples["build_info"][(("version", __version__),)] = 1
        for session, runner in self._runners.items():
            one = ("session", session)
            samples["session_online"][(one,)] = int(runner.is_online)
            state = runner.session.state if runner.session else State.LINK_DOWN
            for name in _STATES:
                samples["session_state"][one, ("state", name)] = int(name == PUBLIC_NAMES[state])
            # Those without a kind or a result are there from the beginning, as zero: what is not
            # there cannot be seen to grow.
            for name in ("heartbeats_sent_total", "logins_total", "drops_total"):
                samples[name][(one,)] = self._counts.get((name, (one,)), 0)
            before = self._counts.get(("online_seconds_total", (one,)), 0)
            since = self._online_since.get(session, now)
            samples["online_seconds_total"][(one,)] = round(before + now - since, 3)
        for (name, labels), value in self._counts.items():
            if labels not in samples[name] and labels[0][1] in self._runners:
                samples[name][labels] = value
        return "".join(
            f"# HELP {_PREFIX}{name} {told}\n# TYPE {_PREFIX}{name} {kind}\n"
            + "".join(_sample(name, labels, value) for labels, value in samples[name].items())
            for name, kind, told in FIGURES
            if samples[name]
        )


def _sample(name: str, labels: Labels, value: float) -> str:
    inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
    return f"{_PREFIX}{name}{{{inside}}} {value}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _replace(path: str, content: bytes) -> None:
    """Replace a file as a whole. Raises OSError, and then the old one is still there."""
    # Not ending in .prom: the collector would read it.
    temporary = f"{path}.new"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(temporary, flags, FILE_MODE)
    except FileExistsError:
        os.unlink(temporary)  # a killed daemon has left it
        descriptor = os.open(temporary, flags, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, FILE_MODE)  # whatever the umask is
            file.write(content)
        os.rename(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
