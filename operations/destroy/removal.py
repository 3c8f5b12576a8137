"""Remove the stack, and say what outlives it."""

from collections.abc import Callable, Sequence
from typing import Any

from model_lifecycle.vocabulary.foreign import one_line
from model_lifecycle.vocabulary.wording import sentence
from operations.deployment import Deployment
from operations.errors import OperationsError, on_one_line

_SECONDS_BETWEEN = 5.0
_KEPT = ("Retain", "RetainExceptOnCreate")
_GOES_WITH_ITS_FUNCTION = "AWS::Lambda::Version"
_KEY = "AWS::KMS::Key"
_TABLE = "AWS::DynamoDB::Table"


class NotRemovedError(OperationsError):
    """CloudFormation could not delete the stack."""


class Removal:
    """The deletion of a stack. Raises OperationsError. `sleep` takes seconds, `progress` what is said meanwhile."""

    def __init__(
        self, deployment: Deployment, *, sleep: Callable[[float], None], progress: Callable[[str], None]
    ) -> None:
        self._deployment = deployment
        self._client: Any = deployment.aws.client("cloudformation")
        self._sleep = sleep
        self._progress = progress

    def remove(self) -> Sequence[str]:
        """UpdateTerminationProtection and DeleteStack; return what is left, a sentence each."""
        arn = self._deployment.arn
        with on_one_line("CloudFormation"):
            written = self._written()
            kept, keys = [*self._backups(written), *self._kept(written)], self._deployment.of_type(_KEY)
            if self._deployment.protected:
                self._client.update_termination_protection(StackName=arn, EnableTerminationProtection=False)
            self._client.delete_stack(StackName=arn)
            self._wait(arn)
        return [*(self._key(key.physical_id) for key in keys), *kept]

    def _written(self) -> dict[str, Any]:
        body = self._client.get_template(StackName=self._deployment.arn, TemplateStage="Processed")["TemplateBody"]
        return body.get("Resources", {}) if isinstance(body, dict) else {}

    def _backups(self, written: dict[str, Any]) -> list[str]:
        """Return what DynamoDB makes of a table that could be recovered to any moment.

        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
        """
        return [
            f"A system backup of the table {each.physical_id}, which DynamoDB keeps for 35 days without a charge."
            for each in self._deployment.of_type(_TABLE)
            if "PointInTimeRecoverySpecification" in written.get(each.logical_id, {}).get("Properties", {})
        ]

    def _kept(self, written: dict[str, Any]) -> list[str]:
        return [
            f"{each.physical_id} ({each.type}), which the stack retains."
            for each in self._deployment.resources
            if each.type != _GOES_WITH_ITS_FUNCTION and written.get(each.logical_id, {}).get("DeletionPolicy") in _KEPT
        ]

    def _wait(self, arn: str) -> None:
        while True:
            [stack] = self._client.describe_stacks(StackName=arn)["Stacks"]
            match stack["StackStatus"]:
                case "DELETE_COMPLETE":
                    return
                case "DELETE_IN_PROGRESS":
                    self._progress("CloudFormation deletes the stack")
                    self._sleep(_SECONDS_BETWEEN)
                case status:
                    raise NotRemovedError(
                        f"The stack {self._deployment.stack} could not be removed ({status}): {self._reasons(stack)} "
                        "Mend that, and call this again."
                    )

    def _reasons(self, stack: dict[str, Any]) -> str:
        pages = self._client.get_paginator("list_stack_resources").paginate(StackName=stack["StackId"])
        failed = [
            f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason', 'no reason given')}"
            for page in pages
            for each in page["StackResourceSummaries"]
            if each["ResourceStatus"] == "DELETE_FAILED"
        ]
        reasons = "; ".join(failed) or stack.get("StackStatusReason") or "CloudFormation gives no reason"
        return sentence(one_line(reasons, 1_000))

    def _key(self, key_id: str) -> str:
        name = f"The key {key_id}"
        try:
            with on_one_line("KMS"):
                described = self._deployment.aws.client("kms").describe_key(KeyId=key_id)["KeyMetadata"]
        except OperationsError:
            return f"{name} may wait for its deletion."
        due = described.get("DeletionDate")
        return f"{name} waits for its deletion, {due:%Y-%m-%d}." if due else f"{name} is {described['KeyState']}."
