"""Whether what a client proves is right, recomputed from the challenge and the password."""

from __future__ import annotations

from functools import lru_cache

from ruijie_proxy.i18n import N_, _
from ruijie_proxy.inspect.client_data import ClientData
from ruijie_proxy.inspect.digests import shortened
from ruijie_proxy.inspect.steps import Fact, Json
from ruijie_proxy.protocol import cernet
from ruijie_proxy.protocol.edition import (
    Edition,
    edition_of_early_check,
    edition_of_zero_check,
)
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.password import eap_md5_value, password_property
from ruijie_proxy.protocol.properties import PropertyType
from ruijie_proxy.protocol.v4_check import v4_check

_VERDICTS = {
    "right": N_("{digest}, right for this password"),
    "right in Cernet's way": N_("{digest}, right in Cernet's way for this password"),
    "wrong": N_("{digest}, wrong for this password"),
}


@lru_cache(maxsize=64)
def checks_of(challenge: bytes) -> dict[bytes, Edition]:
    """Return the right V4 checks of a challenge, with their editions; none of an odd size."""
    try:
        return {v4_check(challenge, edition): edition for edition in Edition}
    except ProtocolError:
        return {}


def early_v4_fact(data: ClientData) -> Fact | None:
    """Say what the V4 check is before there is a challenge: in a Start, Identity or Logoff."""
    check = data.content(PropertyType.V4_CHECK)
    if check is None:
        return None
    edition = edition_of_early_check(check)
    if edition is not None and edition_of_zero_check(check) is not None:
        told = _(
            "edition {edition}: right for zeros, as there is no challenge yet", edition=edition
        )
        value: dict[str, Json] = {"verdict": "right", "edition": int(edition)}
        return Fact("v4_check", value, told, good=True, standing=True)
    if edition is not None:
        told = _("edition {edition}: right for the text of some campuses", edition=edition)
        value = {"verdict": "right", "edition": int(edition), "of": "text"}
        return Fact("v4_check", value, told, good=True, standing=True)
    if not any(check):
        return Fact("v4_check", {"verdict": "empty"}, _("empty"), standing=True)
    told = _("not that of zeros: a leftover, or of a Windows client")
    return Fact("v4_check", {"verdict": "other"}, told, standing=True)


def v4_fact(data: ClientData, challenge: bytes | None) -> Fact | None:
    """Say whether the V4 check of an MD5 response is right. The password plays no part in it."""
    check = data.content(PropertyType.V4_CHECK)
    if check is None:
        return None
    if challenge is None:
        told = _("cannot be checked: the challenge is not in the capture")
        return Fact("v4_check", {"verdict": "unchecked"}, told)
    edition = checks_of(challenge).get(check)
    if edition is not None:
        value: dict[str, Json] = {"verdict": "right", "edition": int(edition)}
        return Fact("v4_check", value, _("right, edition {edition}", edition=edition), good=True)
    if edition_of_early_check(check) is not None:
        told = _("wrong: it is that of zeros or of the text, not of the challenge")
        return Fact("v4_check", {"verdict": "wrong"}, told, good=False)
    if not any(check):
        return Fact("v4_check", {"verdict": "empty"}, _("empty"), good=False)
    if data.is_of_windows:
        told = _("of neither edition: a Windows client computes another one, not known here")
        return Fact("v4_check", {"verdict": "other"}, told)
    return Fact("v4_check", {"verdict": "wrong"}, _("wrong: of neither edition"), good=False)


def md5_fact(
    identifier: int, value: bytes, challenge: bytes | None, password: bytes | None
) -> Fact:
    """Say what the EAP-MD5 value is, and with a password, whether it is right."""
    verdict = None
    if password is not None and challenge is not None:
        if value == eap_md5_value(identifier, password, challenge):
            verdict = "right"
        elif value == cernet.md5_value(identifier, password, challenge):
            verdict = "right in Cernet's way"
        else:
            verdict = "wrong"
    text = shortened(value.hex())
    return Fact(
        "md5_value",
        {"digest": text, "verdict": verdict},
        text if verdict is None else _(_VERDICTS[verdict], digest=text),
        good=None if verdict is None else verdict != "wrong",
        full=value.hex(),
    )


def password_fact(
    data: ClientData, username: bytes, challenge: bytes | None, password: bytes | None
) -> Fact | None:
    """Say whether the password property is right; None where it cannot be told or is not there."""
    content = data.content(PropertyType.PASSWORD)
    if content is None or password is None or challenge is None:
        return None
    if not content:
        return Fact("password_property", {"verdict": "empty"}, _("empty"), good=False)
    is_right = content == password_property(username, challenge, password)
    verdict = "right" if is_right else "wrong"
    return Fact(
        "password_property",
        {"verdict": verdict},
        _("right for this password") if is_right else _("wrong for this password"),
        good=is_right,
    )
