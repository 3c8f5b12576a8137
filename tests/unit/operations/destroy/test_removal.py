"""How a stack is deleted, and what is said to be left of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from operations.deployment import Deployment
from operations.destroy.removal import NotRemovedError, Removal

if TYPE_CHECKING:
    from operations.aws import Aws

ARN = "arn:aws:cloudformation:us-east-1:123456789012:stack/ModelLifecycle/x"
RECOVERABLE = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
TEMPLATE: dict[str, dict[str, Any]] = {
    "Key": {"Type": "AWS::KMS::Key"},
    "Table": {"Type": "AWS::DynamoDB::Table", "Properties": RECOVERABLE},
    "Log": {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Retain"},
    "Version": {"Type": "AWS::Lambda::Version", "DeletionPolicy": "RetainExceptOnCreate"},
    "Queue": {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Delete"},
}
REASON = "The bucket\nis not empty"


@dataclass
class Stack:
    """The clients of a stack that stands like this, one after the other, once it is to be deleted."""

    statuses: Iterator[str]
    key: dict[str, Any] = field(default_factory=dict)
    did: list[str] = field(default_factory=list)
    meta: Any = None

    def client(self, _: str) -> "Stack":
        """Return each client: this."""
        return self

    def get_template(self, **_: str) -> dict[str, Any]:
        """Answer the deployed template."""
        return {"TemplateBody": {"Resources": TEMPLATE}}

    def get_paginator(self, _: str) -> "Stack":
        """Return the only one."""
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        """Answer the resources; the queue is the one that stays."""
        return [
            {
                "StackResourceSummaries": [
                    {
                        "ResourceType": each["Type"],
                        "LogicalResourceId": name,
                        "PhysicalResourceId": f"the-{name}",
                        "ResourceStatus": "DELETE_FAILED" if name == "Queue" else "CREATE_COMPLETE",
                        "ResourceStatusReason": REASON,
                    }
                    for name, each in TEMPLATE.items()
                ]
            }
        ]

    def update_termination_protection(self, **_: Any) -> None:
        """Take note."""
        self.did.append("unprotected")

    def delete_stack(self, **_: str) -> None:
        """Take note."""
        self.did.append("deleted")

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        """Answer the next status."""
        return {"Stacks": [{"StackId": ARN, "StackStatus": next(self.statuses)}]}

    def describe_key(self, **_: str) -> dict[str, Any]:
        """Answer as told."""
        return {"KeyMetadata": self.key}


def removal(stack: Stack, *, protected: bool = True) -> Removal:
    """Return the removal of such a stack, which waits for nothing."""
    deployment = Deployment(
        aws=cast("Aws", stack),
        stage="",
        arn=ARN,
        status="CREATE_COMPLETE",
        protected=protected,
        outputs={},
        read_at=datetime(2026, 1, 5, tzinfo=UTC),
    )
    return Removal(deployment, sleep=lambda _: stack.did.append("waited"), progress=lambda _: None)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ({"DeletionDate": datetime(2026, 1, 12, tzinfo=UTC)}, "The key the-Key waits for its deletion, 2026-01-12."),
        ({"KeyState": "Enabled"}, "The key the-Key is Enabled."),
    ],
)
def test_what_the_stack_retains_is_named_with_its_key(key: dict[str, Any], said: str) -> None:
    stack = Stack(iter(["DELETE_IN_PROGRESS", "DELETE_COMPLETE"]), key)

    assert removal(stack).remove() == [
        said,
        "A system backup of the table the-Table, which DynamoDB keeps for 35 days without a charge.",
        "the-Log (AWS::Logs::LogGroup), which the stack retains.",
    ]
    assert stack.did == ["unprotected", "deleted", "waited"]


def test_a_protection_that_is_not_there_is_not_taken_off() -> None:
    stack = Stack(iter(["DELETE_COMPLETE"]), {"KeyState": "Enabled"})

    removal(stack, protected=False).remove()

    assert stack.did == ["deleted"]


def test_what_cannot_be_deleted_is_named_with_the_reason() -> None:
    with pytest.raises(NotRemovedError) as failed:
        removal(Stack(iter(["DELETE_FAILED"]))).remove()

    assert str(failed.value) == (
        "The stack ModelLifecycle could not be removed (DELETE_FAILED): Queue: The bucket is not empty. "
        "Mend that, and call this again."
    )
