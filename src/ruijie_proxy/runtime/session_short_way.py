"""A session's short way, laid from port to port before the frame comes that takes it."""

from __future__ import annotations

from ruijie_proxy.protocol.known_frames import NONE_KNOWN
from ruijie_proxy.runtime.ports.port import ShortCut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.keeping.short_way import ShortWay
    from ruijie_proxy.runtime.ports.lan_side import LanSide
    from ruijie_proxy.runtime.ports.port import Port
    from ruijie_proxy.runtime.ports.shared_cable import Turn


class SessionShortWay:
    """Has the ports pass frames on by the short way that the session has, where it has one.

    What a port needs for that is decided while the program waits, and not when the frame is there.
    """

    def __init__(
        self,
        wan: Port,
        lan: LanSide,
        passed_to_server: Callable[[str, bytes, str | None], None],
        passed_to_client: Callable[[bytes, str | None], None],
    ) -> None:
        """Begin without one.

        ``passed_to_server`` is told of each frame that has gone so: the LAN interface where the
        client is, the frame as it came in, and why it could not be sent, or None when it was;
        ``passed_to_client`` likewise.
        """
        self._wan = wan
        self._lan = lan
        self._passed_to_server = passed_to_server
        self._passed_to_client = passed_to_client
        self._way: ShortWay | None = None
        self._port = ""
        self._turn: Turn | None = None

    def follow(self, way: ShortWay | None, turn: Turn | None) -> None:
        """Lay this way, or none; ``turn`` is the session's part in a shared cable."""
        port = "" if way is None else way.port
        if way is not self._way or port != self._port or turn is not self._turn:
            self._way, self._port, self._turn = way, port, turn
            self.lay_anew()

    def lay_anew(self) -> None:
        """Lay it over the ports that there are now."""
        way, port = self._way, self._port
        if way is None:
            self._wan.short_cut = None
            self._lan.cut_short(None)
            return
        if not port:
            self._wan.short_cut = None
            # Starts wait for their turn, where the cable is shared.
            start = ShortCut(NONE_KNOWN, self._start_to_server, self._wan, self._start_out_of_lan)
            self._lan.cut_short(start if self._turn is None else None)
            return
        known, to_client = way.known_to_client, way.to_client
        if self._turn is not None:
            known, to_client = NONE_KNOWN, self._to_client_in_turn
        to_port = self._lan.port_of(port)
        self._wan.short_cut = ShortCut(known, to_client, to_port, self._out_of_wan)
        to_server = ShortCut(way.known_to_server, way.to_server, self._wan, self._out_of_lan)
        self._lan.cut_short(to_server, port, way.client)

    def _start_to_server(self, frame: bytes) -> bytes | None:
        """Return a Start as it goes out, where the WAN port is ready for whoever answers it."""
        return None if self._way is None or self._wan.turns_away else self._way.to_server(frame)

    def _to_client_in_turn(self, frame: bytes) -> bytes | None:
        """Return what goes to the client, where frames of other sessions come by as well."""
        if self._way is None or self._turn is None or not self._turn.hears(frame):
            return None
        return self._way.to_client(frame)

    def _start_out_of_lan(self, port: Port, frame: bytes, problem: str | None) -> None:
        self._wan.count_anew()
        self._passed_to_server(port.interface, frame, problem)

    def _out_of_wan(self, _: Port, frame: bytes, problem: str | None) -> None:
        self._passed_to_client(frame, problem)

    def _out_of_lan(self, _: Port, frame: bytes, problem: str | None) -> None:
        self._passed_to_server(self._port, frame, problem)
