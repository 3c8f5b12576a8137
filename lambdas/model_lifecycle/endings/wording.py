"""Moments and durations as people read them."""

from datetime import UTC, datetime, tzinfo


def duration(seconds: float) -> str:
    """As `2 h 3 min 4 s`; without hours, without minutes where there are none."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def in_both(moment: datetime, zone: tzinfo) -> str:
    """In UTC, and in that time zone if it is another: `2026-01-05 18:00:00 UTC (2026-01-05 19:00:00 Europe/Berlin)`."""
    utc = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return utc if str(zone) == "UTC" else f"{utc} ({moment.astimezone(zone):%Y-%m-%d %H:%M:%S} {zone})"
