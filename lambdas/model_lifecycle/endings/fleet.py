"""How an execution of start-models or stop-models ended: from a state of it, or from the event of its end."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from model_lifecycle.endings.ending import notification_id
from model_lifecycle.endings.heard import of_the_net
from model_lifecycle.endings.outcome import OF_EXECUTION, FleetOutcome, Outcome
from model_lifecycle.endings.redrives import redrive_of_end
from model_lifecycle.requests.fleet_request import MOST_AT_ONCE
from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.services.service import Identity, Service
from model_lifecycle.steps.fleet_plan import ListModels, fleet_of
from model_lifecycle.steps.fleet_report import model_named
from model_lifecycle.steps.payload import checked, of_a_state
from model_lifecycle.vocabulary.errors import ModelLifecycleError, ModelNotFoundError
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.machines import machine_of
from model_lifecycle.vocabulary.phase import Goal, meaning_of
from model_lifecycle.vocabulary.values import dataclass

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

Locate = Callable[[Service, Identity], Identity]
"""Returns the same model with its project, as the service's list of models wants it. Raises as `Model` does."""
_ENDED = ("ABORTED", "TIMED_OUT")


@dataclass(frozen=True, kw_only=True)
class FleetEnding:
    """How it ended. `report`: the machine's own, None where Step Functions ended it, or a function failed.

    `rows`: how each model ended, as far as that is known. `statuses`: how those are now that are not as they were
    wanted, by their identity; None for what does not exist, and not there for what could not be looked at.
    """

    notification_id: str
    outcome: FleetOutcome
    goal: Goal
    execution_arn: str
    report: Mapping[str, Any] | None
    rows: Sequence[Mapping[str, Any]]
    statuses: Mapping[frozenset[tuple[str, str]], str | None]
    error: str | None
    cause: str | None

    def status(self, row: Mapping[str, Any]) -> str | None:
        """Return how a model is now; None if that is not known, or it is as it was wanted, or there is none."""
        return self.statuses.get(key_of(row))

    def may_bill(self, row: Mapping[str, Any]) -> bool:
        """Tell whether a model bills, or comes to bill, or nobody can tell."""
        if "Error" not in row and "Outcome" in row:
            return self.goal is Goal.RUNNING or row["Outcome"].endswith("LeftRunning")
        if key_of(row) not in self.statuses:
            return True
        service, _ = model_named(row)
        status = self.status(row)
        return status is not None and meaning_of(status, service.statuses).may_bill

    @property
    def still_billing(self) -> list[Mapping[str, Any]]:
        """The models that may bill although they should not, or of which nobody was told that they run."""
        return [row for row in self.rows if "Error" in row or "Outcome" not in row if self.may_bill(row)]


def key_of(row: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Return what names a model, to look it up."""
    return frozenset(model_named(row)[1].items())


def fleet_identity(event: dict[str, Any], executions: "SFNClient", home: Home) -> str:
    """Return the NotificationId. Raises InvalidRequestError for what no state and no end of their executions sends."""
    if "detail" not in event:
        event = checked(event, of_a_state(home, holds="Fleet"))
        return notification_id(event["Execution"]["Arn"], int(event["Execution"].get("RedriveCount") or 0))
    detail = checked(event, of_the_net(home))["detail"]
    redrive_count = detail.get("redriveCount") or 0
    if redrive_count and detail["status"] == "FAILED":
        redrive_count = redrive_of_end(executions, detail["executionArn"], redrive_count)
    of_end = notification_id(detail["executionArn"], redrive_count)
    return f"{of_end}#{detail['status']}" if detail["status"] in _ENDED else of_end


def read_fleet(
    event: Mapping[str, Any],
    identity: str,
    *,
    executions: "SFNClient",
    list_models: ListModels,
    locate: Locate,
    defaults: Defaults,
    home: Home,
) -> FleetEnding:
    """Return how it ended. Raises botocore's errors of DescribeExecution."""
    if "detail" in event:
        execution = executions.describe_execution(executionArn=event["detail"]["executionArn"])
        arn, goal = execution["executionArn"], machine_of(execution["executionArn"]).goal
        ended = OF_EXECUTION[event["detail"]["status"]]
        report = json.loads(execution["output"]) if ended is None else None
        error, cause = execution.get("error"), execution.get("cause")
        before: Mapping[str, Any] = {"Request": _read(execution.get("input", "null"))}
    else:
        fleet = event["Fleet"]
        arn, goal = event["Execution"]["Arn"], Goal(event["Goal"])
        report, failure = fleet.get("Report"), fleet.get("Failure") or {}
        error, cause = failure.get("Error"), failure.get("Cause")
        before = fleet.get("Before") or fleet
        ended = Outcome.FAILED if failure else None
    rows = report["Models"] if report else _rows(before, goal, list_models, defaults, home)
    wrong = [row for row in rows if "Error" in row or "Outcome" not in row]
    return FleetEnding(
        notification_id=identity,
        outcome=FleetOutcome.DONE if ended is None else FleetOutcome.INCOMPLETE,
        goal=goal,
        execution_arn=arn,
        report=report,
        rows=rows,
        statuses=_statuses(wrong, list_models, locate),
        error=error or (None if ended is None else ended.value),
        cause=cause,
    )


def _rows(
    before: Mapping[str, Any], goal: Goal, list_models: ListModels, defaults: Defaults, home: Home
) -> Sequence[Mapping[str, Any]]:
    """Return the models that were planned, or are to be read from the execution's input."""
    models: Iterable[Mapping[str, Any]] = before.get("Models") or ()
    if not models and before.get("Request") is not None:
        try:
            models = fleet_of(
                before["Request"], goal, list_models=list_models, defaults=defaults, home=home, at_once=MOST_AT_ONCE
            ).models
        except ModelLifecycleError:
            # The execution's own error says what is wrong with the input. A project that cannot be listed is not known.
            return ()
    return [model_named(model)[1] for model in models]


def _statuses(
    rows: Iterable[Mapping[str, Any]], list_models: ListModels, locate: Locate
) -> dict[frozenset[tuple[str, str]], str | None]:
    """Return how models are now: one list tells it of all models of a project."""
    of_project: dict[tuple[str, str], tuple[Service, list[Identity]]] = {}
    for row in rows:
        service, named = model_named(row)
        of_project.setdefault((service.name, service.project(named)), (service, []))[1].append(named)
    found: dict[frozenset[tuple[str, str]], str | None] = {}
    for service, identities in of_project.values():
        try:
            project = locate(service, identities[0])[service.project_field.name]
            listed = {key_of(each.identity): each.status for each in list_models(service, project)}
        except ModelNotFoundError:
            listed = {}
        except ModelLifecycleError:
            continue
        # Which version was meant by the newest one is not known here: it may be any that bills.
        bills = any(status and meaning_of(status, service.statuses).may_bill for status in listed.values())
        known = [each for each in identities if not (bills and service.is_open(each))]
        found |= {**dict.fromkeys(map(key_of, known)), **listed}
    return found


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
