"""Which client the router says to be: what the user sets, what was learned, and the presets."""

from __future__ import annotations

import pytest

from ruijie_proxy.engine.login.client_to_be import OTHER_EDITION, client_to_be, edition_is_open
from ruijie_proxy.engine.settings import Dialect, LoginSettings, V2Client, ZeroCheck
from ruijie_proxy.protocol.clients.client_block import Machine, client_block
from ruijie_proxy.protocol.clients.client_profile import (
    LINUX_1_0,
    LINUX_1_30,
    LINUX_1_31,
    WINDOWS_4_10,
    WINDOWS_5_0_3,
    WINDOWS_6_61,
    WINDOWS_6_86,
    ClientProfile,
)
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace

LOGIN = LoginSettings("20260001", Secret("plum-tree"))
LEARNED = replace(LINUX_1_30, name="learned").with_property(0x7D, b"campus")


def of_settings(login: LoginSettings) -> ClientProfile:
    return client_to_be(login, None, None)


# Where it comes from.


def test_with_nothing_set_or_known_it_is_the_usual_client() -> None:
    assert of_settings(LOGIN) == LINUX_1_0


@pytest.mark.parametrize(("edition", "preset"), [(1, LINUX_1_0), (2, LINUX_1_31)])
def test_an_edition_brings_its_client_whether_set_or_found(
    edition: int, preset: ClientProfile
) -> None:
    assert client_to_be(replace(LOGIN, edition=edition), None, None) == preset
    assert client_to_be(LOGIN, None, edition) == preset
    other = OTHER_EDITION[edition]
    assert client_to_be(replace(LOGIN, edition=edition), None, other) == preset, "set goes first"


@pytest.mark.parametrize(
    ("version", "preset"), [("1.0", LINUX_1_0), ("1.30", LINUX_1_30), ("1.31", LINUX_1_31)]
)
def test_a_version_with_a_preset_is_that_preset(version: str, preset: ClientProfile) -> None:
    assert of_settings(replace(LOGIN, client_version=version)) == preset


def test_a_version_without_a_preset_is_told_by_the_nearest() -> None:
    client = of_settings(replace(LOGIN, client_version="1.40"))

    assert client.version == bytes((1, 40, 1, 2))
    assert client.edition == 2
    assert client.properties == LINUX_1_31.properties


def test_an_edition_changes_only_the_check_of_a_version_that_was_chosen() -> None:
    login = replace(LOGIN, client_version="1.31")

    assert client_to_be(replace(login, edition=1), None, 2) == replace(LINUX_1_31, edition=1)
    assert client_to_be(login, None, 1) == replace(LINUX_1_31, edition=1)


def test_what_was_learned_goes_before_every_preset_and_what_was_found() -> None:
    assert client_to_be(LOGIN, LEARNED, None) == LEARNED
    assert client_to_be(LOGIN, LEARNED, 1) == LEARNED, "it was seen to be accepted as it is"


def test_what_the_user_sets_goes_before_what_was_learned() -> None:
    assert client_to_be(replace(LOGIN, edition=1), LEARNED, 2) == replace(LEARNED, edition=1)
    assert client_to_be(replace(LOGIN, client_version="1.0"), LEARNED, None) == LINUX_1_0

    client = client_to_be(replace(LOGIN, service="campus"), LEARNED, None)
    assert client.content(PropertyType.SERVICE) == b"campus".ljust(32, b"\0")
    assert client.content(0x7D) == b"campus"


def test_a_windows_client_has_the_version_of_the_users_own_program() -> None:
    login = replace(
        LOGIN, dialect=Dialect.RUIJIE_V2, v2_client=V2Client(bytes(range(80)), (3, 0x32))
    )

    client = client_to_be(login, LEARNED, 2)

    assert client == replace(WINDOWS_4_10, name="Windows 3.50", version=bytes((3, 0x32, 0, 2)))
    assert client_to_be(replace(login, v2_client=None), None, None) == WINDOWS_4_10


@pytest.mark.parametrize(
    ("version", "client"),
    [
        ("5.0.3", WINDOWS_5_0_3),
        ("6.61", WINDOWS_6_61),
        ("6.86", WINDOWS_6_86),
        ("5.10", replace(WINDOWS_4_10, name="Windows 5.10", version=bytes((5, 10, 0, 2)))),
    ],
)
def test_a_version_that_is_set_goes_before_that_of_the_users_own_program(
    version: str, client: ClientProfile
) -> None:
    own = V2Client(bytes(range(80)), (3, 0x32))
    login = replace(LOGIN, dialect=Dialect.RUIJIE_V2, v2_client=own, client_version=version)

    assert of_settings(login) == client


def test_a_program_of_a_version_that_is_known_brings_what_is_known_of_it() -> None:
    own = V2Client(bytes(range(80)), (6, 0x3D))

    assert of_settings(replace(LOGIN, dialect=Dialect.RUIJIE_V2, v2_client=own)) == WINDOWS_6_61


@pytest.mark.parametrize("version", ["5.0.3", "6.61", "6.86"])
def test_no_edition_that_was_found_makes_a_check_for_a_client_whose_check_is_unknown(
    version: str,
) -> None:
    login = replace(LOGIN, client_version=version)

    for found in (None, 1, 2):
        assert not client_to_be(login, None, found).computes_check
    assert client_to_be(replace(login, edition=2), None, 1).edition == 2, "the user has set it"


