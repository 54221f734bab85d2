"""What keeps a benchmark from being run, in words for the user."""

from __future__ import annotations


class BenchError(Exception):
    """Something cannot be measured, or what is measured does not do its work."""
