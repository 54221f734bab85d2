"""What the simulated switch and the simulated client can be told to be like.

Every kind of campus that is known is a set of these. Plain values only, so that they travel to an
endpoint's process as JSON (:mod:`.options_json`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from ruijie_proxy.lab.loss import NO_LOSS, Loss
from ruijie_proxy.protocol.eapol import RUIJIE_EAPOL_VERSION
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.heartbeat import FIRST_NUMBER

DEFAULT_USER = "student"
DEFAULT_PASSWORD = "secret-2026"  # noqa: S105 - the simulated campus's own
DEFAULT_CODE_SECTION = bytes(range(256)).hex()
"""Stands for the code of the campus's own ``8021x.exe``."""


RUIJIES_SWITCH = "00:d0:f8:d9:f1:04"
OTHER_VENDORS_SWITCH = "00:0f:e2:d9:f1:04"
"""MAC addresses of the simulated switch: by Ruijie, and by H3C."""


class Dialect(StrEnum):
    """What the switch speaks, and demands of its clients."""

    RUIJIE = "ruijie"
    """Ruijie's dialect with the V4 check; docs/protocol.md, "The V4 check"."""
    RUIJIE_V2 = "ruijie-v2"
    """Ruijie's dialect with the V2 check; docs/protocol.md, "The V2 check"."""
    PLAIN = "plain"
    """EAP-MD5 and nothing private in a client's frames (RFC 3748)."""
    CERNET = "cernet"
    """docs/protocol.md, "Cousins"."""

    @property
    def grants(self) -> bool:
        """Whether a Success carries private data, and heartbeats follow it."""
        return self in (Dialect.RUIJIE, Dialect.RUIJIE_V2)


class Shape(StrEnum):
    """Where private data stands in Ruijie's dialect: docs/protocol.md, "The bare shape"."""

    BLOCK = "block"
    """In a private block behind the stated length of every frame."""
    BARE = "bare"
    """Without mark and magic within the length of a challenge and of its answer, and nowhere else:
    what a genuine client does at the switch of another vendor."""
    INSIDE = "inside"
    """In a private block behind the answer to a challenge alone, counted in its lengths."""


class SuccessShape(StrEnum):
    """What stands in a Success (docs/protocol.md, "Results")."""

    MODERN = "modern"
    """Message, block, empty piece, grant, accounting message."""
    MODERN_0049 = "modern-0049"
    """The same, the block headed `00 49`."""
    NO_MESSAGE = "no-message"
    """Modern, with an empty message."""
    CLASSIC = "classic"
    """The grant is the last thing in the frame."""
    TRAILED = "trailed"
    """Classic, with a piece of 24 bytes after the grant."""
    HEADERLESS = "headerless"
    """Modern, but the grant follows the empty piece at once, without a header of its own."""
    UNREADABLE = "unreadable"
    """A message, and a grant in a form that nobody knows."""
    BARE = "bare"
    """Nothing private at all."""


class Heartbeats(StrEnum):
    """What the switch thinks of heartbeats."""

    REQUIRED = "required"
    """Whoever sends none is dropped."""
    OPTIONAL = "optional"
    """Silence is accepted; heartbeats that come are checked all the same."""
    FORBIDDEN = "forbidden"
    """A heartbeat is something to complain about."""


class Challenges(StrEnum):
    """How often the password is asked for in one login."""

    ONE = "one"
    TWO_SAME = "two-same"
    """Twice with the same challenge, the second in a longer frame."""
    TWO_DIFFERENT = "two-different"
    """Twice with different challenges, the second in a longer frame."""


class Group(StrEnum):
    """A group address, or both."""

    STANDARD = "standard"
    RUIJIE = "ruijie"
    BOTH = "both"


class Destination(StrEnum):
    """Where the switch addresses its frames to."""

    CLIENT = "client"
    GROUP = "group"


class Padding(StrEnum):
    """What fills short frames up to Ethernet's minimum."""

    ZEROS = "zeros"
    STALE = "stale"
    """Pieces of other people's packets, as some switches' memory holds them."""


class Dropping(StrEnum):
    """How the switch parts with a client that is silent for too long."""

    FAILURE = "failure"
    """It sends a Failure with a message."""
    SILENT = "silent"
    """It closes the port and says nothing."""


