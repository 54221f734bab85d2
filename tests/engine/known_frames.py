"""Frames on the short way, as a port tells them: by a look where that is enough."""

from __future__ import annotations

from collections.abc import Callable

from ruijie_proxy.protocol.known_frames import BEGINNING_SIZE, LEAST_SIZE, KnownFrames


def passed_on(
    known: KnownFrames, decide: Callable[[bytes], bytes | None], frame: bytes
) -> bytes | None:
    """Return a frame as it goes on, or None; check that a look tells no other than a decision."""
    decided = decide(frame)
    beginning = known.beginnings.get(frame[:BEGINNING_SIZE])
    if beginning is not None and len(frame) > LEAST_SIZE:
        at = frame.find(known.mark) if known.mark else len(frame)
        if frame[at:] == known.rest:
            assert decided == beginning + frame[BEGINNING_SIZE:at] + known.new_rest
    return decided
