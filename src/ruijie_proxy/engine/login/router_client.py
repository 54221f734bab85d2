"""The client that the router says to be now: its frames, and who sends them."""

from __future__ import annotations

from ruijie_proxy.engine.frame_reading import EAP_IDENTIFIER_AT, read_eap
from ruijie_proxy.engine.login.client_to_be import (
    OTHER_EDITION,
    OTHER_SHAPE,
    edition_is_open,
    settled_shape,
)
from ruijie_proxy.engine.login.groups import groups_in_turn
from ruijie_proxy.engine.login.shaped_frames import ShapeFound, frames_of, shape_of_vendor
from ruijie_proxy.engine.login.supplicant import Supplicant
from ruijie_proxy.engine.refusals import Advice
from ruijie_proxy.engine.settings import Dialect
from ruijie_proxy.protocol.clients.client_shape import ClientShape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.heartbeats import Authentication
    from ruijie_proxy.engine.login.client_frames import ClientFrames
    from ruijie_proxy.engine.login.tries import Tries
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import LoginSettings, SessionSettings
    from ruijie_proxy.engine.unanswered import Unanswered
    from ruijie_proxy.protocol.clients.client_profile import ClientProfile


class RouterClient:
    """Makes frames and supplicants of what is known at the time."""

    __slots__ = ("_login", "_settings", "_tries", "_unheard", "facts", "profile")

    def __init__(
        self,
        settings: SessionSettings,
        login: LoginSettings,
        facts: RouterFacts,
        profile: ClientProfile | None,
        tries: Tries,
    ) -> None:
        self._settings = settings
        self._login = login
        self._tries = tries
        self.facts = facts
        """What the router's addresses are now."""
        self.profile = profile
        """What is known of a genuine client."""
        self._unheard: ClientShape | None = None
        """The shape in which the last login's identity was given, and nothing more was said."""

    @property
    def is_plain(self) -> bool:
        """Whether its frames hold nothing of Ruijie's."""
        return self._login.dialect is Dialect.PLAIN

    def frames(self) -> ClientFrames:
        """Return the frames, with the addresses, the edition and the shape of now."""
        wanted = self._tries.wanted
        phase = min(self._tries.made + 1, wanted) if wanted > 1 else None
        found = self._found
        return frames_of(self._settings, self._login, self.facts, self.profile, found, phase)

    def supplicant(self, outbox: Outbox, unanswered: Unanswered) -> Supplicant:
        """Return who makes one login."""
        groups = groups_in_turn(self._settings.group, self._tries.memory.group)
        return Supplicant(self.frames(), groups, outbox, unanswered, self._tries.jitter)

    def was_right(self, supplicant: Supplicant) -> None:
        """Take note that a login has succeeded."""
        frames, server = supplicant.frames, supplicant.server
        is_open = settled_shape(self._login, self.profile) is None
        by_vendor = server is None or not is_open or frames.shape is shape_of_vendor(server)
        self._unheard = None
        self._tries.client_was_right(frames.edition, frames.shape, by_vendor=by_vendor)

    def was_heard(self) -> None:
        """Take note that a server has read what a login said."""
        self._unheard = None

    def fell_silent(self, supplicant: Supplicant | None) -> ClientShape | None:
        """Take note of a login without a result; return the shape to try next, if it is another.

        A switch can be set to drop what is not in its shape. It may as well be that nobody behind
        the switch answers, so nothing of it is written down.
        """
        unheard = supplicant.unheard_shape if supplicant else None
        if unheard is None or settled_shape(self._login, self.profile) is not None:
            return None
        self._unheard = unheard
        return OTHER_SHAPE[unheard]

    def would_say(self, response: bytes, server: bytes) -> bool:
        """Whether its Identity response to a server would be the same as this one."""
        ours = self.frames().identity(server, response[EAP_IDENTIFIER_AT])
        return read_eap(response) == read_eap(ours)

    def can_prove(self, login: Authentication) -> bool:
        """Whether it could answer a challenge as the genuine client does that has logged in."""
        response = login.identity_response
        if self.profile is None or response is None or self._tries.is_refused:
            return False
        return self.would_say(response, login.server)

    def other_edition(self, refused: ClientFrames, advice: Advice) -> int | None:
        """Return the edition to try after a client was rejected; None: there is none to try.

        None either in the bare shape that was chosen by itself, where no client has the other one.
        """
        was_bare = refused.shape is ClientShape.BARE
        if (
            advice is not Advice.OTHER_EDITION
            or refused.edition is None
            or self._tries.memory.edition_was_refused
            or (was_bare and settled_shape(self._login, self.profile) is None)
            or not edition_is_open(self._login, self.profile)
        ):
            return None
        return OTHER_EDITION[refused.edition]

    def other_shape(self, refused: ClientFrames, advice: Advice) -> ClientShape | None:
        """Return the shape to try after a client was rejected; None: there is none to try.

        None either where the client's version was read, and was too low: its shape is right; or its
        check, where nobody can compute it: no shape makes that another one.
        """
        was_compared = advice is Advice.OTHER_EDITION and refused.edition is None
        if (
            advice is Advice.LATER_VERSION
            or was_compared
            or refused.shape is None
            or self._tries.memory.shape_was_refused
            or settled_shape(self._login, self.profile) is not None
        ):
            return None
        return OTHER_SHAPE.get(refused.shape)

    @property
    def _found(self) -> ShapeFound | None:
        memory = self._tries.memory
        # What was written down before there were other shapes is of a block.
        shape = ClientShape.BLOCK if memory.shape is None else ClientShape(memory.shape)
        if self._unheard is not None:
            other = OTHER_SHAPE[self._unheard]
            return ShapeFound(other, memory.edition if other is shape else None, is_by_vendor=False)
        if memory.shape is None and memory.edition is None:
            return None
        return ShapeFound(shape, memory.edition, not memory.shape_was_refused)
