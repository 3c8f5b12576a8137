"""Which published versions of the functions no execution can call any more."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

from model_lifecycle.requests.model_request import MAX_TIMEOUT_SECONDS
from model_lifecycle.vocabulary.values import dataclass

BACKSTOP = timedelta(seconds=MAX_TIMEOUT_SECONDS, hours=1)
"""The machines' own timeout, which nothing inside can catch: it lies behind the latest deadline of an input."""

REDRIVABLE_FOR = timedelta(days=14)
"""From an execution's unsuccessful end."""

_LONGEST_DEPLOY = timedelta(hours=12)
"""From the publication of a version until the machines name it: executions begin with the one before until then."""

KEPT_FOR = _LONGEST_DEPLOY + BACKSTOP + REDRIVABLE_FOR
"""How long a version stays after the next one was published, whoever names it."""


@dataclass(frozen=True)
class Version:
    """A published version of a function."""

    number: int
    published_at: datetime


class PublishedVersions(Protocol):
    """The published versions of functions, which stand by their ARNs. Every method raises as `Model` does."""

    def of(self, function_arn: str) -> Sequence[Version]:
        """Return every version that there is, oldest first."""
        ...

    def delete(self, function_arn: str, number: int) -> None:
        """Delete one; what is gone is as good as deleted."""
        ...


class Definitions(Protocol):
    """The definitions of the machines. Raises as `Model` does."""

    def that_count(self, *, ended_after: datetime) -> Iterator[str]:
        """Yield those of new executions, of running ones, and of those that failed after that moment."""
        ...


def forget_old_versions(
    function_arns: Iterable[str], versions: PublishedVersions, definitions: Definitions, *, now: datetime
) -> dict[str, list[int]]:
    """Delete each version that was superseded long ago and that no definition names; their numbers, by function."""
    superseded = {arn: superseded_before(now - KEPT_FOR, versions.of(arn)) for arn in function_arns}
    if not any(superseded.values()):
        return {}
    # An execution that was redriven, perhaps again and again, lives longer than any other.
    counting = list(definitions.that_count(ended_after=now - REDRIVABLE_FOR))
    old = {arn: [number for number in superseded[arn] if number not in named(arn, counting)] for arn in superseded}
    for arn, numbers in old.items():
        for number in numbers:
            versions.delete(arn, number)
    return {arn: numbers for arn, numbers in old.items() if numbers}


def superseded_before(moment: datetime, versions: Sequence[Version]) -> list[int]:
    """Return the numbers of versions whose next one was published before that moment: never that of the newest."""
    oldest_first = sorted(versions, key=lambda version: version.number)
    return [version.number for version, following in pairwise(oldest_first) if following.published_at < moment]


def named(function_arn: str, definitions: Iterable[str]) -> set[int]:
    """Return the numbers of a function's versions that definitions call."""
    call = re.compile(rf"{re.escape(function_arn)}:(\d+)")
    return {int(number) for definition in definitions for number in call.findall(definition)}
