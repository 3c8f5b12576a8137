"""Messages in flight: received and not yet deleted, and hidden from other receivers meanwhile; and how old they are.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
"""

from moto.core.exceptions import ServiceException
from moto.sqs import models
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message, SQSBackend

from local.account import Account


class MessageNotInflightError(ServiceException):  # type: ignore[misc]
    """Its time is over, and anybody may have got it since."""

    code = "MessageNotInflight"


def install(aws: Account) -> None:
    """Let messages live by the clock of the local AWS. moto refuses to hold what was sent more than 12 hours ago."""
    aws.replace(models, "unix_time_millis", lambda: aws.clock.now().timestamp() * 1_000)
    aws.replace(SQSBackend, "is_message_valid_based_on_retention_period", _is_kept)
    aws.replace(SQSBackend, "change_message_visibility", _change)


def _is_kept(self: SQSBackend, queue_name: str, message: Message) -> bool:
    kept = self.get_queue(queue_name).message_retention_period * 1_000
    return bool(models.unix_time_millis() - message.sent_timestamp < kept)


def _change(self: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int) -> None:
    queue = self.get_queue(queue_name)
    for message in queue._messages:  # noqa: SLF001
        if message.had_receipt_handle(receipt_handle):
            if message.visible:
                raise MessageNotInflightError(f"Value {receipt_handle} for parameter ReceiptHandle is invalid.")
            message.change_visibility(visibility_timeout)
            if int(visibility_timeout) == 0:
                # moto shows it only when time has passed, and that may stand still.
                message.visible_at = 0
                queue.pending_messages.discard(message)
            return
    raise ReceiptHandleIsInvalid
