"""What to advise after a refusal: the sentences that go with the engine's table of refusals."""

from __future__ import annotations

from ruijie_proxy.engine.refusals import Advice, RefusalKind
from ruijie_proxy.i18n import N_, _

_SENTENCES = {
    Advice.CHECK_PASSWORD: N_("Check “{keys[username]}” and the password; only you can mend it."),
    Advice.OTHER_EDITION: N_(
        "The campus wants another client. Try “{keys[edition=1]}” or “{keys[edition=2]}”, "
        "“{keys[shape=block]}” or “{keys[shape=bare]}”, or “{keys[client_version]}”; if none "
        "helps, let the genuine client log in (“{keys[mode=relay]}” or “{keys[mode=auto]}”). Each "
        "try counts towards a ban."
    ),
    Advice.ADD_BLOCK: N_(
        "The client's private data is missing. Set “{keys[dialect=ruijie]}”, try "
        "“{keys[shape=block]}” and “{keys[shape=bare]}”, and remove no properties."
    ),
    Advice.LATER_VERSION: N_("Set a later “{keys[client_version]}”, such as 1.31."),
    Advice.WAIT_FOR_BAN: N_("The account is banned for some time. Wait; further tries prolong it."),
    Advice.WAIT_AND_CHANGE_CLIENT: N_(
        "The account is banned because of the client. Wait, then let the genuine client log in "
        "(“{keys[mode=relay]}”)."
    ),
    Advice.WAIT_FOR_LOCK: N_(
        "The account is locked after too many wrong passwords or tries. It is tried once more when "
        "that is over; check “{keys[username]}” and the password until then."
    ),
    Advice.SEE_THE_OFFICE: N_(
        "The account has run out of money or data, or is suspended, expired or closed: pay, or ask "
        "the campus's network office. Where the router logs in by itself, it tries twice a day."
    ),
    Advice.CONFIRM_AGREEMENT: N_(
        "The campus wants an agreement to be confirmed first: do that on its self-service page."
    ),
    Advice.MAC_IS_BOUND: N_(
        "The account is bound to another MAC address. Give the WAN port that of the registered "
        "device, or let its client log in with “{keys[mac=clone]}”."
    ),
    Advice.ADDRESS_IS_BOUND: N_(
        "The account is bound to another IP address. See “{keys[dhcp]}”: “double” or “before” "
        "tells the campus the router's own; or set the registered address."
    ),
    Advice.SOCKET_IS_BOUND: N_("The account is bound to another socket or network: use that one."),
    Advice.ADDRESS_IN_USE: N_(
        "Another device uses this IP address. Where the router logs in by itself, it asks for "
        "another one and tries once more; a fixed address has to be the one that the campus gave "
        "you."
    ),
    Advice.CHOOSE_SERVICE: N_("Set “{keys[service]}” to one that you have subscribed to."),
    Advice.USE_DHCP: N_("The campus wants DHCP. Set “{keys[dhcp=after]}”, and no fixed address."),
    Advice.LOGGED_IN_ELSEWHERE: N_("Another device is logged in with this account: log it off."),
    Advice.OUT_OF_HOURS: N_("The campus has hours for logging in."),
    Advice.OPEN_PORTAL: N_(
        "Open the portal's page in a browser behind the router and see what it wants; log in there "
        "if need be. After that: ruijie-proxy relogin, or login once more."
    ),
    Advice.LOG_IN_BY_HTTPS: N_(
        "This program cannot check certificates, and sends the password to no page that it cannot "
        "check: open the portal's page in a browser behind the router and log in there."
    ),
    Advice.UNCLEAR_PORTAL: N_(
        "The password is sent only to a portal that answers as Ruijie's old ePortal does; the log "
        "says what was wrong. It is asked again after a pause. If that goes on, open the portal's "
        "page in a browser behind the router, and log in there."
    ),
    Advice.TRUST_PORTAL: N_(
        "The portal stands elsewhere than where this account logged in before, and does not get "
        "the password. If the campus has moved it: ruijie-proxy relogin --trust."
    ),
    Advice.OTHER_CHARACTERS: N_(
        "The portal's page cannot encipher this password: choose one without Chinese characters "
        "at the campus."
    ),
    Advice.RETRIED: N_("It is tried again after a pause."),
    Advice.LOGGED_OFF_BY_USER: N_("Somebody logged it off on the campus's self-service page."),
    Advice.LOOK_AT_MESSAGE: N_("What it means is not known here; the campus's help desk may tell."),
    Advice.NO_REASON: N_(
        "The server gives no reason. Mostly “{keys[username]}” or the password is wrong; otherwise "
        "“{keys[service]}” is, or the campus wants another client."
    ),
    Advice.NO_REASON_PLAIN: N_(
        "The server gives no reason. Mostly “{keys[username]}” or the password is wrong; "
        "otherwise the campus wants Ruijie's dialect: set “{keys[dialect=ruijie]}”, and "
        "“{keys[service]}” where it has several."
    ),
    Advice.CHECK_CLIENTS_PASSWORD: N_(
        "Check the user name and the password in the client on the PC."
    ),
    Advice.CHOOSE_IN_CLIENT: N_(
        "Choose a service in the client on the PC that you have subscribed to."
    ),
    Advice.OTHER_CLIENT: N_(
        "The campus wants another client: use the one that it hands out. If that is what was "
        "refused, try “{keys[fields=keep]}”, and “{keys[mac=clone]}”. Each try counts towards a "
        "ban."
    ),
    Advice.WAIT_AND_USE_CLIENT: N_(
        "The account is banned because of the client. Wait, then use the one that the campus hands "
        "out."
    ),
    Advice.NO_REASON_TO_CLIENT: N_(
        "The server gives no reason. Mostly the user name, the password or the service in the "
        "client on the PC is wrong; otherwise the campus wants another client."
    ),
}
_KINDS = (
    N_("credentials"),
    N_("client-rejected"),
    N_("banned"),
    N_("locked"),
    N_("account"),
    N_("agreement"),
    N_("binding"),
    N_("address-in-use"),
    N_("service"),
    N_("dhcp"),
    N_("busy"),
    N_("hours"),
    N_("again"),
    N_("captcha"),
    N_("other-portal"),
    N_("unclear-portal"),
    N_("dropped"),
    N_("unknown"),
)
"""The values of RefusalKind, which are the messages, too."""


def word_of(kind: RefusalKind) -> str:
    """Return the word for a kind of refusals."""
    return _(kind.value)


def sentence_of(advice: Advice) -> str:
    """Return the sentence for the user."""
    return _(original_of(advice))


def original_of(advice: Advice) -> str:
    """Return the sentence as it stands in the code, for somebody else to translate."""
    return _SENTENCES[advice]
