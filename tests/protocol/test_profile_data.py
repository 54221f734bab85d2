"""Profiles on disk and from one user to another: nothing is lost, nothing malformed is believed,
and nothing of its owner's is given away.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ruijie_proxy.protocol.clients.bare_block import as_bare
from ruijie_proxy.protocol.clients.client_profile import (
    FILLED_IN,
    LINUX_1_0,
    LINUX_1_31,
    PRESETS,
    WINDOWS_4_10,
    ClientProfile,
)
from ruijie_proxy.protocol.clients.client_shape import ClientShape
from ruijie_proxy.protocol.clients.profile_data import (
    FORMAT,
    for_others,
    profile_from_plain,
    profile_to_plain,
)
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.values import replace

PLAIN = profile_to_plain(LINUX_1_31)

properties = st.builds(Property, st.integers(0, 255), st.binary(max_size=247), marked=st.booleans())
profiles = st.builds(
    ClientProfile,
    name=st.text(min_size=1, max_size=100).filter(str.isprintable),
    version=st.binary(min_size=4, max_size=4),
    edition=st.sampled_from([None, 1, 2]),
    properties=st.lists(properties, min_size=1, max_size=64).map(tuple),
    program=st.binary(max_size=32),
    shape=st.sampled_from(list(ClientShape)),
    text_check=st.booleans(),
)


@given(profiles)
def test_what_was_written_is_read_as_it_was(profile: ClientProfile) -> None:
    written = json.dumps(profile_to_plain(profile))

    assert profile_from_plain(json.loads(written)) == profile


BARE = as_bare(LINUX_1_31)


@pytest.mark.parametrize(
    "profile", [*PRESETS.values(), WINDOWS_4_10, BARE], ids=lambda p: f"{p.name} {p.shape.value}"
)
def test_every_preset_can_be_written(profile: ClientProfile) -> None:
    assert profile_from_plain(profile_to_plain(profile)) == profile


def test_an_edition_may_come_as_its_name() -> None:
    """As :mod:`ruijie_proxy.engine.relay.learning` has it."""
    named = replace(LINUX_1_31, edition=Edition.SECOND)

    assert profile_from_plain(profile_to_plain(named)) == LINUX_1_31
    assert json.loads(json.dumps(profile_to_plain(named)))["edition"] == 2


def test_a_profile_is_written_so_that_a_person_can_read_it() -> None:
    plain = profile_to_plain(LINUX_1_0)

    assert plain["format"] == FORMAT
    assert plain["name"] == "Linux 1.0"
    assert plain["version"] == "01010102"
    assert plain["edition"] == 1
    assert bytes.fromhex(plain["program"]) == b"8021x.exe"
    assert plain["properties"][0] == {"type": 0x18, "content": "", "marked": True}
    assert len(plain["properties"]) == 15


def changed(path: tuple[str | int, ...], value: Any) -> Any:
    """Return a good profile's plain data with one field of another value."""
    plain = copy.deepcopy(PLAIN)
    part: Any = plain
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return plain


NO_EDITIONS: list[Any] = [0, 3, -1, "1", True, 1.0, [], {}]
NO_LISTS: list[Any] = [None, {}, "18", 7, []]
NO_PROPERTIES: list[Any] = [None, [], "18", 7]
NO_SHAPES: list[Any] = [None, "", "auto", "BLOCK", 1, True, [], {}]
NO_TEXTS: list[Any] = [None, 7, "", [], {}, "a\nb", "\x1b[2J", "x" * 101]
NO_HEX: list[Any] = [None, 7, [], "0", "zz", "0x01", b"\x01"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *((("format",), value) for value in [None, "", 1, "ruijie-proxy client profile 2"]),
        *((("name",), value) for value in NO_TEXTS),
        *((("edition",), value) for value in NO_EDITIONS),
        *((("shape",), value) for value in NO_SHAPES),
        *((("text_check",), value) for value in [None, 0, 1, "true"]),
        *((("version",), value) for value in [*NO_HEX, "", "010101", "0101010203"]),
        *((("program",), value) for value in [*NO_HEX, "61" * 33]),
        *((("properties",), value) for value in NO_LISTS),
        (("properties",), PLAIN["properties"] * 5),
        *((("properties", 3), value) for value in NO_PROPERTIES),
        *((("properties", 3, "type"), value) for value in [None, -1, 256, "24", 24.0, True]),
        *((("properties", 3, "content"), value) for value in [*NO_HEX, "00" * 248]),
        *((("properties", 3, "marked"), value) for value in [None, 0, 1, "true"]),
    ],
    ids=repr,
)
def test_a_field_that_cannot_be_is_refused(path: tuple[str | int, ...], value: Any) -> None:
    with pytest.raises(ValueError, match=r"(its|one of its|it is no|a property) "):
        profile_from_plain(changed(path, value))


@pytest.mark.parametrize("field", sorted(PLAIN.keys() - {"edition", "shape", "text_check"}))
def test_a_field_that_is_missing_is_refused(field: str) -> None:
    plain = {key: value for key, value in PLAIN.items() if key != field}

    with pytest.raises(ValueError, match=r"it"):
        profile_from_plain(plain)


def test_a_profile_of_an_earlier_version_has_the_shape_of_a_block() -> None:
    plain = {key: value for key, value in PLAIN.items() if key != "shape"}

    assert profile_from_plain(plain).shape is ClientShape.BLOCK


def test_a_profile_of_an_earlier_version_begins_with_the_check_of_zeros() -> None:
    earlier = {key: value for key, value in PLAIN.items() if key != "text_check"}

    assert profile_from_plain(earlier) == LINUX_1_31


