"""What has the watch look: the hour, or somebody who calls it by hand."""

from datetime import datetime, timedelta

from model_lifecycle.vocabulary.instant import from_instant, to_instant

# EventBridge and Lambda give up on an event long before that.
_LONGEST_WAY = timedelta(days=1)


def occasion_of(event: object, *, now: datetime) -> str:
    """Return the name of a look: however often an event comes, what is done once a look is done once.

    EventBridge's `Scheduled Event` names it by its `time`. Any other event, or none, is a look of its own, and so is an
    example of such an event, whose time is long past.
    """
    match event:
        case {"detail-type": "Scheduled Event", "time": str(time)} if _is_recent(time, now):
            return time
    return to_instant(now)


def _is_recent(time: str, now: datetime) -> bool:
    try:
        return abs(now - from_instant(time)) < _LONGEST_WAY
    except (ValueError, TypeError, OverflowError):
        return False
