"""What a daemon has said in its language, told to a reader in another one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ruijie_proxy.cli.watching.event_line import in_users_language
from ruijie_proxy.engine.events import AddressNotTaken
from ruijie_proxy.i18n import _, listed, reason_of, retell, told_by
from ruijie_proxy.runtime.address.dhcp_renewal import RenewalOutcome, RenewalReport
from ruijie_proxy.runtime.ports.interface_errors import InterfaceMissing
from ruijie_proxy.runtime.telling.narration import describe
from tests.chinese import speak_chinese
from tests.runtime.test_narration import EXAMPLES

if TYPE_CHECKING:
    from ruijie_proxy.engine.events import Event


def sent(text: str) -> Any:
    """Return what a text was made of, as it comes out of a journal or a socket."""
    return json.loads(json.dumps(told_by(text)))


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_an_event_told_in_chinese_is_read_in_english(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = describe(event)[1]
    speak_chinese(monkeypatch)
    chinese = describe(event)[1]
    told = sent(chinese)

    assert chinese != english
    assert retell(told) == chinese
    monkeypatch.undo()
    assert retell(told) == english


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_an_event_told_in_english_is_read_in_chinese(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = sent(describe(event)[1])
    speak_chinese(monkeypatch)

    assert retell(told) == describe(event)[1]


@pytest.mark.parametrize("members", [[], ["移动"], ["移动", "校园网"], ["a", "b", "c"]])
def test_a_list_has_the_comma_of_whoever_reads_it(
    members: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    english = listed(members)
    assert english == ", ".join(members)

    speak_chinese(monkeypatch)

    assert listed(members) == retell(sent(english)) == "、".join(members)
    told = _("; services on offer: {names}", names=english)
    assert retell(sent(told)) == f"；可选的服务：{'、'.join(members)}"


@pytest.mark.parametrize("outcome", RenewalOutcome)
def test_so_is_what_became_of_an_address(
    outcome: RenewalOutcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = RenewalReport(outcome, "wan", None, bytes(4), "udhcpc", None, 20.0)
    told = sent(report.describe())
    speak_chinese(monkeypatch)

    assert retell(told) == report.describe()


def test_so_is_an_error_that_is_a_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    text = _("{error}; going on without it", error=InterfaceMissing("eth-nosuch"))
    told = sent(text)
    speak_chinese(monkeypatch)

    assert str(retell(told)).startswith("没有网口“eth-nosuch”。")
    assert str(retell(told)).endswith("；不用它，继续")


def test_so_is_what_the_system_says(monkeypatch: pytest.MonkeyPatch) -> None:
    reason = reason_of(OSError(16, "Device or resource busy"))
    told = sent(describe(AddressNotTaken(reason))[1])
    speak_chinese(monkeypatch)

    assert "WAN 口" in str(retell(told))
    assert "Device or resource busy" not in str(retell(told))


def test_a_journal_from_before_keeps_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    speak_chinese(monkeypatch)
    line = {"event": "x", "text": "the server 00:d0:f8:d9:f1:04 answers"}

    assert in_users_language(line) == line
    assert in_users_language({"text": "the WAN link is down"})["text"] != "the WAN link is down"


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"message": 1},
        {"message": "{x.y}", "values": {"x": 1}},
        {"message": "{x:zz}", "values": {"x": 1}},
        {"message": "x", "values": [1]},
        [{"message": None}],
    ],
    ids=str,
)
def test_what_is_damaged_leaves_the_text_as_it_is(told: Any) -> None:
    assert in_users_language({"text": "as it is", "told": told})["text"] == "as it is"
