"""Genuine frames, where they lie beside the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, SWITCH_ADDRESS
from ruijie_proxy.protocol.private_block import PrivateBlock
from ruijie_proxy.protocol.properties import PropertyType
from tests.inspect.recorded import Recorded, facts_of, pcap, story_of
from tests.inspect.test_redaction import redacted, shape_of

CAPTURES = Path(__file__).resolve().parents[3] / "shared" / "vectors"
TO_SWITCH = SWITCH_ADDRESS + CLIENT_ADDRESS + b"\x88\x8e"
TO_CLIENT = CLIENT_ADDRESS + SWITCH_ADDRESS + b"\x88\x8e"


def read(name: str) -> Any:
    path = CAPTURES / name
    if not path.exists():
        pytest.skip(f"the captures are not beside this clone ({path} does not exist)")
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_genuine_client_is_recognised() -> None:
    blocks = read("client_blocks.json")
    start = TO_SWITCH + bytes.fromhex("01010000") + bytes.fromhex(blocks["start"])
    identity = bytes.fromhex("0100000d 0201000d01") + b"20260001"
    frames = [start, TO_SWITCH + identity + bytes.fromhex(blocks["identity"])]
    content = pcap([Recorded(0, frame, True) for frame in frames])
    story = story_of(content)

    assert story.kinds == ["start", "response-identity"]
    for step in story.steps:
        facts = facts_of(step)
        assert isinstance(facts["client"], dict)
        assert facts["client"]["known_as"] == "Linux 1.0"
        assert isinstance(facts["address"], dict)
        assert facts["address"]["crc"] == {"value": "f24b", "verdict": "right"}
        assert facts["v4_check"] == {"verdict": "right", "edition": 1}
        assert step.unknown == ()
        assert len(step.properties) == 15
    mac = PrivateBlock.parse(bytes.fromhex(blocks["start"])).content(PropertyType.MAC_ADDRESS)
    assert mac is not None
    assert mac not in redacted(content)


def test_genuine_results_are_told_and_redacted() -> None:
    for row in read("server_results.json")["success"]:
        frame = TO_CLIENT + b"\x01\x00" + bytes.fromhex(row["hex"])
        content = pcap([Recorded(0, frame, False)])
        story = story_of(content)
        facts = facts_of(story.steps[0])

        assert story.kinds == ["success"]
        assert facts.get("message") == row["message"]
        grant = row["heartbeat_key"] and {
            "key": f"{row['heartbeat_key']:08x}",
            "interval": row["heartbeat_interval"],
        }
        assert facts["grant"] == grant
        assert [shape_of(step) for step in story_of(redacted(content)).steps] == [
            shape_of(step) for step in story.steps
        ]
