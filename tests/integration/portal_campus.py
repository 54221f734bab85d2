"""The engine's conversations with the virtual portal, in memory."""

from __future__ import annotations

import functools

from ruijie_proxy.engine.actions import AskPortal
from ruijie_proxy.engine.portal.dialogue import Dialogue
from ruijie_proxy.engine.settings import LoginSettings, PortalSettings
from ruijie_proxy.lab.portal.key import KeyPair, make_key
from ruijie_proxy.lab.portal.options import PortalOptions
from ruijie_proxy.lab.portal.web import VirtualPortal
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.portal.calls import CONTENT_TYPE
from ruijie_proxy.protocol.portal.http import TOO_SLOW, HttpAnswer, make_request, read_answer
from ruijie_proxy.protocol.portal.outcomes import Outcome
from ruijie_proxy.protocol.portal.url import Url
from ruijie_proxy.secret import Secret

ADDRESS = "10.20.30.100"


@functools.cache
def key() -> KeyPair:
    """Return one key for all tests: making one takes longer than most of them."""
    return make_key()


class PortalCampus:
    """A virtual portal, and who asks it from one address."""

    def __init__(self, options: PortalOptions | None = None, address: str = ADDRESS) -> None:
        self.options = options or PortalOptions()
        self.portal = VirtualPortal(self.options, key())
        self.address = address
        self.now = 0.0
        self.is_down = False
        """Whether the portal is, while its gateway is not."""
        self.asked: list[str] = []
        """What was asked, in order: the methods, or the paths of pages."""
        self.sent: list[bytes] = []
        """The requests, in order."""

    @property
    def is_online(self) -> bool:
        return self.portal.is_online(self.address, self.now)

    def login(self, **changes: object) -> LoginSettings:
        """Return the settings of the account that the campus knows."""
        values: dict[str, object] = {
            "username": self.options.user,
            "password": Secret(self.options.password),
            "portal": PortalSettings(
                operator_username=self.options.operator_user or None,
                operator_password=Secret(self.options.operator_password) or None,
            ),
        }
        return LoginSettings(**{**values, **changes})  # type: ignore[arg-type]

    def dialogue(self, known: str = "", **changes: object) -> Dialogue:
        return Dialogue(self.ask, self.login(**changes), known)

    def converse(self, action: AskPortal, login: LoginSettings) -> Outcome:
        """Carry out an order, as the machine does."""
        return Dialogue(self.ask, login, action.page).carry_out(action.order, action.user_index)

    def ask(self, url: Url, body: str | None, cookies: tuple[tuple[str, str], ...]) -> HttpAnswer:
        """Carry a request over, as the machine does."""
        self.asked.append(url.query.removeprefix("method=") if body is not None else url.path)
        request = make_request(url, body=body, content_type=CONTENT_TYPE, cookies=cookies)
        self.sent.append(request)
        data = self.portal.answer(request, (url.host, url.port), self.address, self.now)
        is_lost = self.is_down and url.host == self.options.host
        if data is None or is_lost or self.portal.pace.after:
            raise TimeoutError
        if self.portal.pace.between:
            raise ProtocolError(TOO_SLOW)
        answer = read_answer(data, is_whole=True)
        assert answer is not None
        return answer
