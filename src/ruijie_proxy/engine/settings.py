"""What a session of the engine can be told: its settings, and the one home of their defaults."""

from __future__ import annotations

from ruijie_proxy.choices import Enum
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from ruijie_proxy.secret import Secret

    PropertyChange: TypeAlias = tuple[int, bytes | None]


class MacMode(Enum):
    """Whose MAC addresses the relayed frames carry; docs/protocol.md, "Addresses"."""

    REWRITE = "rewrite"
    """Towards the server the WAN port's own address, towards the client the client's."""
    CLONE = "clone"
    """The WAN port takes the client's address, so frames cross with theirs unchanged."""
    KEEP = "keep"
    """Frames cross with theirs unchanged, and the WAN port keeps its own."""


class FieldsMode(Enum):
    """What becomes of the addresses inside the client's private block."""

    REWRITE = "rewrite"
    """They say the router's, where the router has one; docs/protocol.md, "The private block"."""
    KEEP = "keep"
    """The block crosses byte for byte."""


class GroupMode(Enum):
    """Which group address a Start goes out to; docs/protocol.md, "Frames"."""

    KEEP = "keep"
    """The one the client chose; for the router's own login the same as AUTO."""
    STANDARD = "standard"
    """01:80:c2:00:00:03, the PAE group address of IEEE 802.1X."""
    RUIJIE = "ruijie"
    """01:d0:f8:00:00:03; some campuses answer no other."""
    AUTO = "auto"
    """Of the router's own login: one and the other in turn until one is answered, and from then on
    that one. A relayed Start keeps the one the client chose."""


class ClientLogoff(Enum):
    """What becomes of a client's Logoff once the router holds the session."""

    IGNORE = "ignore"
    """It ends here: the PC may be switched off without ending the session."""
    FORWARD = "forward"
    """It crosses and ends the session."""


class DhcpMode(Enum):
    """When the WAN port gets its address; docs/protocol.md, "Logins"."""

    OFF = "off"
    """It has a fixed one: nothing is renewed."""
    BEFORE = "before"
    """Before the login, which waits for it."""
    AFTER = "after"
    """After the login: it is renewed then."""
    DOUBLE = "double"
    """Between two logins: the first opens the way to DHCP, the second one tells the address."""


class Dialect(Enum):
    """What the router speaks when it logs in by itself."""

    RUIJIE = "ruijie"
    """Ruijie's dialect with the V4 check; docs/protocol.md, "The V4 check"."""
    RUIJIE_V2 = "ruijie-v2"
    """Ruijie's dialect with the V2 check; docs/protocol.md, "The V2 check"."""
    PLAIN = "plain"
    """EAP-MD5 without anything private (RFC 3748)."""
    CERNET = "cernet"
    """docs/protocol.md, "Cousins"."""


class Shape(Enum):
    """How the private data of a login travels; docs/protocol.md, "The bare shape"."""

    AUTO = "auto"
    """As a genuine client chooses: BLOCK at a switch of Ruijie's, and BARE at every other."""
    BLOCK = "block"
    """As a private block behind the stated lengths of every frame."""
    BARE = "bare"
    """As bare properties inside the lengths of the MD5 response alone."""
    INSIDE = "inside"
    """As a private block inside the lengths of the MD5 response alone."""


class ZeroCheck(Enum):
    """What the V4 check of a Start and an Identity response is computed from."""

    ZEROS = "zeros"
    """16 zero bytes, as genuine Linux clients do it."""
    TEXT = "text"
    """A fixed text; docs/protocol.md, "The V4 check"."""


class CheckCase(Enum):
    """In which case the hex digits of the V2 check stand; docs/protocol.md, "The V2 check"."""

    LOWER = "lower"
    UPPER = "upper"


class V2Client(Frozen):
    """What the V2 check needs of the user's own ``8021x.exe``."""

    code_section: bytes
    """The first executable section."""
    version: tuple[int, int]
    """Major and minor number of the file's fixed version information, a byte each."""


