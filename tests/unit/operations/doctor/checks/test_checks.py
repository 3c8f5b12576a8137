"""What each check says of what it has read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from model_lifecycle.model.record import ModelRecord
from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.requests.start_request import Request, parse_request
from model_lifecycle.services.lookout_vision import LOOKOUT_VISION
from model_lifecycle.services.rekognition import REKOGNITION
from model_lifecycle.services.service import ModelDescription
from model_lifecycle.vocabulary.errors import (
    AccessDeniedError,
    ModelLifecycleError,
    ModelNotFoundError,
    ServiceRefusedError,
    ServiceUnavailableError,
    ServiceUnreachableError,
)
from model_lifecycle.vocabulary.home import Home
from operations.doctor.changes import Changes, Replaced, changes_between
from operations.doctor.checks import (
    account,
    alarms,
    bootstrap,
    budget,
    dead_letters,
    fleets,
    models,
    quotas,
    ready_by,
    schedules,
    stack,
)
from operations.doctor.checks.subscriptions import answers as of_subscribers
from operations.doctor.finding import Answer, Level
from operations.redrive.letter import Letter, Read
from operations.subscribers import Subscriber
from plan.plan_warning import Kind, PlanWarning
from plan.quota import Quotas
from settings.settings import Settings
from tests.unit.operations.status.seeing import BUDGET, fleet
from tests.unit.plan.planned import lookout, pair, plan_of, rekognition, single

OK, WARNING, ERROR = Level
NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
TOPIC = "arn:aws:sns:us-east-1:123456789012:told"
PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/boards/1767603600000"


def told(answers: Sequence[Answer] | Answer) -> list[tuple[Level, str]]:
    """How bad each answer is, and what it says; what is not well says what to do."""
    found = [answers] if isinstance(answers, Answer) else list(answers)
    assert all(bool(answer.mend) is (answer.level is not OK) for answer in found)
    return [(answer.level, answer.says) for answer in found]


def gone(error: ModelLifecycleError | None = None) -> ModelLifecycleError:
    """Return what an ended service leaves."""
    error = error or ServiceUnreachableError("No such host.")
    error.perhaps_gone = True
    return error


def request(**given: Any) -> Request:
    """Return a start of a model of the project `boards`."""
    return parse_request(
        rekognition("boards", **given), defaults=Defaults(start_timeout_seconds=1, stop_timeout_seconds=1), home=None
    )


def described(status: str, message: str = "") -> ModelDescription:
    """Return what a service says of a model."""
    return ModelDescription(status=status, status_message=message, min_inference_units=None, max_inference_units=None)


def test_who_calls_is_said_and_what_of_the_settings_is_elsewhere() -> None:
    settings = Settings.from_context({"project_arns": [PROJECT]})

    assert told(list(account.answers("123456789012", "arn:me", "us-east-1", settings))) == [
        (OK, "account 123456789012, Region us-east-1, as arn:me")
    ]
    [_, elsewhere] = account.answers("210987654321", "arn:me", "us-east-1", settings)
    assert elsewhere.level is ERROR
    assert "project_arns[0] must be of the account and Region of the deploy" in elsewhere.says


@pytest.mark.parametrize(
    ("version", "level", "says"),
    [
        ("6", OK, "version 6; a deploy needs 6"),
        ("30", OK, "version 30; a deploy needs 6"),
        ("5", ERROR, "the bootstrap stack has version 5; a deploy needs 6"),
        ("?", ERROR, "the bootstrap stack has version ?; a deploy needs 6"),
        (None, ERROR, "the Region us-east-1 is not prepared for deploys of the CDK"),
    ],
)
def test_a_bootstrap_is_judged_by_its_version(version: str | None, level: Level, says: str) -> None:
    assert told(bootstrap.answer(version, "us-east-1")) == [(level, says)]


@pytest.mark.parametrize(
    ("found", "level", "part"),
    [
        (1, OK, "answers in us-east-1, with 1 project"),
        (gone(), ERROR, "is not there in us-east-1: No such host."),
        (ServiceUnavailableError("Busy.", perhaps_done=False), WARNING, "could not be asked in us-east-1: Busy."),
        (AccessDeniedError("No."), WARNING, "could not be asked: No."),
        (gone(AccessDeniedError("It ended.")), ERROR, "is not there in us-east-1: It ended."),
        (
            gone(AccessDeniedError("X is not authorized to perform: y.")),
            WARNING,
            "could not be asked: X is not authorized to perform: y.",
        ),
        (ServiceRefusedError("Unknown operation."), ERROR, "does not work in us-east-1: Unknown operation."),
    ],
)
def test_a_service_is_alive_gone_busy_or_denied(found: int | ModelLifecycleError, level: Level, part: str) -> None:
    [(judged, says)] = told(models.of_service(LOOKOUT_VISION, found, "us-east-1"))

    assert judged is level
    assert says == f"Amazon Lookout for Vision {part}"


def test_the_services_are_those_that_the_settings_watch_or_name() -> None:
    named = [pair(model=lookout("boards"))]

    assert models.used_services(Settings.from_context({})) == [REKOGNITION]
    assert models.used_services(Settings.from_context({"schedules": named})) == [REKOGNITION, LOOKOUT_VISION]


@pytest.mark.parametrize(
    ("found", "level", "part"),
    [
        (2, OK, "has 2 models"),
        (0, WARNING, "has no model"),
        (ModelNotFoundError("None."), ERROR, "does not exist"),
        (AccessDeniedError("No."), WARNING, "could not be looked at: No."),
    ],
)
def test_a_project_has_models_or_not(found: int | ModelLifecycleError, level: Level, part: str) -> None:
    assert told(models.of_project(PROJECT, found)) == [(level, f"project {PROJECT} {part}")]


@pytest.mark.parametrize(
    ("found", "level", "says"),
    [
        (described("STOPPED"), OK, "can be started (STOPPED)"),
        (described("TRAINING_COMPLETED"), OK, "can be started (TRAINING_COMPLETED)"),
        (described("RUNNING"), OK, "is running (RUNNING)"),
        (described("STOPPING"), OK, "can be started (STOPPING)"),
        (described("TRAINING_IN_PROGRESS"), WARNING, "cannot be started yet (TRAINING_IN_PROGRESS)"),
        (described("FAILED", "Broken."), WARNING, 'may not start (FAILED: "Broken.")'),
        (described("DELETING"), ERROR, "can never be started (DELETING)"),
        (described("NEVER_HEARD_OF"), ERROR, "can never be started (NEVER_HEARD_OF)"),
        (ModelNotFoundError("None."), ERROR, "does not exist"),
        (ServiceUnavailableError("Busy.", perhaps_done=False), WARNING, "could not be looked at: Busy."),
    ],
)
def test_a_model_can_be_started_or_not(found: ModelDescription | ModelLifecycleError, level: Level, says: str) -> None:
    answer = models.of_model(request(), found, ["weekdays", "nights"], [])

    assert told(answer) == [(level, f"model boards/v1 {says}")]
    if isinstance(found, ModelNotFoundError):
        assert answer.mend == "Correct the schedule weekdays, nights."


def test_a_model_that_the_functions_may_not_touch_is_an_error() -> None:
    other = PROJECT.replace("boards", "other")
    of_lookout = "arn:aws:lookoutvision:us-east-1:123456789012:project/boards"

    assert told(models.of_model(request(), described("STOPPED"), ["w"], [PROJECT]))[0][0] is OK
    for arns in ([other], [of_lookout]):
        assert told(models.of_model(request(), described("STOPPED"), ["w"], arns)) == [
            (ERROR, "model boards/v1 is not of a project in project_arns")
        ]
    [elsewhere] = models.of_home({"weekdays": request()}, Home("aws", "eu-west-1", "123456789012"))
    assert elsewhere.says.startswith("schedule weekdays: ProjectVersionArn must be of account 123456789012")
    assert list(models.of_home({"weekdays": request()}, Home("aws", "us-east-1", "123456789012"))) == []


def test_quotas_are_told_with_the_starts_that_they_hold_up_and_no_other_warning() -> None:
    three = plan_of(
        *(pair(name, model=rekognition(name, MinInferenceUnits=6)) for name in "abc"), single("u", "rate(1 day)")
    )

    by_default = list(quotas.answers(three, {"Rekognition": Quotas()}))
    enough = list(quotas.answers(three, {"Rekognition": Quotas(running_models=3, inference_units=6, known=True)}))
    known = list(quotas.answers(three, {"Rekognition": Quotas(running_models=1, inference_units=6, known=True)}))

    assert told(enough) == [(OK, "3 running Rekognition models, 6 inference units each")]
    assert by_default[0].says.endswith("5 inference units each (AWS's defaults: Service Quotas does not say)")
    assert [answer.level for answer in by_default] == [OK, WARNING, WARNING, WARNING, WARNING]
    assert all("this account may run 1 Rekognition models" in answer.says for answer in known[1:])
    assert known[1].mend == "Start it at another time, or request a higher quota in Service Quotas."


def test_a_fleet_is_told_with_whether_all_its_models_may_run_at_once() -> None:
    fleet_of_twelve = "a fleet of 12 models is being started (execution start-models/morning)"
    models = {"of_service": {"Rekognition": 2, "LookoutVision": 10}}

    enough = list(fleets.answers([fleet()], {"Rekognition": Quotas(running_models=12)}))
    mixed = list(fleets.answers([fleet(**models)], {"Rekognition": Quotas(), "LookoutVision": Quotas(known=True)}))

    assert told(enough) == [(OK, fleet_of_twelve)]
    [(level, says)] = told(mixed)
    assert level is WARNING
    assert says.startswith(f"{fleet_of_twelve}, but this account may run 2 LookoutVision models: the others wait until")


def test_schedules_are_told_by_what_the_plan_warns_of() -> None:
    quiet = plan_of(*(pair(name, model=rekognition(name)) for name in "abc"))
    unending = plan_of(single("on", "cron(0 7 ? * MON *)", time_zone="UTC", input=rekognition("a")))

    assert told(list(schedules.answers(quiet, number=3))) == [(OK, "3 schedules in the settings, without a warning")]
    assert {answer.level for answer in schedules.answers(unending, number=1)} == {WARNING}
    plain = PlanWarning(kind=Kind.NEVER_FIRES, message="it never fires", schedules=("on",), models=(), times=2)
    assert schedules.of_warning(plain, "") == Answer(WARNING, "it never fires (2 times in 14 days)", "See `make plan`.")
    assert told(list(schedules.of_states({"a": "ENABLED", "b": "DISABLED"}))) == [
        (WARNING, "b is disabled, so it starts nothing")
    ]
    assert told(list(schedules.of_states({"a": "ENABLED"}))) == [(OK, "1 deployed schedule or rule is enabled")]


def test_subscriptions_are_confirmed_pending_or_missing() -> None:
    confirmed = Subscriber("email", "One@example.com", f"{TOPIC}:1")
    pending = Subscriber("email", "two@example.com", "PendingConfirmation")
    deleted = Subscriber("email", "three@example.com", "Deleted")

    found = of_subscribers(
        TOPIC,
        [confirmed, pending, deleted],
        emails=["one@example.com", "two@example.com", "three@example.com"],
    )

    assert told(list(found)) == [
        (WARNING, "two@example.com has not confirmed the subscription to told: it hears nothing"),
        (WARNING, "three@example.com of the settings is not subscribed to told"),
        (OK, "told has 1 confirmed subscription"),
    ]
    assert told(list(of_subscribers(TOPIC, [pending], emails=[]))) == [
        (WARNING, "two@example.com has not confirmed the subscription to told: it hears nothing"),
        (ERROR, "nobody hears what told says: it has no confirmed subscription"),
    ]


def test_alarms_are_quiet_loud_blind_silenced_or_gone() -> None:
    def alarm(name: str, state: str, minutes: int, **more: Any) -> dict[str, Any]:
        since = NOW - timedelta(minutes=minutes)
        return {"AlarmName": name, "StateValue": state, "StateUpdatedTimestamp": since, "ActionsEnabled": True, **more}

    found = [
        alarm("a", "OK", 500),
        alarm("b", "ALARM", 125, AlarmDescription="Put it back."),
        alarm("c", "INSUFFICIENT_DATA", 59),
        alarm("d", "INSUFFICIENT_DATA", 61),
        alarm("e", "OK", 1, ActionsEnabled=False),
        alarm("g", "OK", 1, AlarmActions=[]),
    ]

    answers = list(alarms.answers({name: name.upper() for name in "abcdegf"}, found, now=NOW))

    assert told(answers) == [
        (ERROR, "B has been in ALARM for 2 h 5 min"),
        (WARNING, "D has had INSUFFICIENT_DATA for 1 h 1 min"),
        (WARNING, "E tells nobody: its actions are disabled"),
        (ERROR, "F does not exist any more"),
        (WARNING, "1 alarm tells nobody"),
        (OK, "2 of 7 alarms are quiet"),
    ]
    assert answers[0].mend == "Put it back."


def test_dead_letters_are_told_one_by_one_and_a_lost_stop_is_the_worst() -> None:
    def lying(queue: str, number: int) -> list[Read]:
        letter = Letter(id="l", queue=queue, body="{}", attributes={}, sent_at=NOW)
        read = Read(letter=letter, about="a stop", why="denied", asked_at=NOW - timedelta(hours=2))
        return [replace(read, about=f"a stop {place}") for place in range(number)]

    found = list(dead_letters.answers([*lying("UndeliveredStops", 1), *lying("Other", 12)], {}, queues=2, now=NOW))

    assert told(found)[:2] == [
        (ERROR, "UndeliveredStops: a stop 0, 2 h ago (denied)"),
        (WARNING, "Other: a stop 0, 2 h ago (denied)"),
    ]
    assert (len(found), told(found)[-1]) == (12, (WARNING, "Other: 2 messages more"))
    assert found[0].mend == "Run `make redrive QUEUE=UndeliveredStops`."
    [old] = lying("Other", 1)
    letter = replace(old.letter, sent_at=NOW - timedelta(days=11), received=3)
    [answer] = dead_letters.answers([replace(old, letter=letter)], {}, queues=2, now=NOW, stage="team-a")
    assert answer.level == ERROR
    assert answer.mend == (
        "SQS deletes it in 3 days. The alarm on its age leaves it out, since it was read so often. "
        'Run `make redrive QUEUE=Other ARGS="-c stage=team-a"`.'
    )
    assert told(list(dead_letters.answers([], {}, queues=2, now=NOW))) == [(OK, "nothing lies in 2 queues")]
    [(level, says)] = told(list(dead_letters.answers([], {"Other": 2}, queues=2, now=NOW)))
    assert (level, says.partition(":")[0]) == (WARNING, "Other")


@pytest.mark.parametrize(
    ("status", "level"),
    [
        ("CREATE_COMPLETE", OK),
        ("UPDATE_COMPLETE", OK),
        ("UPDATE_ROLLBACK_COMPLETE", WARNING),
        ("UPDATE_IN_PROGRESS", WARNING),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", WARNING),
        ("ROLLBACK_COMPLETE", ERROR),
        ("UPDATE_ROLLBACK_FAILED", ERROR),
        ("DELETE_FAILED", ERROR),
    ],
)
def test_a_stack_is_whole_or_not_by_its_status(status: str, level: Level) -> None:
    [(judged, says)] = told(stack.state(status, "ModelLifecycle", ""))

    assert (judged, status in says) == (level, True)


@pytest.mark.parametrize("status", ["DELETE_FAILED", "ROLLBACK_FAILED", "ROLLBACK_COMPLETE", "CREATE_FAILED"])
def test_a_stack_that_can_only_be_removed_is_to_be_removed(status: str) -> None:
    assert "make destroy" in stack.state(status, "ModelLifecycle", "").mend


def resource(kind: str, name: str, **more: Any) -> dict[str, Any]:
    """Return a resource at a place in the tree."""
    return {"Type": kind, "Metadata": {"aws:cdk:path": f"Stack/{name}/Resource"}, "Properties": {}, **more}


def test_what_a_deploy_would_do_is_told_with_what_is_lost_by_it() -> None:
    retained = resource("AWS::Lambda::Version", "Old", DeletionPolicy="Retain")
    deployed = {"Resources": {"A": resource("AWS::DynamoDB::Table", "Told"), "B": retained, "C": resource("X", "C")}}
    wanted = {"Resources": {"C": resource("Y", "C"), **{f"D{n}": resource("X", f"D{n}") for n in range(7)}}}
    changes = changes_between(deployed, wanted)
    everything = (changes, deployed, wanted)

    would = "what is deployed is not this checkout: a deploy would"
    added = "add 7 (D0, D1, D2, D3, D4, 2 more) and remove 1 (Told)"
    assert told(stack.of_changes(replace(changes, retyped=[]), deployed, wanted, "")) == [(WARNING, f"{would} {added}")]
    assert told(stack.of_changes(*everything, "")) == [(WARNING, f"{would} be refused")]
    assert told(list(stack.of_removals(changes, deployed))) == [
        (WARNING, "a deploy would remove Told: its records are lost")
    ]
    assert told(list(stack.of_retyped(*everything))) == [(ERROR, "a deploy would be refused: C changes its type")]
    none = Changes(added=[], changed=[], removed=[], retyped=[])
    assert told(stack.of_changes(none, deployed, deployed, "")) == [
        (OK, "what is deployed is what this checkout deploys with these settings")
    ]
    replaced = [Replaced(logical_id="A", because="TableName"), Replaced(logical_id="C", because="Name")]
    assert told(list(stack.of_replacements(replaced, deployed, deployed))) == [
        (WARNING, "a deploy would replace Told, since its TableName changes: its records are lost"),
        (WARNING, "a deploy would replace C, since its Name changes"),
    ]


@pytest.mark.parametrize(
    ("spent", "level", "says"),
    [
        (
            79.0,
            OK,
            "79.00 USD of the budget of 100.00 USD a day for the project parts is spent, and it begins anew on",
        ),
        (80.0, WARNING, "is spent, and it begins anew only on Tue 6 Jan at 00:00 CET"),
        (100.0, WARNING, "is spent: starts are refused until Tue 6 Jan at 00:00 CET"),
    ],
)
def test_a_budget_has_room_or_not(spent: float, level: Level, says: str) -> None:
    [(found, said)] = told(list(budget.answers([replace(BUDGET, spent_usd=spent)], ZoneInfo("Europe/Berlin"))))

    assert (found, says in said) == (level, True), said


def test_schedules_that_cost_more_than_the_budget_are_told() -> None:
    settings = Settings.from_context(
        {"schedules": [pair()], "watched_services": "Rekognition,LookoutVision", "budget_usd": 440}
    )

    [(level, said), *_] = told(list(schedules.look_at_settings(settings, now=NOW)))

    assert level is WARNING
    assert "the budget of 440.00 USD a month will be spent on" in said


@pytest.mark.parametrize(
    ("known", "level", "says"),
    [
        ((), Level.OK, "requests its start 25 min before its ready_by: fewer than three starts of its model are known"),
        ((540, 600, 720), Level.OK, "requests its start 12 min before its ready_by: the starts of its model take 9 to"),
        ((5_000,) * 3, Level.WARNING, "1 h before its ready_by at most, but the starts of its model take about 83 min"),
    ],
)
def test_a_schedule_says_how_early_it_asks_and_whether_that_is_early_enough(
    known: tuple[int, ...], level: Level, says: str
) -> None:
    rest = {name: value for name, value in pair().items() if name != "start"}
    settings = Settings.from_context({"schedules": [{**rest, "ready_by": "cron(0 9 * * ? *)"}]})
    executions = [each for each in settings.schedules[0].executions if each.ready]
    records = {"LookoutVision boards 1": ModelRecord(start_seconds=known)}

    [(found, said)] = told(list(ready_by.answers(executions, records, unless_known=1_500)))

    assert found is level
    assert says in said
