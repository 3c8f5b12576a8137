"""Executions that another state machine of the account starts as its children."""

import json
from collections.abc import Iterator

import pytest

from tests.deployed.lifecycle import Lifecycle
from tests.deployed.services import ServiceWords, services_in_turn

service_in_turn = services_in_turn()

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "states.amazonaws.com"}}],
}
MAY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                *("states:StartExecution", "states:DescribeExecution", "states:StopExecution"),
                *("events:PutTargets", "events:PutRule", "events:DescribeRule"),
            ],
            "Resource": "*",
        }
    ],
}


def nightly(lifecycle: Lifecycle, integration: str) -> dict[str, object]:
    """Start a model and stop it again, each as a nested execution."""

    def child(machine: str) -> dict[str, object]:
        return {
            "Type": "Task",
            "Resource": f"arn:aws:states:::{integration}",
            "Parameters": {
                "StateMachineArn": machine,
                "Input": {
                    "ProjectVersionArn.$": "$.ProjectVersionArn",
                    "ProjectName.$": "$.ProjectName",
                    "ModelVersion.$": "$.ModelVersion",
                    "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id",
                },
            },
            "ResultPath": None,
        }

    return {
        "StartAt": "Start",
        "States": {
            "Start": {**child(lifecycle.state_machine_arn), "Next": "Work"},
            "Work": {"Type": "Wait", "Seconds": 600, "Next": "Stop"},
            "Stop": {**child(lifecycle.stop_machine_arn), "End": True},
        },
    }


@pytest.fixture(params=["states:startExecution.sync:2", "states:startExecution"], ids=["waits", "goes on"])
def parent(lifecycle: Lifecycle, request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the ARN of another state machine."""
    iam, machines = lifecycle.aws.client("iam"), lifecycle.aws.client("stepfunctions")
    role = iam.create_role(RoleName="nightly", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName="nightly", PolicyName="nest", PolicyDocument=json.dumps(MAY))
    definition = json.dumps(nightly(lifecycle, request.param))
    yield (arn := machines.create_state_machine(name="nightly", definition=definition, roleArn=role)["stateMachineArn"])
    machines.delete_state_machine(stateMachineArn=arn)
    iam.delete_role_policy(RoleName="nightly", PolicyName="nest")
    iam.delete_role(RoleName="nightly")


@service_in_turn
def test_a_nested_start_and_stop_name_their_parent(lifecycle: Lifecycle, service: ServiceWords, parent: str) -> None:
    lifecycle.given(service.script(StartSeconds=60, StopSeconds=60))
    machines = lifecycle.aws.client("stepfunctions")
    model = {"ProjectVersionArn": None, "ProjectName": None, "ModelVersion": None, **service.model}

    night = machines.start_execution(stateMachineArn=parent, input=json.dumps(model))["executionArn"]
    lifecycle.settle()

    assert machines.describe_execution(executionArn=night)["status"] == "SUCCEEDED"
    for children, outcome in ((lifecycle.executions(), "Running"), (lifecycle.stops(), "Stopped")):
        [child] = children
        document = lifecycle.only_message(lifecycle.end_of(child)).document
        assert (document["Outcome"], document["Parent"]) == (outcome, night)
