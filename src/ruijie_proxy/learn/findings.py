"""What a capture teaches: each fact with its value, the frame that shows it, and how sure it is.

The JSON (docs/learn.md) has the names of the fields; they are a promise to scripts.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from ipaddress import IPv4Address
from typing import Any, Generic, TypeVar

from ruijie_proxy.choices import Enum
from ruijie_proxy.engine.learned import Difference
from ruijie_proxy.engine.refusals import Advice, RefusalKind
from ruijie_proxy.engine.relay.learning import MD5_VALUE
from ruijie_proxy.engine.settings import DhcpMode, Dialect, GroupMode, Shape, ZeroCheck
from ruijie_proxy.inspect.steps import Json
from ruijie_proxy.learn.observing import Client
from ruijie_proxy.protocol.clients.client_profile import ClientProfile
from ruijie_proxy.protocol.ethernet import format_mac
from ruijie_proxy.protocol.heartbeat import UdpHeartbeat

T = TypeVar("T")


class Sureness(StrEnum):
    """How sure a fact is; the values stand in the JSON."""

    SHOWN = "shown"
    """A frame says it."""
    INFERRED = "inferred"
    """It follows from several, or from what there is not."""
    NOT_SEEN = "not-seen"
    """The capture does not tell."""


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A fact."""

    value: T | None = None
    """None: it is not known, or (``sure`` says so) there is none."""
    frame: int | None = None
    """The number of the packet that shows it."""
    sure: Sureness = Sureness.NOT_SEEN

    @staticmethod
    def shown(value: T | None, frame: int) -> Found[T]:
        """Return what a frame says."""
        return Found(value, frame, Sureness.SHOWN)

    @staticmethod
    def inferred(value: T | None, frame: int | None = None) -> Found[T]:
        """Return what follows from others."""
        return Found(value, frame, Sureness.INFERRED)

    @property
    def is_known(self) -> bool:
        """Whether there is anything to go by."""
        return self.sure is not Sureness.NOT_SEEN


NOT_SEEN: Found[Any] = Found()
"""What the capture does not tell."""


class Outcome(StrEnum):
    """What the login came to; the values stand in the JSON."""

    ONLINE = "online"
    REFUSED = "refused"
    NO_RESULT = "no-result"
    """It was begun, and the capture ends before it does."""
    UNANSWERED = "unanswered"
    """The client called, and no server was heard."""
    BEFORE = "before"
    """The client was online already when the capture began."""
    NONE = "none"
    """There is nothing of a login."""


class RemarkCode(StrEnum):
    """What else there is to say of a capture; the values stand in the JSON."""

    EMPTY = "empty"
    NO_8021X = "no-802.1x"
    NO_LOGIN = "no-login"
    WEB_PORTAL = "web-portal"
    WIRELESS = "wireless"
    CUT = "cut"
    NO_START = "no-start"
    NO_IDENTITY = "no-identity"
    NO_CHALLENGE = "no-challenge"
    BEGAN_ONLINE = "began-online"
    ENDED_EARLY = "ended-early"
    SHORT = "short"
    UNANSWERED = "unanswered"
    REFUSED = "refused"
    CLIENT_ALONE = "client-alone"
    SERVER_ALONE = "server-alone"
    MIRROR = "mirror"
    TAGGED = "tagged"
    RELAYED = "relayed"
    OTHER_METHOD = "other-method"
    UDP_HEARTBEAT = "udp-heartbeat"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say."""

    code: RemarkCode
    frame: int | None = None
    """The number of the packet that shows it."""
    values: tuple[tuple[str, str | int], ...] = ()
    """What the sentence names."""


@dataclass(frozen=True, slots=True)
class ClientSaid:
    """Which program the client says it is."""

    version: bytes
    """4 bytes."""
    name: str
    program: str


@dataclass(frozen=True, slots=True)
class Granted:
    """The server's word on heartbeats."""

    interval: int | None
    """Seconds; None: it wants none."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a login was refused."""

    text: str | None
    """The server's."""
    kind: RefusalKind
    advice: Advice


class Likeness(StrEnum):
    """Whether the router could have sent what the client did; the values stand in the JSON."""

    SAME = "same"
    DIFFERS = "differs"
    UNCHECKED = "unchecked"
    """The password, or a frame, is missing."""


class Lack(StrEnum):
    """Why it could not be checked whether the router could have sent the same."""

    PASSWORD = "password"  # noqa: S105 - the word
    FRAMES = "frames"
    """Of the login, some that it takes are not in the capture."""
    OTHER_ACCOUNT = "other-account"
    METHOD = "method"
    """The login is by another EAP method than MD5."""
    PROGRAM = "program"
    """The V2 check is made with the user's own 8021x.exe."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of making the client's frames anew."""

    likeness: Likeness
    differences: tuple[Difference, ...] = ()
    """What the router would have sent otherwise."""
    lack: Lack | None = None
    profile: ClientProfile | None = None
    """The client to be, where the dialect has such and nothing differs."""


NOT_COMPARED = Comparison(Likeness.UNCHECKED, lack=Lack.FRAMES)


