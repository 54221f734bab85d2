"""Renew the WAN port's DHCP lease after a login, and find out whether that worked.

Until the login the port hands out addresses of a quarantine network, and nothing makes a DHCP
client ask again by itself (docs/protocol.md, "Logins"). The renewal runs beside the event loop;
what the servers answer is overheard, so that "the address stays" and "nobody answered" can be told
apart.
"""

from __future__ import annotations

import os

from ruijie_proxy.choices import Enum
from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.runtime.address import dhcp_clients
from ruijie_proxy.runtime.address.dhcp_answers import DhcpAnswers
from ruijie_proxy.runtime.address.dhcp_clients import NotByDhcp, Renewal, Run, Signal
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.c_modules import signal, socket
from ruijie_proxy.runtime.ports.interface_errors import InterfaceError
from ruijie_proxy.runtime.ports.interface_facts import ROUTE_FOLLOWS, read_interface_facts
from ruijie_proxy.runtime.processes.child_process import ChildProcess, find_program
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeGuard

    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.runtime.address.dhcp_clients import Question
    from ruijie_proxy.runtime.basis.event_loop import EventLoop
    from ruijie_proxy.runtime.processes.child_process import ChildResult

WAN_VARIABLE = "RUIJIE_PROXY_WAN"
"""In the environment of the user's own command: the name of the WAN port."""

_BEGIN_AFTER = 1.0
"""Seconds between the request and the renewal. The switch says Success first and opens the port, or
moves it to another VLAN, then; until that is done, the quarantine network's own server is still
there, and would confirm its address."""
_QUESTION_TIMEOUT = 5.0
"""Seconds a manager of interfaces has to say whether it manages this one."""
_ANSWER_LIMIT = 131072
"""Bytes of its answer; netifd describes every interface in some 1500."""
_AGAIN_AFTER = 5.0
"""Seconds without a lease after which a client that only asks the old server is told to begin
again; a server that is there answers within two (RFC 2131, section 4.4.5, repeats after 60)."""
LINK_LOCAL_NETWORK = bytes((169, 254))
"""What hosts that found no DHCP server give themselves (RFC 3927): no address for our purpose."""


class RenewalOutcome(Enum):
    """What became of a renewal."""

    CHANGED = "changed"
    """There is another address than before, or one where there was none."""
    CONFIRMED = "confirmed"
    """A server confirmed the address that was there."""
    UNCONFIRMED = "unconfirmed"
    """In all the time, no server gave or confirmed anything; the old address is still there."""
    NO_ADDRESS = "no-address"
    """In all the time, no server gave an address, and there is none."""
    NO_CLIENT = "no-client"
    """Nothing was found on this machine that manages the interface's address by DHCP."""
    NOT_BY_DHCP = "not-by-dhcp"
    """What manages the interface gives it its address without DHCP: there is nothing to renew."""
    FAILED = "failed"
    """The renewal could not be made."""


