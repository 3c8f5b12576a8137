"""Old versions are deleted once no execution can call them any more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from model_lifecycle.releases.old_versions import (
    BACKSTOP,
    KEPT_FOR,
    REDRIVABLE_FOR,
    Version,
    forget_old_versions,
    named,
    superseded_before,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LONG_AGO = NOW - KEPT_FOR - timedelta(seconds=1)
STEP, OTHER = (f"arn:aws:lambda:us-east-1:123456789012:function:{name}" for name in ("step", "step-2"))


class Published:
    """Functions with versions in memory."""

    def __init__(self, **published: list[datetime]) -> None:
        self.versions = {
            arn: [Version(number, at) for number, at in enumerate(published.get(name, []), start=1)]
            for name, arn in (("step", STEP), ("other", OTHER))
        }

    def of(self, function_arn: str) -> list[Version]:
        return self.versions[function_arn]

    def delete(self, function_arn: str, number: int) -> None:
        self.versions[function_arn] = [each for each in self.of(function_arn) if each.number != number]

    @property
    def numbers(self) -> list[int]:
        return [version.number for version in self.of(STEP)]


class Counting:
    """Definitions that call some versions, each until a moment."""

    def __init__(self, *calls: str, until: datetime = NOW) -> None:
        self.calls = calls
        self.until = until

    def that_count(self, *, ended_after: datetime) -> Iterator[str]:
        for call in self.calls if self.until >= ended_after else ():
            yield f'{{"States": {{"Step": {{"Resource": "{call}"}}}}}}'


def forget(published: Published, definitions: Counting) -> dict[str, list[int]]:
    return forget_old_versions([STEP, OTHER], published, definitions, now=NOW)


def test_what_was_superseded_long_ago_and_is_called_by_nobody_is_forgotten() -> None:
    published = Published(step=[LONG_AGO, LONG_AGO, LONG_AGO, NOW], other=[LONG_AGO])
    assert forget(published, Counting(f"{STEP}:4", f"{OTHER}:1")) == {STEP: [1, 2]}
    assert published.numbers == [3, 4]
    assert published.of(OTHER)


@pytest.mark.parametrize("call", [f"{STEP}:1", f'{STEP}:1","Other": "{STEP}:9'])
def test_what_a_definition_names_stays_however_old_it_is(call: str) -> None:
    published = Published(step=[LONG_AGO, LONG_AGO, LONG_AGO])
    assert forget(published, Counting(call)) == {STEP: [2]}
    assert published.numbers == [1, 3]


def test_the_newest_stays_though_no_definition_names_it_yet() -> None:
    published = Published(step=[LONG_AGO])
    assert forget(published, Counting()) == {}
    assert published.numbers == [1]


def test_what_was_in_use_until_lately_stays_however_old_it_is() -> None:
    published = Published(step=[LONG_AGO - timedelta(days=300), NOW - KEPT_FOR])
    assert forget(published, Counting()) == {}
    assert published.numbers == [1, 2]


def test_executions_count_as_long_as_they_can_be_redriven() -> None:
    published = Published(step=[LONG_AGO, LONG_AGO])
    assert forget(published, Counting(f"{STEP}:1", until=NOW - REDRIVABLE_FOR)) == {}
    assert forget(published, Counting(f"{STEP}:1", until=NOW - REDRIVABLE_FOR - timedelta(seconds=1))) == {STEP: [1]}


def test_a_version_stays_longer_than_any_execution_lives_and_can_be_redriven() -> None:
    assert BACKSTOP + REDRIVABLE_FOR < KEPT_FOR <= timedelta(days=16)
    page = (Path(__file__).parents[4] / "docs" / "releases.md").read_text(encoding="utf-8")
    assert "for 16 days after the next one was published" in page


def test_a_function_whose_name_begins_alike_is_another_function() -> None:
    assert named(STEP, [f'"{OTHER}:7"', f'"{STEP}:12"', f'"{STEP}:3"']) == {12, 3}


def test_versions_follow_each_other_by_their_numbers() -> None:
    versions = [Version(10, NOW), Version(9, LONG_AGO), Version(2, LONG_AGO)]
    assert superseded_before(NOW, versions) == [2]
