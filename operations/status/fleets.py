"""Read which fleets are under way: a call for each of their machines, and one or two for each fleet."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from model_lifecycle.requests.fleet_request import MOST_MODELS
from model_lifecycle.requests.model_request import PARENT
from model_lifecycle.services.registry import SERVICES
from model_lifecycle.vocabulary.machines import machine_of
from model_lifecycle.vocabulary.phase import Goal
from model_lifecycle.vocabulary.wording import execution
from operations.aws import Aws
from operations.deployment import Deployment
from operations.errors import OperationsError, on_one_line
from operations.side_by_side import SideBySide
from operations.status.children import children_of
from operations.status.fleet import Fleet
from operations.status.origin import origin
from operations.status.seen import SeenExecution

if TYPE_CHECKING:
    from concurrent.futures import Future

MOST_LISTED = 1_000
_MOST_LOOKED_INTO = 8
_UNTIL_ITS_MAP = 100
"""Events at the beginning of an execution, among which its Map begins."""


class _Asked(NamedTuple):
    """What a fleet was asked for; nothing where that could not be read."""

    total: int | None = None
    of_service: Mapping[str, int] = MappingProxyType({})
    parent: str | None = None


Listing = Sequence["Future[list[dict[str, Any]] | None]"]
Executions = Mapping[str, SeenExecution]


def begin_listing(side: SideBySide, deployment: Deployment) -> Listing:
    """Begin to list them. What an older release has deployed has no such machines."""
    machines = [deployment.outputs.get(f"{verb}ModelsStateMachineArn") for verb in ("Start", "Stop")]
    return [
        side.begin(f"The executions of {arn.rpartition(':')[2]}", _listed, deployment.aws, arn)
        for arn in machines
        if arn is not None
    ]


def fleets_of(
    side: SideBySide, aws: Aws, listing: Listing, executions: Mapping[Goal, Executions | None]
) -> list[Fleet] | None:
    """Return them, the latest first; None if they could not be read. `executions`: those of single models."""
    answers = [each.result() for each in listing]
    listed = sorted(
        (each for answer in answers for each in answer or ()), key=lambda each: each["startDate"], reverse=True
    )
    looked = {
        each["executionArn"]: side.begin(
            f"The input of {execution(each['executionArn'])}", _looked_into, aws, each["executionArn"]
        )
        for each in listed[:_MOST_LOOKED_INTO]
    }
    fleets = []
    for each in listed:
        arn = each["executionArn"]
        begun = looked.get(arn)
        asked = (begun and begun.result()) or _Asked()
        fleets.append(_fleet(each, asked, executions[machine_of(arn).goal]))
    return None if None in answers else fleets


def _fleet(listed: Mapping[str, Any], asked: _Asked, executions: Executions | None) -> Fleet:
    arn, since, redrives = listed["executionArn"], listed["startDate"], listed.get("redriveCount", 0)
    found = children_of(arn, redrives, asked.total, executions or {})
    whole = executions is not None and (
        len(executions) < MOST_LISTED or min(each.began for each in executions.values()) <= since
    )
    return Fleet(
        execution=arn,
        goal=machine_of(arn).goal,
        since=since,
        redrives=redrives,
        started_by=origin(arn, began=since, model_id="", schedules=(), parent=asked.parent),
        total=asked.total,
        of_service=asked.of_service,
        done=found.done if whole else None,
        failed=found.failed if whole else None,
        under_way=found.under_way,
    )


def _listed(aws: Aws, machine_arn: str) -> list[dict[str, Any]]:
    """ListExecutions: those that have not ended."""
    pages = aws.client("stepfunctions").get_paginator("list_executions")
    found = pages.paginate(stateMachineArn=machine_arn, statusFilter="RUNNING")
    return [dict(each) for page in found for each in page["executions"]]


def _looked_into(aws: Aws, arn: str) -> _Asked:
    """DescribeExecution, and for all models of a project GetExecutionHistory."""
    client = aws.client("stepfunctions")
    try:
        given = json.loads(client.describe_execution(executionArn=arn).get("input", "{}"))
    except ValueError:
        given = {}
    if not isinstance(given, dict):
        return _Asked()
    parent, models = given.get(PARENT.name), given.get("Models")
    if isinstance(models, list) and len(models) <= MOST_MODELS:
        # Those that stand twice are done once.
        different = {json.dumps(each, sort_keys=True): each for each in models}.values()
        of_service = Counter(_service_of({**given, **each} if isinstance(each, dict) else {}) for each in different)
        total: int | None = len(different)
    else:
        total = _planned(client, arn)
        of_service = Counter({_service_of(given): total or 0})
    return _Asked(total, of_service, parent if isinstance(parent, str) else None)


def _service_of(named: Mapping[str, Any]) -> str:
    """Return the service whose model or project an input names. Of a text, that is the first: it is an ARN."""
    fields = {service: {each.name for each in (*service.required, service.project_field)} for service in SERVICES}
    return max(SERVICES, key=lambda service: len(fields[service] & named.keys())).name


def _planned(client: Any, arn: str) -> int | None:
    """Return how many models were found; None if they were not yet, or if that may not be read, which is no matter."""
    try:
        with on_one_line("Step Functions"):
            history = client.get_execution_history(
                executionArn=arn, maxResults=_UNTIL_ITS_MAP, includeExecutionData=False
            )
    except OperationsError:
        return None
    begun = (each.get("mapStateStartedEventDetails") for each in history["events"])
    return next((each["length"] for each in begun if each), None)
