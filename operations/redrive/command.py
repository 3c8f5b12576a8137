"""Put back what lies in the dead-letter queues, each message as what it is about. None is deleted before that is done.

It lists the messages and asks. Starts and stops that were asked for more than an hour ago are asked about one by one.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.config import Config
from rich.console import Console
from rich.text import Text

from model_lifecycle.aws.service_calls import ServiceCalls
from model_lifecycle.aws.service_model import ServiceModel
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.vocabulary.instant import to_instant
from operations.arguments import parser_of, settings_of
from operations.aws import Aws
from operations.deployment import find
from operations.errors import BusyError, DeniedError, RefusedError, UnreachableError, on_one_line
from operations.process import at_terminal, ended
from operations.redrive.letter import Read
from operations.redrive.mailbox import MailRoom
from operations.redrive.putting_back import NotPutBackError, PuttingBack
from operations.redrive.queues import chosen, queues_of, stack_of
from operations.redrive.reading import read
from operations.redrive.text import age, counted, held_elsewhere, listing, show

_UNTIL_ANSWERED = Config(connect_timeout=3, read_timeout=930, retries={"total_max_attempts": 1})
"""A function may run for 15 minutes. A call that got no answer is not repeated: its message stays."""
_OF_ONE_MESSAGE = (NotPutBackError, BusyError, DeniedError, RefusedError, UnreachableError)
"""What the next message may be spared."""


@dataclass(frozen=True)
class Result:
    """What became of a message. `outcome`: PutBack, Deleted, Kept or Failed; Listed if nothing was to become of it."""

    read: Read
    outcome: str
    says: str = ""


def process() -> int:
    """Do as `main`; what goes wrong is told in a line, and Ctrl-C is 130."""
    return ended(main)


def main(
    arguments: Sequence[str] | None = None,
    *,
    ask: Callable[[str], str] = input,
    terminal: bool | None = None,
) -> int:
    """Return 0 if nothing is left, or only listed; 1 if messages stay, or without leave. Raises OperationsError."""
    given = _parsed(arguments)
    talks = at_terminal() if terminal is None else terminal
    aws = Aws(profile=given.profile)
    deployment = find(aws, settings_of(given).stage or "")
    stack = stack_of(deployment)
    queues = chosen(queues_of(deployment), given.queue)
    talk = _Talk(given, ask if talks else None, aws.now)
    with MailRoom(queues, aws.client("sqs")) as room:
        found = [read(letter, stack, now=talk.now) for letter in room.letters()]
        elsewhere = room.held_elsewhere()
        for queue, number in elsewhere.items():
            print(f"{queue}: {held_elsewhere(number)}", file=sys.stderr)
        back = PuttingBack(
            executions=aws.client("stepfunctions"),
            functions=aws.client("lambda", _UNTIL_ANSWERED),
            topics=aws.client("sns"),
            model_of=lambda request: _model_of(request, aws),
        )
        status = talk.about(found, lambda each: _put_back(each, room, back), lambda each: _delete(each, room))
    return status if given.dry_run else status or int(bool(elsewhere))


class _Talk:
    """What is listed, asked and told."""

    def __init__(self, given: argparse.Namespace, ask: Callable[[str], str] | None, now: datetime) -> None:
        self._given = given
        self._ask = ask
        self.now = now
        self._console = Console(highlight=False)

    def about(self, found: Sequence[Read], put_back: Callable[[Read], Result], delete: Callable[[Read], Result]) -> int:
        """Deal with the messages. Return the exit status."""
        if not self._given.json:
            self._say(*(listing(found, now=self.now) if found else [Text("Nothing lies in the queues.")]))
        sure = [each for each in found if each.remedy is not None and not each.held]
        if not found or self._given.dry_run:
            return self._told([Result(each, "Listed") for each in found], status=0)
        if self._ask is None and not self._given.yes and not self._given.delete:
            print(
                f"{counted(len(found))} would be dealt with. Nothing was done: without a terminal, say YES=1 to put "
                "them back, or ARGS=--dry-run to only list them.",
                file=sys.stderr,
            )
            return self._told([Result(each, "Listed") for each in found], status=1)
        all_sure = self._given.yes or (
            bool(sure) and not self._given.delete and self._answer(f"Put back {counted(len(sure))}? [y/N] ") == "y"
        )
        results = []
        for each in found:
            results.append(self._deal(each, put_back, delete, sure=all_sure))
            if not self._given.json:
                self._say(*_became(results[-1], found.index(each) + 1))
        stays = any(result.outcome in ("Kept", "Failed") for result in results)
        return self._told(results, status=int(stays))

    def _deal(
        self, each: Read, put_back: Callable[[Read], Result], delete: Callable[[Read], Result], *, sure: bool
    ) -> Result:
        if each.letter.id in self._given.delete:
            return delete(each)
        if each.remedy is not None and not each.held:
            return put_back(each) if sure else Result(each, "Kept")
        if each.remedy is not None and self._given.all:
            return put_back(each)
        if self._ask is None or self._given.yes or self._given.delete:
            return Result(each, "Kept", each.held and "say ARGS=--all to put it back, or delete it")
        may = "[p]ut it back, [d]elete it, or" if each.remedy is not None else "[d]elete it or"
        answer = self._answer(f"{each.about} ({age(each, self.now)}): {may} [k]eep it? [K] ")
        if answer == "p" and each.remedy is not None:
            return put_back(each)
        return delete(each) if answer == "d" else Result(each, "Kept")

    def _answer(self, question: str) -> str:
        try:
            return self._ask(question).strip().lower()[:1] if self._ask else ""
        except EOFError:
            return ""

    def _say(self, *lines: Text) -> None:
        show(lines, self._console)

    def _told(self, results: Sequence[Result], *, status: int) -> int:
        if self._given.json:
            print(json.dumps({"Messages": [_document(result) for result in results]}, indent=2))
        return status


def _put_back(each: Read, room: MailRoom, back: PuttingBack) -> Result:
    assert each.remedy is not None  # noqa: S101 - only such are put back
    mailbox = room[each.letter.queue]
    try:
        with on_one_line():
            mailbox.hold(each.letter)
            says = back.put_back(each.remedy)
            mailbox.delete(each.letter)
    except _OF_ONE_MESSAGE as error:
        return Result(each, "Failed", str(error))
    return Result(each, "PutBack", says)


def _delete(each: Read, room: MailRoom) -> Result:
    try:
        with on_one_line():
            room[each.letter.queue].delete(each.letter)
    except _OF_ONE_MESSAGE as error:
        return Result(each, "Failed", str(error))
    return Result(each, "Deleted")


def _became(result: Result, number: int) -> Sequence[Text]:
    words, style = {
        "PutBack": ("put back", "green"),
        "Deleted": ("deleted", "green"),
        "Kept": ("stays", "yellow"),
        "Failed": ("stays, it could not be put back", "bold red"),
    }[result.outcome]
    return [Text(f"{number:>3}. {words}{f': {result.says}' if result.says else ''}", style=style)]


def _document(result: Result) -> dict[str, Any]:
    each = result.read
    return {
        "Queue": each.letter.queue,
        "MessageId": each.letter.id,
        "AskedAt": to_instant(each.asked_at),
        "About": each.about,
        "Why": each.why,
        "PutsBack": each.remedy.words if each.remedy else None,
        "Held": each.held or None,
        "Unclear": each.unclear or None,
        "Body": each.letter.body,
        "Outcome": result.outcome,
        "Says": result.says or None,
    }


def _model_of(request: ModelRequest, aws: Aws) -> ServiceModel:
    service = request.service
    calls = ServiceCalls(aws.client(service.client), where_unreachable=service.where_unreachable)
    return ServiceModel(request, calls)


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = parser_of("redrive", __doc__)
    parser.add_argument("--queue", action="append", default=[], metavar="NAME", help="only that of this alarm")
    parser.add_argument("--dry-run", action="store_true", help="only list the messages")
    parser.add_argument("--yes", action="store_true", help="ask nothing; what is held stays, unless --all is given")
    parser.add_argument("--all", action="store_true", help="put back also what was asked for more than an hour ago")
    parser.add_argument("--delete", action="append", default=[], metavar="ID", help="delete the message of this id")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    return parser.parse_args(arguments)
