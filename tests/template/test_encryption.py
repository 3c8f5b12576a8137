"""The key that encrypts each thing that holds data."""

import pytest

from local.cloudformation.deployment import at
from tests.template.synthesized import Synthesized

KEY = "Notifications/Key.Arn"
KEYS = {
    "AWS::DynamoDB::Table": ("SSESpecification", "KMSMasterKeyId"),
    "AWS::Logs::LogGroup": ("KmsKeyId",),
    "AWS::SQS::Queue": ("KmsMasterKeyId",),
    "AWS::StepFunctions::StateMachine": ("EncryptionConfiguration", "KmsKeyId"),
}
"""Where the key stands, by type."""


@pytest.mark.parametrize(("synthesized", "key"), [("default", None), ("encrypted", KEY)], indirect=["synthesized"])
@pytest.mark.parametrize("resource_type", KEYS)
def test_all_that_holds_data_is_encrypted_with_the_key_that_was_chosen(
    synthesized: Synthesized, resource_type: str, key: str | None
) -> None:
    found = synthesized.all(resource_type)

    assert found
    for name, properties in found.items():
        assert at(properties, KEYS[resource_type]) == key, name


def test_a_queue_is_encrypted_with_either_key(default: Synthesized) -> None:
    assert all(queue["SqsManagedSseEnabled"] for queue in default.all("AWS::SQS::Queue").values())


def test_with_the_keys_of_aws_nobody_may_use_the_key_but_for_notifications(default: Synthesized) -> None:
    users = {
        role
        for role in default.all("AWS::IAM::Role")
        if any(action.startswith("kms:") for action in default.permissions(role))
    }
    assert users == {"Functions/NotifyRole", "Functions/WatchModelsRole"}


def test_what_is_encrypted_comes_after_the_permissions_to_use_it(encrypted: Synthesized) -> None:
    resources = encrypted.template["Resources"]
    policies = {name for name in resources if "UseKey" in name}

    assert policies
    for resource in resources.values():
        if resource["Type"] in ("AWS::DynamoDB::Table", "AWS::SQS::Queue"):
            assert policies <= set(resource["DependsOn"])
