"""Which client the router says to be when it logs in by itself.

A learned profile is a genuine client's of this very campus, so it goes before every preset. What
the user sets goes before both.
"""

from __future__ import annotations

from ruijie_proxy.engine.settings import Dialect, Shape, ZeroCheck
from ruijie_proxy.protocol.clients.bare_block import as_bare
from ruijie_proxy.protocol.clients.client_profile import (
    PRESET_OF_EDITION,
    SERVICE_SIZE,
    USUAL_BARE_PRESET,
    USUAL_PRESET,
    WINDOWS_4_10,
    ClientProfile,
    preset_of_version,
    windows_of_version,
)
from ruijie_proxy.protocol.clients.client_shape import ClientShape
from ruijie_proxy.protocol.properties import PropertyType
from ruijie_proxy.protocol.text import encode_text
from ruijie_proxy.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.settings import LoginSettings

OTHER_EDITION = {1: 2, 2: 1}
OTHER_SHAPE = {ClientShape.BLOCK: ClientShape.BARE, ClientShape.BARE: ClientShape.BLOCK}


def client_to_be(
    login: LoginSettings,
    learned: ClientProfile | None,
    edition: int | None,
    shape: ClientShape = ClientShape.BLOCK,
) -> ClientProfile:
    """Return the client for Ruijie's dialects, as it is in a shape.

    ``edition`` is the one that was found to be wanted, for where the settings leave it open.
    """
    wanted, is_bare = login.edition or edition, shape is ClientShape.BARE
    if login.dialect is Dialect.RUIJIE_V2:
        client = WINDOWS_4_10
        if login.client_version is not None:
            client = windows_of_version(login.client_version)
        elif login.v2_client is not None:
            client = windows_of_version(".".join(map(str, login.v2_client.version)))
    elif login.client_version is not None:
        # The version was chosen, so only the check follows the edition; what was found of editions
        # says nothing of a client whose check is of neither.
        client = preset_of_version(login.client_version)
        found = wanted if client.computes_check else login.edition
        client = replace(client, edition=found or client.edition)
    elif learned is not None and (learned.shape is not ClientShape.BARE or is_bare):
        client = replace(learned, edition=login.edition or learned.edition)
    elif learned is not None and learned.edition is not None:
        # Nobody knows the block of a client that was seen in the bare shape.
        client = PRESET_OF_EDITION[login.edition or learned.edition]
    elif wanted is not None:
        client = PRESET_OF_EDITION[wanted]
    else:
        client = USUAL_BARE_PRESET if is_bare else USUAL_PRESET
    return _with_settings(as_bare(client) if is_bare else client, login)


def edition_is_open(login: LoginSettings, learned: ClientProfile | None) -> bool:
    """Whether another edition may be tried where one is refused."""
    if login.dialect is not Dialect.RUIJIE or login.edition is not None:
        return False
    if login.client_version is None:
        return learned is None
    return preset_of_version(login.client_version).computes_check


def settled_shape(login: LoginSettings, learned: ClientProfile | None) -> ClientShape | None:
    """Return the shape that is settled by the settings or a learned client; None: it is open."""
    if login.dialect is not Dialect.RUIJIE:
        return ClientShape.BLOCK
    if login.shape is not Shape.AUTO:
        return ClientShape(login.shape.value)
    return learned.shape if learned is not None and _speaks(learned, login) else None


def _speaks(learned: ClientProfile | None, login: LoginSettings) -> bool:
    """Whether what was learned is who speaks."""
    return learned is not None and login.client_version is None


def _with_settings(client: ClientProfile, login: LoginSettings) -> ClientProfile:
    if login.client_name is not None:
        name = encode_text(login.client_name) + b"\0"
        client = client.with_property(PropertyType.CLIENT_NAME, name)
    if login.service is not None:
        service = encode_text(login.service).ljust(SERVICE_SIZE, b"\0")
        client = client.with_property(PropertyType.SERVICE, service)
    if login.disk_serial is not None:
        client = client.with_disk_serial(login.disk_serial.encode("ascii"))
    if login.zero_check is not None:
        client = replace(client, text_check=login.zero_check is ZeroCheck.TEXT)
    for property_type, content in login.properties:
        client = client.with_property(property_type, content)
    return client
