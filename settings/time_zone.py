"""The name of a time zone."""

from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

_OF_ONE_MACHINE = {"localtime", "Factory"}


def check_time_zone(name: str) -> str:
    """The name itself. Raises ValueError if the IANA database has no such time zone."""
    known = _known()
    if name in known:
        return name
    city = name.replace(" ", "_").casefold()
    meant = get_close_matches(city, [zone.casefold() for zone in known], n=1) or [
        zone.casefold() for zone in sorted(known) if zone.casefold().endswith(f"/{city}")
    ]
    hint = "".join(f"; perhaps {zone} is meant" for zone in known if zone.casefold() in meant[:1])
    raise ValueError(f"allowed is the IANA name of a time zone, as Europe/Berlin{hint}")


@cache
def _known() -> frozenset[str]:
    # It reads the whole database.
    return frozenset(available_timezones() - _OF_ONE_MACHINE)
