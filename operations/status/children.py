"""How far a fleet is: the executions that it has started for its models have names that can be worked out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from model_lifecycle.requests.fleet_request import MOST_MODELS
from model_lifecycle.vocabulary.machines import OF_GOAL, machine_of
from operations.status.seen import SeenExecution


@dataclass(frozen=True)
class Children:
    """How the executions of the models of a fleet stand."""

    done: int
    failed: int
    under_way: tuple[str, ...]


def children_of(
    execution_arn: str, redrives: int, total: int | None, executions: Mapping[str, SeenExecution]
) -> Children:
    """Return how they stand, of all executions that are listed."""
    done, failed, under_way = 0, 0, []
    for each in children_arns(execution_arn, redrives, total):
        listed = [(arn, executions[arn]) for arn in each if arn in executions]
        going = [arn for arn, one in listed if one.under_way]
        under_way += going
        if any(one.succeeded for _, one in listed):
            done += 1
        elif not going and listed and listed[-1][0] == each[-1]:
            failed += 1
    return Children(done, failed, tuple(under_way))


def children_arns(execution_arn: str, redrives: int, total: int | None) -> Iterator[list[str]]:
    """Yield for each model the ARNs of its executions, one for each redrive: the machine names them like this."""
    machine = machine_of(execution_arn)
    prefix, deployed_as, _ = execution_arn.rsplit(":", 2)
    of_one = deployed_as.replace(machine.name, OF_GOAL[machine.goal].name, 1)
    for place in range(MOST_MODELS if total is None else total):
        names = (sha256(f"{execution_arn}#{redrive}#{place}".encode()).hexdigest() for redrive in range(redrives + 1))
        yield [f"{prefix}:{of_one}:{name}" for name in names]
