"""Routers that this program runs on: its engine alone, and a client behind it where one logs in."""

from __future__ import annotations

from ruijie_proxy.engine.actions import Report, SendToClient, SendToServer
from ruijie_proxy.engine.events import GaveUp, NextTryPlanned
from ruijie_proxy.engine.keeping.session import Session
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab.client.client import Client
from ruijie_proxy.lab.client.client import State as ClientState

LAN_PORT = "lan"


class EngineRouter:
    """A router that logs in by itself."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.was_limited = False
        self._to_server: list[bytes] = []

    def begin(self, now: float) -> None:
        """Begin, with the power back."""
        self.session.begin(now)

    def receive(self, frame: bytes, now: float) -> None:
        """Take a frame of the switch's."""
        self.session.receive_from_wan(frame, now)

    def next_deadline(self) -> float | None:
        """Return when there is something to do, or None."""
        return self.session.next_deadline

    def handle_timer(self, now: float) -> None:
        """Do what is due."""
        self.session.handle_timer(now)

    @property
    def is_online(self) -> bool:
        """Whether it holds a session."""
        return self.session.state is State.ONLINE

    def frames_to_send(self) -> list[bytes]:
        """Return the frames to be sent now, and forget them."""
        self._carry_out()
        frames, self._to_server = self._to_server, []
        return frames

    def _carry_out(self) -> None:
        for action in self.session.take_actions():
            match action:
                case SendToServer(frame):
                    self._to_server.append(frame)
                case SendToClient(_, frame):
                    self._to_client(frame)
                case Report(NextTryPlanned(limited=True) | GaveUp()):
                    self.was_limited = True

    def _to_client(self, frame: bytes) -> None:
        """Give the client a frame; here there is none."""


class RelayingRouter(EngineRouter):
    """A router behind which a client logs in, whose user tries again whenever it has given up."""

    def __init__(self, session: Session, client: Client) -> None:
        super().__init__(session)
        self.client = client
        self._now = 0.0

    def begin(self, now: float) -> None:
        """Begin, with the power back, and the PC's, too."""
        super().begin(now)
        self.client.login(now)

    def receive(self, frame: bytes, now: float) -> None:
        """Take a frame of the switch's."""
        self._now = now
        super().receive(frame, now)

    def next_deadline(self) -> float | None:
        """Return when there is something to do at either, or None."""
        deadlines = (super().next_deadline(), self.client.next_deadline())
        return min((when for when in deadlines if when is not None), default=None)

    def handle_timer(self, now: float) -> None:
        """Do what is due."""
        self._now = now
        super().handle_timer(now)
        self.client.handle_timer(now)
        if self.client.state is ClientState.IDLE and not self.is_online:
            self.client.login(now)

    def frames_to_send(self) -> list[bytes]:
        """Return the frames to be sent now, and forget them."""
        self._carry_out()
        while frames := self.client.frames_to_send():
            for frame in frames:
                self.session.receive_from_lan(LAN_PORT, frame, self._now)
            self._carry_out()
        self.client.events()  # nobody reads them
        return super().frames_to_send()

    def _to_client(self, frame: bytes) -> None:
        self.client.receive(frame, self._now)
