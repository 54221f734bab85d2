"""The genuine Linux clients as values, and what a user changes in them."""

from __future__ import annotations

import pytest

from ruijie_proxy.protocol.clients.client_profile import (
    FILLED_IN,
    LINUX_1_0,
    LINUX_1_30,
    LINUX_1_31,
    PRESET_OF_EDITION,
    PRESETS,
    USUAL_PRESET,
    WINDOWS_4_10,
    WINDOWS_5_0_3,
    WINDOWS_6_61,
    WINDOWS_6_86,
    WINDOWS_PRESETS,
    ClientProfile,
    preset_of_version,
    windows_of_version,
)
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.values import replace

LINUX_ORDER = "182d2f76 353638 4e4d3954 5562706f"


def order(profile: ClientProfile) -> str:
    """Return the types of a profile's properties, as docs/protocol.md lists them."""
    return bytes(item.type for item in profile.properties).hex()


def hexadecimal(text: str) -> str:
    return bytes.fromhex(text).hex()


@pytest.mark.parametrize(
    ("profile", "version", "edition", "types", "client_name"),
    [
        (LINUX_1_0, "01010102", 1, LINUX_ORDER, b"RG-SU For Linux V1.0\0"),
        (LINUX_1_30, "011e0102", 2, LINUX_ORDER + "79", b"RG-SU For Linux V1.30\0"),
        (LINUX_1_31, "011f0102", 2, LINUX_ORDER + "79", b"RG-SU For Linux V1.30\0"),
        (WINDOWS_4_10, "040a0002", None, "17182d2f353638 4d3954 5562", None),
        (WINDOWS_5_0_3, "05000300", None, "17182d2f353638 4e4d3954 62 6b 706f7976", b"\0"),
        (WINDOWS_6_61, "063d0000", None, "17182d2f353638 4e4d3954 62 6b7e 706f7976", b"\0"),
        (WINDOWS_6_86, "06560000", None, "17182d2f353638 4e4d603954 62 6b7e 706f7976", b"\0"),
    ],
    ids=lambda value: value.name if isinstance(value, ClientProfile) else "",
)
def test_each_preset_is_what_the_document_says(
    profile: ClientProfile,
    version: str,
    edition: int | None,
    types: str,
    client_name: bytes | None,
) -> None:
    """docs/protocol.md, "Properties" and "The private block"."""
    assert profile.version == bytes.fromhex(version)
    assert profile.edition == edition
    assert order(profile) == hexadecimal(types)
    assert profile.content(PropertyType.CLIENT_NAME) == client_name
    assert profile.program == b"8021x.exe"
    assert profile.fits


@pytest.mark.parametrize("profile", [*PRESETS.values(), WINDOWS_4_10], ids=lambda p: str(p.name))
def test_what_tells_of_machine_and_login_is_empty_in_a_preset(profile: ClientProfile) -> None:
    contents = {item.type: item.content for item in profile.properties}

    assert not any(contents.get(number) for number in FILLED_IN)
    assert contents[PropertyType.SERVICE] == b"internet" + bytes(24)
    assert contents[PropertyType.DISK_SERIAL] == bytes(64)
    assert contents[PropertyType.SECONDARY_DOMAIN] == b""
    assert contents[PropertyType.SECURITY_CHECK] == b"\0"
    assert contents.get(PropertyType.WORD_SIZE, b"\x40") == b"\x40"
    assert contents.get(PropertyType.GENERATION, b"\x02") == b"\x02"
    assert all(item.marked for item in profile.properties)


def test_the_client_without_a_choice_is_the_one_that_was_held_against_genuine_frames() -> None:
    assert USUAL_PRESET is LINUX_1_0
    assert {edition: profile.edition for edition, profile in PRESET_OF_EDITION.items()} == {
        1: 1,
        2: 2,
    }


@pytest.mark.parametrize(
    ("version", "preset"),
    [
        ("1.0", LINUX_1_0),
        ("1.30", LINUX_1_30),
        ("1.31", LINUX_1_31),
        ("5.0.3", WINDOWS_5_0_3),
        ("6.61", WINDOWS_6_61),
        ("6.86", WINDOWS_6_86),
    ],
)
def test_a_version_with_a_preset_is_that_preset(version: str, preset: ClientProfile) -> None:
    assert preset_of_version(version) == preset


@pytest.mark.parametrize("profile", WINDOWS_PRESETS.values(), ids=WINDOWS_PRESETS)
def test_a_later_windows_client_is_none_that_can_be_computed(profile: ClientProfile) -> None:
    assert not profile.computes_check
    assert profile not in (USUAL_PRESET, *PRESET_OF_EDITION.values())
    assert all(preset.computes_check for preset in (USUAL_PRESET, *PRESET_OF_EDITION.values()))


