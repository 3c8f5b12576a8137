"""Remove the app. It names what runs and what is scheduled, stops the models first, and says what is left."""

import argparse
import shlex
import time
from collections.abc import Callable, Sequence
from enum import StrEnum

from rich.console import Console

from operations.arguments import parser_of, settings_of
from operations.aws import Aws
from operations.deployment import NEVER_WORKED, WORKS_NO_MORE, Deployment, NoStackError, find
from operations.destroy.aborting import Aborting
from operations.destroy.inventory import Inventory, inventory_of
from operations.destroy.removal import Removal
from operations.destroy.stopping import NotStoppedError, Stopping
from operations.errors import OperationsError
from operations.process import at_terminal, ended
from operations.status.command import show
from operations.status.progress import Counter
from operations.status.reading import read, read_billing
from operations.status.status import status_of
from settings.settings import Settings

_UNATTENDED = (
    "Without a terminal nothing is removed, unless YES=1 is set: then every fleet above is aborted and every model "
    "stopped, this waits until all are, the termination protection is taken off, and the stack is deleted with its "
    "logs and tables."
)

_UNREAD = (
    "Nothing was removed: models may run that could not be read, and would not be stopped. "
    'Mend that, or remove the app all the same with YES=1 ARGS="--leave-running".'
)


class Choice(StrEnum):
    """What is to become of the models that run."""

    STOP = "stop"
    LEAVE = "leave"
    NOTHING = "nothing"


class RefusedHereError(OperationsError):
    """Nothing was done."""


Ask = Callable[[str], str]


