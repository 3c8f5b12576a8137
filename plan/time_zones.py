"""Time zones that are not what people take them for."""

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from plan.plan import Plan
from plan.plan_warning import Kind, PlanWarning

_PLACES = {"EST": "America/New_York", "HST": "Pacific/Honolulu", "MST": "America/Denver"}
_REVERSED = re.compile(r"Etc/GMT([+-])([1-9][0-9]?)")


def warnings(plan: Plan) -> Iterator[PlanWarning]:
    """Yield a warning for each zone that is an offset all year, whatever the clocks of places do."""
    if why := _no_place(plan.time_zone, plan.begin):
        yield PlanWarning(kind=Kind.FIXED_OFFSET, message=f"the setting time_zone {why}", schedules=(), models=())
    for planned in plan.models:
        zones = {entry.schedule: entry.shown_in for entry in planned.entries if entry.zoned}
        for schedule, zone in zones.items():
            if why := _no_place(zone, plan.begin):
                yield PlanWarning(
                    kind=Kind.FIXED_OFFSET,
                    message=f'the time_zone of "{schedule}" {why}',
                    schedules=(schedule,),
                    models=(planned.model.id,),
                )


def _no_place(zone: ZoneInfo, moment: datetime) -> str | None:
    offset = f"{moment.astimezone(zone):%z}"
    always = f"is {zone.key}, which is UTC{offset[:3]}:{offset[3:]} all year, without daylight saving time"
    if zone.key in _PLACES:
        return f"{always}. If you mean a place, name it, such as {_PLACES[zone.key]}"
    if found := _REVERSED.fullmatch(zone.key):
        sign, hours = found.groups()
        other = "-" if sign == "+" else "+"
        return f"{always}: the sign in its name is reversed. For UTC{sign}{int(hours):02}:00, use Etc/GMT{other}{hours}"
    return None
