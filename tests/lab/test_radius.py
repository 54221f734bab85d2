"""A switch that asks a RADIUS server, and a server that is asked by more than it can answer."""

from __future__ import annotations

from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, SWITCH_ADDRESS
from ruijie_proxy.lab.client.client import Client, State
from ruijie_proxy.lab.options import ClientOptions, SwitchOptions
from ruijie_proxy.lab.switch.radius_client import REPEATED_AFTER, REPETITIONS, RadiusClient
from ruijie_proxy.lab.switch.radius_server import RadiusServer
from ruijie_proxy.lab.switch.switch import Switch

GIVEN_UP_AFTER = REPEATED_AFTER * (REPETITIONS + 1)


class Cable:
    """A switch with a client, and the server that both have to wait for."""

    def __init__(self, server: RadiusServer, client: ClientOptions | None = None) -> None:
        self.switch = Switch(SwitchOptions(), SWITCH_ADDRESS, RadiusClient(server))
        self.client = Client(client or ClientOptions(), CLIENT_ADDRESS)

    @property
    def is_online(self) -> bool:
        """Whether the client has been let in."""
        return self.client.state is State.ONLINE

    def run(self, begin: float, end: float) -> None:
        """Let time pass, in steps that are finer than anything that happens."""
        for tenth in range(round(begin * 10), round(end * 10) + 1):
            now = tenth / 10
            self.switch.handle_timer(now)
            self.client.handle_timer(now)
            while frames := self.client.frames_to_send():
                for frame in frames:
                    self.switch.receive(frame, now)
                for frame in self.switch.frames_to_send():
                    self.client.receive(frame, now)
            for frame in self.switch.frames_to_send():
                self.client.receive(frame, now)


def test_the_server_answers_in_order_and_drops_what_finds_its_queue_full() -> None:
    server = RadiusServer(a_second=2.0, queue=2)

    assert [server.take(10.0) for _ in range(4)] == [10.5, 11.0, 11.5, None]
    assert server.take(10.6) == 12.0, "one has been answered by now"
    assert (server.dropped, server.longest_queue, len(server.arrivals)) == (1, 2, 5)


def test_a_login_waits_for_the_server() -> None:
    cable = Cable(RadiusServer(a_second=0.5, queue=0))
    cable.client.login(0.0)

    cable.run(0.0, 1.9)
    assert not cable.is_online
    cable.run(2.0, 2.1)
    assert cable.is_online
    assert cable.switch.complaints == []


def test_what_the_server_drops_is_asked_again() -> None:
    server = RadiusServer(a_second=0.25, queue=0)
    server.take(0.0)  # somebody else's, which keeps it for 4 s
    cable = Cable(server)
    cable.client.login(0.0)

    cable.run(0.0, REPEATED_AFTER + 4.1)

    assert server.arrivals == [0.0, 0.0, REPEATED_AFTER]
    assert cable.is_online


def test_a_switch_gives_up_a_login_without_a_word() -> None:
    server = RadiusServer(a_second=0.01, queue=0)
    server.take(0.0)
    cable = Cable(server, ClientOptions(result_timeout=60.0))
    cable.client.login(0.0)

    cable.run(0.0, GIVEN_UP_AFTER + 1.0)

    assert server.dropped == REPETITIONS + 1
    assert cable.switch.fruitless == [0.0]
    assert cable.client.state is State.AUTHENTICATING, "nobody has told it"
    assert cable.switch.complaints == []


def test_a_start_ends_the_login_that_waits_for_the_server() -> None:
    cable = Cable(RadiusServer(a_second=0.25, queue=0), ClientOptions(result_timeout=2.0))
    cable.client.login(0.0)
    cable.run(0.0, 2.5)
    cable.client.login(2.5)

    cable.run(2.5, 5.0)

    assert cable.switch.fruitless == [0.0]
    assert not cable.is_online, "the answer was to the login before"
