"""What keeps a virtual campus from being built or run, in words for the user."""

from __future__ import annotations


class LabError(Exception):
    """The campus cannot be built, or does not do what it should; the text says what is wrong."""


class LabUnavailable(LabError):
    """This machine or this user cannot have a campus; the text says what to do about it."""
