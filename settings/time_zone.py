"""The name of a time zone."""

from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from model_lifecycle.services.fields import shown

_ALIKE = 0.9
# Of the abbreviations those that are no zones, and of the cities large ones that have no zone of their own name.
_ZONES = {
    name: zone
    for zone, names in {
        "America/Chicago": "cst cdt central dallas houston austin",
        "America/Denver": "mdt mountain",
        "America/Los_Angeles": "pst pdt pacific san_francisco seattle san_diego las_vegas portland",
        "America/New_York": "edt eastern boston washington atlanta miami philadelphia",
        "America/Toronto": "ottawa quebec",
        "Asia/Kolkata": "ist mumbai delhi new_delhi bangalore bengaluru hyderabad chennai pune",
        "Asia/Shanghai": "beijing shenzhen guangzhou",
        "Asia/Tokyo": "jst osaka kyoto",
        "Australia/Sydney": "aest aedt canberra",
        "Europe/Berlin": "mez mesz cest frankfurt munich hamburg cologne stuttgart dusseldorf leipzig",
        "Europe/London": "bst manchester birmingham edinburgh cardiff",
        "Europe/Madrid": "barcelona valencia seville",
        "Europe/Paris": "lyon marseille toulouse",
        "Europe/Rome": "milan turin naples",
        "Europe/Zurich": "geneva basel bern",
    }.items()
    for name in names.split()
}
_OF_ONE_MACHINE = {"localtime", "Factory"}


def check_time_zone(name: str) -> str:
    """Return the name. Raises ValueError if the IANA database has no such time zone."""
    known = _known()
    if name in known:
        return name
    meant = _meant(name, known)
    hint = f". Did you mean {meant}?" if meant else ""
    raise ValueError(f"must be the IANA name of a time zone, such as Europe/Berlin, got {shown(name)}{hint}")


def _meant(name: str, known: frozenset[str]) -> str | None:
    """The zone of a name in other letters, of a city or of an abbreviation; a wrong hint is worse than none."""
    written = name.strip().replace(" ", "_").casefold()
    city = written.rpartition("/")[2]
    of_city = {zone.rpartition("/")[2].casefold(): zone for zone in sorted(known) if "/" in zone}
    by_name = {zone.casefold(): zone for zone in known}
    alike = get_close_matches(written, by_name, n=1, cutoff=_ALIKE)
    found = by_name.get(written) or of_city.get(city) or _ZONES.get(city) or (by_name[alike[0]] if alike else None)
    return found if found in known else None


@cache
def _known() -> frozenset[str]:
    # It reads the whole database.
    return frozenset(available_timezones() - _OF_ONE_MACHINE)
