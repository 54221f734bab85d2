"""What keeps the self-contained program from being built."""

from __future__ import annotations


class BuildError(Exception):
    """A step of the build cannot be done; the text says which, and what to do."""
