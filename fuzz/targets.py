"""The targets by their names; apart from the names, so that all they import can be instrumented."""

from __future__ import annotations

from collections.abc import Callable

from fuzz import captures, engine, learn, parsers, portal, story

TARGETS: dict[str, Callable[[bytes], None]] = {
    "parsers": parsers.run,
    "engine": engine.run,
    "story": story.run,
    "captures": captures.run,
    "learn": learn.run,
    "portal": portal.run,
}
