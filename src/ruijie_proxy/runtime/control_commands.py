"""The commands that the running daemon takes: docs/control.md says them to programs."""

from __future__ import annotations

from ruijie_proxy import __version__
from ruijie_proxy.i18n import _, listed
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.control.server import Following

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ruijie_proxy.runtime.control.server import Handler
    from ruijie_proxy.runtime.session_runner import SessionRunner
    from ruijie_proxy.runtime.telling.event_stream import EventStream

    Request = dict[str, Any]


class ControlCommands:
    """Carries out commands on the daemon's sessions."""

    def __init__(
        self,
        runners: Mapping[str, SessionRunner],
        reread: Callable[[], None],
        unwritten: Callable[[], list[dict[str, Any]]],
        stream: EventStream,
    ) -> None:
        """Take the daemon's sessions by name, and what it can do.

        ``reread`` reads its configuration again, ``unwritten`` returns the events that are not in
        the journal yet. Settings are told as in ``stream``.
        """
        self._runners = runners
        self._reread = reread
        self._unwritten = unwritten
        self._stream = stream
        self.handlers: Mapping[str, Handler] = {
            "status": self._status,
            "logout": self._log_out,
            "relogin": self._log_in_anew,
            "renew": self._renew,
            "reload": self._reload,
            "events": self._events,
            "unwritten": self._tell_unwritten,
        }
        """By the command's name."""

    def _status(self, _request: Request) -> Any:
        from ruijie_proxy.runtime.control.status_report import report_session

        return {
            "version": __version__,
            "sessions": [
                report_session(
                    runner.configuration,
                    runner.session.status if runner.session else None,
                    runner.too_long,
                    self._stream.notation,
                )
                for runner in self._runners.values()
            ],
        }

    def _log_out(self, request: Request) -> Any:
        return self._each(request, lambda runner: {"was_online": runner.log_off()})

    def _log_in_anew(self, request: Request) -> Any:
        def log_in_anew(runner: SessionRunner) -> dict[str, Any]:
            if request.get("trust") is True:
                runner.trust_anew()
            anew, now = runner.log_in_anew(), clock.now()
            begins = anew.not_before
            return {
                "was_online": anew.was_held,
                "begun": anew.has_begun,
                "next_try": None if begins is None else clock.local_time(begins),
                "seconds": 0 if begins is None else int(begins - now) + 1,
            }

        return self._each(request, log_in_anew)

    def _renew(self, request: Request) -> Any:
        def renew(runner: SessionRunner) -> dict[str, Any]:
            runner.renew()
            return {}

        return self._each(request, renew)

    def _reload(self, _request: Request) -> Any:
        self._reread()

    def _events(self, request: Request) -> Any:
        session = request.get("session")
        if session is not None:
            self._chosen(request)
        return Following(session)

    def _tell_unwritten(self, _request: Request) -> Any:
        return {"events": self._unwritten()}

    def _each(self, request: Request, act: Callable[[SessionRunner], dict[str, Any]]) -> Any:
        chosen = self._chosen(request)
        return {"sessions": [{"name": name, **act(runner)} for name, runner in chosen.items()]}

    def _chosen(self, request: Request) -> dict[str, SessionRunner]:
        """Return the session that a request names, or all. Raises ControlError."""
        from ruijie_proxy.runtime.control.protocol import ControlError

        name = request.get("session")
        if name is None:
            return dict(self._runners)
        if not isinstance(name, str):
            raise ControlError("bad-request", _("the session is given by its name, a text"))
        if name not in self._runners:
            told = _(
                "There is no session {name!r}. Sessions: {names}.",
                name=name,
                names=listed(self._runners),
            )
            raise ControlError("no-session", told)
        return {name: self._runners[name]}
