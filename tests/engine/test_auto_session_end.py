"""What a session of mode ``auto`` leaves behind when it is stopped."""

from __future__ import annotations

from tests.engine.own_session import relaying


def test_a_stopped_session_has_no_short_way_across() -> None:
    campus = relaying()
    assert campus.session.crossing is not None

    campus.session.stop()

    assert campus.session.crossing is None
