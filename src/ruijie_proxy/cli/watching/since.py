"""Moments as people write them: how long ago, or when."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import click

from ruijie_proxy.i18n import _

_AGO = re.compile(r"([0-9]{1,6})(s|min|m|h|d|w)")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}


def parse_since(text: str, now: datetime) -> datetime:
    """Read a moment: ``90s``, ``15min``, ``2h``, ``3d``, ``1w`` ago, ``today``, ``yesterday``, or a
    date with or without a time (ISO 8601), by default in the zone of ``now``.

    Raises click.UsageError.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    if text == "today":
        return midnight.astimezone()
    if text == "yesterday":
        return (midnight - timedelta(days=1)).astimezone()
    ago = _AGO.fullmatch(text)
    try:
        if ago:
            return now - timedelta(seconds=int(ago[1]) * _SECONDS[ago[2]])
        moment = datetime.fromisoformat(text)
        # Without a zone: that of this machine, with the summer time of that day.
        return moment if moment.tzinfo else moment.astimezone()
    except (ValueError, OverflowError):
        raise click.UsageError(
            _(
                "--since {text}: use 30min, 2h, 3d, today, yesterday, 2026-11-23 or "
                "2026-11-23T13:00",
                text=text,
            )
        ) from None
