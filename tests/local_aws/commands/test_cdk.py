"""The CDK command line against the local AWS, with a small synthesized app."""

import json
from pathlib import Path
from typing import Any, Literal

import pytest

from local.commands import cdk
from local.server import LocalAws

TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "by-the-cdk"}}


def assembly(folder: Path, stack: str, resources: dict[str, Any]) -> Path:
    """Write what a synth writes."""
    template = {"Resources": resources, "Outputs": {"Topic": {"Value": {"Ref": "Topic"}}}}
    properties = {"templateFile": "template.json"}
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": properties,
    }
    (folder / "template.json").write_text(json.dumps(template))
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": {stack: artifact}}))
    return folder


def test_a_deploy_returns_the_outputs_and_tells_its_progress(aws: LocalAws, tmp_path: Path) -> None:
    said: list[str] = []
    outputs = cdk.deploy(
        aws, assembly=assembly(tmp_path, "Small", {"Topic": TOPIC}), app=tmp_path, progress=said.append
    )
    assert outputs == {"Topic": "arn:aws:sns:us-east-1:123456789012:by-the-cdk"}
    assert any("CREATE_COMPLETE" in line for line in said)


def test_a_stack_that_cannot_be_created_fails_the_deploy_with_the_reason(aws: LocalAws, tmp_path: Path) -> None:
    resources = {"Topic": {"Type": "AWS::SNS::Topic"}, "Thing": {"Type": "AWS::Quantum::Leap"}}
    with pytest.raises(cdk.CdkError, match="The local AWS does not know AWS::Quantum::Leap"):
        cdk.deploy(aws, assembly=assembly(tmp_path, "Bad", resources), app=tmp_path)


def test_a_deploy_over_another_keeps_what_is_there_and_one_that_fails_leaves_all(aws: LocalAws, tmp_path: Path) -> None:
    def deploy(resources: dict[str, Any], *, method: Literal["change-set", "direct"]) -> tuple[dict[str, str], str]:
        made, said = assembly(tmp_path, "Again", resources), list[str]()
        outputs = cdk.deploy(aws, assembly=made, app=tmp_path, progress=said.append, method=method, bootstrapped=True)
        return outputs, "\n".join(said)

    def topic(name: str) -> dict[str, Any]:
        return {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": name}}}

    def display_name() -> str:
        attributes = aws.client("sns").get_topic_attributes(TopicArn=first["Topic"])["Attributes"]
        return str(attributes["DisplayName"])

    first, _ = deploy(topic("One"), method="change-set")
    second, said = deploy(topic("Two"), method="change-set")
    assert second == first
    assert display_name() == "Two"
    assert "UPDATE_COMPLETE" in said
    bad = {"Type": "AWS::Quantum::Leap", "DependsOn": "Topic"}
    with pytest.raises(cdk.CdkError, match=r"(?s)UPDATE_ROLLBACK_COMPLET.*does not know AWS::Quantum::Leap"):
        deploy(topic("Three") | {"Thing": bad}, method="direct")
    assert display_name() == "Two"
    with pytest.raises(cdk.CdkError, match=r"Update of resource type is not permitted.*\[Topic\]"):
        deploy({"Topic": {"Type": "AWS::SQS::Queue"}}, method="change-set")
    assert "no changes" in deploy(topic("Two"), method="direct")[1]


def test_an_app_that_cannot_be_synthesized_fails_the_deploy_with_its_own_words(aws: LocalAws, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("raise SystemExit('schedules[0].name is missing')")
    with pytest.raises(cdk.CdkError, match=r"schedules\[0\].name is missing"):
        cdk.deploy(aws, app=tmp_path)
