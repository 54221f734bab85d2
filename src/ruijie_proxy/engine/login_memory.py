"""What is remembered of the router's own logins, and when the next one may be.

A campus counts refusals, and bans who has too many of them (docs/protocol.md, "What servers say"),
so the limits on tries hold whatever a server says, and also across restarts of the program: this is
a value that is written down with each try. A try that succeeds is taken back: it is a login then,
of which only a loop could hurt. Times are seconds since the machine started; who reads it after a
restart of the machine moves them (:meth:`LoginMemory.moved`).
"""

from __future__ import annotations

from ruijie_proxy.engine.refused_account import RefusedAccount
from ruijie_proxy.engine.settings import DAYS, MINUTES_OF_DAY, OpenHours
from ruijie_proxy.protocol.digests.md5 import md5
from ruijie_proxy.values import Frozen, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from ruijie_proxy.engine.settings import LoginSettings

LIMITS = ((3, 600.0), (8, 3600.0))
"""At most so many tries in so many seconds: logins that were refused, dropped soon afterwards or
left without a result. Users report bans of half an hour after eight drops in a row, and after ten
refusals in a day."""
LOGIN_LIMITS = ((20, 3600.0),)
"""At most so many logins that succeed in so many seconds: one in three minutes on the average. No
campus is known to ban for them. Who tries out settings, or has a cable with a loose contact, comes
to about ten in an hour; a script or a program that loops makes hundreds, of which each is a line in
the campus's accounting."""
REMEMBERED_TRIES = max(count for count, _ in LIMITS)
REMEMBERED_LOGINS = max(count for count, _ in LOGIN_LIMITS)
_MARGIN = 1.0
"""Seconds beyond the limits, for the server's clock is another one."""
MOST_FAILURES = 1000
LONGEST_WORD = 32
LONGEST_PAUSE = 9 * 24 * 3600.0
"""Seconds; no pause is longer, by chance neither (:mod:`.refusals`, :mod:`.login_session`)."""
MOST_HOURS = 70
"""Spans in the hours of a campus: ten a day."""
LONGEST_ADDRESS = 500
"""Characters of a portal's page."""
LONGEST_KEEPALIVE = 24 * 3600
_EDITIONS = (1, 2)
_GROUPS = ("standard", "ruijie")
_DIGEST_LIMIT = 1 << 32
_FLAGS = ("edition_was_refused", "left_to_client", "shape_was_refused")
_PAGES = ("portal", "met_at")
_SHAPES = ("block", "bare", "inside")
_ADDED: dict[str, Any] = {
    "logins": [],
    "refused": None,
    "hours": [],
    "shape": None,
    "shape_was_refused": False,
    "portal": None,
    "keepalive": 0,
    "met_at": None,
}
"""What files of earlier versions do not hold."""


