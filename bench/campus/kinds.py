"""The kinds of routers, each with the switch that it logs in at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from bench.campus.engine_routers import EngineRouter, RelayingRouter
from bench.campus.other_programs import MentoHust, Minieap, OtherProgram
from bench.campus.port import Port, Router
from bench.forwarder import MENTOHUST, MINIEAP
from ruijie_proxy.engine.login.login_session import LoginSession
from ruijie_proxy.engine.login_memory import LoginMemory
from ruijie_proxy.engine.relay.relay_session import RelaySession
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import Dialect, LoginSettings, SessionSettings, Shape, V2Client
from ruijie_proxy.lab import options as lab
from ruijie_proxy.lab.client.client import Client
from ruijie_proxy.lab.options import (
    DEFAULT_CODE_SECTION,
    DEFAULT_PASSWORD,
    DEFAULT_USER,
    ClientOptions,
    SwitchOptions,
    switch_of_another_vendor,
)
from ruijie_proxy.lab.switch.radius_client import RadiusClient
from ruijie_proxy.lab.switch.radius_server import RadiusServer
from ruijie_proxy.lab.switch.switch import Switch
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.ethernet import parse_mac
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace

_WAN_PREFIX = bytes.fromhex("0200")
_LAN_PREFIX = bytes.fromhex("0201")
_NUMBER_SIZE = 4
_SERVER = bytes((202, 114, 0, 242))
_FACTS = RouterFacts(
    bytes(6),
    address=bytes((10, 20, 30, 101)),
    netmask=bytes((255, 255, 255, 0)),
    gateway=bytes((10, 20, 30, 1)),
    dns=_SERVER,
    dns_servers=(_SERVER,),
)
_ACCOUNT = LoginSettings(DEFAULT_USER, Secret(DEFAULT_PASSWORD))
IMPATIENT = ClientOptions(result_timeout=8.0, retry_after_failure=0.0)
"""A client that gives up early, and whose user logs in again at once."""
MakeRouter = Callable[[int, Random], Router]


@dataclass(frozen=True, slots=True)
class Kind:
    """What logs in, and at what."""

    name: str
    make_router: MakeRouter
    """Given the router's number and a source of chance."""
    switch: SwitchOptions

    def make_port(self, number: int, random: Random, server: RadiusServer) -> Port:
        """Make one of the campus's ports, with all that is at it."""
        address = parse_mac(self.switch.usual_address)
        # Each draws challenges of its own: a relay takes its chance from them.
        switch = Switch(replace(self.switch, seed=number), address, RadiusClient(server))
        return Port(switch, self.make_router(number, random))


def _own(login: LoginSettings = _ACCOUNT) -> MakeRouter:
    settings = SessionSettings(login=login)

    def make(number: int, random: Random) -> Router:
        facts = replace(_FACTS, mac=_WAN_PREFIX + number.to_bytes(_NUMBER_SIZE))
        memory = LoginMemory()
        return EngineRouter(LoginSession(settings, login, facts, True, memory, None, random.random))

    return make


def _relaying(number: int, random: Random) -> Router:  # noqa: ARG001 - the server's serves
    settings = SessionSettings()
    facts = RouterFacts(_WAN_PREFIX + number.to_bytes(_NUMBER_SIZE))
    client = Client(IMPATIENT, _LAN_PREFIX + number.to_bytes(_NUMBER_SIZE))
    return RelayingRouter(RelaySession(settings, facts, link_up=True), client)


_V2 = V2Client(bytes.fromhex(DEFAULT_CODE_SECTION), (3, 0x32))
_PLAIN = SwitchOptions(dialect=lab.Dialect.PLAIN)

OURS = (
    Kind("own, block, edition 1", _own(), SwitchOptions()),
    Kind(
        "own, block, edition 2",
        _own(replace(_ACCOUNT, edition=2)),
        SwitchOptions(edition=Edition.SECOND),
    ),
    Kind("own, bare", _own(), switch_of_another_vendor()),
    Kind(
        "own, inside",
        _own(replace(_ACCOUNT, shape=Shape.INSIDE)),
        SwitchOptions(shape=lab.Shape.INSIDE),
    ),
    Kind(
        "own, V2",
        _own(replace(_ACCOUNT, dialect=Dialect.RUIJIE_V2, v2_client=_V2)),
        SwitchOptions(dialect=lab.Dialect.RUIJIE_V2),
    ),
    Kind("own, EAP-MD5", _own(replace(_ACCOUNT, dialect=Dialect.PLAIN)), _PLAIN),
    Kind(
        "own, Cernet",
        _own(replace(_ACCOUNT, dialect=Dialect.CERNET)),
        SwitchOptions(dialect=lab.Dialect.CERNET),
    ),
    Kind("relayed, impatient client", _relaying, SwitchOptions()),
)


def _other(program: type[OtherProgram]) -> MakeRouter:
    def make(number: int, random: Random) -> Router:  # noqa: ARG001 - neither leaves it to chance
        return program(_WAN_PREFIX + number.to_bytes(_NUMBER_SIZE))

    return make


BY_DESIGN = frozenset(("Start holds more than its header", "Start sent to 01:d0:f8:00:00:03"))
"""What a switch in the bare shape finds wrong with a Start that goes out before anybody can know
its shape (docs/architecture.md, "Not being banned")."""
OTHERS = (
    Kind(MINIEAP, _other(Minieap), _PLAIN),
    Kind(MENTOHUST, _other(MentoHust), _PLAIN),
)
