"""What survives the program, and what is not taken for it."""

from __future__ import annotations

import contextlib
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.values import replace

SESSION = KeptSession(
    server=bytes.fromhex("00d0f8000001"),
    client=bytes.fromhex("020000000001"),
    wan_address=bytes.fromhex("020000000002"),
    original_wan_address=None,
    identity_response=bytes.fromhex("00d0f8000001020000000002888e0100000a0201000a0175736572"),
    key=0x410F2F36,
    next_number=0xFFFFFFFF,
    interval=30,
    observed_interval=None,
    source="server",
    last_heartbeat=1234.5,
    since=1000.0,
    message="您好",
    accounting=None,
)

texts = st.text(
    st.characters(codec="utf-8").filter(lambda character: character.isprintable()), max_size=50
)
numbers = st.integers(0, 0xFFFFFFFF)
moments = st.floats(0, 2**31)
addresses = st.binary(min_size=5, max_size=5).map(lambda rest: b"\x02" + rest)
sessions = st.builds(
    KeptSession,
    server=addresses,
    client=addresses,
    wan_address=addresses,
    original_wan_address=st.none() | addresses,
    identity_response=st.just(b"")
    | st.binary(max_size=600).map(lambda rest: bytes(12) + b"\x88\x8e" + rest),
    key=numbers,
    next_number=numbers,
    interval=st.none() | numbers,
    observed_interval=st.none() | moments,
    source=st.sampled_from([None, "server", "client", "probe"]),
    last_heartbeat=st.none() | moments,
    since=moments,
    message=st.none() | texts,
    accounting=st.none() | texts,
    account=st.none() | numbers,
    mac_mode=st.sampled_from([None, "rewrite", "clone", "keep"]),
    private=st.none() | st.booleans(),
    doubtful=st.booleans(),
    forbids_heartbeats=st.booleans(),
)
ADDED = {
    "account",
    "mac_mode",
    "private",
    "doubtful",
    "udp_server",
    "udp_port",
    "forbids_heartbeats",
}
"""Fields that files of earlier versions do not have."""


@given(session=sessions)
def test_what_was_written_is_what_is_read(session: KeptSession) -> None:
    assert KeptSession.from_plain(json.loads(json.dumps(session.to_plain()))) == session


def test_a_heartbeat_by_udp_that_is_wanted_is_kept_too() -> None:
    wanted = replace(SESSION, udp_server=bytes((10, 0, 0, 9)), udp_port=8000)
    assert KeptSession.from_plain(json.loads(json.dumps(wanted.to_plain()))) == wanted


@pytest.mark.parametrize(
    "wrong",
    [
        {"udp_server": "0a000009"},
        {"udp_port": 8000},
        {"udp_server": "0a0009", "udp_port": 8000},
        {"udp_server": "0a000009", "udp_port": 0},
        {"udp_server": "0a000009", "udp_port": 65536},
        {"udp_server": "0a000009", "udp_port": True},
    ],
)
def test_half_a_heartbeat_by_udp_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="udp_"):
        KeptSession.from_plain({**SESSION.to_plain(), **wrong})


def test_a_session_without_heartbeats_is_kept_too() -> None:
    probed = replace(SESSION, key=None, next_number=None, interval=None, source="probe")
    assert KeptSession.from_plain(probed.to_plain()) == probed


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("server", None),
        ("server", 5),
        ("server", ""),
        ("server", "00d0f80000"),
        ("server", "00d0f800000101"),
        ("server", "00d0f800000g"),
        ("server", "000000000000"),
        ("server", "0180c2000003"),
        ("client", "ffffffffffff"),
        ("wan_address", None),
        ("original_wan_address", "02"),
        ("identity_response", None),
        ("identity_response", "00"),
        ("identity_response", "00" * 60),
        ("identity_response", "00" * 12 + "888e" + "00" * 70000),
        ("key", None),
        ("key", -1),
        ("key", 2**32),
        ("key", 1.0),
        ("key", True),
        ("key", "1"),
        ("next_number", None),
        ("next_number", 2**32),
        ("interval", -30),
        ("interval", 30.5),
        ("source", "guess"),
        ("source", 1),
        ("source", ["server"]),
        ("last_heartbeat", -1.0),
        ("last_heartbeat", math.nan),
        ("last_heartbeat", math.inf),
        ("since", None),
        ("since", "1000"),
        ("since", False),
        ("since", 10**400),
        ("message", 5),
        ("message", "two\nlines"),
        ("message", "\x1b[31m"),
        ("message", "x" * 70000),
        ("accounting", ["x"]),
        ("private", "yes"),
        ("doubtful", None),
        ("doubtful", 1),
        ("forbids_heartbeats", "no"),
    ],
)
def test_a_field_that_is_wrong_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=field):
        KeptSession.from_plain({**SESSION.to_plain(), field: value})


def test_what_an_earlier_version_has_written_down_is_read() -> None:
    plain = {key: value for key, value in SESSION.to_plain().items() if key not in ADDED}

    assert KeptSession.from_plain(plain) == SESSION


@pytest.mark.parametrize("field", sorted(SESSION.to_plain().keys() - ADDED))
def test_a_field_that_is_missing_is_noticed(field: str) -> None:
    plain = SESSION.to_plain()
    del plain[field]
    with pytest.raises(ValueError, match="fields"):
        KeptSession.from_plain(plain)


def test_a_field_too_many_is_noticed() -> None:
    with pytest.raises(ValueError, match="fields"):
        KeptSession.from_plain({**SESSION.to_plain(), "password": "x"})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(changes=st.dictionaries(st.sampled_from(list(SESSION.to_plain())), json_values))
def test_whatever_is_forged_is_read_or_refused(changes: dict[str, Any]) -> None:
    with contextlib.suppress(ValueError):
        KeptSession.from_plain({**SESSION.to_plain(), **changes})
