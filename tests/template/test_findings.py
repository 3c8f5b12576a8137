"""What `python -m findings` finds; that it finds nothing in the app, `make check` says."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from findings.checkov import CheckovError, found_by_checkov

if TYPE_CHECKING:
    from aws_cdk import Stack


@pytest.mark.soak
def test_a_resource_that_no_pack_would_pass_is_named_with_the_rule(tmp_path: Path) -> None:
    # It loads the CDK, which takes seconds.
    from findings.packs import found_by_packs

    def open_queue(stack: "Stack") -> None:
        from aws_cdk.aws_sqs import Queue

        Queue(stack, "Open")

    found = found_by_packs(tmp_path, {}, more=open_queue)

    assert {line.split(" at ")[1].split(":")[0] for line in found} == {"ModelLifecycle/Open/Resource"}
    assert {line.split("-")[0] for line in found} >= {"AwsSolutions", "Serverless"}


@pytest.mark.soak
def test_what_checkov_finds_is_named_unless_the_resource_has_a_reason(tmp_path: Path) -> None:
    passed = {"checkov": {"skip": [{"id": "CKV_AWS_27", "comment": "a reason"}]}}
    queues = {name: {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}} for name in ("Open", "Passed")}
    queues["Passed"] |= {"Metadata": passed}
    template = tmp_path / "it.template.json"
    template.write_text(json.dumps({"Resources": queues}), encoding="utf-8")

    [found] = found_by_checkov([template])

    assert found.startswith("CKV_AWS_27 at AWS::SQS::Queue.Open: ")


@pytest.mark.soak
def test_a_template_that_checkov_cannot_read_is_not_passed_over(tmp_path: Path) -> None:
    template = tmp_path / "it.template.json"
    template.write_text("{", encoding="utf-8")

    with pytest.raises(CheckovError):
        found_by_checkov([template])