class LoginMemory(Frozen):
    """What one session of the configuration remembers."""

    tries: tuple[float, ...] = ()
    """When the last logins began that came to nothing, and one that is under way, the oldest first.
    """
    failures: int = 0
    """How many logins in a row came to nothing, or to a session that did not last, in the same way
    …"""
    failure: str | None = None
    """… and in which: a refusal's kind, or another word."""
    not_before: float | None = None
    """When the pause after the last of them ends."""
    edition: int | None = None
    """The edition of the V4 check to use where the settings leave it open."""
    edition_was_refused: bool = False
    """Whether the other edition was tried and refused before."""
    group: str | None = None
    """Which group address was answered last: ``standard`` or ``ruijie``."""
    left_to_client: bool = False
    """Whether the router's own login was found to be of no use here."""
    settings: int | None = None
    """A digest of the settings that all this was learned with."""
    logins: tuple[float, ...] = ()
    """When the last logins succeeded, the oldest first."""
    refused: RefusedAccount | None = None
    """The account whose password was refused last; None: the last one was accepted."""
    shape: str | None = None
    """Which shape of the dialect was right, or is to be tried next: ``block``, ``bare`` or
    ``inside``. The edition belongs to it."""
    shape_was_refused: bool = False
    """Whether the shape that a server's vendor speaks for was refused before, or not heard."""
    hours: tuple[OpenHours, ...] = ()
    """The campus's hours, as its server has told them."""
    portal: str | None = None
    """The web portal's page that has let the router in, and is trusted with the password."""
    keepalive: int = 0
    """Seconds between the calls that keep a session there; 0: none are wanted."""
    met_at: str | None = None
    """The web portal's page that was met last, where the user may have logged in by a browser. It
    is not trusted for that."""

    def for_settings(self, digest: int) -> LoginMemory:
        """Return what is still of use with these settings: what the limits count always is."""
        if digest == self.settings:
            return self
        return LoginMemory(
            tries=self.tries,
            settings=digest,
            logins=self.logins,
            refused=self.refused,
            hours=self.hours,
            portal=self.portal,
            keepalive=self.keepalive,
            met_at=self.met_at,
        )

    def next_try(self, wanted: int, now: float) -> float:
        """Return when ``wanted`` logins in a row may begin."""
        earliest = max(now, self.not_before or now)
        return max(earliest, self.limited_until(wanted, now))

    @property
    def is_untried(self) -> bool:
        """Whether no login was answered since the machine has started."""
        return not any(at > 0 for at in (*self.tries, *self.logins))

    def limited_until(self, wanted: int, now: float) -> float:
        """Return until when the limits alone keep ``wanted`` logins in a row from beginning.

        The second of them begins when the first has succeeded, and is no try any more.
        """
        return max(
            _free_at(self.tries, LIMITS, 1, now), _free_at(self.logins, LOGIN_LIMITS, wanted, now)
        )

    def with_tries(self, begun: Iterable[float]) -> LoginMemory:
        """Return it with further tries; one that is remembered already counts once."""
        tries = sorted({*self.tries, *begun})
        return replace(self, tries=tuple(tries[-REMEMBERED_TRIES:]))

    def without_try(self, began: float) -> LoginMemory:
        """Return it without one that came to none."""
        return replace(self, tries=tuple([at for at in self.tries if at != began]))

    def after_success(self, began: float, now: float) -> LoginMemory:
        """Return it after a login that succeeded: what was counted since it began is taken back."""
        tries = tuple([at for at in self.tries if at < began])
        logins = sorted({*self.logins, now})
        return replace(self, tries=tries, logins=tuple(logins[-REMEMBERED_LOGINS:]), refused=None)

    def failures_of(self, failure: str) -> int:
        """Return how many logins in a row came to nothing in this way until now."""
        return self.failures if failure == self.failure else 0

    def after_failure(
        self, failure: str, pauses: tuple[float, ...], stretch: float, now: float
    ) -> LoginMemory:
        """Return it after a login that came to nothing, and in which way.

        ``pauses`` are the seconds to pause, as :mod:`.refusals` has them; empty: only the user can
        end the pause. ``stretch`` is what to multiply them with.
        """
        before = self.failures_of(failure)
        until = now + pauses[min(before, len(pauses) - 1)] * stretch if pauses else None
        failures = min(before + 1, MOST_FAILURES)
        return replace(self, failures=failures, failure=failure, not_before=until)

    def moved(self, seconds: float, now: float) -> LoginMemory:
        """Return it with all times moved, and none of them later than can be."""
        tries, logins = (
            tuple(sorted(min(at + seconds, now) for at in times))
            for times in (self.tries, self.logins)
        )
        until = self.not_before
        if until is not None:
            until = min(until + seconds, now + LONGEST_PAUSE)
        refused = self.refused
        if refused is not None:
            refused = replace(refused, at=min(refused.at + seconds, now))
        return replace(self, tries=tries, logins=logins, not_before=until, refused=refused)

    def to_plain(self) -> dict[str, Any]:
        """Return it as data that JSON can carry."""
        return {
            "tries": list(self.tries),
            "failures": self.failures,
            "failure": self.failure,
            "not_before": self.not_before,
            "edition": self.edition,
            "edition_was_refused": self.edition_was_refused,
            "group": self.group,
            "left_to_client": self.left_to_client,
            "settings": self.settings,
            "logins": list(self.logins),
            "refused": None if self.refused is None else self.refused.to_plain(),
            "shape": self.shape,
            "shape_was_refused": self.shape_was_refused,
            "hours": [[item.day, item.begin, item.end] for item in self.hours],
            "portal": self.portal,
            "keepalive": self.keepalive,
            "met_at": self.met_at,
        }

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> LoginMemory:
        """Read it from plain data. Raises ValueError for what cannot be."""
        plain = _ADDED | dict(plain)
        tries, until = plain.get("tries"), plain.get("not_before")
        failures, digest = plain.get("failures"), plain.get("settings")
        failure, edition = plain.get("failure"), plain.get("edition")
        refused = plain["refused"]
        flags = [plain.get(name) for name in _FLAGS]
        fits = (
            _are_times(tries, REMEMBERED_TRIES)
            and _are_times(plain["logins"], REMEMBERED_LOGINS)
            and isinstance(refused, dict | None)
            and _are_hours(plain["hours"])
            and (until is None or _is_time(until))
            and type(failures) is int
            and 0 <= failures <= MOST_FAILURES
            and (failure is None or (isinstance(failure, str) and len(failure) <= LONGEST_WORD))
            and (edition is None or (isinstance(edition, int) and edition in _EDITIONS))
            and edition is not True
            and plain.get("group") in (None, *_GROUPS)
            and plain["shape"] in (None, *_SHAPES)
            and all(plain[name] is None or _is_address(plain[name]) for name in _PAGES)
            and type(plain["keepalive"]) is int
            and 0 <= plain["keepalive"] <= LONGEST_KEEPALIVE
            and all(flag is True or flag is False for flag in flags)
            and (digest is None or (type(digest) is int and 0 <= digest < _DIGEST_LIMIT))
        )
        if not fits or plain.keys() != LoginMemory().to_plain().keys():
            raise ValueError("it does not tell of logins")
        times = {name: tuple(sorted(plain[name])) for name in ("tries", "logins")}
        account = None if refused is None else RefusedAccount.from_plain(refused)
        hours = tuple([OpenHours(*item) for item in plain["hours"]])
        return LoginMemory(**{**plain, **times, "refused": account, "hours": hours})


