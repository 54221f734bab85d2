"""What the ePortal is asked: the bodies of its calls (docs/portal.md, section 3)."""

from __future__ import annotations

from ruijie_proxy.choices import Enum
from ruijie_proxy.protocol.portal.password import MAC_UNKNOWN
from ruijie_proxy.values import Frozen, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.protocol.portal.url import Url

CONTENT_TYPE = "application/x-www-form-urlencoded; charset=UTF-8"
_INTERFACE = "InterFace.do"
# ECMA-262, encodeURIComponent: what it leaves as it is.
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()")


class Method(Enum):
    """What is asked for. The one that ends every device of an account is not here, for good."""

    PAGE_INFO = "pageInfo"
    GET_SERVICES = "getServices"
    GET_ONLINE_USER_INFO = "getOnlineUserInfo"
    LOGIN = "login"
    KEEPALIVE = "keepalive"
    LOGOUT = "logout"


class Credentials(Frozen):
    """Who logs in, as it is sent: passwords are in the clear, or enciphered."""

    user: str
    """With the prefix before it, where the portal has one chosen."""
    password: str
    service: str
    """Its name, not what is shown of it; "" for the default."""
    operator_user: str = ""
    operator_password: str = ""
    is_encrypted: bool = False

    def __repr__(self) -> str:
        return f"Credentials({self.user!r}, …)"


def call_url(page: Url, method: Method) -> Url:
    """Return where a method is asked for, of the portal whose page a gateway has led to."""
    path = page.path.rpartition("/")[0]
    return replace(page, path=f"{path}/{_INTERFACE}", query=f"method={method.value}")


def page_info_body(query: str) -> str:
    """Return the body that asks what the page needs; ``query`` is the gateway's, unchanged."""
    return f"queryString={encode(query)}"


def user_body(user_index: str) -> str:
    """Return the body that names a session; "" where the address is to name it."""
    return f"userIndex={encode(user_index)}"


def login_body(who: Credentials, query: str) -> str:
    """Return the body of a login, field by field in the page's order.

    The page encodes each value twice, but a captcha's, which is always empty here.
    """
    fields = (
        ("userId", who.user),
        ("password", who.password),
        ("service", who.service),
        ("queryString", query),
        ("operatorPwd", who.operator_password),
        ("operatorUserId", who.operator_user),
    )
    told = [f"{name}={encode(encode(value))}" for name, value in fields]
    return "&".join(
        [*told, "validcode=", f"passwordEncrypt={'true' if who.is_encrypted else 'false'}"]
    )


def encode(value: str) -> str:
    """Percent-encode as browsers' encodeURIComponent does, in UTF-8."""
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in value.encode())


def mac_in(query: str) -> str:
    """Return the raw value of ``mac`` in a gateway's query."""
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name == "mac" and value:
            return value
    return MAC_UNKNOWN