class RenewalReport(Frozen):
    """What became of a renewal, for the log and for whoever waits for the address."""

    outcome: RenewalOutcome
    interface: str
    before: bytes | None
    """The IPv4 address before, 4 bytes."""
    address: bytes | None
    """The IPv4 address now, 4 bytes."""
    client: str | None = None
    """Who renewed, as far as it came to that."""
    detail: str | None = None
    """What went wrong."""
    timeout: float = 0.0
    """Seconds that the renewal had."""
    protocol: str | None = None
    """How the address comes about, with RenewalOutcome.NOT_BY_DHCP."""

    @property
    def succeeded(self) -> bool:
        """Whether the address is as it has to be after the login: given or confirmed by a server,
        or not a server's matter.
        """
        return self.outcome in (
            RenewalOutcome.CHANGED,
            RenewalOutcome.CONFIRMED,
            RenewalOutcome.NOT_BY_DHCP,
        )

    def describe(self) -> str:
        """Return what happened and, if it went wrong, what to do: sentences for the log."""
        facts = {
            "port": self.interface,
            "address": _text(self.address),
            "before": _text(self.before),
            "client": self.client,
            "detail": self.detail,
            "seconds": self.timeout,
        }
        match self.outcome:
            case RenewalOutcome.CHANGED if self.before is None:
                return _("{port} has the address {address} now (by {client}).", **facts)
            case RenewalOutcome.CHANGED:
                return _(
                    "{port} has the address {address} now, no longer {before} (by {client}).",
                    **facts,
                )
            case RenewalOutcome.CONFIRMED:
                return _("{port} keeps the address {address}: a DHCP server confirmed it.", **facts)
            case RenewalOutcome.UNCONFIRMED:
                facts["detail"] = self.detail or _("no DHCP server confirmed it")
                return _(
                    "{port} still has the address {address}, but within {seconds:g} s {detail}"
                    " (asked through {client}). If there is no Internet now, it is the"
                    " address of the quarantine network: find the command that renews it here, and"
                    " put it into “{keys[dhcp.renew=…]}”.",
                    **facts,
                )
            case RenewalOutcome.NO_ADDRESS:
                facts["detail"] = self.detail or _("no DHCP server gave one")
                return _(
                    "{port} has no IPv4 address: within {seconds:g} s {detail}"
                    " (asked through {client}). Does the campus give addresses by DHCP? If"
                    " not, give it its fixed one and set “{keys[dhcp.renew=off]}”.",
                    **facts,
                )
            case RenewalOutcome.NOT_BY_DHCP:
                return _(
                    "The address of {port} does not come from a DHCP server (netifd: proto"
                    " {protocol}): nothing to renew.",
                    port=self.interface,
                    protocol=self.protocol,
                )
            case RenewalOutcome.NO_CLIENT:
                return _(
                    "Nothing was found that renews the address of {port}: not netifd, "
                    "NetworkManager or systemd-networkd, and no udhcpc, dhcpcd or dhclient runs "
                    "for it. Name a command in “{keys[dhcp.renew=…]}”, or set "
                    "“{keys[dhcp.renew=off]}” if the address is a fixed one.",
                    **facts,
                )
            case RenewalOutcome.FAILED:
                return _("The address of {port} could not be renewed: {detail}.", **facts)


