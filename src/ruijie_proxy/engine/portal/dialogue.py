"""One conversation with an ePortal, call by call (docs/portal.md, sections 2 to 4).

Written down as it happens, one call after the other: who carries it out waits for each answer, and
is a process of its own. It sends the password to no page but the one that is trusted, and never a
second time before it has asked what the first came to.
"""

from __future__ import annotations

from ruijie_proxy.engine.portal.finding import PROBE, find_portal
from ruijie_proxy.engine.portal.refusals import refusal_of
from ruijie_proxy.engine.refusals import RefusalKind
from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.portal.answers import (
    Result,
    read_login,
    read_online_user,
    read_page_info,
    read_result,
    read_services,
)
from ruijie_proxy.protocol.portal.calls import (
    Credentials,
    Method,
    call_url,
    login_body,
    mac_in,
    page_info_body,
    user_body,
)
from ruijie_proxy.protocol.portal.outcomes import Came, Order, Outcome
from ruijie_proxy.protocol.portal.password import (
    NotEncipherable,
    encipher,
    encipher_password,
    read_key,
)
from ruijie_proxy.protocol.portal.portals import Portal
from ruijie_proxy.protocol.portal.url import read_url
from ruijie_proxy.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from ruijie_proxy.engine.settings import LoginSettings
    from ruijie_proxy.protocol.portal.answers import LoginAnswer, PageInfo, Service
    from ruijie_proxy.protocol.portal.http import HttpAnswer
    from ruijie_proxy.protocol.portal.url import Url

    class Ask(Protocol):
        """Sends one request and returns its answer. Raises OSError or ProtocolError."""

        def __call__(
            self, url: Url, body: str | None, cookies: tuple[tuple[str, str], ...]
        ) -> HttpAnswer: ...


_MOST_COOKIES = 8
_OK = 200
_UNREGISTERED = "设备未注册"
"""The portal has forgotten what the gateway told it of this address: its query is stale."""
_WANTS_ENCRYPTION = "必须加密"
_ALREADY_ONLINE = "已在线"


