"""The frames of the router's own login in each shape of Ruijie's dialect, and who gets which.

docs/protocol.md, "The bare shape". The private block of every frame, which all other shapes are
told by, is :mod:`.client_frames`'.
"""

from __future__ import annotations

from ruijie_proxy.engine.login.client_frames import (
    CernetFrames,
    ClientFrames,
    RuijieFrames,
)
from ruijie_proxy.engine.login.client_to_be import client_to_be, settled_shape
from ruijie_proxy.engine.settings import DhcpMode, Dialect
from ruijie_proxy.protocol.bare_properties import encode_bare_properties
from ruijie_proxy.protocol.clients.bare_block import bare_properties
from ruijie_proxy.protocol.clients.client_shape import ClientShape
from ruijie_proxy.protocol.clients.ruijie_vendors import is_of_ruijie
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.values import Frozen, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.reasons import ClearPassword
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import LoginSettings, SessionSettings
    from ruijie_proxy.protocol.clients.client_profile import ClientProfile
    from ruijie_proxy.protocol.eap import EapType
    from ruijie_proxy.protocol.requests import Md5Challenge


class ShapeFound(Frozen):
    """What earlier logins have shown of the shape that is wanted."""

    shape: ClientShape
    """The one that was right, or is to be tried next."""
    edition: int | None
    """The edition of the V4 check that goes with it, where the settings leave it open."""
    is_by_vendor: bool = True
    """Whether a server's vendor part tells the same, as far as is known: it goes first then."""


def shape_of_vendor(server: bytes) -> ClientShape:
    """Return the shape that a genuine client speaks to a switch of this MAC address."""
    return ClientShape.BLOCK if is_of_ruijie(server) else ClientShape.BARE


class InsideFrames(RuijieFrames):
    """A private block within the lengths of the MD5 response, and nothing private elsewhere."""

    shape = ClientShape.INSIDE

    def _behind_value(self, challenge: bytes) -> bytes:
        return self._username + super()._block(challenge)

    def _block(self, challenge: bytes | None) -> bytes:  # noqa: ARG002 - it stands elsewhere
        return b""


class BareFrames(RuijieFrames):
    """Bare properties in the MD5 response, and nothing private elsewhere; all to the group."""

    shape = ClientShape.BARE

    def __init__(
        self,
        login: LoginSettings,
        facts: RouterFacts,
        client: ClientProfile,
        from_dhcp: bool,
        phase: int | None,
    ) -> None:
        """``phase`` is 1 or 2 in a login on two rounds."""
        super().__init__(login, facts, client, from_dhcp)
        # What the router does not have is not told here.
        self._machine = replace(self._machine, link_local=facts.link_local)
        self._phase = phase

    def logoff(self, server: bytes) -> bytes:  # noqa: ARG002 - it goes to the group
        return super().logoff(PAE_GROUP_ADDRESS)

    def _behind_value(self, challenge: bytes) -> bytes:
        proof = self._proof(challenge)
        made = bare_properties(self._client, self._machine, proof, self._phase)
        return encode_bare_properties(made)

    def _block(self, challenge: bytes | None) -> bytes:  # noqa: ARG002 - there is none
        return b""

    def _response(
        self,
        server: bytes,  # noqa: ARG002 - it goes to the group
        identifier: int,
        method: EapType,
        data: bytes,
        challenge: bytes | None = None,
    ) -> bytes:
        return super()._response(PAE_GROUP_ADDRESS, identifier, method, data, challenge)


class FramesByVendor(ClientFrames):
    """Those of a login whose shape hangs on who answers.

    A genuine client looks at the vendor part of whoever asks: a private block at a switch of
    Ruijie's, the bare shape at every other. Before anybody has asked, the Start has a block: a
    switch of Ruijie's can be set to drop one that has none, or to refuse the login for it, and
    others read over it, if they heed the standard. Where the bare shape was right the last time,
    the Start is bare; if nobody answers, one with a block goes out, too, and it goes out anew if a
    switch of Ruijie's does.
    """

    def __init__(
        self,
        login: LoginSettings,
        facts: RouterFacts,
        block: ClientFrames,
        bare: ClientFrames,
        found: ShapeFound | None,
    ) -> None:
        super().__init__(login, facts)
        self._block_frames, self._bare_frames = block, bare
        is_bare = found is not None and found.shape is ClientShape.BARE
        self._usual = bare if is_bare else block
        self.ways_to_start = 2 if is_bare else 1
        self.name, self.edition = self._usual.name, self._usual.edition
        self.shape = self._usual.shape
        self._found = found

    def for_server(self, server: bytes) -> ClientFrames:
        if self._found is not None and not self._found.is_by_vendor:
            return self._usual
        is_bare = shape_of_vendor(server) is ClientShape.BARE
        return self._bare_frames if is_bare else self._block_frames

    def logoff(self, server: bytes) -> bytes:
        return self.for_server(server).logoff(server)

    def identity(self, server: bytes, identifier: int) -> bytes:
        return self.for_server(server).identity(server, identifier)

    def answer(self, server: bytes, request: Md5Challenge) -> bytes:
        return self.for_server(server).answer(server, request)

    def noted(self, server: bytes, identifier: int) -> bytes:
        return self.for_server(server).noted(server, identifier)

    def in_clear(self, server: bytes, identifier: int) -> tuple[bytes, ClearPassword]:
        return self.for_server(server).in_clear(server, identifier)

    def other_method(self, server: bytes, identifier: int) -> bytes:
        return self.for_server(server).other_method(server, identifier)

    def start(self, group: bytes, way: int = 0) -> bytes:
        return (self._block_frames if way else self._usual).start(group)

    def to_start_anew(self, server: bytes) -> ClientFrames | None:
        if self._usual is self._block_frames or self.for_server(server) is not self._block_frames:
            return None
        block, bare = self._block_frames, self._bare_frames
        return FramesByVendor(self._login, self._facts, block, bare, None)


def frames_of(
    settings: SessionSettings,
    login: LoginSettings,
    facts: RouterFacts,
    learned: ClientProfile | None,
    found: ShapeFound | None,
    phase: int | None = None,
) -> ClientFrames:
    """Return the frames of a login with these settings.

    ``learned`` is what is known of a genuine client, ``found`` what was found to be wanted, both
    for where the settings leave it open. ``phase`` is 1 or 2 in a login on two rounds.
    """
    if login.dialect is Dialect.PLAIN:
        return ClientFrames(login, facts)
    if login.dialect is Dialect.CERNET:
        return CernetFrames(login, facts)
    from_dhcp = settings.dhcp is not DhcpMode.OFF

    def shaped(shape: ClientShape) -> ClientFrames:
        edition = found.edition if found is not None and found.shape is shape else None
        client = client_to_be(login, learned, edition, shape)
        if shape is ClientShape.BARE:
            return BareFrames(login, facts, client, from_dhcp, phase)
        kind = InsideFrames if shape is ClientShape.INSIDE else RuijieFrames
        return kind(login, facts, client, from_dhcp)

    settled = settled_shape(login, learned)
    if settled is not None:
        return shaped(settled)
    return FramesByVendor(login, facts, shaped(ClientShape.BLOCK), shaped(ClientShape.BARE), found)
