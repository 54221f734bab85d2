"""Whether a session that was kept is the one that the settings want now.

They may have changed while it was held, or while the program was not running. What is kept says
whose login it was, in a digest: names alone decide, and no secret is kept for it.
"""

from __future__ import annotations

from ruijie_proxy.messages import N_

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.kept_session import KeptSession
    from ruijie_proxy.engine.settings import LoginSettings, SessionSettings

ANOTHER_ACCOUNT = N_("the configuration has another user name, dialect or service now")
ANOTHER_MAC_MODE = N_("the configuration wants another MAC address now")
ANOTHER_CLIENT = N_("the configuration does not name its client any more")


def account_digest(login: LoginSettings) -> int:
    """Return a number, 32 bits, that is another one for another user, dialect or service."""
    return _crc32(repr((login.username, login.dialect.value, login.service)).encode())


def _crc32(data: bytes) -> int:
    """Return CRC-32, as zlib has it: with :mod:`binascii`, all of that would be in memory."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (crc & 1) * 0xEDB88320
    return crc ^ 0xFFFFFFFF


def why_unwanted(kept: KeptSession, settings: SessionSettings) -> str | None:
    """Return why the settings want another session than one that was kept; None: it may go on.

    What an earlier version of the program did not write down decides nothing.
    """
    login = settings.login
    if kept.own:
        if kept.account is None or login is None:
            return None
        return None if kept.account == account_digest(login) else ANOTHER_ACCOUNT
    if kept.mac_mode not in (None, settings.mac.value):
        return ANOTHER_MAC_MODE
    if settings.clients and kept.client not in settings.clients:
        return ANOTHER_CLIENT
    return None
