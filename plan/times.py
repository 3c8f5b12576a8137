"""How moments are written for people."""

from datetime import datetime
from zoneinfo import ZoneInfo


def written(moment: datetime, zone: ZoneInfo, *, year: bool = False) -> str:
    """Return a moment by the clock of a zone: `Tue 3 Nov at 07:00 CET`. A zone without letters has its offset."""
    local = moment.astimezone(zone)
    return f"{day(local)} {local:%Y at %H:%M %Z}" if year else f"{day(local)} at {local:%H:%M %Z}"


def aligned(moment: datetime, zone: ZoneInfo) -> str:
    """Return it for a table, with a day of two characters: `Tue  3 Nov 07:00 CET`."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day:>2} {local:%b %H:%M %Z}"


def day(local: datetime) -> str:
    """Return a date: `Tue 3 Nov`."""
    return f"{local:%a} {local.day} {local:%b}"
