"""An open port: what the switch demands of a client that is online.

docs/protocol.md, "Heartbeats" and "Identity probes".
"""

from __future__ import annotations

from dataclasses import dataclass

from ruijie_proxy.lab.options import Heartbeats, SwitchOptions
from ruijie_proxy.protocol.eap import EapPacket
from ruijie_proxy.protocol.eapol import EapolFrame
from ruijie_proxy.protocol.heartbeat import NUMBER_MODULUS, Heartbeat, number_after

FORGIVEN_GAP = 16
"""How many heartbeats in a row a bad cable may lose before their number is wrong."""


@dataclass(frozen=True, slots=True)
class LoginIdentity:
    """Who logged in, and in which words."""

    client: bytes
    """The MAC address that the login came from."""
    username: str = ""
    response: bytes = b""
    """The Identity response's EAP data and all that followed it in the frame."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the port thinks of a frame: nothing wrong when there is no complaint."""

    complaints: tuple[str, ...] = ()
    forgiven: bool = False
    """The frame counts for nothing, but a bad cable explains it."""


class PortSession:
    """One client's time online."""

    def __init__(
        self,
        options: SwitchOptions,
        identity: LoginIdentity,
        key: int,
        now: float,
        *,
        final: bool,
        forgiving: bool,
    ) -> None:
        self.identity = identity
        self.final = final
        """Whether no further login is needed."""
        self.key = key
        self.number: int | None = None
        """The last accepted heartbeat's number."""
        self.heartbeats = 0
        """How many heartbeats were accepted."""
        self._options = options
        self._forgiving = forgiving
        self._since = now
        self._heard_at = now
        self._probed_at = now
        self._answered_at = now
        self._probe_identifier: int | None = None

    def next_deadline(self) -> float | None:
        """Return when :meth:`expiry` or :meth:`wants_probe` may change by themselves."""
        deadlines = (
            self._alive_deadline(),
            self._second_login_deadline(),
            self._probe_due(),
            self._probe_deadline(),
        )
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def expiry(self, now: float) -> str | None:
        """Return why the port is to be closed by now, or None."""
        for deadline, reason in (
            (self._second_login_deadline(), "no second login came"),
            (self._alive_deadline(), f"no heartbeat for {now - self._heard_at:.1f} s"),
            (self._probe_deadline(), f"no answered probe for {now - self._answered_at:.1f} s"),
        ):
            if deadline is not None and now >= deadline:
                return reason
        return None

    def wants_probe(self, now: float) -> bool:
        """Whether it is time to ask for the identity."""
        due = self._probe_due()
        return due is not None and now >= due

    def probe_sent(self, identifier: int, now: float) -> None:
        """Remember which probe is out."""
        self._probe_identifier = identifier
        self._probed_at = now

    def is_probe_answer(self, packet: EapPacket) -> bool:
        """Whether a response answers the probe that is out."""
        return packet.identifier == self._probe_identifier

    def answer_probe(self, frame: EapolFrame, now: float) -> Verdict:
        """Look at the answer to a probe."""
        self._probe_identifier = None
        if identity_response(frame) != self.identity.response:
            return Verdict(("the probe's answer differs from the login's Identity response",))
        self._answered_at = now
        return Verdict()

    def heartbeat(self, heartbeat: Heartbeat, now: float) -> Verdict:
        """Look at a heartbeat, and count it when nothing is wrong with it."""
        complaints = []
        if self._options.heartbeats == Heartbeats.FORBIDDEN:
            complaints.append("a heartbeat, where nobody asked for one")
        if heartbeat.key != self.key:
            complaints.append(f"heartbeat: the key is {heartbeat.key:#x}, not {self.key:#x}")
        if self.number is None:
            complaints += self._check_first(now)
        else:
            ahead = (heartbeat.number - self.number) % NUMBER_MODULUS
            if ahead == 0 and self._forgiving:
                return Verdict(forgiven=True)
            if ahead != 1 and not (self._forgiving and ahead <= FORGIVEN_GAP):
                complaints.append(
                    f"heartbeat: the number is {heartbeat.number:#x}, "
                    f"not {number_after(self.number):#x}"
                )
            complaints += self._check_spacing(now)
        if not complaints:
            self.number = heartbeat.number
            self.heartbeats += 1
            self._heard_at = now
        return Verdict(tuple(complaints))

    def _check_first(self, now: float) -> list[str]:
        waited = now - self._since
        demanded = self.final and self._options.heartbeats == Heartbeats.REQUIRED
        if demanded and waited > self._options.first_heartbeat_within:
            return [f"heartbeat: the first one came {waited:.1f} s after Success"]
        return []

    def _check_spacing(self, now: float) -> list[str]:
        closest = self._options.closest_heartbeats
        spacing = now - self._heard_at
        if closest is not None and spacing < closest and not self._forgiving:
            return [f"heartbeat: only {spacing:.2f} s after the one before"]
        return []

    def _alive_deadline(self) -> float | None:
        if not self.final or self._options.heartbeats != Heartbeats.REQUIRED:
            return None
        return self._heard_at + self._options.alive_interval

    def _second_login_deadline(self) -> float | None:
        return None if self.final else self._since + self._options.second_login_within

    def _probe_due(self) -> float | None:
        if self._options.probe_interval is None or not self.final:
            return None
        return self._probed_at + self._options.probe_interval

    def _probe_deadline(self) -> float | None:
        if self._options.probe_interval is None or not self.final:
            return None
        return self._answered_at + self._options.probe_silence


def identity_response(frame: EapolFrame) -> bytes:
    """Return what must not change from one Identity response to the next: all but the EAP id."""
    return frame.body[:1] + frame.body[2:] + frame.trailer