class PortalSettings(Frozen):
    """What a login at a web portal needs beside the account."""

    page: str | None = None
    """The address of the portal's page; None: where the gateway leads to, and from then on that."""
    operator_username: str | None = None
    """The account at a carrier, where the campus wants both."""
    operator_password: Secret | None = None


class LoginSettings(Frozen):
    """What the router needs to know to log in by itself. None: as the client to be has it."""

    username: str
    password: Secret
    dialect: Dialect = Dialect.RUIJIE
    edition: int | None = None
    """Of the V4 check, 1 or 2; None: by the client's version, and once the other one when that is
    refused."""
    client_version: str | None = None
    """Such as 1.31: the preset of that version, or its number alone; None: the usual one, or with
    Dialect.RUIJIE_V2 that of the user's own program."""
    client_name: str | None = None
    service: str | None = None
    disk_serial: str | None = None
    dns: tuple[str, ...] | None = None
    """Addresses of DNS servers as text; None: the router's own."""
    properties: tuple[PropertyChange, ...] = ()
    """Properties to add or replace, or with None as content to remove, by their type."""
    v2_client: V2Client | None = None
    """For Dialect.RUIJIE_V2."""
    check_case: CheckCase = CheckCase.LOWER
    """For Dialect.RUIJIE_V2."""
    shape: Shape = Shape.AUTO
    """For Dialect.RUIJIE."""
    zero_check: ZeroCheck | None = None
    """For Dialect.RUIJIE; None: of zeros, or what a learned client was seen to send."""
    allow_clear_password: bool = False
    """Whether to answer a server that asks for the password in clear (EAP type 7)."""
    portal: PortalSettings | None = None
    """For a login at a web portal; None: it is by 802.1X, or nothing is known of a portal."""


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As the configuration writes them."""
MINUTES_OF_DAY = 24 * 60


class OpenHours(Frozen):
    """Hours of one day of the week in which the campus lets people in, by local time."""

    day: int
    """0 is Monday, 6 is Sunday."""
    begin: int
    """Minutes since midnight, as is ``end``, which is later and at most MINUTES_OF_DAY."""
    end: int


class SessionSettings(Frozen):
    """How the engine runs one session. The defaults suit most campuses."""

    clients: tuple[bytes, ...] = ()
    """MAC addresses (6 bytes each) of the clients that may log in; empty: any."""
    any_client: bool = False
    """Whether that was written out. Otherwise, while a client's session is held, only that client
    may log in anew (:mod:`.restarts`)."""
    login_timeout: float = 60.0
    """Seconds from a client's last Start in which the login must come to a result."""
    group: GroupMode = GroupMode.KEEP
    mac: MacMode = MacMode.REWRITE
    restore_mac: bool = False
    """With MacMode.CLONE: give the WAN port its own address back when the session stops."""
    fields: FieldsMode = FieldsMode.REWRITE
    successes: int = 1
    """How many logins in a row the campus wants; docs/protocol.md, "Logins"."""
    client_logoff: ClientLogoff = ClientLogoff.IGNORE
    heartbeats: bool = True
    """Whether the router sends heartbeats of its own at all; some campuses want none."""
    heartbeat_interval: float | None = None
    """Seconds between heartbeats; None: what the grant says, within the engine's bounds."""
    heartbeat_number: int | None = None
    """Number (32 bits) of the first heartbeat; None: the engine chooses, or learns it."""
    renew: bool = True
    """Whether to ask for a renewal of the WAN address."""
    dhcp: DhcpMode = DhcpMode.AFTER
    lease_wait: float = 30.0
    """Seconds a login waits for the address at most, where it has to wait for it."""
    login: LoginSettings | None = None
    """The router's own account; None: only a client on the LAN can log in."""
    hours: tuple[OpenHours, ...] = ()
    """Outside of them the router begins no login of its own; empty: any time will do, unless the
    server has told its hours."""
    logoff_on_exit: bool = False
    """Whether to log off at the switch when the program ends in an orderly way; otherwise the
    session is there for the next start to go on with."""