@dataclass(frozen=True, slots=True)
class Findings:
    """All that one login of a capture teaches."""

    outcome: Outcome
    client: Found[bytes] = NOT_SEEN
    """MAC address, as is the next."""
    server: Found[bytes] = NOT_SEEN
    account: Found[str] = NOT_SEEN
    dialect: Found[Dialect] = NOT_SEEN
    shape: Found[Shape] = NOT_SEEN
    edition: Found[int] = NOT_SEEN
    """Known and None: the check is none that can be computed."""
    zero_check: Found[ZeroCheck] = NOT_SEEN
    said: Found[ClientSaid] = NOT_SEEN
    service: Found[str] = NOT_SEEN
    services: Found[tuple[str, ...]] = NOT_SEEN
    """Those on offer."""
    group: Found[GroupMode] = NOT_SEEN
    """Whose address was answered."""
    challenges: Found[int] = NOT_SEEN
    """In one login."""
    successes: Found[int] = NOT_SEEN
    """Logins that make one session."""
    message: Found[str] = NOT_SEEN
    accounting: Found[str] = NOT_SEEN
    granted: Found[Granted] = NOT_SEEN
    """Known and None: the Success says nothing of heartbeats."""
    heartbeat_interval: Found[float] = NOT_SEEN
    """Seconds between the client's heartbeats, as measured. Known and None: it sends none."""
    first_number: Found[int] = NOT_SEEN
    heartbeat_key_is_granted: Found[bool] = NOT_SEEN
    probes: Found[float] = NOT_SEEN
    """Seconds from one question for the identity, while online, to the next. Known and None: none
    was asked."""
    reauthentications: Found[float] = NOT_SEEN
    """The same of demands for the whole proof."""
    udp_heartbeat: Found[UdpHeartbeat] = NOT_SEEN
    dhcp: Found[DhcpMode] = NOT_SEEN
    address: Found[bytes] = NOT_SEEN
    """IPv4 address of the client in the end, 4 bytes."""
    quarantine: Found[str] = NOT_SEEN
    """Network of the address that the client had before, as ``172.16.0.0/16``."""
    refused: Found[Refused] = NOT_SEEN
    campuses: Found[tuple[str, ...]] = NOT_SEEN
    """Campuses that are known, and fit."""
    online_seconds: float | None = None
    """How long was captured after the last Success."""
    comparison: Comparison = NOT_COMPARED
    remarks: tuple[Remark, ...] = ()
    source: Client | None = None
    """What it was found in, frame by frame."""

    @property
    def can_log_in(self) -> bool:
        """Whether the router can get and keep the session by itself, as far as was shown."""
        keeps = self.heartbeat_key_is_granted.value is not False
        return self.comparison.likeness is Likeness.SAME and keeps

    @property
    def account_is_anothers(self) -> bool:
        """Whether the account that was given is not that of the login: its name or its password."""
        compared = self.comparison
        is_wrong = any(one.text == MD5_VALUE for one in compared.differences)
        return is_wrong or compared.lack is Lack.OTHER_ACCOUNT

    def has(self, code: RemarkCode) -> bool:
        """Whether there is a remark of this kind."""
        return any(remark.code is code for remark in self.remarks)


NO_FACTS = frozenset({"outcome", "online_seconds", "comparison", "remarks", "source"})
"""Fields of the findings that are none of the facts."""


def facts_of(findings: Findings) -> dict[str, Found[object]]:
    """Return the facts by their names, in the order of the fields."""
    names = (field.name for field in fields(findings))
    return {name: getattr(findings, name) for name in names if name not in NO_FACTS}


def findings_to_json(findings: Findings) -> dict[str, Json]:
    """Return the findings as docs/learn.md says, without anything secret."""
    comparison = findings.comparison
    return {
        "outcome": findings.outcome.value,
        "facts": {
            name: {
                "value": plain_value(fact.value),
                "frame": fact.frame,
                "sure": fact.sure.value,
            }
            for name, fact in facts_of(findings).items()
        },
        "online_seconds": findings.online_seconds,
        "router": {
            "can_log_in": findings.can_log_in,
            "compared": comparison.likeness.value,
            "differences": [str(one) for one in comparison.differences],
            "lack": None if comparison.lack is None else comparison.lack.value,
        },
    }


def plain_value(value: object) -> Json:
    """Return a fact's value as JSON has it."""
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return str(value.value)
        case str():
            return value
        case bytes():
            return str(IPv4Address(value)) if len(value) == 4 else format_mac(value)
        case tuple():
            return [plain_value(item) for item in value]
        case ClientSaid():
            return {
                "version": value.version.hex(),
                "name": value.name,
                "program": value.program,
            }
        case Granted():
            return {"interval": value.interval}
        case Refused():
            return {"text": value.text, "kind": value.kind.value, "advice": value.advice.value}
        case UdpHeartbeat():
            return {"server": str(IPv4Address(value.server)), "port": value.port}
        case _:
            raise AssertionError(f"a fact of {type(value)}")
