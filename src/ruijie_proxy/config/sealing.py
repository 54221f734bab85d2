"""Sealed passwords: useless in a copy of the configuration that gets away without the key file.

A sealed password is ``sealed:v1:`` and the URL-safe base64 of a nonce (12 bytes) and what
AES-256-GCM makes of the password. The user name is bound to it, so that it opens for that account
alone. The key is 32 random bytes in a file of this machine.

Whoever can read both files can read the password: sealing is for backups, for pastes in a forum and
for version control, not against root.
"""

from __future__ import annotations

import os
import stat

from ruijie_proxy.config.credentials import is_handed_over
from ruijie_proxy.config.shape.problems import Unusable
from ruijie_proxy.i18n import N_, _, reason_of
from ruijie_proxy.installing import how_to_install

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_SIZE = 32
_NONCE_SIZE = 12
_TAG_SIZE = 16
_PREFIX = "sealed:v1:"
_CONTEXT = b"ruijie-proxy password v1\0"
_ANYTHING_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SEAL_AGAIN = N_("seal the password again: ruijie-proxy password seal")


def seal(password: str, username: str, key: bytes) -> str:
    """Seal a password for a user name. Raises Unusable when it takes a package that is missing."""
    from base64 import urlsafe_b64encode

    nonce = os.urandom(_NONCE_SIZE)
    sealed = _cipher(key).encrypt(nonce, password.encode(), _bound_to(username))
    return _PREFIX + urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, username: str, key: bytes) -> str:
    """Return the password that was sealed for a user name.

    Raises Unusable for a damaged text, another key or user name, and a missing package.
    """
    raw = _raw(sealed)
    cipher = _cipher(key)
    from cryptography.exceptions import InvalidTag

    try:
        password = cipher.decrypt(raw[:_NONCE_SIZE], raw[_NONCE_SIZE:], _bound_to(username))
    except InvalidTag:
        raise Unusable(
            _(
                "was sealed for another user name or with the key file of another machine, or it "
                "was damaged"
            ),
            _(_SEAL_AGAIN),
        ) from None
    return password.decode()


def read_key(path: str) -> bytes:
    """Read a key file. Raises Unusable when it cannot be used or others may use it."""
    try:
        # A pipe would keep the reader waiting.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise Unusable(
            _("there is no key file"),
            _(
                "seal the password again: ruijie-proxy password seal, which makes one, or name it "
                "as key_file"
            ),
        ) from None
    except OSError as error:
        wrong = _("the key file cannot be read: {reason}", reason=reason_of(error))
        raise Unusable(wrong, _("run as root")) from None
    try:
        if not is_handed_over(path):
            _require_ours_alone(os.fstat(descriptor))
        key = os.read(descriptor, KEY_SIZE + 1)
    finally:
        os.close(descriptor)
    if len(key) != KEY_SIZE:
        raise Unusable(
            _("the key file does not hold {count} bytes", count=KEY_SIZE),
            _("remove it, and seal the password again: ruijie-proxy password seal"),
        )
    return key


def read_or_make_key(path: str) -> bytes:
    """Read a key file, or make it, and the directory that it is in, for this user alone.

    Raises Unusable.
    """
    if not os.path.lexists(path):
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            _make_key(path)
        except FileExistsError:
            pass  # another process was faster
        except OSError as error:
            wrong = _("the key file cannot be made: {reason}", reason=reason_of(error))
            raise Unusable(wrong, _("run as root")) from None
    return read_key(path)


def _require_ours_alone(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unusable(_("the key file is no regular file"), _("name another as key_file"))
    if status.st_uid not in (0, os.geteuid()):
        raise Unusable(_("the key file belongs to another user"), _("chown it to root"))
    if status.st_mode & _ANYTHING_OF_OTHERS:
        raise Unusable(_("others may use the key file"), _("chmod 600 it"))


def _make_key(path: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(KEY_SIZE))
            file.flush()
            os.fsync(descriptor)
    except OSError:
        os.unlink(path)
        raise


def _raw(sealed: str) -> bytes:
    from base64 import b64decode

    try:
        raw = b64decode(sealed.removeprefix(_PREFIX), altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    if not sealed.startswith(_PREFIX) or len(raw) <= _NONCE_SIZE + _TAG_SIZE:
        raise Unusable(_("is no whole sealed password"), _(_SEAL_AGAIN))
    return raw


def _bound_to(username: str) -> bytes:
    return _CONTEXT + username.encode()


def _cipher(key: bytes) -> AESGCM:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise Unusable(
            _("sealed passwords need the package cryptography"),
            how_to_install("cryptography", "python3-cryptography"),
        ) from None
    return AESGCM(key)
