"""Operations that a service does not know: refused in the service's own protocol."""

import json
from http.client import HTTPConnection
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.server import LocalAws

JSON, FORM = "application/x-amz-json-1.1", "application/x-www-form-urlencoded"


def answered(aws: LocalAws, service: str, path: str, body: str, **headers: str) -> tuple[int, str, str]:
    """Return the status of a signed request, its header with the error, and its body."""
    scope = f"local/20260105/us-east-1/{service}/aws4_request"
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none", **headers}
    connection = HTTPConnection("localhost", aws.port)
    connection.request("POST", path, body, signed)
    response = connection.getresponse()
    said = response.read().decode()
    connection.close()
    return response.status, response.headers.get("x-amzn-ErrorType", ""), said


@pytest.mark.parametrize(
    ("service", "target"),
    [
        ("rekognition", "RekognitionService"),
        ("states", "AWSStepFunctions"),
        ("dynamodb", "DynamoDB_20120810"),
        ("events", "AWSEvents"),
        ("logs", "Logs_20140328"),
        ("sqs", "AmazonSQS"),
        ("nonsense", "Nonsense"),
    ],
)
def test_of_a_service_that_speaks_json(aws: LocalAws, service: str, target: str) -> None:
    asked = {"X-Amz-Target": f"{target}.Nonsense", "Content-Type": JSON}
    status, _, said = answered(aws, service, "/", "{}", **asked)

    assert (status, '"__type": "UnknownOperationException"' in said) == (400, True)


@pytest.mark.parametrize("body", ["{not json", "[1]", "", "null"])
@pytest.mark.parametrize(
    ("service", "target"),
    [
        ("states", "AWSStepFunctions.StartExecution"),
        ("dynamodb", "DynamoDB_20120810.GetItem"),
        ("rekognition", "RekognitionService.DescribeProjectVersions"),
        ("events", "AWSEvents.PutEvents"),
    ],
)
def test_of_which_the_body_cannot_be_read(aws: LocalAws, service: str, target: str, body: str) -> None:
    status, _, said = answered(aws, service, "/", body, **{"X-Amz-Target": target, "Content-Type": JSON})

    assert status == 400
    assert json.loads(said)["__type"]


@pytest.mark.parametrize("service", ["sns", "iam", "sts", "cloudformation", "monitoring"])
def test_of_a_service_that_speaks_query(aws: LocalAws, service: str) -> None:
    status, _, said = answered(aws, service, "/", "Action=Nonsense&Version=2010-01-01", **{"Content-Type": FORM})

    assert (status, "<Code>InvalidAction</Code>" in said) == (400, True)
    assert "Could not find operation Nonsense for version 2010-01-01" in said


@pytest.mark.parametrize("service", ["lambda", "scheduler", "xray", "lookoutvision"])
def test_of_a_service_that_speaks_rest(aws: LocalAws, service: str) -> None:
    assert answered(aws, service, "/nonsense", "{}")[:2] == (404, "UnknownOperationException")


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("rekognition", "list_stream_processors", "UnknownOperationException"),
        ("sns", "list_origination_numbers", "InvalidAction"),
        ("lambda", "get_account_settings", "UnknownOperationException"),
    ],
)
def test_of_what_the_service_has_and_this_aws_has_not(aws: LocalAws, service: str, operation: str, code: str) -> None:
    call: Any = getattr(aws.client(service), operation)

    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] == code
