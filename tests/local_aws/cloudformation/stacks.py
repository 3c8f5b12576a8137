"""Stacks for the tests of CloudFormation, made and changed by a client of it."""

import json
from typing import Any
from uuid import uuid4

from tests.local_aws.conftest import Workbench

TOPIC = {"Type": "AWS::SNS::Topic"}
QUEUE = {"Type": "AWS::SQS::Queue"}
UNKNOWN = {"Type": "AWS::Quantum::Leap"}
STATEMENT = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
POLICY = {"Version": "2012-10-17", "Statement": [STATEMENT]}


def attribute(name: str, what: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, what]}


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def template_of(resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> str:
    wanted = {name: {"Value": value} for name, value in (outputs or {}).items()}
    return json.dumps({"Resources": resources, "Outputs": wanted})


def create(bench: Workbench, resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> dict[str, Any]:
    """Create a stack and describe it."""
    body = template_of(resources, outputs)
    answer = bench.aws.client("cloudformation").create_stack(StackName=f"stack-{uuid4()}", TemplateBody=body)
    return described(bench, answer["StackId"])


def update(
    bench: Workbench, stack: dict[str, Any], resources: dict[str, Any], outputs: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Update a stack and describe it."""
    body = template_of(resources, outputs)
    bench.aws.client("cloudformation").update_stack(StackName=stack["StackId"], TemplateBody=body)
    return described(bench, stack["StackId"])


def described(bench: Workbench, stack_id: str) -> dict[str, Any]:
    [stack] = bench.aws.client("cloudformation").describe_stacks(StackName=stack_id)["Stacks"]
    found: dict[str, Any] = stack
    return found


def outputs_of(stack: dict[str, Any]) -> dict[str, str]:
    assert stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), stack
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def physical_ids(bench: Workbench, stack: dict[str, Any]) -> dict[str, str]:
    answer = bench.aws.client("cloudformation").describe_stack_resources(StackName=stack["StackId"])
    return {found["LogicalResourceId"]: found["PhysicalResourceId"] for found in answer["StackResources"]}


def history(bench: Workbench, stack: dict[str, Any]) -> list[tuple[str, str]]:
    """Return whom and what each event told, the first one first."""
    events = bench.aws.client("cloudformation").describe_stack_events(StackName=stack["StackId"])["StackEvents"]
    return [(event["LogicalResourceId"], event["ResourceStatus"]) for event in reversed(events)]


def reasons(bench: Workbench, stack: dict[str, Any]) -> dict[str, str]:
    """Return why resources failed."""
    events = bench.aws.client("cloudformation").describe_stack_events(StackName=stack["StackId"])["StackEvents"]
    return {
        event["LogicalResourceId"]: event["ResourceStatusReason"]
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
    }
