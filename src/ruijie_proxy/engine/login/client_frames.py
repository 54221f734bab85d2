"""The frames of the router's own login, in each of the dialects that it speaks.

Whoever holds one of these says when a frame goes out (:mod:`.supplicant`); here is what it says.
Made anew for every login, because the addresses may be others then. The shapes that Ruijie's
dialect has besides its private block are in :mod:`.shaped_frames`.
"""

from __future__ import annotations

from ruijie_proxy.engine.reasons import ClearPassword
from ruijie_proxy.engine.settings import CheckCase
from ruijie_proxy.protocol import cernet
from ruijie_proxy.protocol.clients.client_block import Machine, Proof, client_block
from ruijie_proxy.protocol.clients.client_shape import ClientShape
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import link_local_address
from ruijie_proxy.protocol.password import clear_password, eap_md5_value
from ruijie_proxy.protocol.private_block import LogoffReason, with_logoff_reason
from ruijie_proxy.protocol.text import encode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import LoginSettings
    from ruijie_proxy.protocol.clients.client_profile import ClientProfile
    from ruijie_proxy.protocol.requests import Md5Challenge


MOST_DNS_SERVERS = 8
"""As many as the settings take; some sixteen would not fit into their property."""


class ClientFrames:
    """EAP-MD5 with nothing private, which is all that the plain dialect is (RFC 3748, RFC 1994)."""

    name = "plain 802.1X"
    """Which client it says to be, for people."""
    edition: int | None = None
    """Of the V4 check, where there is one."""
    shape: ClientShape | None = None
    """Of the private data, where there is some."""
    ways_to_start = 1
    """How many Starts there are to try."""
    _speaks_utf8 = True
    """As RFC 3748, 5.1, wants it of names; Ruijie's and Cernet's clients speak GBK."""

    def __init__(self, login: LoginSettings, facts: RouterFacts) -> None:
        self._login = login
        self._facts = facts

    def for_server(self, server: bytes) -> ClientFrames:  # noqa: ARG002 - they are all the same
        """Return the frames that go to this server."""
        return self

    def to_start_anew(self, server: bytes) -> ClientFrames | None:  # noqa: ARG002 - they never do
        """Return the frames to start anew with, where the Start was not for this server."""
        return None

    def start(self, group: bytes, way: int = 0) -> bytes:  # noqa: ARG002 - there is but one
        """Write the Start to a group address, in one of the ways that there are: from 0 on."""
        return self._frame(group, EapolType.START, b"", None)

    def logoff(self, server: bytes) -> bytes:
        """Write the Logoff."""
        return self._frame(server, EapolType.LOGOFF, b"", None)

    def identity(self, server: bytes, identifier: int) -> bytes:
        """Write the Identity response to the request of this EAP identifier."""
        return self._response(server, identifier, EapType.IDENTITY, self._username)

    def answer(self, server: bytes, request: Md5Challenge) -> bytes:
        """Write the answer to a challenge. Raises ProtocolError for one that cannot be answered."""
        value = self._md5_value(request)
        data = bytes((len(value),)) + value + self._behind_value(request.challenge)
        return self._response(
            server, request.identifier, EapType.MD5_CHALLENGE, data, request.challenge
        )

    def noted(self, server: bytes, identifier: int) -> bytes:
        """Write the answer to a Request/Notification (RFC 3748, 5.2)."""
        return self._response(server, identifier, EapType.NOTIFICATION, b"")

    def other_method(self, server: bytes, identifier: int) -> bytes:
        """Write the answer to a method that is not spoken: MD5 is wanted (RFC 3748, 5.3.1)."""
        return self._response(server, identifier, EapType.NAK, bytes((EapType.MD5_CHALLENGE,)))

    def in_clear(self, server: bytes, identifier: int) -> tuple[bytes, ClearPassword]:
        """Write the answer to who asks for the password in clear, and tell what it says."""
        if not self._login.allow_clear_password:
            return self.other_method(server, identifier), ClearPassword.NOT_ALLOWED
        try:
            data = clear_password(self._password, self._username)
        except ProtocolError:
            return self.other_method(server, identifier), ClearPassword.TOO_LONG
        answer = self._response(server, identifier, EapType.CLEAR_PASSWORD, data)
        return answer, ClearPassword.SENT

    def echo(self, server: bytes) -> bytes | None:  # noqa: ARG002 - it has none
        """Write the answer to an echo; None where the dialect has none."""
        return None

    @property
    def _username(self) -> bytes:
        return self._encode(self._login.username)

    @property
    def _password(self) -> bytes:
        return self._encode(self._login.password.reveal())

    def _encode(self, text: str) -> bytes:
        return text.encode() if self._speaks_utf8 else encode_text(text)

    def _md5_value(self, request: Md5Challenge) -> bytes:
        return eap_md5_value(request.identifier, self._password, request.challenge)

    def _behind_value(self, challenge: bytes) -> bytes:  # noqa: ARG002 - it proves nothing more
        """Return what follows the value of an answer to a challenge, within the stated lengths."""
        return self._username

    def _block(self, challenge: bytes | None) -> bytes:  # noqa: ARG002 - it has none
        """Return what stands behind the stated length, in an answer to a challenge or not."""
        return b""

    def _response(
        self,
        server: bytes,
        identifier: int,
        method: EapType,
        data: bytes,
        challenge: bytes | None = None,
    ) -> bytes:
        packet = EapPacket.build(EapCode.RESPONSE, identifier, method, data)
        return self._frame(server, EapolType.EAP_PACKET, packet.encode(), challenge)

    def _frame(
        self, destination: bytes, packet_type: EapolType, body: bytes, challenge: bytes | None
    ) -> bytes:
        block = self._block(challenge)
        return EapolFrame.build(destination, self._facts.mac, packet_type, body, block).encode()


