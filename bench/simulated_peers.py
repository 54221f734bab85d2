"""The virtual campus's switch and client, as peers of a measured login."""

from __future__ import annotations

from bench.errors import BenchError
from bench.lane import Lane
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import ClientOptions, Heartbeats, SwitchOptions


class SimulatedPeers:
    """They speak Ruijie's dialect, compute every check in it, and complain of what is wrong."""

    def __init__(self, lane: Lane) -> None:
        """Start both; they end with the lane. Raises LabError."""
        self._campus = lane.campus
        self._switch = lane.campus.start_switch(SwitchOptions(heartbeats=Heartbeats.OPTIONAL))
        self._client = lane.campus.start_client(ClientOptions(heartbeats=False))

    def begin_login(self) -> None:
        """Let the client log in."""
        self._client.command("login")

    def end_session(self) -> None:
        """Let the switch drop the client. Raises BenchError when either had to complain."""
        self._switch.command("kick")
        self._campus.poll(0)
        for event in self._campus.history:
            if event.kind is EventKind.COMPLAINT:
                raise BenchError(f"the {event.source} complains: {event.text('text')}")

    def close(self) -> None:
        """Do nothing: the lane ends them."""
