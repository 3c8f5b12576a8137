"""The name of a time zone."""

import re
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from model_lifecycle.services.fields import shown

_ALIKE = 0.9
# Abbreviations that are not zones, and large cities that have no zone of their own name.
_ZONES = {
    name: zone
    for zone, names in {
        "Africa/Johannesburg": "sast cape_town pretoria",
        "America/Anchorage": "akst akdt",
        "America/Chicago": "ct cst cdt central dallas houston austin",
        "America/Denver": "mt mdt mountain",
        "America/Los_Angeles": "pt pst pdt pacific san_francisco seattle san_diego las_vegas portland",
        "America/New_York": "et edt eastern boston washington atlanta miami philadelphia nyc",
        "America/Sao_Paulo": "brt brasilia rio_de_janeiro",
        "America/Toronto": "ottawa quebec",
        "Asia/Bangkok": "ict",
        "Asia/Dubai": "gst abu_dhabi",
        "Asia/Hong_Kong": "hkt",
        "Asia/Jakarta": "wib",
        "Asia/Karachi": "pkt islamabad lahore",
        "Asia/Kolkata": "ist india mumbai delhi new_delhi bangalore bengaluru hyderabad chennai pune",
        "Asia/Kuala_Lumpur": "myt",
        "Asia/Manila": "pht",
        "Asia/Seoul": "kst korea busan",
        "Asia/Shanghai": "china beijing shenzhen guangzhou",
        "Asia/Singapore": "sgt",
        "Asia/Tokyo": "jst osaka kyoto",
        "Australia/Adelaide": "acst acdt",
        "Australia/Perth": "awst",
        "Australia/Sydney": "aest aedt canberra",
        "Europe/Amsterdam": "rotterdam the_hague",
        "Europe/Athens": "eest",
        "Europe/Berlin": "germany mez mesz cest frankfurt munich hamburg cologne stuttgart dusseldorf leipzig",
        "Europe/Istanbul": "ankara",
        "Europe/Lisbon": "west porto",
        "Europe/London": "bst manchester birmingham edinburgh cardiff",
        "Europe/Madrid": "barcelona valencia seville",
        "Europe/Moscow": "msk st_petersburg",
        "Europe/Paris": "lyon marseille toulouse",
        "Europe/Rome": "milan turin naples",
        "Europe/Warsaw": "krakow",
        "Europe/Zurich": "geneva basel bern",
        "Pacific/Auckland": "nzst nzdt wellington",
    }.items()
    for name in names.split()
}
_CITIES = re.compile(r"(?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/(?!North$|South$|West$).+")
_OFFSET = re.compile(r"(?:etc/)?(?:utc|gmt)?([+-])0?([1-9][0-9]?)(?::?00)?")
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
    """Return the zone of a misspelt name, a city, an abbreviation or an offset. A wrong hint is worse than none."""
    written = re.sub(r"(_standard|_daylight)?_time$", "", name.strip().replace(" ", "_").casefold())
    if offset := _OFFSET.fullmatch(written):
        # Their signs are those of POSIX.
        found: str | None = f"Etc/GMT{'-' if offset[1] == '+' else '+'}{offset[2]}"
    else:
        by_name = {zone.casefold(): zone for zone in known}
        cities = {zone.rpartition("/")[2].casefold(): zone for zone in sorted(known) if _CITIES.fullmatch(zone)}
        city = written.rpartition("/")[2]
        found = by_name.get(written) or _ZONES.get(city) or cities.get(city) or _alike(written, by_name)
    return found if found in known else None


def _alike(written: str, by_name: dict[str, str]) -> str | None:
    alike = get_close_matches(written, by_name, n=1, cutoff=_ALIKE)
    return by_name[alike[0]] if alike else None


@cache
def _known() -> frozenset[str]:
    # It reads the whole database.
    return frozenset(available_timezones() - _OF_ONE_MACHINE)
