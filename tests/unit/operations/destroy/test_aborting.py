"""How fleets are ended before the app is removed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from operations.destroy.aborting import Aborting
from operations.status.children import children_arns
from tests.unit.operations.status.seeing import fleet

if TYPE_CHECKING:
    from operations.aws import Aws


@dataclass
class Executions:
    """Step Functions, whose lists of what is under way are these, one after the other."""

    listed: Iterator[list[str]]
    did: list[str] = field(default_factory=list)

    def client(self, _: str) -> "Executions":
        """Return the only one."""
        return self

    def get_paginator(self, _: str) -> "Executions":
        """Return the only one."""
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        """Answer the next list."""
        return [{"executions": [{"executionArn": arn} for arn in next(self.listed)]}]

    def stop_execution(self, **asked: str) -> None:
        """Take note."""
        self.did.append(asked["executionArn"])


def test_a_start_that_goes_on_without_its_fleet_is_aborted_too_and_no_other() -> None:
    one = fleet(total=2)
    [mine], _ = children_arns(one.execution, 0, 2)
    executions = Executions(iter([[mine, "another"], ["another"]]))

    Aborting(
        cast("Aws", executions),
        "machine",
        sleep=lambda _: executions.did.append("waited"),
        progress=lambda _: None,
    ).abort([one])

    assert executions.did == [one.execution, "waited", mine, "waited"]
