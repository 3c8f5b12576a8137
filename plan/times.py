"""How moments are written for people."""

from datetime import datetime
from zoneinfo import ZoneInfo


def written(moment: datetime, zone: ZoneInfo) -> str:
    """A moment by the clock of a zone: `Tue 3 Nov 07:00 CET`. A zone without letters has its offset."""
    local = moment.astimezone(zone)
    return f"{day(local)} {local:%H:%M %Z}"


def aligned(moment: datetime, zone: ZoneInfo) -> str:
    """The same below each other: `Tue  3 Nov 07:00 CET`."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day:>2} {local:%b %H:%M %Z}"


def day(local: datetime) -> str:
    """A date: `Tue 3 Nov`."""
    return f"{local:%a} {local.day} {local:%b}"
