"""docs/architecture.md tells the way of one frame through the program: a real one is followed."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ruijie_proxy
from ruijie_proxy.config.shape.model import SessionConfiguration
from ruijie_proxy.protocol.ethernet import ETHERTYPE_EAPOL_BYTES, PAE_GROUP_ADDRESS
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.ports.links import LinkMonitor
from ruijie_proxy.runtime.ports.packet_socket import PacketSocket
from ruijie_proxy.runtime.session_runner import SessionRunner
from ruijie_proxy.runtime.telling.event_stream import EventStream

if TYPE_CHECKING:
    from types import FrameType

    from tests.namespaces.conftest import Network

CHECKOUT = Path(__file__).parents[2]
PACKAGE = Path(ruijie_proxy.__file__).parent
CLIENT = bytes.fromhex("02000000cc01")
START = (PAE_GROUP_ADDRESS + CLIENT + ETHERTYPE_EAPOL_BYTES + b"\x01\x01\0\0").ljust(60, b"\0")
PATIENCE = 60.0
"""Seconds, at most, for a frame to cross."""


def documented_way() -> list[str]:
    """Return the functions that the document names, in its order, as ``FILE FUNCTION``."""
    text = (CHECKOUT / "docs" / "architecture.md").read_text("utf-8")
    section = text.partition("\n## The way of one frame\n")[2].partition("\n## ")[0]
    return [" ".join(line) for line in re.findall(r"^ +(\S+\.py) +([\w.]+)", section, re.MULTILINE)]


def gone_way(network: Network) -> list[str]:
    """Let a Start cross the program in a namespace; return the functions that it passed."""
    router, pc, switch = (network.namespace(role) for role in ("router", "pc", "switch"))
    network.cable(router, "lan0", pc, "eth0")
    network.cable(router, "wan0", switch, "port1")
    with pc.entered():
        client = PacketSocket("eth0")
    with switch.entered():
        server = PacketSocket("port1")
    passed: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(f"{PACKAGE}/"):
            passed.append(f"{Path(code.co_filename).relative_to(PACKAGE)} {code.co_qualname}")

    with router.entered():
        loop, links = EventLoop(), LinkMonitor()
        runner = SessionRunner(
            loop,
            links,
            SessionConfiguration("dorm", "wan0", "lan0"),
            EventStream(),
            look_at_links=lambda: None,
        )
        try:
            runner.start()
            loop.add_reader(server.fileno(), loop.stop)
            loop.timer(loop.stop).set(clock.now() + PATIENCE)
            client.send(START)
            sys.setprofile(note)
            try:
                loop.run()
            finally:
                sys.setprofile(None)
            assert server.receive() is not None, "the Start has not crossed"
        finally:
            runner.close()
            links.close()
            loop.close()
            client.close()
            server.close()
    return passed


def missed(documented: list[str], gone: list[str]) -> list[str]:
    """Return what the document names and the frame did not pass in that order."""
    rest = iter(gone)
    return [step for step in documented if step not in rest]


def test_a_real_frame_goes_the_way_that_the_document_tells(network: Network) -> None:
    documented = documented_way()
    assert len(documented) > 5
    assert missed(documented, gone_way(network)) == []


@pytest.mark.parametrize(
    "documented",
    [["a f", "b gone"], ["b g", "a f"]],
    ids=["a name that no longer exists", "another order"],
)
def test_a_way_that_is_told_wrong_is_found_out(documented: list[str]) -> None:
    assert missed(documented, ["a f", "b g"]) != []
