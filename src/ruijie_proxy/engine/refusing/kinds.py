"""The kinds of refusals, and what can be advised after one."""

from __future__ import annotations

from ruijie_proxy.choices import Enum


class RefusalKind(Enum):
    """Kinds of refusals; the values stand in ``ruijie-proxy status --json``."""

    CREDENTIALS = "credentials"
    CLIENT_REJECTED = "client-rejected"
    BANNED = "banned"
    LOCKED = "locked"
    ACCOUNT = "account"
    AGREEMENT = "agreement"
    BINDING = "binding"
    ADDRESS_IN_USE = "address-in-use"
    SERVICE = "service"
    DHCP = "dhcp"
    BUSY = "busy"
    HOURS = "hours"
    AGAIN = "again"
    CAPTCHA = "captcha"
    OTHER_PORTAL = "other-portal"
    UNCLEAR_PORTAL = "unclear-portal"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


class Advice(Enum):
    """What a user can look at; the sentences are the runtime's (``runtime/telling/advice.py``)."""

    CHECK_PASSWORD = "username, password"  # noqa: S105 - names of settings, as are the others
    OTHER_EDITION = "edition, client_version"
    ADD_BLOCK = "dialect"
    LATER_VERSION = "client_version"
    WAIT_FOR_BAN = "wait"
    WAIT_AND_CHANGE_CLIENT = "wait, and mode: relay"
    WAIT_FOR_LOCK = "wait, then the password"
    SEE_THE_OFFICE = "the account at the office"
    CONFIRM_AGREEMENT = "the agreement"
    MAC_IS_BOUND = "the port's MAC address"
    ADDRESS_IS_BOUND = "dhcp"
    SOCKET_IS_BOUND = "the socket"
    ADDRESS_IN_USE = "the address"
    CHOOSE_SERVICE = "service"
    USE_DHCP = "dhcp: after"
    LOGGED_IN_ELSEWHERE = "the other device"
    OUT_OF_HOURS = "the hours"
    OPEN_PORTAL = "the portal, in a browser"
    LOG_IN_BY_HTTPS = "the portal, in a browser, by HTTPS"
    TRUST_PORTAL = "relogin --trust"
    UNCLEAR_PORTAL = "what the portal answers"
    OTHER_CHARACTERS = "a password of other characters"
    RETRIED = "nothing"
    LOGGED_OFF_BY_USER = "the self-service page"
    LOOK_AT_MESSAGE = "the message"
    NO_REASON = "username, password, service"
    NO_REASON_PLAIN = "username, password, dialect, service"
    CHECK_CLIENTS_PASSWORD = "user name and password in the client"  # noqa: S105 - as the others
    CHOOSE_IN_CLIENT = "the service in the client"
    OTHER_CLIENT = "the client, fields, mac"
    WAIT_AND_USE_CLIENT = "wait, and the client"
    NO_REASON_TO_CLIENT = "user name, password and service in the client"
