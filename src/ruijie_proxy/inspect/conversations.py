"""Who talks with whom, and how far they are: one conversation a client and place."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field

from ruijie_proxy.inspect.server_facts import ToldBefore
from ruijie_proxy.inspect.steps import Kind, Phase, Side
from ruijie_proxy.protocol.ethernet import is_group_address
from ruijie_proxy.protocol.heartbeat import Heartbeat

_MOST_CONVERSATIONS = 500
"""The one that was silent longest is forgotten: memory has a bound, whatever the file."""
_REMEMBERED = 8
"""Frames of a conversation that a repetition is looked for in."""
_REPEATED_WITHIN = 15_000_000_000
"""Nanoseconds; switches repeat after 3 s, at most 3 times (docs/protocol.md, "Frames")."""


@dataclass(slots=True)
class Conversation:
    """How far a client is."""

    number: int
    client: bytes | None
    """MAC address; None until it has sent or been sent something by itself."""
    server: bytes | None = None
    phase: Phase = Phase.OFFLINE
    login: int = 0
    ended: bool = False
    """Whether a login has failed, or a session has ended, and nothing has begun since."""
    answered: bool = False
    """Whether the login under way has gone beyond its Start."""
    challenges: dict[int, bytes] = field(default_factory=dict)
    """By their EAP identifiers."""
    identity: bytes | None = None
    """The user name that the client has told last, as it is on the wire."""
    told_before: ToldBefore | None = None
    """The last text of the login under way that may be a refusal's reason."""
    key: int | None = None
    """Of the heartbeats: what was granted, or else what the first heartbeat had."""
    granted: bool = False
    """Whether the key was granted."""
    heartbeat: Heartbeat | None = None
    heartbeat_at: int | None = None
    _recent: deque[tuple[bytes, bytes, int, int | None]] = field(
        default_factory=lambda: deque(maxlen=_REMEMBERED)
    )

    def repetition_of(
        self, source: bytes, content: bytes, number: int, at: int | None
    ) -> int | None:
        """Remember a frame, and return the number of the packet that it repeats."""
        repeated = None
        for old_source, old_content, old_number, old_at in self._recent:
            recent = at is None or old_at is None or at - old_at <= _REPEATED_WITHIN
            if old_source == source and old_content == content and recent:
                repeated = old_number
        self._recent.append((source, content, number, at))
        return repeated

    def enter(self, kind: Kind) -> None:
        """Begin what a frame begins, before it is told of."""
        match kind:
            case Kind.START:
                if self.phase is not Phase.LOGIN or self.answered:
                    self._begin_login()
            case Kind.REQUEST_IDENTITY:
                if self.phase is Phase.OFFLINE and not self.ended:
                    self._begin_login()
                self.answered = True
            case Kind.RESPONSE_IDENTITY:
                if self.phase is Phase.OFFLINE:
                    self._begin_login()
                self.answered = True
            case Kind.REQUEST_MD5 | Kind.RESPONSE_MD5 | Kind.REQUEST | Kind.RESPONSE:
                if self.phase is not Phase.LOGIN:
                    self._begin_login()
                self.answered = True
            case Kind.SUCCESS:
                if self.phase is Phase.OFFLINE:
                    self._begin_login()
            case Kind.HEARTBEAT:
                if self.phase is Phase.OFFLINE and not self.ended:
                    self.phase = Phase.ONLINE
            case _:
                pass

    def leave(self, kind: Kind) -> None:
        """End what a frame ends, after it was told of."""
        if kind is Kind.SUCCESS:
            self.phase = Phase.ONLINE
        elif kind in (Kind.FAILURE, Kind.LOGOFF):
            self.phase = Phase.OFFLINE
            self.ended = True
            self.heartbeat = None
            self.told_before = None

    def _begin_login(self) -> None:
        self.phase = Phase.LOGIN
        self.login += 1
        self.ended = False
        self.answered = False
        self.challenges.clear()
        self.told_before = None


Place = tuple[str | None, Side | None]
"""Interface and side that frames are exchanged at, as far as they are told."""


class Conversations:
    """Finds the conversation that a frame belongs to."""

    def __init__(self) -> None:
        self._all: OrderedDict[tuple[Place, bytes | None], Conversation] = OrderedDict()
        self._count = 0

    def of(
        self,
        place: Place,
        source: bytes,
        destination: bytes | None,
        from_client: bool | None,
    ) -> tuple[Conversation, bool]:
        """Return the conversation of a frame, and whether the client sent the frame."""
        other = None if destination is None or is_group_address(destination) else destination
        if from_client is None:
            from_client = (place, source) in self._all or (place, other) not in self._all
        client, server = (source, other) if from_client else (other, source)
        conversation = self._find(place, client, server)
        conversation.server = server or conversation.server
        return conversation, from_client

    def _find(self, place: Place, client: bytes | None, server: bytes | None) -> Conversation:
        key = place, client
        if client is None:
            # To the group: to the client that this server has last talked with.
            for other, conversation in reversed(self._all.items()):
                if other[0] == place and conversation.server in (None, server):
                    key = other
                    break
        elif key not in self._all and (place, None) in self._all:
            nameless = self._all.pop((place, None))
            nameless.client = client
            self._all[key] = nameless
        if key not in self._all:
            self._count += 1
            self._all[key] = Conversation(self._count, client)
            if len(self._all) > _MOST_CONVERSATIONS:
                self._all.popitem(last=False)
        self._all.move_to_end(key)
        return self._all[key]