@dataclass(frozen=True, slots=True)
class SwitchOptions:
    """A campus, as its switch shows it. Times are in seconds."""

    users: Mapping[str, str] = field(default_factory=lambda: {DEFAULT_USER: DEFAULT_PASSWORD})
    """Each user's password."""
    seed: int = 1
    """Makes challenges, losses and repetitions the same in each run."""
    dialect: Dialect = Dialect.RUIJIE
    """Without grants in it, each Success is bare and heartbeats are forbidden, whatever
    :attr:`success` and :attr:`heartbeats` say."""
    shape: Shape = Shape.BLOCK
    """Where Ruijie's dialect has its private data. A bare switch, too, has nothing to grant; it
    tells a refusal's reason in a bare piece before the Failure."""
    answers: bool = True
    """Whether anything is ever said; otherwise the switch only counts."""

    require_private_block: bool = True
    """Whether frames that lack the private block are refused."""
    check_v4: bool = True
    """Whether the V4 check is compared."""
    edition: Edition = Edition.FIRST
    """The edition of the V4 check that this campus wants."""
    text_check: bool = False
    """Whether it wants that of a text before there is a challenge, and not that of zeros."""
    upper_case: bool = False
    """Whether it wants the V2 check in upper-case digits."""
    code_section: str = DEFAULT_CODE_SECTION
    """What the V2 check is made with, as hex digits: the code of the campus's ``8021x.exe``."""
    code_version: tuple[int, int] | None = None
    """Major and minor number that a client with a V2 check must state; None: any."""
    check_password_property: bool = True
    check_mac: bool = True
    """Whether the MAC and the EUI-64 property must agree with the frame's source."""
    expected_address: str | None = None
    """IPv4 address that the private head, the bare property or Cernet's identity must carry; None:
    any. With DHCP, a bare property carries none."""
    windows_order: bool = False
    """Whether bare properties have to be those of Windows 6.86, whose check is not compared,
    instead of those of Linux 1.30 and 1.31."""
    pieces: tuple[tuple[int, str], ...] = ()
    """Type and content (hex digits) of more pieces behind a bare challenge."""

    accepted_starts: Group = Group.BOTH
    """Which group address a Start must be sent to; others are not answered."""
    eapol_version: int = RUIJIE_EAPOL_VERSION
    login_destination: Destination = Destination.CLIENT
    """Where requests and results of a login go."""
    online_destination: Destination = Destination.CLIENT
    """Where probes, and the Failure that ends a session, go."""
    padding: Padding = Padding.ZEROS
    challenges: Challenges = Challenges.ONE
    services: tuple[str, ...] = ()
    """Services that the challenge offers, in private pieces inside its EAP length."""
    offers_first: int | None = None
    """EAP method that is asked before MD5, such as 25 (PEAP); the client has to decline it with a
    Nak that proposes MD5 (RFC 3748, 5.3.1). 7, the password in clear, can be answered, too, and no
    MD5 is asked then. None: MD5 is asked at once."""
    notification: str | None = None
    """Text of a Request/Notification before the challenge, which has to be answered."""
    stops_after_identity: bool = False
    """Whether nothing more is said in a login once the identity was told."""

    success: SuccessShape = SuccessShape.MODERN
    message: str = "欢迎使用校园网"
    accounting: str = "本月剩余流量 20 GB"
    full_eap_length: bool = True
    """Whether a result's EAP length covers the private data, or says 4."""
    successes: int = 1
    """How many logins it takes to be online."""
    first_success: SuccessShape | None = None
    """The shape of each Success but the last one; None: like the last."""
    second_login_within: float = 30.0
    """How long after a Success that is not the last the next login must begin."""

    heartbeats: Heartbeats = Heartbeats.REQUIRED
    keys: tuple[int, ...] = (0x32764AE1,)
    """Heartbeat keys of one Success after the other; the last one serves for all that follow."""
    interval: int = 20
    """The granted interval, which the client is told."""
    alive_interval: float = 60.0
    """After this silence the port is dropped; the client is not told."""
    first_heartbeat_within: float = 1.0
    """How long after Success the first heartbeat may take."""
    closest_heartbeats: float | None = None
    """Heartbeats closer than this are complained about; None: as close as they like."""
    dropping: Dropping = Dropping.FAILURE

    probe_interval: float | None = None
    """The identity is asked for this often while online; None: never."""
    probe_silence: float = 300.0
    """After this time without an answered probe the port is dropped."""
    echo_interval: float = 30.0
    """In Cernet's dialect an echo is sent this often while online …"""
    echo_silence: float = 90.0
    """… and after this time without an answered one the port is dropped."""
    reauthentication_interval: float | None = None
    """After this time online a full login is demanded; who does not answer is dropped. None:
    never."""

    step_timeout: float = 3.0
    """A request is repeated after this time …"""
    step_repeats: int = 3
    """… this many times."""
    quiet_period: float = 10.0
    """After a refusal, Starts are not answered for this long."""
    invite_after_failure: bool = False
    """Whether a Request/Identity follows a refusal at once; answering it is complained about."""
    invitations: int = 1
    """How many follow, if any does, until the next login begins …"""
    invitation_interval: float = 2.0
    """… and how long after one another."""

    refusals: tuple[str, ...] = ()
    """What the first logins are refused with at their end, one after the other, whatever they
    prove."""
    refuse_always: str | None = None
    """What all further logins are refused with; None: they get what they deserve."""
    reason_in_request: bool = False
    """Whether a refusal's reason stands as text behind the challenge of a Request/MD5-Challenge
    just before the Failure, which then says nothing. The client may answer that request or not."""
    reason_in_property: bool = False
    """The same, with the reason in a bare property 0x53 behind the challenge."""

    inward: Loss = NO_LOSS
    """How bad the cable is towards the switch. With any loss, repeated frames are forgiven."""
    outward: Loss = NO_LOSS
    """How bad the cable is away from the switch."""

    @property
    def is_bare(self) -> bool:
        """Whether this campus has the bare shape."""
        return self.dialect == Dialect.RUIJIE and self.shape == Shape.BARE

    @property
    def usual_address(self) -> str:
        """The MAC address of such a switch: bare, it is another vendor's."""
        return OTHER_VENDORS_SWITCH if self.is_bare else RUIJIES_SWITCH

    @property
    def grants(self) -> bool:
        """Whether a Success carries private data, and heartbeats follow it."""
        return self.dialect.grants and not self.is_bare


