"""What the clock of a time zone shows: not at all, once or twice."""

from datetime import UTC, datetime, tzinfo


def moments(local: datetime, tz: tzinfo) -> tuple[datetime, ...]:
    """Return when, in UTC, a zone's clock shows a local time: never, once or, after it was put back, twice."""
    passes = {local.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(moment for moment in passes if moment.astimezone(tz).replace(tzinfo=None) == local))


def firing(local: datetime, tz: tzinfo) -> datetime | None:
    """Return when a schedule of that local time fires: EventBridge Scheduler skips and repeats nothing.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time: a local time that
    does not exist is skipped, one that comes twice invokes once and is not repeated.
    """
    found = moments(local, tz)
    return found[0] if found else None
