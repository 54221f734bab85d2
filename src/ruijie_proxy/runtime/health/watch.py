"""Watches over the way out of one session: joins what is checked with what is done about it."""

from __future__ import annotations

from ruijie_proxy.config.shape.model import RenewMethod
from ruijie_proxy.engine.keeping.health import Health, Impossible, Order
from ruijie_proxy.i18n import _
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.chance import chance
from ruijie_proxy.runtime.health.checks import HealthChecks
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.machine_events import (
    AddressRenewed,
    Noted,
    WentOffline,
    WentOnline,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.engine.events import Event
    from ruijie_proxy.engine.keeping.health import Failure
    from ruijie_proxy.runtime.basis.event_loop import EventLoop
    from ruijie_proxy.runtime.telling.machine_events import MachineEvent


class HealthWatch:
    """Checks one session while it is online, and acts.

    ``is_busy`` tells whether a login or a renewal is under way, ``may_log_in`` whether one would
    begin at once at a time; ``renew`` and ``log_in_anew`` are what can be done, and only begin it.
    All of it happens in the loop, at times of its own: what is told to it only sets a timer.
    """

    def __init__(
        self,
        loop: EventLoop,
        configuration: SessionConfiguration,
        *,
        has_carrier: Callable[[], bool],
        is_busy: Callable[[], bool],
        renew: Callable[[], None],
        may_log_in: Callable[[float], bool],
        log_in_anew: Callable[[], object],
        publish: Callable[[Event | MachineEvent], None],
    ) -> None:
        health = configuration.health
        can_renew = configuration.dhcp.method is not RenewMethod.OFF
        self._health = Health(health.interval, health.failures, can_renew, may_log_in, chance)
        self._is_busy = is_busy
        self._renew = renew
        self._log_in_anew = log_in_anew
        self._publish = publish
        self._was_impossible = False
        self._timer = loop.timer(self._on_timer)
        self._notes: set[str] = set()
        """What was told of checks that are not made."""
        self._checks = HealthChecks(
            loop, configuration.wan, health, has_carrier, self._on_checked, self._on_note
        )

    def told(self, event: Event | MachineEvent) -> None:
        """Take note of something that has happened to the session."""
        if isinstance(event, WentOnline):
            self._health.went_online(event.own, clock.now())
        elif isinstance(event, WentOffline):
            self._checks.stop()
            self._health.went_offline()
        elif isinstance(event, AddressRenewed):
            self._health.address_renewed(clock.now())
        else:
            return
        self._timer.set(self._health.next_deadline)

    def close(self) -> None:
        """Check no more."""
        self._timer.set(None)
        self._checks.stop()

    def _on_timer(self) -> None:
        self._health.handle_timer(clock.now(), self._is_busy())
        self._carry_out()

    def _on_checked(self, result: Failure | Impossible | None) -> None:
        is_impossible = isinstance(result, Impossible)
        if isinstance(result, Impossible) and not self._was_impossible:
            text = _("the way out cannot be checked: {problem}", problem=result.detail)
            self._publish(Noted(Level.WARNING, text))
        self._was_impossible = is_impossible
        self._health.checked(result, clock.now(), self._is_busy())
        self._carry_out()

    def _on_note(self, text: str) -> None:
        if text not in self._notes:
            self._notes.add(text)
            self._publish(Noted(Level.WARNING, text))

    def _carry_out(self) -> None:
        for demand in self._health.take_demands():
            if demand is Order.CHECK:
                self._checks.start()
            elif demand is Order.RENEW:
                self._renew()
            elif demand is Order.LOG_IN:
                self._log_in_anew()
            elif not isinstance(demand, Order):
                self._publish(demand)
        self._timer.set(self._health.next_deadline)