def _free_at(
    times: Sequence[float], limits: tuple[tuple[int, float], ...], wanted: int, now: float
) -> float:
    """Return when ``wanted`` more of what was at these times, in order, keep the limits."""
    until = now
    for count, seconds in limits:
        # The last of those that must have left the window before.
        blocking = len(times) + wanted - count
        if blocking > 0 and blocking <= len(times):
            until = max(until, times[blocking - 1] + seconds + _MARGIN)
    return until


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_ADDRESS and value.isprintable()


def _are_hours(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST_HOURS and all(map(_is_hour, value))


def _is_hour(value: Any) -> bool:
    if not isinstance(value, list) or [type(part) for part in value] != [int, int, int]:
        return False
    day, begin, end = map(int, value)
    return 0 <= day < len(DAYS) and 0 <= begin < end <= MINUTES_OF_DAY


def _are_times(value: Any, most: int) -> bool:
    return isinstance(value, list) and len(value) <= most and all(_is_time(at) for at in value)


def _is_time(value: Any) -> bool:
    # Neither infinity nor NaN is within the bounds. A time may lie before the machine's start.
    return type(value) in (int, float) and abs(value) < 1e12


_DIGEST_SIZE = 4
"""Bytes of a digest of settings: enough to tell those from each other that somebody tries."""


def settings_digest(login: LoginSettings) -> int:
    """Return a number that is another one when what the router would send is.

    The password is no part of it: another one changes nothing that was learned.
    """
    client = login.v2_client
    sent = repr((replace(login, v2_client=None), client and client.version)).encode()
    digest = md5(sent + (client.code_section if client else b""))
    return int.from_bytes(digest[:_DIGEST_SIZE], "big")
