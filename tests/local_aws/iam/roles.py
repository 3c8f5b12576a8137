"""Roles that may do one thing, and the refusals of everything else."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local.server import LocalAws
from tests.local_aws.acting_aws import policy


class Role:
    """A role with one statement, and clients of it."""

    def __init__(self, aws: LocalAws, *, may: Any = "sts:GetSessionToken", on: Any = "*", **condition: Any) -> None:
        self._aws = aws
        self.name = f"role-{uuid4()}"
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        iam = aws.client("iam")
        made = iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=policy(trust))
        self.arn = made["Role"]["Arn"]
        allows = {"Effect": "Allow", "Action": may, "Resource": on}
        self.may(allows | ({"Condition": condition["condition"]} if condition else {}))

    def may(self, *statements: Mapping[str, object]) -> None:
        self._aws.client("iam").put_role_policy(
            RoleName=self.name, PolicyName="may", PolicyDocument=policy(*statements)
        )

    def client(self, service: str) -> Any:
        return self._aws.client(service, key=f"role:{self.name}")

    @property
    def session(self) -> str:
        return f"arn:aws:sts::123456789012:assumed-role/{self.name}/local"


def refusal(call: Any, **asked: Any) -> tuple[str, int, str]:
    """Make a call that is refused; code, status and text."""
    with pytest.raises(ClientError) as refused:
        call(**asked)
    response = refused.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"]