@pytest.mark.parametrize(
    ("profile", "serial", "mark", "security_check"),
    [
        (WINDOWS_5_0_3, b"", None, b"\0"),
        (WINDOWS_6_61, b"Static:", "0000010000040000", b"\0"),
        (WINDOWS_6_86, b"Static:", "00000100000c0000", b"\x01"),
    ],
    ids=WINDOWS_PRESETS,
)
def test_what_later_windows_clients_say_for_themselves(
    profile: ClientProfile, serial: bytes, mark: str | None, security_check: bytes
) -> None:
    """docs/protocol.md, "Properties"."""
    assert profile.content(PropertyType.DISK_SERIAL) == serial.ljust(64, b"\0")
    assert profile.content(PropertyType.WINDOWS_6) == (bytes.fromhex(mark) if mark else None)
    assert profile.content(PropertyType.SECURITY_CHECK) == security_check
    assert profile.content(PropertyType.WINDOWS_FLAG) == b"\0"
    assert profile.content(PropertyType.GENERATION) == b"\x02"


@pytest.mark.parametrize("written", [b"WD-1", b"Static:WD-1"])
def test_a_disk_serial_of_windows_6_has_its_head_once(written: bytes) -> None:
    changed = WINDOWS_6_61.with_disk_serial(written)

    assert changed.content(PropertyType.DISK_SERIAL) == b"Static:WD-1".ljust(64, b"\0")


def test_a_disk_serial_never_outgrows_its_place() -> None:
    content = WINDOWS_6_61.with_disk_serial(b"x" * 64).content(PropertyType.DISK_SERIAL)

    assert content == b"Static:" + b"x" * 57


@pytest.mark.parametrize(
    ("version", "preset"),
    [
        ("5.0.3", WINDOWS_5_0_3),
        ("6.61", WINDOWS_6_61),
        ("4.10", replace(WINDOWS_4_10, version=bytes.fromhex("040a0002"))),
        ("5.1", replace(WINDOWS_4_10, name="Windows 5.1", version=bytes.fromhex("05010002"))),
        ("5.0.4", replace(WINDOWS_4_10, name="Windows 5.0.4", version=bytes.fromhex("05000402"))),
    ],
)
def test_a_windows_client_of_a_version_has_what_is_known_of_that_version(
    version: str, preset: ClientProfile
) -> None:
    assert windows_of_version(version) == preset


@pytest.mark.parametrize(
    ("version", "number", "nearest"),
    [
        ("0.0", "0000", LINUX_1_0),
        ("1.1", "0101", LINUX_1_0),
        ("1.29", "011d", LINUX_1_0),
        ("1.030", "011e", LINUX_1_31),
        ("1.32", "0120", LINUX_1_31),
        ("2.0", "0200", LINUX_1_31),
        ("4.96", "0460", LINUX_1_31),
        ("255.255", "ffff", LINUX_1_31),
        ("1.30.0", "011e00", LINUX_1_31),
        ("5.0.4", "050004", LINUX_1_31),
    ],
)
def test_a_version_without_one_is_the_nearest_preset_with_its_number(
    version: str, number: str, nearest: ClientProfile
) -> None:
    profile = preset_of_version(version)

    stated = bytes.fromhex(number)
    assert profile.version == stated + b"\x01\x01\x01\x02"[len(stated) :]
    assert profile.edition == nearest.edition
    assert profile.properties == nearest.properties
    assert profile.name == f"version {version}", "it is no genuine client's name"


@pytest.mark.parametrize(
    "version", ["", "1", "1.2.3.4", "1.2.256", "1.256", "256.0", "-1.0", "1.-1", "one.two", "1."]
)
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        preset_of_version(version)


def test_a_property_is_replaced_in_its_place_and_keeps_its_mark() -> None:
    old = replace(
        LINUX_1_0,
        properties=(
            Property(PropertyType.ADDRESS_FROM_DHCP, b""),
            Property(PropertyType.SERVICE, b"internet", marked=False),
            Property(PropertyType.WORD_SIZE, b"\x40"),
        ),
    )

    changed = old.with_property(PropertyType.SERVICE, b"campus")

    assert changed.properties[1] == Property(PropertyType.SERVICE, b"campus", marked=False)
    assert (changed.properties[0], changed.properties[2]) == (
        old.properties[0],
        old.properties[2],
    )


def test_a_property_that_is_new_comes_last() -> None:
    changed = LINUX_1_0.with_property(0x79, b"\x02")

    assert changed.properties == (*LINUX_1_0.properties, Property(0x79, b"\x02"))


def test_a_property_is_removed_wherever_it_stands() -> None:
    twice = replace(LINUX_1_0, properties=(*LINUX_1_0.properties, Property(0x55, b"again")))

    changed = twice.with_property(0x55, None)

    assert order(changed) == hexadecimal("182d2f76 353638 4e4d3954 62706f")
    assert changed.with_property(0x55, None) == changed


def test_of_two_properties_of_a_type_the_first_is_meant() -> None:
    profile = replace(LINUX_1_0, properties=(Property(0x39, b"one"), Property(0x39, b"two")))

    assert profile.content(0x39) == b"one"
    assert profile.content(0x38) is None


@pytest.mark.parametrize(
    ("changed", "fits"),
    [
        (replace(LINUX_1_0, program=b"x" * 32), True),
        (replace(LINUX_1_0, program=b"x" * 33), False),
        (replace(LINUX_1_0, version=b"\x01\x01\x01"), False),
        (replace(LINUX_1_0, version=b"\x01\x01\x01\x02\x03"), False),
    ],
    ids=["longest program", "program", "short version", "long version"],
)
def test_what_has_no_room_in_a_block_is_told(changed: ClientProfile, fits: bool) -> None:
    assert changed.fits is fits
