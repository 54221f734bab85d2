"""Fuzzing: what the parsers and the engine make of whatever bytes. See docs/testing.md.

``python -m fuzz`` runs a target; each is a function of bytes that raises for what must not be.
"""

NAMES = ("parsers", "engine", "story", "captures", "learn", "portal")
"""The targets; what they are is in :mod:`fuzz.targets`."""