class Dialogue:
    """One conversation. ``known`` is the page that was let in at before, and is trusted."""

    def __init__(self, ask: Ask, login: LoginSettings, known: str) -> None:
        """Say nothing yet. Raises ProtocolError where ``known`` is no address; "": none is."""
        self._ask = ask
        self._login = login
        self._known = read_url(known) if known else None
        self._at = self._known
        """The page that was asked last."""
        self._cookies: dict[str, str] = {}

    def carry_out(self, order: Order, user_index: str) -> Outcome:
        """Do what is ordered, of the session of this name where it is of one. Raises nothing."""
        if order is Order.LOG_IN:
            return self.log_in()
        if order is Order.COME_BACK:
            return self.come_back()
        if order is Order.LOOK:
            return self.look()
        if order is Order.KEEP:
            return self.keep(user_index)
        return self.log_out(user_index)

    def come_back(self) -> Outcome:
        """Find out whether the router is let in still, and be let in if not. Raises nothing."""
        outcome = self.look()
        if outcome.came in (Came.FOUND_ONLINE, Came.WAIT, Came.SILENT):
            return outcome
        return self.log_in()

    def log_in(self) -> Outcome:
        """Be let in, unless the router is already. Raises nothing."""
        return self._within(self._log_in)

    def look(self) -> Outcome:
        """Find out whether the router is let in. Raises nothing."""
        return self._within(self._look)

    def keep(self, user_index: str) -> Outcome:
        """Keep a session. Raises nothing."""
        return self._within(lambda: self._call_for(Method.KEEPALIVE, user_index))

    def log_out(self, user_index: str) -> Outcome:
        """End a session. Raises nothing."""
        return self._within(lambda: self._call_for(Method.LOGOUT, user_index))

    def _within(self, talk: Callable[[], Outcome]) -> Outcome:
        try:
            return talk()
        except OSError:
            return Outcome(Came.SILENT, page=self._page_of(self._known))
        except ProtocolError as error:
            return Outcome(Came.UNCLEAR, error.message, self._page_of(self._at))

    # The conversations.

    def _log_in(self) -> Outcome:
        found = self._find_portal_or_session()
        if found is None:
            return Outcome(Came.NO_PORTAL)
        if isinstance(found, Outcome):
            return found
        outcome = self._log_in_at(found)
        if outcome.came is Came.REFUSED and _UNREGISTERED in outcome.message:
            # Once: what the gateway says now may be known to the portal, which is the same one.
            self._known = found
            again = self._find_portal()
            if again is not None:
                return again if isinstance(again, Outcome) else self._log_in_at(again)
        return outcome

    def _find_portal_or_session(self) -> Url | Outcome | None:
        """Find the portal; where the gateway leads to none, ask the one that is known."""
        try:
            found = self._find_portal()
        except ProtocolError:
            if self._known is None:
                raise
            outcome = self._look()
            if outcome.came is Came.FOUND_ONLINE:
                return outcome
            raise
        return self._look() if found is None and self._known else found

    def _look(self) -> Outcome:
        page = self._known
        if page is None:
            return Outcome(Came.NO_PORTAL)
        try:
            return self._who_is_online(page)
        except (OSError, ProtocolError):
            # The portal is out of reach, which is all the same where a gateway shuts the port.
            if find_portal(self._get, self._may_be_asked) is not None:
                return Outcome(Came.OFFLINE, page=self._page_of(page))
            raise

    def _call_for(self, method: Method, user_index: str) -> Outcome:
        page = self._known
        if page is None:
            raise AssertionError("a session without the page that it was got at")
        succeeded, message = read_result(self._call(page, method, user_body(user_index)))
        came = Came.ONLINE if succeeded else Came.OFFLINE
        return Outcome(came, message, self._page_of(page), user_index if succeeded else "")

    # Their steps.

    def _find_portal(self) -> Url | Outcome | None:
        """Return the page that the gateway leads to, or what keeps the router from logging in
        there; None: it leads nowhere, so far as it answers.
        """
        found = find_portal(self._get, self._may_be_asked, needs_page=True)
        if found is None:
            return None
        if found.portal is not Portal.EPORTAL:
            return Outcome(Came.OTHER_PORTAL, found.portal.value, found.page.site)
        if found.page.scheme != "http":
            return Outcome(Came.BY_HTTPS, page=found.page.site)
        if not found.page.query:
            self._at = found.page
            raise ProtocolError(N_("its address lacks what names the port to be let in"))
        if not self._may_be_asked(found.page):
            return Outcome(Came.OTHER_SITE, found.page.site, self._page_of(self._known))
        return found.page

    def _may_be_asked(self, page: Url) -> bool:
        """Whether a page is the portal's that is trusted, or one that nothing is known against."""
        known = self._known
        return known is None or page.origin in (known.origin, PROBE.origin)

    def _log_in_at(self, page: Url) -> Outcome:
        online = self._who_is_online(page)
        if online.came is not Came.OFFLINE:
            return online
        info = self._page_info(page)
        outcome = self._try(page, info)
        if outcome.came is Came.REFUSED and _WANTS_ENCRYPTION in outcome.message:
            info = self._page_info(page)
            outcome = self._try(page, replace(info, encrypts=True))
        if outcome.has_tried and _is_in_doubt(outcome):
            return self._unless_online(page, outcome)
        if outcome.came is Came.REFUSED and refusal_of(outcome).kind is RefusalKind.SERVICE:
            return self._with_services(page, outcome)
        return outcome

    def _with_services(self, page: Url, outcome: Outcome) -> Outcome:
        """Return a refusal of a service with those that there are."""
        if outcome.services:
            return outcome
        try:
            offered = read_services(self._call(page, Method.GET_SERVICES, ""))
        except (OSError, ProtocolError):
            return outcome  # the refusal says enough
        return replace(outcome, services=tuple([service.shown for service in offered]))

    def _unless_online(self, page: Url, outcome: Outcome) -> Outcome:
        """Return what a login came to, as the portal itself sees it."""
        try:
            online = self._who_is_online(page)
        except (OSError, ProtocolError):
            return outcome
        return replace(online, has_tried=True) if online.came is Came.FOUND_ONLINE else outcome

    def _who_is_online(self, page: Url) -> Outcome:
        told = read_online_user(self._call(page, Method.GET_ONLINE_USER_INFO, user_body("")))
        where = self._page_of(page)
        if told.result is Result.WAIT:
            return Outcome(Came.WAIT, told.message, where)
        if told.result is Result.SUCCESS and told.user_index:
            return Outcome(Came.FOUND_ONLINE, told.message, where, told.user_index)
        return Outcome(Came.OFFLINE, told.message, where)

    def _page_info(self, page: Url) -> PageInfo:
        return read_page_info(self._call(page, Method.PAGE_INFO, page_info_body(page.query)))

    def _try(self, page: Url, info: PageInfo) -> Outcome:
        """Send the password, or tell why not."""
        where, login = self._page_of(page), self._login
        if info.captcha:
            return Outcome(Came.CAPTCHA, page=where)
        offered = info.services
        if login.service and not offered:
            # Some pages ask for them apart.
            offered = read_services(self._call(page, Method.GET_SERVICES, ""))
        shown = tuple([service.shown for service in offered])
        service = self._service(offered)
        if service is None:
            return Outcome(Came.NO_SERVICE, login.service or "", where, services=shown)
        portal = login.portal
        operator, operator_password = "", ""
        if portal is not None and portal.operator_username:
            operator = portal.operator_username
            operator_password = (
                portal.operator_password.reveal() if portal.operator_password else ""
            )
        password = login.password.reveal()
        if info.encrypts:
            key = read_key(info.exponent, info.modulus)
            try:
                password = encipher_password(password, mac_in(page.query), key)
                operator_password = operator_password and encipher(operator_password, key)
            except NotEncipherable:
                return Outcome(Came.NOT_ENCIPHERABLE, page=where)
        who = Credentials(
            info.prefix + login.username,
            password,
            service,
            operator,
            operator_password,
            info.encrypts,
        )
        try:
            answer = read_login(self._call(page, Method.LOGIN, login_body(who, page.query)))
        except OSError:
            return Outcome(Came.SILENT, page=where, services=shown, has_tried=True)
        except ProtocolError as error:
            return Outcome(Came.UNCLEAR, error.message, where, services=shown, has_tried=True)
        return self._told_of_login(answer, where, shown)

    def _told_of_login(self, answer: LoginAnswer, where: str, shown: tuple[str, ...]) -> Outcome:
        # What is refused with words may be refused for them, whatever is asked for next time.
        refused = Came.CAPTCHA if answer.captcha and not answer.message else Came.REFUSED
        came = Came.ONLINE if answer.succeeded else refused
        return Outcome(
            came, answer.message, where, answer.user_index, answer.keepalive, shown, has_tried=True
        )

    def _service(self, offered: tuple[Service, ...]) -> str | None:
        """Return what to send for the service that is wanted; None: there is none of the name."""
        wanted = self._login.service
        if not wanted:
            return ""
        for service in offered:
            if wanted in (service.shown, service.name):
                return service.name
        return None

    # Calls.

    def _call(self, page: Url, method: Method, body: str) -> bytes:
        self._at = page
        answer = self._remembering(self._ask(call_url(page, method), body, self._sent()))
        if answer.status != _OK:
            raise ProtocolError(N_("its answer is an error, or leads elsewhere"))
        return answer.content

    def _get(self, url: Url) -> HttpAnswer:
        # What the portal gave to be sent back is not for the host that stands for the Internet.
        if url.origin == PROBE.origin:
            return self._ask(url, None, ())
        self._at = url
        return self._remembering(self._ask(url, None, self._sent()))

    def _sent(self) -> tuple[tuple[str, str], ...]:
        return tuple(self._cookies.items())

    def _remembering(self, answer: HttpAnswer) -> HttpAnswer:
        for name, value in answer.cookies:
            if name in self._cookies or len(self._cookies) < _MOST_COOKIES:
                self._cookies[name] = value
        return answer

    @staticmethod
    def _page_of(page: Url | None) -> str:
        if page is None:
            return ""
        # Behind a semicolon, servers write the session that a cookie names, too.
        return str(replace(page, path=page.path.partition(";")[0], query=""))


def _is_in_doubt(outcome: Outcome) -> bool:
    """Whether the port may be let in after a login that came to something else."""
    if outcome.came is Came.REFUSED:
        return not outcome.message or _ALREADY_ONLINE in outcome.message
    return outcome.came in (Came.SILENT, Came.UNCLEAR)
