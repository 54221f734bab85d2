"""A relayed login, recorded on the router by dumpcap, tshark and tcpdump in each way they have.

The LAN is a bridge, which floods the client's frames to its other port, and the recorders see each
frame at every interface that it goes through.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ruijie_proxy.inspect.steps import Side, Step
from ruijie_proxy.lab.campus.network import WAN_INTERFACE, Role
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import DEFAULT_PASSWORD
from tests.inspect.recorded import Told, facts_of, story_of
from tests.namespaces.campus_driver import CampusDriver

LOGIN = ["start", "request-identity", "response-identity", "request-md5", "response-md5", "success"]
RECORDERS = {
    "dumpcap any": ("dumpcap", "-i", "any"),
    "tshark any": ("tshark", "-i", "any"),
    "tcpdump any": ("tcpdump", "-U", "-i", "any"),
    "tcpdump any, first cooked way": ("tcpdump", "-U", "-i", "any", "-y", "LINUX_SLL"),
    "dumpcap wan lan bridge": ("dumpcap", "-i", WAN_INTERFACE, "-i", "lan1", "-i", "br-lan"),
    "tshark wan lan lan": ("tshark", "-i", WAN_INTERFACE, "-i", "lan1", "-i", "lan2"),
    "tcpdump wan": ("tcpdump", "-U", "-i", WAN_INTERFACE),
}
PASSWORD = DEFAULT_PASSWORD.encode()
TIMEOUT = 60

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("dumpcap", "tshark", "tcpdump"))), reason="needs Debian's tshark"
)


@contextlib.contextmanager
def recording(campus: CampusDriver, command: tuple[str, ...], file: Path) -> Iterator[None]:
    process = subprocess.Popen(
        [*campus.campus.network.entry(Role.ROUTER), *command, "-w", str(file)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "File: " in line or "listening" in line:
            break
    else:
        raise AssertionError("the recorder has ended")
    yield
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0, told


@pytest.fixture(scope="module", params=["rewrite", "clone"])
def stories(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Told]:
    """What is told of one login by each recorder; its frames cross under either address."""
    folder = tmp_path_factory.mktemp("recorded")
    files = {name: folder / str(number) for number, name in enumerate(RECORDERS)}
    with CampusDriver(bridge=True) as campus:
        campus.open(mac=request.param)
        with contextlib.ExitStack() as recorders:
            for name, command in RECORDERS.items():
                recorders.enter_context(recording(campus, command, files[name]))
            campus.login()
            campus.switch_saw(EventKind.HEARTBEAT, count=3)
    return {name: story_of(file.read_bytes(), PASSWORD) for name, file in files.items()}


def steps_at(story: Told, place: str | Side) -> list[Step]:
    return [step for step in story.steps if place in (step.interface, step.side)]


def places_of(story: Told) -> set[str | Side | None]:
    return {step.interface or step.side for step in story.steps}


@pytest.mark.parametrize("recorder", RECORDERS)
def test_the_server_s_half_is_whole_and_proven(stories: dict[str, Told], recorder: str) -> None:
    story = stories[recorder]
    (place,) = [
        place
        for place in places_of(story)
        if place is None or any(step.kind == "heartbeat" for step in steps_at(story, place)[7:])
    ]
    steps = story.steps if place is None else steps_at(story, place)
    told = list(dict.fromkeys(step.kind.value for step in steps))

    assert told == [*LOGIN, "heartbeat"]
    facts = [facts_of(step) for step in steps if step.kind == "response-md5"][-1]
    assert facts["v4_check"] == {"verdict": "right", "edition": 1}
    assert isinstance(facts["md5_value"], dict)
    assert facts["md5_value"]["verdict"] == "right"


@pytest.mark.parametrize("recorder", [name for name in RECORDERS if name != "tcpdump wan"])
def test_both_halves_are_told_apart_and_no_copy_is_a_repeat(
    stories: dict[str, Told], recorder: str
) -> None:
    story = stories[recorder]

    assert len(places_of(story)) == 2
    assert [step.repeats for step in story.steps if step.repeats] == []
    for place in places_of(story):
        assert place is not None
        kinds = [step.kind.value for step in steps_at(story, place)]
        assert list(dict.fromkeys(kinds)) == [*LOGIN, "heartbeat"]
    answers = [facts_of(step) for step in story.steps if step.kind == "response-md5"]
    assert {str(facts["v4_check"]) for facts in answers} == {"{'verdict': 'right', 'edition': 1}"}


def test_bridge_and_port_are_one_place(stories: dict[str, Told]) -> None:
    assert places_of(stories["dumpcap wan lan bridge"]) == {WAN_INTERFACE, "lan1"}
    assert places_of(stories["tshark wan lan lan"]) == {WAN_INTERFACE, "lan1"}
    for recorder in ("dumpcap wan lan bridge", "tshark wan lan lan", "dumpcap any"):
        copies = stories[recorder].summary["copies"]
        assert isinstance(copies, int)
        assert copies >= 3


@pytest.mark.parametrize("recorder", RECORDERS)
def test_steps_are_in_the_order_of_time_from_nought_on(
    stories: dict[str, Told], recorder: str
) -> None:
    seconds = [step.seconds for step in stories[recorder].steps if step.seconds is not None]

    assert seconds
    assert seconds == sorted(seconds)
    assert seconds[0] >= 0
