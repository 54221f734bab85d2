"""An open port: what the switch demands of a client that is online.

docs/protocol.md, "Heartbeats", "Identity probes", "Being dropped" and "Cousins".
"""

from __future__ import annotations

from dataclasses import dataclass

from ruijie_proxy.i18n import _
from ruijie_proxy.lab.options import Dialect, Heartbeats, SwitchOptions
from ruijie_proxy.lab.switch.poll import Poll
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
        # Where nothing is granted, a heartbeat is as private as a private block.
        self._wanted = options.heartbeats if options.grants else Heartbeats.FORBIDDEN
        self._forgiving = forgiving
        self._since = now
        self._heard_at = now
        self._probe: Poll | None = None
        self._probe_identifier: int | None = None
        self._echo: Poll | None = None
        self._reauthentication_due: float | None = None
        if final:
            if options.probe_interval is not None:
                self._probe = Poll(options.probe_interval, options.probe_silence, now)
            if options.dialect == Dialect.CERNET:
                self._echo = Poll(options.echo_interval, options.echo_silence, now)
            if options.reauthentication_interval is not None:
                self._reauthentication_due = now + options.reauthentication_interval

    def next_deadline(self) -> float | None:
        """Return when :meth:`expiry` or one of the ``wants`` may change by themselves."""
        deadlines = [
            self._alive_deadline(),
            self._second_login_deadline(),
            self._reauthentication_due,
        ]
        for poll in (self._probe, self._echo):
            if poll is not None:
                deadlines += [poll.due, poll.deadline]
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def expiry(self, now: float) -> str | None:
        """Return why the port is to be closed by now, or None."""
        second_login, alive = self._second_login_deadline(), self._alive_deadline()
        if second_login is not None and now >= second_login:
            return _("no second login came")
        if alive is not None and now >= alive:
            return _("no heartbeat for {seconds:.1f} s", seconds=now - self._heard_at)
        if self._probe is not None and now >= self._probe.deadline:
            return _("no answered probe for {seconds:.1f} s", seconds=self._probe.silence(now))
        if self._echo is not None and now >= self._echo.deadline:
            return _("no answered echo for {seconds:.1f} s", seconds=self._echo.silence(now))
        return None

    def wants_probe(self, now: float) -> bool:
        """Whether it is time to ask for the identity."""
        return self._probe is not None and now >= self._probe.due

    def probe_sent(self, identifier: int, now: float) -> None:
        """Remember which probe is out."""
        self._probe_identifier = identifier
        if self._probe is not None:
            self._probe.asked(now)

    def is_probe_answer(self, packet: EapPacket) -> bool:
        """Whether a response answers the probe that is out."""
        return packet.identifier == self._probe_identifier

    def answer_probe(self, frame: EapolFrame, now: float) -> Verdict:
        """Look at the answer to a probe."""
        self._probe_identifier = None
        if identity_response(frame) != self.identity.response:
            return Verdict((_("the probe's answer differs from the login's Identity response"),))
        if self._probe is not None:
            self._probe.answered(now)
        return Verdict()

    def wants_echo(self, now: float) -> bool:
        """Whether it is time for one of Cernet's echoes."""
        return self._echo is not None and now >= self._echo.due

    def echo_sent(self, now: float) -> Verdict:
        """Remember that an echo is out, and see what became of the one before."""
        if self._echo is None:
            return Verdict()
        missed = self._echo.waiting and not self._forgiving
        self._echo.asked(now)
        return Verdict((_("an echo was not answered"),) if missed else ())

    def answer_echo(self, now: float) -> Verdict:
        """Count the well-formed answer to an echo."""
        if self._echo is None or not self._echo.waiting:
            if self._forgiving:
                return Verdict(forgiven=True)
            return Verdict((_("an echo's answer, while no echo is out"),))
        self._echo.answered(now)
        return Verdict()

    def wants_reauthentication(self, now: float) -> bool:
        """Whether it is time for a full login."""
        return self._reauthentication_due is not None and now >= self._reauthentication_due

    def reauthentication_begun(self) -> None:
        """Remember that the full login is under way; this session ends with it, well or badly."""
        self._reauthentication_due = None

    def heartbeat(self, heartbeat: Heartbeat, now: float) -> Verdict:
        """Look at a heartbeat, and count it when nothing is wrong with it."""
        complaints = []
        if self._wanted == Heartbeats.FORBIDDEN:
            complaints.append(_("a heartbeat, where nobody asked for one"))
        if heartbeat.key != self.key:
            complaints.append(
                _(
                    "heartbeat: the key is {told:#x}, not {right:#x}",
                    told=heartbeat.key,
                    right=self.key,
                )
            )
        if self.number is None:
            complaints += self._check_first(now)
        else:
            ahead = (heartbeat.number - self.number) % NUMBER_MODULUS
            if ahead == 0 and self._forgiving:
                return Verdict(forgiven=True)
            if ahead != 1 and not (self._forgiving and ahead <= FORGIVEN_GAP):
                complaints.append(
                    _(
                        "heartbeat: the number is {told:#x}, not {right:#x}",
                        told=heartbeat.number,
                        right=number_after(self.number),
                    )
                )
            complaints += self._check_spacing(now)
        if not complaints:
            self.number = heartbeat.number
            self.heartbeats += 1
            self._heard_at = now
        return Verdict(tuple(complaints))

    def _check_first(self, now: float) -> list[str]:
        waited = now - self._since
        demanded = self.final and self._wanted == Heartbeats.REQUIRED
        if demanded and waited > self._options.first_heartbeat_within:
            return [
                _("heartbeat: the first one came {seconds:.1f} s after Success", seconds=waited)
            ]
        return []

    def _check_spacing(self, now: float) -> list[str]:
        closest = self._options.closest_heartbeats
        spacing = now - self._heard_at
        if closest is not None and spacing < closest and not self._forgiving:
            return [_("heartbeat: only {seconds:.2f} s after the one before", seconds=spacing)]
        return []

    def _alive_deadline(self) -> float | None:
        if not self.final or self._wanted != Heartbeats.REQUIRED:
            return None
        return self._heard_at + self._options.alive_interval

    def _second_login_deadline(self) -> float | None:
        return None if self.final else self._since + self._options.second_login_within


def identity_response(frame: EapolFrame) -> bytes:
    """Return what must not change from one Identity response to the next: all but the EAP id."""
    return frame.body[:1] + frame.body[2:] + frame.trailer