def main(
    arguments: Sequence[str] | None = None,
    *,
    ask: Ask | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Return 0 if the app is removed or was not there, 1 if it is still there, 130 after Ctrl-C.

    `ask`: puts a question to the person at the terminal; None where there is none.
    """
    parsed = _parsed(arguments)
    asks = ask or (input if at_terminal() else None)
    return ended(lambda: _destroy(parsed, asks, sleep))


def _destroy(arguments: argparse.Namespace, ask: Ask | None, sleep: Callable[[float], None]) -> int:
    settings = settings_of(arguments)
    aws = Aws(profile=arguments.profile)
    try:
        deployment = find(aws, settings.stage or "")
    except NoStackError as error:
        print(f"{str(error).partition('. ')[0]}: there is nothing to remove.")
        return 0
    console = Console(highlight=False)
    if deployment.status not in (*NEVER_WORKED, *WORKS_NO_MORE):
        inventory = _inventory(deployment, settings)
        _tell(inventory, console)
        choice = _choice(arguments, inventory, ask)
        if choice is not Choice.NOTHING and inventory.starting:
            before, inventory = inventory, _abort(deployment, settings, inventory, sleep)
            if choice is Choice.STOP and inventory.unread and not before.unread:
                raise RefusedHereError(_UNREAD)
        if choice is Choice.STOP and inventory.rows:
            _stop(deployment, settings, inventory, sleep)
    else:
        choice = _of_what_is_left(arguments, deployment, settings, ask)
    if choice is Choice.NOTHING:
        print("Nothing was removed.")
        return 1
    with _progress() as progress:
        left = Removal(deployment, sleep=sleep, progress=progress).remove()
    print(f"The stack {deployment.stack} is removed.")
    for sentence in left:
        print(f"Left: {sentence}")
    return 0


def _inventory(deployment: Deployment, settings: Settings) -> Inventory:
    with _progress() as progress:
        return inventory_of(status_of(read(deployment, settings, progress)), deployment)


def _tell(inventory: Inventory, console: Console) -> None:
    show(inventory.status, console)
    for line in inventory.lines:
        print(line)


def _choice(arguments: argparse.Namespace, inventory: Inventory, ask: Ask | None) -> Choice:
    """Return what is chosen by the call, or else by the person. Raises RefusedHereError if there is no person."""
    unread = inventory.unread
    if arguments.yes:
        if unread and not arguments.leave_running:
            raise RefusedHereError(_UNREAD)
        return Choice.LEAVE if arguments.leave_running else Choice.STOP
    if ask is None:
        raise RefusedHereError(_UNATTENDED)
    if unread:
        print("Models may run that are not listed. They would not be stopped, and cost on.")
    if arguments.leave_running or not (inventory.rows or inventory.starting):
        agreed = _agrees(ask, f"Remove the stack {inventory.status.seen.stack}{' all the same' if unread else ''}?")
        return (Choice.LEAVE if arguments.leave_running else Choice.STOP) if agreed else Choice.NOTHING
    question = (
        f"s: {'abort the fleets, ' if inventory.starting else ''}stop these models, wait until they are stopped, and "
        "remove the app\n"
        "l: leave them running, which goes on billing, and remove the app\n"
        "anything else: do nothing\n"
        "[s/l/N] "
    )
    return {"s": Choice.STOP, "l": Choice.LEAVE}.get(_answer(ask, question), Choice.NOTHING)


def _of_what_is_left(
    arguments: argparse.Namespace, deployment: Deployment, settings: Settings, ask: Ask | None
) -> Choice:
    """Return what is chosen for a stack that works no more: it can stop no model, so what runs is only named.

    Raises RefusedHereError for models that would run on though nobody said so.
    """
    if deployment.status in WORKS_NO_MORE:
        with _progress() as progress:
            running, unread = read_billing(deployment.aws, settings, progress)
        for each in running:
            command = shlex.join([*each.request.service.stop_command(each.request.identity)])
            how = f"Stop it with: {command} --region {deployment.aws.region}" if command else "Stop it by its service."
            print(f"{each.request.project}/{each.request.version} is {each.status}, and may bill on. {how}")
        for sentence in unread:
            print(f"Warning: {sentence}")
        if arguments.yes and not arguments.leave_running and (running or unread):
            raise RefusedHereError(
                "Nothing was removed: the stack is half removed, so that it can stop no model. Stop what runs by hand, "
                'or let it run and remove the rest with YES=1 ARGS="--leave-running".'
            )
    if ask is None and not arguments.yes:
        raise RefusedHereError(
            f"The stack {deployment.stack} is {deployment.status}. Without a terminal nothing is removed, unless YES=1 "
            "is set: then what is left of it is deleted."
        )
    if arguments.yes or _agrees(ask, f"The stack {deployment.stack} is {deployment.status}. Remove it?"):
        return Choice.LEAVE
    return Choice.NOTHING


def _agrees(ask: Ask | None, question: str) -> bool:
    if ask is None:
        raise RefusedHereError(_UNATTENDED)
    return _answer(ask, f"{question} [y/N] ") in ("y", "yes")


def _answer(ask: Ask, question: str) -> str:
    try:
        return ask(question).strip().lower()
    except EOFError:
        return ""


def _abort(
    deployment: Deployment, settings: Settings, inventory: Inventory, sleep: Callable[[float], None]
) -> Inventory:
    """Abort the fleets, whose functions will not be there any more; return what runs then."""
    with _progress() as progress:
        machine = deployment.output("StartModelStateMachineArn")
        Aborting(deployment.aws, machine, sleep=sleep, progress=progress).abort(inventory.starting)
    return _none_starting(deployment, settings)


def _none_starting(deployment: Deployment, settings: Settings) -> Inventory:
    """Return what runs now. Raises NotStoppedError if a fleet is under way, such as one that began meanwhile."""
    again = _inventory(find(deployment.aws, deployment.stage), settings)
    if again.starting:
        names = ", ".join(fleet.execution for fleet in again.starting)
        raise NotStoppedError(f"Fleets of models are under way by now: {names}. Nothing was removed. Call this again.")
    return again


def _stop(deployment: Deployment, settings: Settings, inventory: Inventory, sleep: Callable[[float], None]) -> None:
    """Stop the models. Raises NotStoppedError if one runs all the same, such as one that someone started meanwhile."""
    with _progress() as progress:
        stopping = Stopping(
            deployment.aws, deployment.output("StopModelStateMachineArn"), sleep=sleep, progress=progress
        )
        stopping.stop(inventory.rows)
    again = _none_starting(deployment, settings)
    if again.rows:
        names = ", ".join(row.name for row in again.rows)
        raise NotStoppedError(f"Models run or start again by now: {names}. Nothing was removed. Call this again.")


def _progress() -> Counter:
    return Counter(Console(stderr=True, highlight=False), clock=time.monotonic)


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = parser_of("destroy", __doc__)
    parser.add_argument(
        "--yes",
        action="store_true",
        help="abort fleets, stop the models, take off the termination protection and delete the stack without asking "
        "(YES=1)",
    )
    parser.add_argument(
        "--leave-running",
        action="store_true",
        help="stop no model: those that run go on billing, and nothing will stop them",
    )
    return parser.parse_args(arguments)
