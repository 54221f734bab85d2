"""The types of the pieces that a server sends: in a challenge, a result, or a bare request.

docs/protocol.md, "Requests", "Results" and "The bare shape". The numbers are of one space with
those of the clients' properties (:mod:`.properties`), some with the same meaning.
"""

from __future__ import annotations

from ruijie_proxy.choices import IntEnum


class PieceType(IntEnum):
    """What is known of the types; any other number may come and is kept."""

    NEWEST_VERSION = 0x05
    PROXY_DETECTION = 0x14
    DIAL_UP_DETECTION = 0x15
    CHALLENGE_FLAG = 0x2E
    UPGRADE_URL = 0x37
    SERVICE = 0x39
    ACCOUNT = 0x3C
    """What the server tells of the account, GBK."""
    PERSONAL = 0x3D
    BROADCAST = 0x52
    """A text for all, GBK."""
    REFUSAL_REASON = 0x53
    """Why the Failure comes that follows, GBK."""
    REAUTHENTICATION_INTERVAL = 0x56
    """Seconds, 4 bytes."""
    UDP_INTERVAL = 0x59
    """Of the heartbeat by UDP, as are the next four, and 0x79 and 0x80."""
    UDP_PORT = 0x5A
    UDP_SERVER = 0x5B
    UDP_KEY = 0x5C
    UDP_VECTOR = 0x5D
    RADIUS_KIND = 0x61
    SERVICE_CHANGE_RESULT = 0x65
    SERVICES_ON_OFFER = 0x66
    """Names in GBK, ``@`` between."""
    LOGIN_URL = 0x68
    MESSAGE_PORT = 0x6E
    PAGE_TO_SHOW = 0x72
    PROXY_KINDS = 0x74
    SECOND_PAGE_TO_SHOW = 0x77
    UDP_VERSION = 0x79
    UDP_FLAGS = 0x80
