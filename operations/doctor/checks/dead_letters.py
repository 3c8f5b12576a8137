"""What lies in the dead-letter queues."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from operations.deployment import Deployment, make
from operations.doctor.finding import Answer, error, ok, warning
from operations.errors import on_one_line
from operations.redrive.letter import Read
from operations.redrive.mailbox import MailRoom
from operations.redrive.queues import queues_of, stack_of
from operations.redrive.reading import read
from operations.redrive.text import age, counted, expiry, held_elsewhere

_MOST_OF_A_QUEUE = 10
_STOPS = "UndeliveredStops"


def look(deployment: Deployment, *, now: datetime) -> Iterator[Answer]:
    """Read the messages, and give them back."""
    queues = queues_of(deployment)
    stack = stack_of(deployment)
    with on_one_line("SQS"), MailRoom(queues, deployment.aws.client("sqs")) as room:
        found = [read(letter, stack, now=now) for letter in room.letters(only_if_counted=True)]
        elsewhere = room.held_elsewhere()
    yield from answers(found, elsewhere, queues=len(queues), now=now, stage=deployment.stage)


def answers(
    found: Sequence[Read], elsewhere: Mapping[str, int], *, queues: int, now: datetime, stage: str = ""
) -> Iterator[Answer]:
    """Say what each message is about. What a model bills for is an error, and what is about to be deleted.

    `elsewhere`: how many more a queue has, which somebody else has got.
    """
    for queue, number in elsewhere.items():
        says, _, mend = held_elsewhere(number).partition(". ")
        yield warning(f"{queue}: {says}", mend)
    if not found and not elsewhere:
        yield ok(f"nothing lies in {queues:,} queues")
    for queue, reads in groupby(found, key=lambda each: each.letter.queue):
        messages = list(reads)
        mend = f"Run {make(f'redrive QUEUE={queue}', stage)}."
        for each in messages[:_MOST_OF_A_QUEUE]:
            why = f" ({each.why})" if each.why else ""
            soon = expiry(each, now)
            said = error if queue == _STOPS or soon else warning
            yield said(f"{queue}: {each.about}, {age(each, now)}{why}", f"{soon} {mend}".strip())
        if more := messages[_MOST_OF_A_QUEUE:]:
            yield warning(f"{queue}: {counted(len(more))} more", mend)
