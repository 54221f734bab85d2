"""What the tests of inspect share."""

from __future__ import annotations

from hypothesis import settings

# Examples are small; a deadline would only measure how busy the machine is.
settings.register_profile("no-stopwatch", deadline=None)
settings.load_profile("no-stopwatch")