@pytest.mark.parametrize("found", [None, 1, 2])
@pytest.mark.parametrize("learned", [None, LEARNED])
def test_no_client_whose_check_is_unknown_is_chosen_but_by_the_user(
    found: int | None, learned: ClientProfile | None
) -> None:
    assert client_to_be(LOGIN, learned, found).computes_check


@pytest.mark.parametrize("learned", [None, LEARNED, replace(LEARNED, text_check=True)])
def test_the_check_before_a_challenge_is_as_set_or_else_as_learned(
    learned: ClientProfile | None,
) -> None:
    begins_with_text = learned is not None and learned.text_check

    assert client_to_be(LOGIN, learned, None).text_check is begins_with_text
    for which, is_text in ((ZeroCheck.TEXT, True), (ZeroCheck.ZEROS, False)):
        login = replace(LOGIN, zero_check=which)
        assert client_to_be(login, learned, None).text_check is is_text


@pytest.mark.parametrize(
    ("login", "learned", "is_open"),
    [
        (LOGIN, None, True),
        (replace(LOGIN, edition=1), None, False),
        (LOGIN, LEARNED, False),
        (replace(LOGIN, client_version="1.31"), None, True),
        (replace(LOGIN, client_version="1.31"), LEARNED, True),
        (replace(LOGIN, client_version="1.31", edition=2), None, False),
        (replace(LOGIN, client_version="6.61"), None, False),
        (replace(LOGIN, dialect=Dialect.RUIJIE_V2), None, False),
        (replace(LOGIN, dialect=Dialect.PLAIN), None, False),
        (replace(LOGIN, dialect=Dialect.CERNET), None, False),
    ],
)
def test_another_edition_is_tried_only_where_nobody_has_chosen_one(
    login: LoginSettings, learned: ClientProfile | None, is_open: bool
) -> None:
    assert edition_is_open(login, learned) is is_open


# What the user changes in it.


def test_a_name_is_in_gbk_and_ends_with_a_zero() -> None:
    client = of_settings(replace(LOGIN, client_name="RG-SU 校园版"))

    assert client.content(PropertyType.CLIENT_NAME) == "RG-SU 校园版".encode("gbk") + b"\0"
    assert [item.type for item in client.properties] == [
        item.type for item in LINUX_1_0.properties
    ], "in its place"


def test_an_empty_name_is_one_zero_as_from_windows() -> None:
    assert of_settings(replace(LOGIN, client_name="")).content(PropertyType.CLIENT_NAME) == b"\0"


def test_a_service_is_in_gbk_and_padded() -> None:
    client = of_settings(replace(LOGIN, service="教育网接入"))

    content = client.content(PropertyType.SERVICE)
    assert content == bytes.fromhex("bdccd3fdcdf8bdd3c8eb") + bytes(22)


def test_a_disk_serial_is_padded() -> None:
    client = of_settings(replace(LOGIN, disk_serial="WD-WCC4E1234567"))

    assert client.content(PropertyType.DISK_SERIAL) == b"WD-WCC4E1234567" + bytes(49)


def test_properties_are_added_replaced_and_removed_in_the_order_of_the_file() -> None:
    changes = ((0x7E, bytes.fromhex("0000010000040000")), (0x70, b"\x20"), (0x55, None))
    client = of_settings(replace(LOGIN, properties=changes))

    order = bytes(item.type for item in client.properties)
    assert order.hex() == "182d2f763536384e4d395462706f7e"
    assert client.content(PropertyType.WORD_SIZE) == b"\x20"
    assert client.properties[-1] == Property(0x7E, bytes.fromhex("0000010000040000"))


def test_properties_by_number_go_before_settings_by_name() -> None:
    login = replace(LOGIN, service="by name", properties=((0x39, b"by number"),))

    assert of_settings(login).content(PropertyType.SERVICE) == b"by number"


def test_a_property_that_is_filled_in_otherwise_can_be_set() -> None:
    other_mac = bytes.fromhex("02000000ff01")
    login = replace(LOGIN, properties=((0x2D, other_mac), (0x2F, None)))

    block = client_block(of_settings(login), Machine(bytes.fromhex("0200000000e1")), None)

    assert block.content(PropertyType.MAC_ADDRESS) == other_mac
    assert block.content(PropertyType.PASSWORD) is None


@pytest.mark.parametrize(
    "login",
    [
        replace(LOGIN, client_version="1.31"),
        replace(LOGIN, dialect=Dialect.RUIJIE_V2),
        LOGIN,
    ],
)
def test_what_is_changed_is_changed_in_every_client(login: LoginSettings) -> None:
    login = replace(
        login, client_name="n", service="s", disk_serial="d", properties=((0x7D, b"p"),)
    )

    for learned in (None, LEARNED):
        client = client_to_be(login, learned, None)
        assert client.content(PropertyType.CLIENT_NAME) == b"n\0"
        assert client.content(PropertyType.SERVICE) == b"s".ljust(32, b"\0")
        assert client.content(PropertyType.DISK_SERIAL) == b"d".ljust(64, b"\0")
        assert client.content(0x7D) == b"p"
