"""The wait for the WAN port's address, where it has to come before a login."""

from __future__ import annotations

from ruijie_proxy.engine.actions import RenewAddress
from ruijie_proxy.engine.events import LeaseAwaited, LeaseMissing
from ruijie_proxy.engine.settings import DhcpMode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import SessionSettings

LEASE_SETTLING = 2.0
"""Seconds from an address to its gateway and DNS servers, at most."""
LEASE_MARGIN = 5.0
"""Seconds beyond the renewal's own time after which it is taken to be dead."""


class LeaseWait:
    """Waits for an address, one time after another. Times are seconds on the engine's clock."""

    __slots__ = ("_address_before", "_deadline", "_has_lease", "_outbox", "_settings", "since")

    def __init__(self, settings: SessionSettings, outbox: Outbox) -> None:
        self._settings = settings
        self._outbox = outbox
        self._address_before: bytes | None = None
        """The WAN port's address when the wait for another one began."""
        self._has_lease = False
        """Whether the address that was waited for is there, and only what follows it is not."""
        self._deadline: float | None = None
        self.since: float | None = None
        """When the last one began."""

    @property
    def deadline(self) -> float | None:
        """When it will have taken too long."""
        return self._deadline

    def is_wanted(self, facts: RouterFacts) -> bool:
        """Whether an address has to come before the first login, and is not there."""
        return self._settings.dhcp is DhcpMode.BEFORE and facts.address is None

    def begin(self, facts: RouterFacts, now: float) -> None:
        """Wait for another address than the port has now."""
        self._address_before = facts.address
        self._has_lease = False
        self.since = now
        self._deadline = now + self._settings.lease_wait + LEASE_MARGIN
        self._outbox.report(LeaseAwaited())
        if self._settings.renew:
            self._outbox.act(RenewAddress())

    def has_timed_out(self, now: float) -> bool:
        """Tell whether it has taken too long, and the user, where no address has come."""
        if self._deadline is None or now < self._deadline:
            return False
        if not self._has_lease:
            self._outbox.report(LeaseMissing())
        return True

    def renewal_ended(self, succeeded: bool, facts: RouterFacts, now: float) -> bool:
        """Take note that the renewal of the address has ended; tell whether the wait has, too."""
        if succeeded:
            return self._lease_arrived(facts, now)
        self._outbox.report(LeaseMissing())
        return True

    def ends_with(self, facts: RouterFacts, now: float) -> bool:
        """Tell whether the wait ends by what the router's addresses are now."""
        is_new = facts.address not in (None, self._address_before)
        # Where the program renews the address, only the renewal knows when that is done.
        if self._has_lease or (is_new and not self._settings.renew):
            return self._lease_arrived(facts, now)
        return False

    def _lease_arrived(self, facts: RouterFacts, now: float) -> bool:
        """Take note of the address; tell whether that is all.

        The gateway has to be known too: a DHCP client sets it after the address.
        """
        if facts.gateway is not None:
            return True
        if not self._has_lease:
            self._has_lease = True
            self._deadline = now + LEASE_SETTLING
        return False
