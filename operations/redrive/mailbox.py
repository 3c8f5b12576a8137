"""A dead-letter queue, out of which no message goes before it is dealt with."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Self

from operations.errors import OperationsError, on_one_line
from operations.redrive.letter import Letter

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType
    from mypy_boto3_sqs.type_defs import MessageTypeDef

HELD_SECONDS = 960
"""Longer than a function may run, 15 minutes. A program that was killed gives its messages back after that long."""
MOST_LETTERS = 1_000
"""At a time."""
_BATCH = 10
"""The most that SQS hands out, or takes back, in one call."""


class Mailbox:
    """Holds the messages of one queue: nobody else gets them meanwhile, and `release` gives back what is left."""

    def __init__(self, name: str, url: str, client: "SQSClient") -> None:
        self.name = name
        self._url = url
        self._client = client
        self._held: dict[str, Letter] = {}

    def open(self, *, only_if_counted: bool = False) -> list[Letter]:
        """Return the messages, the oldest first, at most `MOST_LETTERS`.

        `only_if_counted`: do not ask a queue for messages in which SQS counts none; it counts with a delay.
        """
        if only_if_counted and not self._counted("ApproximateNumberOfMessages"):
            return []
        while len(self._held) < MOST_LETTERS:
            received = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_BATCH,
                VisibilityTimeout=HELD_SECONDS,
                # Without waiting, SQS asks only some of its servers.
                WaitTimeSeconds=1,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
            ).get("Messages", [])
            if not received:
                break
            # SQS may hand out a message twice: the last receipt counts.
            self._held.update({message["MessageId"]: self._letter(message) for message in received})
        return sorted(self._held.values(), key=lambda letter: letter.sent_at)

    def held_elsewhere(self) -> int:
        """Return how many more there are, which somebody else has got. SQS counts them with a delay of seconds."""
        return max(0, self._counted("ApproximateNumberOfMessagesNotVisible") - len(self._held))

    def _counted(self, which: "QueueAttributeNameType") -> int:
        return int(self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=[which])["Attributes"][which])

    def hold(self, letter: Letter) -> None:
        """Keep a message for as long again, before something is done with it.

        Raises ClientError if somebody else has got it meanwhile.
        """
        self._client.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=letter.receipt, VisibilityTimeout=HELD_SECONDS
        )

    def delete(self, letter: Letter) -> None:
        """Delete a message that was dealt with."""
        self._client.delete_message(QueueUrl=self._url, ReceiptHandle=letter.receipt)
        del self._held[letter.id]

    def release(self) -> None:
        """Let everybody have at once what is still held."""
        for letters in _batches(list(self._held.values())):
            self._client.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(place), "ReceiptHandle": letter.receipt, "VisibilityTimeout": 0}
                    for place, letter in enumerate(letters)
                ],
            )
        self._held.clear()

    def _letter(self, message: "MessageTypeDef") -> Letter:
        return Letter(
            id=message["MessageId"],
            queue=self.name,
            body=message["Body"],
            attributes={
                name: value.get("StringValue", "") for name, value in message.get("MessageAttributes", {}).items()
            },
            sent_at=datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1_000, UTC),
            receipt=message["ReceiptHandle"],
            received=int(message["Attributes"]["ApproximateReceiveCount"]),
        )


class MailRoom:
    """All mailboxes of a stack, which give back what they hold at the end of the block."""

    def __init__(self, queues: Mapping[str, str], client: "SQSClient") -> None:
        """`queues`: the URL of each, by its name."""
        self._mailboxes = {name: Mailbox(name, url, client) for name, url in queues.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for mailbox in self._mailboxes.values():
            # What cannot be given back now comes back by itself.
            with suppress(OperationsError), on_one_line("SQS"):
                mailbox.release()

    def __getitem__(self, name: str) -> Mailbox:
        return self._mailboxes[name]

    def letters(self, *, only_if_counted: bool = False) -> list[Letter]:
        """Open all at once; the messages of one after those of another. Raises OperationsError.

        `only_if_counted`: as in `Mailbox.open`.
        """
        opens = partial(Mailbox.open, only_if_counted=only_if_counted)
        with ThreadPoolExecutor(len(self._mailboxes) or 1) as pool, on_one_line("SQS"):
            return [letter for opened in pool.map(opens, self._mailboxes.values()) for letter in opened]

    def held_elsewhere(self) -> dict[str, int]:
        """Return how many messages somebody else has got, by queue. To be asked before one is dealt with.

        Raises OperationsError.
        """
        with on_one_line("SQS"):
            counted = {name: mailbox.held_elsewhere() for name, mailbox in self._mailboxes.items()}
        return {name: number for name, number in counted.items() if number}


def _batches(letters: list[Letter]) -> Iterator[list[Letter]]:
    for begin in range(0, len(letters), _BATCH):
        yield letters[begin : begin + _BATCH]
