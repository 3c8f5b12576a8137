"""How long a received message is hidden from other receivers."""

from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from moto.sqs.models import sqs_backends

from local.server import LocalAws


def test_a_message_is_held_or_given_back_by_who_has_it_however_old_it_is(aws: LocalAws) -> None:
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName=f"queue-{uuid4()}")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    [message] = sqs_backends[aws.account_id][aws.region].get_queue(url.rpartition("/")[2])._messages  # noqa: SLF001
    message.sent_timestamp -= 13 * 3_600_000

    [received] = sqs.receive_message(QueueUrl=url, VisibilityTimeout=60)["Messages"]
    receipt = {"QueueUrl": url, "ReceiptHandle": received["ReceiptHandle"]}
    sqs.change_message_visibility(**receipt, VisibilityTimeout=960)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    sqs.change_message_visibility(**receipt, VisibilityTimeout=0)

    with pytest.raises(ClientError, match="MessageNotInflight"):
        sqs.change_message_visibility(**receipt, VisibilityTimeout=0)
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1
