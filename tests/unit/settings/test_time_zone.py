"""The name of a time zone."""

import pytest

from settings.time_zone import check_time_zone


@pytest.mark.parametrize(
    "name", ["UTC", "Europe/Berlin", "EST", "MST", "HST", "Etc/GMT+5", "America/Argentina/Buenos_Aires"]
)
def test_a_name_of_the_iana_database_is_one(name: str) -> None:
    assert check_time_zone(name) == name


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Berlin", ". Did you mean Europe/Berlin?"),
        ("europe/berlin", ". Did you mean Europe/Berlin?"),
        ("Europe/Berlim", ". Did you mean Europe/Berlin?"),
        ("new york", ". Did you mean America/New_York?"),
        ("PST", ". Did you mean America/Los_Angeles?"),
        ("CEST", ". Did you mean Europe/Berlin?"),
        ("Europe/Frankfurt", ". Did you mean Europe/Berlin?"),
        ("America/San Francisco", ". Did you mean America/Los_Angeles?"),
        ("WEST", ". Did you mean Europe/Lisbon?"),
        ("Eastern Standard Time", ". Did you mean America/New_York?"),
        ("GMT+2", ". Did you mean Etc/GMT-2?"),
        ("UTC-05:00", ". Did you mean Etc/GMT+5?"),
        ("+0530", ""),
        ("GMT+15", ""),
        ("East", ""),
        ("Europe/Springfield", ""),
        ("XYZ", ""),
        ("localtime", ""),
        ("Factory", ""),
        ("a town on the moon", ""),
    ],
)
def test_any_other_is_refused_with_the_one_that_is_meant(name: str, hint: str) -> None:
    with pytest.raises(ValueError, match="must be") as caught:
        check_time_zone(name)

    assert str(caught.value) == (f'must be the IANA name of a time zone, such as Europe/Berlin, got "{name}"{hint}')
