"""The deployed stack: its state, its outputs, and its resources by what they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, NamedTuple

from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.stage import stack_name
from operations.aws import Aws
from operations.errors import OperationsError, RefusedError, on_one_line
from settings.make import make_command

_NOT_THERE = "does not exist"
# What a change set has announced that nobody executed.
_ONLY_ANNOUNCED = "REVIEW_IN_PROGRESS"
NEVER_WORKED = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
"""Of a stack whose first deploy failed: nothing of it is there."""
WORKS_NO_MORE = ("DELETE_FAILED", "DELETE_IN_PROGRESS")
_GONE = ("DELETE_COMPLETE", "DELETE_SKIPPED")


class NoStackError(OperationsError):
    """The app is not deployed in this account and Region."""


class Resource(NamedTuple):
    """One resource of the stack. `physical_id`: what CloudFormation's `Ref` gives; empty before it is made."""

    type: str
    logical_id: str
    physical_id: str
    status: str


@dataclass(frozen=True)
class Deployment:
    """The stack of a stage. `status`: CloudFormation's. `protected`: whether a deletion would be refused.

    `read_at`: when it was read, by the clock of AWS.
    """

    aws: Aws
    stage: str
    arn: str
    status: str
    protected: bool
    outputs: Mapping[str, str]
    read_at: datetime

    @property
    def stack(self) -> str:
        """Its name."""
        return stack_name(self.stage)

    @property
    def home(self) -> Home:
        """Where it is."""
        return Home.of(self.arn, stage=self.stage)

    def output(self, name: str) -> str:
        """Return the value of an output. Raises OperationsError if the stack has none of that name (yet)."""
        try:
            return self.outputs[name]
        except KeyError:
            raise OperationsError(
                f"The stack {self.stack} has the status {self.status} and no output {name}: it is not whole. "
                f"Deploy it with {make('deploy', self.stage)}."
            ) from None

    @cached_property
    def resources(self) -> Sequence[Resource]:
        """Every resource, in one call of ListStackResources for each hundred. Raises OperationsError."""
        pages = self.aws.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.arn)
        with on_one_line("CloudFormation"):
            return [
                Resource(
                    found["ResourceType"],
                    found["LogicalResourceId"],
                    found.get("PhysicalResourceId", ""),
                    found["ResourceStatus"],
                )
                for page in pages
                for found in page["StackResourceSummaries"]
                if found["ResourceStatus"] not in _GONE
            ]

    def of_type(self, kind: str, path: str = "") -> list[Resource]:
        """Return the resources of a type, such as AWS::SQS::Queue.

        `path`: with what their logical ids begin: the ids of the constructs around them, such as "LeasesUndelivered".
        """
        return [each for each in self.resources if each.type == kind and each.logical_id.startswith(path)]

    def physical_id(self, kind: str, path: str = "") -> str:
        """Return that of the only one. Raises OperationsError if there is none, or more than one."""
        found = [each.physical_id for each in self.of_type(kind, path) if each.physical_id]
        if len(found) != 1:
            why = (
                f"since its status is {self.status}"
                if self.status in (*NEVER_WORKED, *WORKS_NO_MORE) or self.status.endswith("_IN_PROGRESS")
                else "of another release than this checkout"
            )
            raise OperationsError(
                f"The stack {self.stack} has {len(found)} resources {kind} {path}..., {why}. "
                f"Deploy this one with {make('deploy', self.stage)}."
            )
        return found[0]


def make(target: str, stage: str) -> str:
    """Return the command of a target for that stage, as people call it."""
    return f"`{make_command(target, stage)}`"


def find(aws: Aws, stage: str) -> Deployment:
    """DescribeStacks. Raises NoStackError if the app is not deployed here, and OperationsError."""
    name = stack_name(stage)
    missing = NoStackError(
        f"There is no stack {name} ({f'stage {stage}' if stage else 'without a stage'}) in the Region {aws.region}. "
        f"Deploy it with {make('deploy', stage)}, or choose another Region, profile or stage."
    )
    try:
        with on_one_line("CloudFormation"):
            answer = aws.client("cloudformation").describe_stacks(StackName=name)
            [stack] = answer["Stacks"]
    except RefusedError as error:
        if error.code == "ValidationError" and _NOT_THERE in str(error):
            raise missing from error
        raise
    if stack["StackStatus"] == _ONLY_ANNOUNCED:
        raise missing
    return _read(aws, stage, stack, answer["ResponseMetadata"]["HTTPHeaders"].get("date"))


def _read(aws: Aws, stage: str, stack: Mapping[str, Any], date: str | None) -> Deployment:
    return Deployment(
        read_at=parsedate_to_datetime(date) if date else datetime.now(UTC),
        aws=aws,
        stage=stage,
        arn=stack["StackId"],
        status=stack["StackStatus"],
        protected=bool(stack.get("EnableTerminationProtection", False)),
        outputs={each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])},
    )
