"""What a story is made of: one step for each EAPOL frame, and what the frame says as facts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


class Phase(StrEnum):
    """Where in a conversation a step stands."""

    OFFLINE = "offline"
    LOGIN = "login"
    ONLINE = "online"


class Side(StrEnum):
    """Which way of this machine's a frame went, where no interface is told but the direction is."""

    SERVER = "server"
    CLIENT = "client"


class Kind(StrEnum):
    """Kinds of steps; the values stand in ``inspect --json``."""

    START = "start"
    LOGOFF = "logoff"
    REQUEST_IDENTITY = "request-identity"
    RESPONSE_IDENTITY = "response-identity"
    REQUEST_MD5 = "request-md5"
    RESPONSE_MD5 = "response-md5"
    NOTIFICATION = "notification"
    """A Request/Notification."""
    REQUEST = "request"
    """A request of another method."""
    RESPONSE = "response"
    """A response of another method."""
    SUCCESS = "success"
    FAILURE = "failure"
    HEARTBEAT = "heartbeat"
    ECHO = "echo"
    ECHO_ANSWER = "echo-answer"
    USER_NAME = "user-name"
    UNKNOWN = "unknown"
    """An EAPOL type or EAP code that has no meaning here."""
    UNREADABLE = "unreadable"
    """Too short, or made of impossible sizes."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a frame says, or that is found out about it."""

    key: str
    """Its name in the JSON; with spaces for ``_``, the label for people."""
    value: Json
    text: str
    """The value for people; empty where something else says it."""
    good: bool | None = None
    """Whether it is as it should be; None where that is no question."""
    full: str | None = None
    """Of what is shown shortened: the whole, as hex digits or text."""
    standing: bool = False
    """Whether it is the same in most frames of a login, and worth telling when it changes."""


@dataclass(frozen=True, slots=True)
class PropertyLine:
    """A property of a private block."""

    type: int
    name: str | None
    """None: what it means is not known."""
    text: str
    full: str | None
    """Of what is shown shortened: the whole."""


@dataclass(frozen=True, slots=True)
class UnknownBytes:
    """Bytes whose meaning is not known."""

    place: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """One frame's part in the story."""

    number: int
    """The packet's number in the file, from 1."""
    at: int | None
    """Nanoseconds since 1970."""
    seconds: float | None
    """Seconds since the first packet of the file."""
    interface: str | None
    side: Side | None
    """Where no interface is told: with whom this machine exchanged it."""
    outgoing: bool | None
    source: bytes
    destination: bytes | None
    sender: str
    """Name that the story has for the source, such as ``client A``."""
    receiver: str
    vlans: tuple[int, ...]
    conversation: int
    """Counted from 1: one client on one interface."""
    phase: Phase
    login: int
    """The conversation's login that the step belongs to, or comes after; 0 before the first."""
    kind: Kind
    title: str
    repeats: int | None
    """Number of the packet that this one repeats byte for byte."""
    facts: tuple[Fact, ...]
    properties: tuple[PropertyLine, ...]
    unknown: tuple[UnknownBytes, ...]