def test_a_profile_for_others_still_says_which_check_it_begins_with() -> None:
    assert for_others(replace(LINUX_1_31, text_check=True)).profile.text_check


@pytest.mark.parametrize("field", ["type", "content", "marked"])
def test_a_field_of_a_property_that_is_missing_is_refused(field: str) -> None:
    plain = copy.deepcopy(PLAIN)
    del plain["properties"][0][field]

    with pytest.raises(ValueError, match=r"its"):
        profile_from_plain(plain)


@pytest.mark.parametrize("plain", [None, [], "profile", 7, {}, [PLAIN]])
def test_what_is_no_profile_at_all_is_refused(plain: Any) -> None:
    with pytest.raises(ValueError, match="it is no profile of a client"):
        profile_from_plain(plain)


def test_an_unmarked_content_may_be_longer_and_has_its_limit_too() -> None:
    longest = changed(("properties", 3), {"type": 1, "content": "00" * 253, "marked": False})
    assert len(profile_from_plain(longest).properties[3].content) == 253

    with pytest.raises(ValueError, match="254 bytes"):
        profile_from_plain(
            changed(("properties", 3), {"type": 1, "content": "00" * 254, "marked": False})
        )


def test_a_bare_content_may_fill_its_size() -> None:
    bare = profile_to_plain(BARE)
    bare["properties"][3] = {"type": 1, "content": "00" * 255, "marked": False}
    assert len(profile_from_plain(bare).properties[3].content) == 255

    bare["properties"][3]["content"] = "00" * 256
    with pytest.raises(ValueError, match="256 bytes"):
        profile_from_plain(bare)


SCALARS = st.none() | st.booleans() | st.integers(-5, 300) | st.text(max_size=4) | st.floats()
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "content", "marked", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(PLAIN)), ANYTHING))
def test_any_other_data_is_read_or_refused(fields: dict[str, Any]) -> None:
    try:
        profile = profile_from_plain({**PLAIN, **fields})
    except ValueError:
        return
    assert profile.fits
    assert profile_from_plain(profile_to_plain(profile)) == profile


# What may be given to others.

SERIAL = b"WD-WCC4E1234567"
PERSONAL = (
    LINUX_1_31.with_property(PropertyType.DISK_SERIAL, SERIAL.ljust(64, b"\0"))
    .with_property(PropertyType.SECONDARY_DOMAIN, b"dorm-7.example")
    .with_property(PropertyType.SERVICE, "教育网接入".encode("gbk").ljust(32, b"\0"))
    .with_property(0x7D, b"nobody knows")
)


def test_what_tells_of_the_owners_machine_says_nothing_for_others() -> None:
    shared = for_others(PERSONAL)

    assert shared.profile.content(PropertyType.DISK_SERIAL) == bytes(64)
    assert shared.profile.content(PropertyType.SECONDARY_DOMAIN) == b""
    assert shared.profile.content(0x7D) is None
    assert shared.left_out == (0x7D,), "and the owner is told"


def test_nor_does_it_in_the_bare_shape_where_a_serial_has_no_padding() -> None:
    assert for_others(as_bare(PERSONAL)).profile.content(PropertyType.DISK_SERIAL) == b""


def test_what_tells_of_program_and_campus_stays_as_it_is() -> None:
    profile = for_others(PERSONAL).profile

    assert profile.content(PropertyType.SERVICE) == PERSONAL.content(PropertyType.SERVICE)
    assert profile.content(PropertyType.CLIENT_NAME) == b"RG-SU For Linux V1.30\0"
    assert profile.content(PropertyType.GENERATION) == b"\x02"
    assert (profile.name, profile.version, profile.edition, profile.program) == (
        PERSONAL.name,
        PERSONAL.version,
        PERSONAL.edition,
        PERSONAL.program,
    )
    order = [item.type for item in PERSONAL.properties if item.type != 0x7D]
    assert [item.type for item in profile.properties] == order


@pytest.mark.parametrize("number", FILLED_IN)
def test_places_that_are_filled_in_are_empty_for_others(number: PropertyType) -> None:
    """An edited profile may have the owner's MAC address, or more, in them."""
    shared = for_others(LINUX_1_0.with_property(number, b"the owner's"))

    assert shared.profile.content(number) == b""
    assert shared.left_out == ()


def test_a_mark_that_is_missing_is_missing_for_others_too() -> None:
    old = tuple(replace(item, marked=False) for item in PERSONAL.properties)

    assert not any(
        item.marked for item in for_others(replace(PERSONAL, properties=old)).profile.properties
    )


@given(
    profile=profiles,
    secrets=st.dictionaries(
        st.sampled_from(
            [*FILLED_IN, PropertyType.DISK_SERIAL, PropertyType.SECONDARY_DOMAIN, 0x01, 0x7D, 0xFF]
        ),
        st.binary(min_size=6, max_size=64),
        min_size=1,
    ),
)
def test_nothing_of_the_owners_can_be_found_in_what_others_get(
    profile: ClientProfile, secrets: dict[int, bytes]
) -> None:
    harmless = tuple(item for item in profile.properties if item.type == PropertyType.CLIENT_NAME)
    profile = replace(profile, properties=harmless)
    assume(not any(secret.hex() in str(profile_to_plain(profile)) for secret in secrets.values()))
    assume(not any(secret in bytes(64) for secret in secrets.values()))
    for number, secret in secrets.items():
        profile = profile.with_property(number, secret)

    given_away = json.dumps(profile_to_plain(for_others(profile).profile))

    assert not any(secret.hex() in given_away for secret in secrets.values())
