"""How long a received message is hidden from other receivers."""

from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local.clock.clock import VirtualClock
from local.server import LocalAws
from tests.local_aws.acting_aws import DAY, HOUR


def test_a_message_is_held_or_given_back_by_who_has_it_however_old_it_is(aws: LocalAws) -> None:
    assert isinstance(aws.clock, VirtualClock)
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName=f"queue-{uuid4()}")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sent = aws.clock.now()
    with aws.clock.running():
        aws.clock.wait(13 * HOUR)

    asked = {"QueueUrl": url, "VisibilityTimeout": 60, "MessageSystemAttributeNames": ["SentTimestamp"]}
    [received] = sqs.receive_message(**asked)["Messages"]
    assert int(received["Attributes"]["SentTimestamp"]) == pytest.approx(sent.timestamp() * 1_000, abs=1_000)
    receipt = {"QueueUrl": url, "ReceiptHandle": received["ReceiptHandle"]}
    sqs.change_message_visibility(**receipt, VisibilityTimeout=960)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    sqs.change_message_visibility(**receipt, VisibilityTimeout=0)

    with pytest.raises(ClientError, match="MessageNotInflight"):
        sqs.change_message_visibility(**receipt, VisibilityTimeout=0)
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1

    with aws.clock.running():
        aws.clock.wait(14 * DAY)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