class RuijieFrames(ClientFrames):
    """The dialect of Ruijie's clients, with a private block behind each frame."""

    shape = ClientShape.BLOCK
    _speaks_utf8 = False

    def __init__(
        self,
        login: LoginSettings,
        facts: RouterFacts,
        client: ClientProfile,
        from_dhcp: bool,
    ) -> None:
        super().__init__(login, facts)
        self.name = client.name
        self.edition = client.edition
        self._client = client
        self._machine = machine_of(facts, login, from_dhcp)
        self._early: bytes | None = None
        """What ends in the block of all frames but the answer to a challenge: that block, and then
        the Identity response. The session keeps that one anyway, and where hundreds log in at once,
        blocks beside them are half a kilobyte for each, and leave holes when they go."""
        self._early_size = 0
        """Bytes of that block."""

    def identity(self, server: bytes, identifier: int) -> bytes:
        self._early = super().identity(server, identifier)
        return self._early

    def logoff(self, server: bytes) -> bytes:
        block = with_logoff_reason(self._block(None), LogoffReason.NORMAL)
        return EapolFrame.build(server, self._facts.mac, EapolType.LOGOFF, trailer=block).encode()

    def _block(self, challenge: bytes | None) -> bytes:
        if challenge is not None:
            return client_block(self._client, self._machine, self._proof(challenge)).encode()
        if self._early is None:
            self._early = client_block(self._client, self._machine, None).encode()
            self._early_size = len(self._early)
        return self._early[-self._early_size :]

    def _proof(self, challenge: bytes) -> Proof:
        check = None
        if self._login.v2_client is not None:
            from ruijie_proxy.protocol.v2_check import v2_check

            check = v2_check(challenge, self._login.v2_client.code_section)
            if self._login.check_case is CheckCase.UPPER:
                check = check.upper()
        return Proof(challenge, self._username, self._password, check)


class CernetFrames(ClientFrames):
    """Cernet's mode of the same clients (docs/protocol.md, "Cousins")."""

    name = "Cernet"
    _speaks_utf8 = False

    def start(self, group: bytes, way: int = 0) -> bytes:  # noqa: ARG002 - as above
        return cernet.bare_frame(group, self._facts.mac, EapolType.START)

    def logoff(self, server: bytes) -> bytes:
        return cernet.bare_frame(server, self._facts.mac, EapolType.LOGOFF)

    def identity(self, server: bytes, identifier: int) -> bytes:
        facts = self._facts
        data = cernet.identity_data(self._username, facts.address, facts.netmask, facts.gateway)
        return self._response(server, identifier, EapType.IDENTITY, data)

    def echo(self, server: bytes) -> bytes | None:
        return cernet.bare_frame(server, self._facts.mac, EapolType.CERNET_ECHO_ANSWER)

    def _md5_value(self, request: Md5Challenge) -> bytes:
        return cernet.md5_value(request.identifier, self._password, request.challenge)


def machine_of(facts: RouterFacts, login: LoginSettings, from_dhcp: bool) -> Machine:
    """Return what a block tells of the router."""
    dns = facts.dns
    further = [_text(server) for server in facts.dns_servers[1:MOST_DNS_SERVERS]]
    if login.dns is not None:
        dns = bytes(int(part) for part in login.dns[0].split("."))
        further = list(login.dns[1:])
    return Machine(
        mac=facts.mac,
        from_dhcp=from_dhcp,
        address=facts.address,
        netmask=facts.netmask,
        gateway=facts.gateway,
        dns=dns,
        further_dns=";".join(further),
        ipv6_gateway=facts.ipv6_gateway,
        link_local=facts.link_local or link_local_address(facts.mac),
        ipv6_global=facts.ipv6_global,
    )


def _text(address: bytes) -> str:
    return ".".join(str(byte) for byte in address)
