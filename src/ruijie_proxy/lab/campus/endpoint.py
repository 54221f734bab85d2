"""A process that is the switch or a client: ``python -m ruijie_proxy.lab.campus.endpoint``.

Private to the lab. The first line on standard input says what to be (:class:`Setup`), each further
one is a command, as JSON; each line on standard output is an event, as JSON. It ends with the
command ``stop``, and when its standard input is closed, so that none outlives its campus.
"""

from __future__ import annotations

import json
import selectors
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from ruijie_proxy.lab.campus.lines import LineReader
from ruijie_proxy.lab.client.client import Client
from ruijie_proxy.lab.events import Event, EventKind
from ruijie_proxy.lab.options import ClientOptions, SwitchOptions
from ruijie_proxy.lab.options_json import options_from_json, options_to_json
from ruijie_proxy.lab.switch.switch import SOURCE as SWITCH_SOURCE
from ruijie_proxy.lab.switch.switch import Switch
from ruijie_proxy.runtime.ports.hardware_address import hardware_address
from ruijie_proxy.runtime.ports.interface_errors import InterfaceError
from ruijie_proxy.runtime.ports.packet_socket import InterfaceGone, PacketSocket, PacketSocketError

MODULE = "ruijie_proxy.lab.campus.endpoint"
STOP = "stop"

Handler = Callable[[dict[str, Any], float], None]
"""Carries out a command, given its fields and the time."""


class Station(Protocol):
    """What :class:`Switch` and :class:`Client` have in common."""

    def receive(self, frame: bytes, now: float) -> None:
        """Take a frame from the cable."""

    def next_deadline(self) -> float | None:
        """Return when :meth:`handle_timer` has something to do, or None."""

    def handle_timer(self, now: float) -> None:
        """Do what is due."""

    def frames_to_send(self) -> list[bytes]:
        """Return the frames to be sent now, and forget them."""

    def events(self) -> list[Event]:
        """Return what happened since the last call."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What an endpoint is to be."""

    source: str
    """How its events call it; the switch's name makes it the switch, any other one a client."""
    interface: str
    options: SwitchOptions | ClientOptions

    def to_json(self) -> str:
        """Return it as one line of JSON, without the line's end."""
        options = options_to_json(self.options)
        return json.dumps({"source": self.source, "interface": self.interface, "options": options})

    @classmethod
    def from_json(cls, line: str) -> Setup:
        """Read what :meth:`to_json` wrote."""
        fields = json.loads(line)
        options: SwitchOptions | ClientOptions
        if fields["source"] == SWITCH_SOURCE:
            options = options_from_json(SwitchOptions, fields["options"])
        else:
            options = options_from_json(ClientOptions, fields["options"])
        return cls(fields["source"], fields["interface"], options)


class Endpoint:
    """Joins a station with an interface and with whoever steers it."""

    def __init__(self, setup: Setup, commands: LineReader) -> None:
        """Open the interface. Raises InterfaceError."""
        self._source = setup.source
        self._commands = commands
        self._socket = PacketSocket(setup.interface)
        # A frame to a wrong address is to be complained about, so it must be seen.
        self._socket.set_promiscuous(True)
        address = hardware_address(setup.interface)
        self._station: Station
        self._handlers: dict[str, Handler]
        if isinstance(setup.options, SwitchOptions):
            switch = Switch(setup.options, address)
            self._station, self._handlers = switch, _switch_handlers(switch)
        else:
            client = Client(setup.options, address, setup.source)
            self._station, self._handlers = client, _client_handlers(client)
        self._running = True

    def run(self) -> None:
        """Serve until told to stop."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ, self._receive)
            selector.register(self._commands, selectors.EVENT_READ, self._obey)
            _tell(Event(time.monotonic(), self._source, EventKind.READY, {}))
            while self._running:
                for key, _ in selector.select(self._patience()):
                    key.data()
                self._station.handle_timer(time.monotonic())
                self._flush()

    def _patience(self) -> float | None:
        deadline = self._station.next_deadline()
        return None if deadline is None else max(0.0, deadline - time.monotonic())

    def _receive(self) -> None:
        try:
            while (frame := self._socket.receive()) is not None:
                self._station.receive(frame, time.monotonic())
                self._flush()
        except InterfaceGone as error:
            self._fail(error)
        except PacketSocketError as error:
            self._ignore(error)

    def _obey(self) -> None:
        for line in self._commands.read():
            fields = json.loads(line)
            name = fields.pop("command")
            if name == STOP:
                self._running = False
            else:
                self._handlers[name](fields, time.monotonic())
        if self._commands.at_end:
            self._running = False

    def _flush(self) -> None:
        for frame in self._station.frames_to_send():
            try:
                self._socket.send(frame)
            except PacketSocketError as error:
                self._ignore(error)
        for event in self._station.events():
            _tell(event)

    def _ignore(self, error: PacketSocketError) -> None:
        """Tell of a frame that was lost: a cable that is unplugged loses frames."""
        detail = {"why": error.strerror}
        _tell(Event(time.monotonic(), self._source, EventKind.IGNORED, detail))

    def _fail(self, error: PacketSocketError) -> None:
        detail = {"text": error.strerror}
        _tell(Event(time.monotonic(), self._source, EventKind.FAILED, detail))
        self._running = False


def _switch_handlers(switch: Switch) -> dict[str, Handler]:
    return {
        "kick": lambda fields, now: switch.kick(now, **fields),
        "reauthenticate": lambda _, now: switch.reauthenticate(now),
        "report": lambda _, now: switch.report(now),
    }


def _client_handlers(client: Client) -> dict[str, Handler]:
    return {
        "login": lambda _, now: client.login(now),
        "leave": lambda _, now: client.leave(now),
        "logoff": lambda _, now: client.logoff(now),
        "report": lambda _, now: client.report(now),
    }


def _tell(event: Event) -> None:
    sys.stdout.write(event.to_json() + "\n")
    sys.stdout.flush()


def main() -> int:
    """Be what the first line on standard input says."""
    # Unbuffered, so that the commands behind the first line stay in the pipe.
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as unbuffered:
        setup = Setup.from_json(unbuffered.readline().decode())
    try:
        endpoint = Endpoint(setup, LineReader(sys.stdin.fileno()))
    except InterfaceError as error:
        detail = {"text": str(error)}
        _tell(Event(time.monotonic(), setup.source, EventKind.FAILED, detail))
        return 1
    endpoint.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