def switch_of_another_vendor(**changes: Any) -> SwitchOptions:
    """Return a campus whose switch is not Ruijie's, as GDUFS is one: the bare shape, two challenges
    of the same bytes, edition 2, and identity probes."""
    options = SwitchOptions(
        shape=Shape.BARE,
        edition=Edition.SECOND,
        challenges=Challenges.TWO_SAME,
        services=("教育网接入", "移动宽带接入"),
        probe_interval=30.0,
    )
    return replace(options, **changes)


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """A genuine client on a PC. Times are in seconds."""

    username: str = DEFAULT_USER
    password: str = DEFAULT_PASSWORD
    edition: Edition = Edition.FIRST
    """Which client it is: Linux 1.0 (edition 1) or 1.30 (edition 2)."""
    client_version: str | None = None
    """Which client it is instead, such as 1.31 or 6.86; None: by the edition."""
    private_block: bool = True
    """Whether it sends one; without, it is a plain 802.1X supplicant."""
    shape: Shape | None = None
    """Where its private data stands; None: as the vendor part of the switch's address says, and
    before any switch was heard as at one of Ruijie's."""
    service: str = "internet"
    disk_serial: str = ""
    """Serial number of the PC's first disk, at most 64 ASCII characters."""
    text_check: bool = False
    """Whether its check is that of a text before there is a challenge, and not that of zeros."""
    foreign_check: bool = False
    """Whether its V4 check is one that nobody else can compute, as a Windows client's is."""
    extra_properties: tuple[tuple[int, str], ...] = ()
    """Type and content (hex digits) of properties that end its block in every frame."""

    from_dhcp: bool = True
    address: str = "0.0.0.0"  # noqa: S104 - zeros stand for an address that is not known yet
    netmask: str = "0.0.0.0"  # noqa: S104
    gateway: str = "0.0.0.0"  # noqa: S104
    dns: str = "0.0.0.0"  # noqa: S104
    dns_servers: str = ""
    """The DNS servers behind that one, `;` between; empty: there is none."""
    link_local: bool = True
    """Whether it has an IPv6 link-local address, made of its MAC address."""
    ipv6_global: str = "::"
    """Its global IPv6 address …"""
    ipv6_gateway: str = "::"
    """… and its gateway's link-local one; zeros stand for none."""
    phase: int | None = None
    """Which round of a DHCP login on two rounds it says to be in, bare; None: it says nothing."""

    start_group: Group = Group.STANDARD
    """Where its Start goes; both: one to each."""
    starts: int = 1
    """How many Starts it sends at once to each group; hasty clients send several."""
    start_interval: float = 5.0
    """A Start that is not answered is repeated after this time …"""
    start_repeats: int = 2
    """… this many times."""
    answer_to_group: bool = False
    """Whether it answers to the group address instead of the server's."""
    eapol_version: int = RUIJIE_EAPOL_VERSION
    result_timeout: float = 30.0
    """It gives up a login in which nothing was heard for this long."""

    heartbeats: bool = True
    first_heartbeat_after: float = 0.1
    """How long after Success its first heartbeat goes out."""
    heartbeat_interval: float | None = None
    """None: as granted, or 30 where there is no grant."""
    key: int | None = None
    """The heartbeat key; None: the granted one. Clients know some campuses' that others cannot
    read."""
    first_number: int = FIRST_NUMBER

    answer_reauthentication: bool = True
    """Whether it answers requests while online."""
    retry_after_failure: float | None = None
    """It logs in again this long after a Failure; None: it does not."""
    logoff_on_leave: bool = False
    """Whether it says goodbye when told to leave, or vanishes."""


def linux_1_31(**changes: Any) -> ClientOptions:
    """Return the genuine Linux client of today, as it is at home in the bare shape."""
    options = ClientOptions(
        client_version="1.31",
        edition=Edition.SECOND,
        service="",
        disk_serial="WD-WX71A9",
        dns="202.114.0.242",
        dns_servers="",
    )
    return replace(options, **changes)