class Renewer:
    """Renews the lease of one interface, one renewal at a time.

    ``command`` is the user's own, with ``RUIJIE_PROXY_WAN`` in its environment; None: whatever
    manages the interface here is found and asked. ``timeout`` is in seconds, for all of it.
    ``on_done`` gets a report for every renewal that ended, from the loop.
    """

    def __init__(
        self,
        loop: EventLoop,
        interface: str,
        command: tuple[str, ...] | None,
        timeout: float,
        on_done: Callable[[RenewalReport], None],
        *,
        find: Callable[[str], str | None] = find_program,
        proc: str = dhcp_clients.PROC,
    ) -> None:
        self._loop = loop
        self._interface = interface
        self._command = command
        self._timeout = timeout
        self._on_done = on_done
        self._find = find
        self._proc = proc
        self._begin_timer = loop.timer(self._begin)
        self._again_timer = loop.timer(self._take_second_steps)
        self._deadline_timer = loop.timer(self._give_up)
        self._route_timer = loop.timer(self._end_wait_for_route)
        self._is_running = False
        self._is_wanted_again = False
        self._deadline = 0.0
        self._child: ChildProcess | None = None
        self._answers: DhcpAnswers | None = None
        self._questions: list[Question] = []
        self._renewal: Renewal | None = None
        self._not_by_dhcp: NotByDhcp | None = None
        self._steps: list[Run | Signal] = []
        self._hardware_address = b""
        self._before: bytes | None = None
        self._given: bytes | None = None
        self._was_refused = False

    @property
    def is_running(self) -> bool:
        """Whether a renewal is under way or about to begin."""
        return self._is_running

    def renew(self) -> None:
        """Renew, in a second; if a renewal is running, once more when it has ended."""
        if self._is_running:
            self._is_wanted_again = True
            return
        self._is_running = True
        self._begin_timer.set(clock.now() + _BEGIN_AFTER)

    def address_changed(self) -> None:
        """Tell that the addresses of the interface may be others now."""
        if self._is_running and self._deadline:
            self._finish_if_renewed()

    def close(self) -> None:
        """End a running renewal, its command included, without a report."""
        self._is_running = self._is_wanted_again = False
        self._begin_timer.set(None)
        self._stop()

    def _begin(self) -> None:
        self._deadline = clock.now() + self._timeout
        self._deadline_timer.set(self._deadline)
        self._renewal = self._not_by_dhcp = None
        self._before = self._given = None
        self._was_refused = False
        try:
            facts = read_interface_facts(self._interface)
        except InterfaceError as error:
            self._finish(RenewalOutcome.FAILED, str(error).rstrip("."))
            return
        self._before = _usable(facts.address)
        self._hardware_address = facts.mac
        self._listen()
        if self._command is not None:
            self._renewal = Renewal(_("the command of the configuration"), (Run(self._command),))
            self._take_steps(self._renewal.steps)
        else:
            self._questions = list(dhcp_clients.questions(self._interface, self._find))
            self._ask_next()

    def _listen(self) -> None:
        try:
            self._answers = DhcpAnswers(self._interface)
        except OSError:
            return  # then a confirmation goes unnoticed, and the report says so
        self._loop.add_reader(self._answers.fileno(), self._on_answer)

    def _ask_next(self) -> None:
        if not self._questions:
            processes = dhcp_clients.dhcp_processes(self._proc)
            self._follow(dhcp_clients.renewal_by_process(self._interface, processes))
            return
        question = self._questions.pop(0)
        self._child = ChildProcess(
            self._loop,
            question.command,
            lambda result: self._on_manager_answered(question, result),
            timeout=min(_QUESTION_TIMEOUT, self._time_left()),
            output_limit=_ANSWER_LIMIT,
        )

    def _on_manager_answered(self, question: Question, result: ChildResult) -> None:
        self._child = None
        answer = question.read(self._interface, result.output) if result.succeeded else None
        if isinstance(answer, Renewal):
            self._follow(answer)
            return
        # The user's own client may run beside a manager that leaves the address alone.
        self._not_by_dhcp = self._not_by_dhcp or answer
        self._ask_next()

    def _follow(self, renewal: Renewal | None) -> None:
        if renewal is None:
            is_wanted = self._not_by_dhcp is None
            self._finish(RenewalOutcome.NO_CLIENT if is_wanted else RenewalOutcome.NOT_BY_DHCP)
            return
        self._renewal = renewal
        if renewal.again:
            self._again_timer.set(clock.now() + _AGAIN_AFTER)
        self._take_steps(renewal.steps)

    def _take_second_steps(self) -> None:
        # A server that gave something is about to be obeyed, and a command that runs to end.
        if self._renewal is not None and self._given is None and self._child is None:
            self._take_steps(self._renewal.again)

    def _take_steps(self, steps: tuple[Run | Signal, ...]) -> None:
        self._steps = list(steps)
        self._take_next_step()

    def _take_next_step(self) -> None:
        while self._steps:
            step = self._steps.pop(0)
            if isinstance(step, Run):
                self._child = ChildProcess(
                    self._loop,
                    step.command,
                    self._on_command_ended,
                    timeout=self._time_left(),
                    environment={WAN_VARIABLE: self._interface},
                )
                return
            if not self._send(step):
                return
        if not self._finish_if_renewed() and not self._time_left():
            self._give_up()

    def _on_command_ended(self, result: ChildResult) -> None:
        self._child = None
        if result.succeeded:
            self._take_next_step()
        elif not self._finish_if_renewed(is_complete=True):
            self._finish(RenewalOutcome.FAILED, result.describe())

    def _send(self, step: Signal) -> bool:
        process = step.process
        facts = {"program": process.program, "pid": process.pid}
        try:
            # Asked right before: the kernel hands out the numbers of ended processes again.
            if dhcp_clients.is_still_running(process, self._proc):
                os.kill(process.pid, step.number)
                return True
            if step.number == signal.SIGKILL:
                return True  # it is gone, as it should be
            detail = _("{program} (process {pid}) ended meanwhile", **facts)
        except OSError as error:
            detail = _(
                "{program} (process {pid}) cannot be signalled: {error}",
                error=reason_of(error),
                **facts,
            )
        self._finish(RenewalOutcome.FAILED, detail)
        return False

    def _on_answer(self) -> None:
        if self._answers is None:
            return
        answer = self._answers.receive(self._hardware_address)
        if answer is None:
            return
        if answer.address is None:
            self._was_refused = True
        else:
            self._given = answer.address
            self._finish_if_renewed()

    def _finish_if_renewed(self, *, is_complete: bool = False) -> bool:
        """End it if there is what was wanted; return whether it has ended.

        ``is_complete``: nothing that is missing is about to follow.
        """
        if self._child is not None:
            return False  # it is asked again when the command has ended, which may have more to do
        facts = self._facts()
        address = None if facts is None else _usable(facts.address)
        if facts is None or address is None:
            return False
        if address != self._before:
            if facts.gateway is None and not is_complete:
                self._route_timer.set(clock.now() + ROUTE_FOLLOWS)
                return False
            self._finish(RenewalOutcome.CHANGED)
        elif address == self._given:
            self._finish(RenewalOutcome.CONFIRMED)
        else:
            return False
        return True

    def _end_wait_for_route(self) -> None:
        self._finish_if_renewed(is_complete=True)

    def _give_up(self) -> None:
        """Say that time is over. Of a command that still runs, its own timeout does."""
        if self._child is not None or self._finish_if_renewed(is_complete=True):
            return
        if self._given is not None:
            detail = _(
                "a DHCP server gave {address}, which was not put to use",
                address=_text(self._given),
            )
        elif self._was_refused:
            detail = _("a DHCP server refused the old address, and none gave another")
        else:
            detail = None
        has_address = self._address() is not None
        self._finish(
            RenewalOutcome.UNCONFIRMED if has_address else RenewalOutcome.NO_ADDRESS, detail
        )

    def _address(self) -> bytes | None:
        facts = self._facts()
        return None if facts is None else _usable(facts.address)

    def _facts(self) -> RouterFacts | None:
        try:
            return read_interface_facts(self._interface)
        except InterfaceError:
            return None  # it is gone: it has no address

    def _finish(self, outcome: RenewalOutcome, detail: str | None = None) -> None:
        report = RenewalReport(
            outcome=outcome,
            interface=self._interface,
            before=self._before,
            address=self._address(),
            client=self._renewal.client if self._renewal else None,
            detail=detail,
            timeout=self._timeout,
            protocol=self._not_by_dhcp.protocol if self._not_by_dhcp else None,
        )
        self._stop()
        self._is_running = False
        wanted_again, self._is_wanted_again = self._is_wanted_again, False
        self._on_done(report)
        if wanted_again:
            self.renew()

    def _stop(self) -> None:
        for timer in (self._again_timer, self._deadline_timer, self._route_timer):
            timer.set(None)
        self._deadline = 0.0
        self._steps = []
        self._questions = []
        if self._child is not None:
            self._child.close()
            self._child = None
        if self._answers is not None:
            self._loop.remove_reader(self._answers.fileno())
            self._answers.close()
            self._answers = None

    def _time_left(self) -> float:
        return max(0.0, self._deadline - clock.now())


def has_lease(address: bytes | None) -> TypeGuard[bytes]:
    """Whether an IPv4 address is there, and not one that a host gave itself."""
    return address is not None and not address.startswith(LINK_LOCAL_NETWORK)


def _usable(address: bytes | None) -> bytes | None:
    return address if has_lease(address) else None


def _text(address: bytes | None) -> str:
    return _("none") if address is None else socket.inet_ntoa(address)
