"""What lies in the queues, and what became of it, for people."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from rich.console import Console
from rich.text import Text

from model_lifecycle.vocabulary.foreign import shortened
from model_lifecycle.vocabulary.wording import duration
from operations.redrive.letter import Read
from settings.limits import DEAD_LETTERS_KEPT as KEPT

_MOST_OF_A_BODY = 2_000
_INDENT = "     "
_COUNTED = 2
"""How often a message may have been handed out that SQS still counts."""
_SOON = timedelta(days=4)


def show(lines: Iterable[Text], console: Console) -> None:
    """Print in colour to the width of a terminal, elsewhere in plain lines that are never folded."""
    for line in lines:
        if console.is_terminal:
            console.print(line)
        else:
            print(line.plain, file=console.file)


def listing(found: Sequence[Read], *, now: datetime) -> Iterator[Text]:
    """Yield what lies in the queues, each message with a number."""
    numbers = {read.letter.id: number for number, read in enumerate(found, start=1)}
    for queue, reads in groupby(found, key=lambda read: read.letter.queue):
        messages = list(reads)
        yield Text(f"{queue}: {counted(len(messages))}", style="bold")
        for read in messages:
            yield from _message(read, numbers[read.letter.id], now)


def counted(number: int) -> str:
    """Return `1 message`, `2 messages`."""
    return f"{number:,} message{'' if number == 1 else 's'}"


def held_elsewhere(number: int) -> str:
    """Say that there are messages which another process has got, and what becomes of them."""
    return (
        f"{counted(number)} cannot be seen now: another `make redrive` or `make doctor` has got "
        f"{'it' if number == 1 else 'them'}. If none is under way, one was killed: look again in 16 minutes."
    )


def age(read: Read, now: datetime) -> str:
    """Return how long ago it was due, such as `2 h 5 min ago`."""
    return f"{duration(max(0.0, (now - read.asked_at).total_seconds()))} ago"


def expiry(read: Read, now: datetime) -> str:
    """Say when SQS deletes a message that is old, and that its alarm may be silent; nothing of one that is not.

    A message that was handed out three times is left out of ApproximateAgeOfOldestMessage:
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    """
    left = (read.letter.sent_at + KEPT - now).total_seconds()
    if left > _SOON.total_seconds():
        return ""
    silent = (
        " The alarm on its age leaves it out, since it was read so often." if read.letter.received > _COUNTED else ""
    )
    return f"SQS deletes it in {duration(max(0.0, left))}.{silent}"


def _message(read: Read, number: int, now: datetime) -> Iterator[Text]:
    yield Text(f"{number:>3}. {age(read, now)}: {read.about}")
    if read.why:
        yield Text(f"{_INDENT}Why: {read.why}", style="dim")
    if soon := expiry(read, now):
        yield Text(f"{_INDENT}{soon}", style="bold red")
    if read.remedy is None:
        yield Text(f"{_INDENT}Stays: {read.unclear} Its id is {read.letter.id}.", style="yellow")
        yield Text(f"{_INDENT}{shortened(read.letter.body, _MOST_OF_A_BODY)!r}", style="dim")
        return
    yield Text(f"{_INDENT}To put it back: {read.remedy.words}.")
    if read.held:
        yield Text(f"{_INDENT}Wait: {read.held}", style="yellow")
