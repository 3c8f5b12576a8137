"""The moment by which a start is to have its model running: written by people, or made of when a schedule fired."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from model_lifecycle.services.fields import Field, instant, integer
from model_lifecycle.vocabulary.instant import from_instant

LONGEST_LEAD_SECONDS = 3_600
"""So much earlier a model is started at most, whatever is remembered: it may bill from then on."""
MAX_AHEAD = timedelta(hours=20)
"""An execution lives for a day, and the model needs its time, too."""

_MOMENT = instant("ReadyBy")
_FIRED, _HOURS, _ZONE = instant("ScheduledAt"), integer("HoursLater", 1, 24), "TimeZone"


def of_schedule(*, hours_later: int, time_zone: str) -> dict[str, object]:
    """Return the value of a schedule that fires so many hours earlier by the clock of a time zone.

    EventBridge Scheduler fills in when it fires:
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    """
    return {_FIRED.name: "<aws.scheduler.scheduled-time>", _HOURS.name: hours_later, _ZONE: time_zone}


def moment_of(value: object) -> datetime:
    """Return the moment, in UTC, that an accepted value means.

    A local time that clocks skip is the moment that they would show it without that; of one that they show twice it is
    the first.
    """
    if not isinstance(value, dict):
        return from_instant(str(value))
    zone = ZoneInfo(value[_ZONE])
    fired = from_instant(value[_FIRED.name]).astimezone(zone).replace(tzinfo=None)
    return (fired + timedelta(hours=value[_HOURS.name])).replace(tzinfo=zone).astimezone(UTC)


def _accepts(value: object) -> bool:
    if not isinstance(value, dict):
        return _MOMENT.accepts(value)
    known = value.keys() == {_FIRED.name, _HOURS.name, _ZONE}
    return known and all(field.accepts(value[field.name]) for field in (_FIRED, _HOURS)) and _is_zone(value[_ZONE])


def _is_zone(name: object) -> bool:
    try:
        return isinstance(name, str) and bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


READY_BY = Field(_MOMENT.name, _MOMENT.allowed, _accepts)
"""The field of start-model's input."""
