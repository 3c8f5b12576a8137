"""The name of a time zone."""

import pytest

from settings.time_zone import check_time_zone


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "Etc/GMT-1", "America/Argentina/Buenos_Aires"])
def test_a_name_of_the_iana_database_is_one(name: str) -> None:
    assert check_time_zone(name) == name


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Berlin", "; perhaps Europe/Berlin is meant"),
        ("europe/berlin", "; perhaps Europe/Berlin is meant"),
        ("Europe/Berlim", "; perhaps Europe/Berlin is meant"),
        ("new york", "; perhaps America/New_York is meant"),
        ("PST", "; perhaps America/Los_Angeles is meant"),
        ("CEST", "; perhaps Europe/Berlin is meant"),
        ("Europe/Frankfurt", "; perhaps Europe/Berlin is meant"),
        ("America/San Francisco", "; perhaps America/Los_Angeles is meant"),
        ("Europe/Springfield", ""),
        ("XYZ", ""),
        ("localtime", ""),
        ("Factory", ""),
        ("a town on the moon", ""),
    ],
)
def test_any_other_is_refused_with_the_one_that_is_meant(name: str, hint: str) -> None:
    with pytest.raises(ValueError, match="allowed is") as caught:
        check_time_zone(name)

    assert str(caught.value) == f"allowed is the IANA name of a time zone, as Europe/Berlin{hint}"
