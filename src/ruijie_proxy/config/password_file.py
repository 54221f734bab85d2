"""A password in a file of its own."""

from __future__ import annotations

from ruijie_proxy.config.shape.bounded_read import BYTE_ORDER_MARK, read_bounded
from ruijie_proxy.config.shape.parsers import LONGEST_PASSWORD, password
from ruijie_proxy.config.shape.problems import Unfit, Unusable
from ruijie_proxy.i18n import N_, _, reason_of

MOST_READ = len(BYTE_ORDER_MARK) + LONGEST_PASSWORD + len("\r\n") + 1
"""Bytes: enough to see that a password is too long."""
_REMEDY = N_("write the password alone into it, as UTF-8 text in one line")


def read_password(path: str) -> str:
    """Read the password that a file holds. Raises Unusable."""
    try:
        data = read_bounded(path, MOST_READ)
    except FileNotFoundError:
        raise Unusable(_("there is no such file"), _("write one, or name another")) from None
    except IsADirectoryError:
        raise Unusable(_("is a directory"), _("name the file in it")) from None
    except PermissionError:
        remedy = _("run as root, or change its permissions")
        raise Unusable(_("names a file that this user may not read"), remedy) from None
    except OSError as error:
        wrong = _("names a file that cannot be read: {reason}", reason=reason_of(error))
        raise Unusable(wrong, _("name another file")) from None
    return password_of(data)


def password_of(content: bytes) -> str:
    """Return the password in a file's content. Raises Unusable.

    One line end behind it is none of it, nor is a byte order mark before it.
    """
    try:
        return password(
            content.removeprefix(BYTE_ORDER_MARK).decode().removesuffix("\n").removesuffix("\r")
        )
    except UnicodeDecodeError:
        raise Unusable(_("names a file that is not UTF-8 text"), _(_REMEDY)) from None
    except Unfit as unfit:
        wrong = _("names a file whose content {wrong}", wrong=unfit.wrong)
        raise Unusable(wrong, _(_REMEDY)) from None
