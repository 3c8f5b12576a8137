"""Messages in flight: received and not yet deleted, and hidden from other receivers meanwhile.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
"""

from moto.core.exceptions import ServiceException
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import SQSBackend

from local.account import Account


class MessageNotInflightError(ServiceException):  # type: ignore[misc]
    """Its time is over, and anybody may have got it since."""

    code = "MessageNotInflight"


def install(aws: Account) -> None:
    """Let the time of a message count from now. moto refuses what was sent more than 12 hours ago."""
    aws.replace(SQSBackend, "change_message_visibility", _change)


def _change(self: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int) -> None:
    queue = self.get_queue(queue_name)
    for message in queue._messages:  # noqa: SLF001
        if message.had_receipt_handle(receipt_handle):
            if message.visible:
                raise MessageNotInflightError(f"Value {receipt_handle} for parameter ReceiptHandle is invalid.")
            message.change_visibility(visibility_timeout)
            if message.visible:
                queue.pending_messages.discard(message)
            return
    raise ReceiptHandleIsInvalid
