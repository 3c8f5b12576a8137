"""Every message goes to the topic, as JSON for programs and as text for people."""

import json

from model_lifecycle.aws.topic import publish
from tests.fakes.fake_model import FakeModel
from tests.fakes.stubbed import stubbed
from tests.fakes.told import told

TOPIC = "arn:aws:sns:us-east-1:123456789012:model-notifications"


def test_a_message_has_a_form_for_programs_and_one_for_people() -> None:
    message = told(FakeModel("STOPPED", "RUNNING"))
    asked = {
        "TopicArn": TOPIC,
        "Subject": message.subject,
        "MessageStructure": "json",
        "Message": json.dumps({"default": json.dumps(message.document), "email": message.text}),
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in message.attributes.items()
        },
    }
    with stubbed("sns") as (client, stub):
        stub.add_response("publish", {"MessageId": "1"}, asked)

        assert publish(message, topic_arn=TOPIC, client=client) == "1"
    assert message.attributes
