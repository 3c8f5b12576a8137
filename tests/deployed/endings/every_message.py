"""Every kind of message, produced in one stretch of virtual time, for docs/messages.md.

`python -m tests.deployed.endings.every_message` writes the page again.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from moto.sns.models import sns_backends

from local.clock.clock import VirtualClock
from local.commands.cdk import ROOT, deploy
from local.server import LocalAws
from model_lifecycle.endings.money import Money
from model_lifecycle.model.usage import Run
from model_lifecycle.vocabulary.codec import read_json
from model_lifecycle.vocabulary.instant import to_instant
from model_lifecycle.vocabulary.wording import when
from tests.deployed.endings.budget_messages import HEADING as BUDGET
from tests.deployed.endings.budget_messages import budget_messages
from tests.deployed.lifecycle import ACCOUNT, SECONDS_OF_PATIENCE, Lifecycle
from tests.worlds import MONDAY

PAGE = ROOT / "docs" / "messages.md"
A_MOMENT, MINUTE, HOUR = 1, 60, 3_600
"""One life comes a moment after another, so that few function instances do for all, and none waits for its turn."""
PRICE = 4.0
_WHIM = {"error": "Cancelled", "cause": "The order was cancelled"}
SELDOM = {"PollIntervalSeconds": MINUTE}
_WHEN = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d+ \w{3} \d{4} at \d\d:\d\d(?::\d\d)?) UTC")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z")
_RANDOM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BY_MONTH_S_END = re.compile(r"[\d,.]+ USD by the end of the month")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of message, and the life of a model that is there for it alone.

    `before`: the input of a start five minutes earlier. `fields`: that of the start, or of the stop, that is shown;
    None where the watch alone tells something. `then`: what somebody does a minute later. `shows`: the outcome of the
    message; an execution may have two. `cut`: after how many seconds Step Functions itself ends the execution.
    `remembers`: how many seconds each of its last starts took. `turn`: after whom it begins; those in line for a place
    come last, one after the other. `ready_in`: in how many seconds the model is to be running.
    """

    title: str
    how: str
    project: str
    shows: str
    lookout: bool = False
    script: Mapping[str, Any] | None = field(default_factory=dict)
    faults: Sequence[Mapping[str, Any]] = ()
    remembers: Sequence[int] = ()
    ready_in: int | None = None
    before: Mapping[str, Any] | None = None
    fields: Mapping[str, Any] | None = field(default_factory=dict)
    stops: bool = False
    then: str = ""
    cut: int = 0
    turn: int = 0

    @property
    def model(self) -> dict[str, str]:
        if self.lookout:
            return {"ProjectName": self.project, "ModelVersion": "1"}
        arn = f"arn:aws:rekognition:us-east-1:{ACCOUNT}:project/{self.project}/version/v1/1767603600000"
        return {"ProjectVersionArn": arn}


@dataclass(frozen=True)
class Told:
    """A message as it was published."""

    subject: str
    document: Mapping[str, Any]
    text: str


KINDS: Mapping[str, Sequence[Kind]] = {
    "A model is running": [
        Kind(
            title="Started",
            how="A start asked for the model.",
            project="cameras",
            shows="Running",
            script={"StartSeconds": 155},
            remembers=(130, 150, 250),
        ),
        Kind(
            title="Started with a lease",
            how="The start has `StopAfterSeconds`.",
            project="boards",
            lookout=True,
            shows="Running",
            script={"StartSeconds": 155},
            fields={"StopAfterSeconds": 2 * HOUR},
        ),
        Kind(
            title="Ready by a time",
            how="The start has `ReadyBy`. The model's last starts took up to four minutes.",
            project="shutters",
            shows="Running",
            script={"StartSeconds": 155},
            remembers=(130, 150, 230),
            ready_in=10 * MINUTE,
        ),
        Kind(
            title="Joined",
            how="Someone else's start of the same model was already under way.",
            project="bolts",
            lookout=True,
            shows="Running",
            script={"StartSeconds": 400},
            before={},
        ),
        Kind(
            title="Already running, with other units",
            how="The start asks for two inference units, and the model was already running with three to five.",
            project="parts",
            shows="Running",
            script={"Status": "RUNNING", "MinInferenceUnits": 3, "MaxInferenceUnits": 5},
            fields={"MinInferenceUnits": 2},
        ),
        Kind(
            title="Lease moved",
            how="A start with a lease of three hours found the model running with one that ends earlier.",
            project="washers",
            shows="LeaseMoved",
            before={"StopAfterSeconds": HOUR},
            fields={"StopAfterSeconds": 3 * HOUR},
        ),
        Kind(
            title="Lease not moved",
            how="A start with a lease of one hour found the model running with one that ends later.",
            project="nails",
            lookout=True,
            shows="Running",
            before={"StopAfterSeconds": 4 * HOUR},
            fields={"StopAfterSeconds": HOUR},
        ),
        Kind(
            title="No lease for a model that runs without one",
            how="A start with a lease found a model that someone had started without one.",
            project="screws",
            lookout=True,
            shows="Running",
            script={"Status": "HOSTED"},
            fields={"StopAfterSeconds": HOUR},
        ),
        Kind(
            title="Started after it had waited for a place",
            how="The account's quota was full, and two starts had asked before this one.",
            project="clips",
            shows="Running",
            turn=3,
        ),
    ],
    "A start waits": [
        Kind(
            title="The quota is full",
            how="As many models run as the account may run. This is said once, and the start goes on.",
            project="rivets",
            shows="Waiting",
            faults=[{"Operation": "StartProjectVersion", "Error": "LimitExceededException", "Times": 3}],
            turn=1,
        ),
        Kind(
            title="Others asked first",
            how="Another start was already waiting for a place.",
            project="pins",
            shows="Waiting",
            turn=2,
        ),
    ],
    "A start takes long": [
        Kind(
            title="Longer than any before",
            how="The last starts of the model took 9 to 12 minutes. This is said once, and the start goes on.",
            project="lamps",
            shows="StillStarting",
            script={"StartSeconds": 25 * MINUTE},
            remembers=(540, 600, 720),
            fields={"StopAfterSeconds": HOUR},
        ),
    ],
    "A model is stopped": [
        Kind(
            title="Stopped by someone",
            how="A person started `stop-model` with a reason.",
            project="gears",
            shows="Stopped",
            before={"MinInferenceUnits": 2},
            fields={"Reason": "The night shift is over"},
            stops=True,
        ),
        Kind(
            title="Stopped when its lease ended",
            how="Nobody did anything: the schedule of the lease started `stop-model`.",
            project="boards",
            lookout=True,
            shows="Stopped",
            script=None,
            fields=None,
        ),
        Kind(
            title="Nothing to stop",
            how="The model was not running.",
            project="locks",
            lookout=True,
            shows="Stopped",
            stops=True,
        ),
        Kind(
            title="Left running",
            how="While the stop waited for the model to come up, someone started it again.",
            project="springs",
            shows="Stopped",
            script={"Status": "STARTING", "StartSeconds": 440},
            stops=True,
            then="start",
        ),
    ],
    "A start did not succeed": [
        Kind(
            title="Invalid input",
            how="The input names a model, which is running.",
            project="pumps",
            shows="Failed",
            script={"Status": "RUNNING"},
            fields={"MinInferenceUnits": 0, "Wait": 1},
        ),
        Kind(
            title="Invalid input that names no model",
            how="A field is missing.",
            project="valves",
            lookout=True,
            shows="Failed",
            fields={"ModelVersion": None},
        ),
        Kind(title="No such model", how="The model was deleted.", project="ghosts", shows="Failed", script=None),
        Kind(
            title="Access denied",
            how="The functions may not start the model.",
            project="doors",
            shows="Failed",
            faults=[{"Operation": "StartProjectVersion", "Error": "AccessDeniedException"}],
        ),
        Kind(
            title="The quota stayed full",
            how="No place became free before the deadline.",
            project="tiles",
            lookout=True,
            shows="Failed",
            faults=[{"Operation": "StartModel", "Error": "ServiceQuotaExceededException"}],
            fields={"StartTimeoutSeconds": 10 * MINUTE},
            turn=4,
        ),
        Kind(
            title="The model failed",
            how="The service could not start it.",
            project="pipes",
            lookout=True,
            shows="Failed",
            script={"StartEndsIn": "HOSTING_FAILED"},
        ),
        Kind(
            title="Timed out, and being cleaned up",
            how="The model was not running by the deadline. The app stops what it started.",
            project="wheels",
            shows="TimedOut",
            script={"StartSeconds": 20 * MINUTE},
            fields={"StartTimeoutSeconds": 10 * MINUTE},
        ),
        Kind(
            title="Timed out, and not cleaned up",
            how="The same, but `stop-model` could not be started.",
            project="axles",
            lookout=True,
            shows="TimedOut",
            script={"StartSeconds": 20 * MINUTE},
            faults=[{"Operation": "StartExecution", "Error": "StateMachineDoesNotExist", "After": 1}],
            fields={"StartTimeoutSeconds": 10 * MINUTE},
        ),
        Kind(
            title="The lease ended first",
            how="The service refused the start until the lease was over.",
            project="hinges",
            lookout=True,
            shows="Failed",
            faults=[{"Operation": "StartModel", "Error": "ThrottlingException"}],
            fields={"StopAfterSeconds": 2 * MINUTE},
        ),
        Kind(
            title="A stop came first",
            how="The start was waiting for a busy service when someone stopped the model.",
            project="hooks",
            shows="Failed",
            faults=[{"Operation": "StartProjectVersion", "Error": "ThrottlingException", "Times": 10}],
            then="stop",
        ),
        Kind(
            title="The stop could not be scheduled",
            how="Without a stop at the end of its lease, no model is started.",
            project="chains",
            shows="Failed",
            faults=[{"Operation": "CreateSchedule", "Error": "AccessDeniedException"}],
            fields={"StopAfterSeconds": HOUR},
        ),
        Kind(
            title="A function failed",
            how="A Lambda function died after it had asked for the start.",
            project="belts",
            shows="Failed",
            script={"StartSeconds": 20 * MINUTE},
            faults=[
                {"Operation": "StartProjectVersion", "Effect": "KillAfter", "Times": 1},
                {"Operation": "GetItem", "Effect": "KillBefore", "After": 1, "Caller": "StartModel"},
            ],
        ),
        Kind(
            title="Aborted",
            how="Someone stopped the execution in the console.",
            project="ropes",
            shows="Aborted",
            script={"StartSeconds": 20 * MINUTE},
            then="abort",
        ),
        Kind(
            title="Ended by Step Functions",
            how="No function could end the execution within 25 hours, so Step Functions did.",
            project="cogs",
            shows="TimedOut",
            script={"StartSeconds": 20 * MINUTE},
            cut=5 * MINUTE,
        ),
        Kind(
            title="Aborted, and being cleaned up",
            how="The same, with the setting `stop_aborted_starts`.",
            project="cables",
            shows="Aborted",
            script={"StartSeconds": 20 * MINUTE},
            then="abort with clean-up",
        ),
    ],
    "A model is still billing": [
        Kind(
            title="A stop that takes too long",
            how="The model was not stopped by the deadline.",
            project="seals",
            lookout=True,
            shows="StillBilling",
            script={"StopSeconds": 20 * MINUTE},
            before={},
            fields={"StopTimeoutSeconds": 10 * MINUTE},
            stops=True,
        ),
        Kind(
            title="A stop that was refused",
            how="The functions may not stop the model.",
            project="bearings",
            shows="StillBilling",
            before={},
            faults=[{"Operation": "StopProjectVersion", "Error": "AccessDeniedException"}],
            stops=True,
        ),
        Kind(
            title="A stop that was aborted",
            how="Someone stopped the execution of `stop-model` in the console.",
            project="cranks",
            shows="Aborted",
            script={"StopSeconds": 20 * MINUTE},
            before={},
            stops=True,
            then="abort",
        ),
        Kind(
            title="Found by the watch",
            how="Someone started the model by hand, and forgot it.",
            project="tanks",
            shows="StillBilling",
            script={"Status": "RUNNING", "RunningForSeconds": 30 * HOUR, "MinInferenceUnits": 2},
            fields=None,
        ),
    ],
    "What is not there": [
        Kind(
            title="A start at a service that is gone",
            how="AWS ended the service.",
            project="gaskets",
            lookout=True,
            shows="Failed",
        ),
        Kind(
            title="A service that is not watched",
            how="The setting `watched_services` names it.",
            project="Amazon Lookout",
            lookout=True,
            shows="NotWatched",
            fields=None,
        ),
        Kind(
            title="Projects that are not watched",
            how="The setting `project_arns` names a project of another account or Region.",
            project="project_arns",
            shows="NotWatched",
            fields=None,
        ),
    ],
}
_GONE = KINDS["What is not there"]
_ELSEWHERE = "arn:aws:rekognition:eu-west-1:210987654321:project/parts/1767000000000"
_LIVING = [kind for kinds in KINDS.values() if kinds is not _GONE for kind in kinds]


def tell_everything(lifecycle: Lifecycle) -> Iterator[tuple[str, Kind, Told]]:
    """Live every kind, and give each message under its headings; its moments are those of a Monday morning."""
    _wait_for_a_full_hour(lifecycle)
    topic = sns_backends[ACCOUNT]["us-east-1"].topics[lifecycle.outputs["NotificationTopicArn"]]
    told_before, began = len(topic.sent_notifications), lifecycle.clock.now()
    models = [{**kind.model, "StartSeconds": 155, **kind.script} for kind in _LIVING if kind.script is not None]
    lifecycle.given(*models)
    for kind in _LIVING:
        lifecycle.remember(kind.model, *kind.remembers)
    with lifecycle.clock.running():
        for kind in _LIVING:
            if kind.before is not None:
                lifecycle.start({**kind.model, **SELDOM, **kind.before}, name=f"{kind.project}-before")
                lifecycle.clock.wait(A_MOMENT)
        lifecycle.clock.wait(5 * MINUTE)
        lifecycle.given_faults(*({**fault, "Model": kind.project} for kind in _LIVING for fault in kind.faults))
        in_turn = sorted(_LIVING, key=lambda kind: kind.turn)
        arns = {kind.title: _begin(lifecycle, kind) for kind in in_turn if kind.fields is not None}
        lifecycle.clock.wait(MINUTE)
        _go_on(lifecycle, arns)
        lifecycle.clock.wait(3 * HOUR - MINUTE)
        lifecycle.given(LookoutVisionEnd="NoSuchHost")
        arns |= {kind.title: _begin(lifecycle, kind) for kind in _GONE if kind.fields is not None}
        lifecycle.clock.wait(HOUR)
        with _configured(lifecycle, "WatchModels", PROJECT_ARNS=_ELSEWHERE):
            lifecycle.clock.wait(HOUR)
    lifecycle.clock.settle(timeout=SECONDS_OF_PATIENCE)
    lifecycle.given()
    told = [_told(*sent) for sent in topic.sent_notifications[told_before:]]
    calendar = Calendar(began)
    for heading, kinds in KINDS.items():
        for kind in kinds:
            [meant] = [message for message in told if _is_meant(message, kind, arns.get(kind.title))]
            yield heading, kind, calendar.on_monday(meant)
    yield from _of_budget()


def _of_budget() -> Iterator[tuple[str, Kind, Told]]:
    for title, how, message in budget_messages():
        shown = Kind(title=title, how=how, project="parts", shows=message.document["Outcome"])
        yield BUDGET, shown, Told(message.subject, message.document, message.text)


def _wait_for_a_full_hour(lifecycle: Lifecycle) -> None:
    """One minute after a look of the watch at a full hour: what a metric's minutes say depends on it."""
    now = lifecycle.clock.now()
    lifecycle.pass_time(HOUR - now.minute * MINUTE - now.second - 1)
    lifecycle.let_the_watch_pass()


def _begin(lifecycle: Lifecycle, kind: Kind) -> str:
    begin = lifecycle.stop if kind.stops else lifecycle.start
    with _ended_after(lifecycle, kind.cut) if kind.cut else nullcontext():
        now = lifecycle.clock.now()
        ready_by = {"ReadyBy": to_instant(now + timedelta(seconds=kind.ready_in))} if kind.ready_in else {}
        arn = begin({**kind.model, **SELDOM, **(kind.fields or {}), **ready_by}, name=kind.project)
    lifecycle.clock.wait(A_MOMENT)
    return arn


def _go_on(lifecycle: Lifecycle, arns: Mapping[str, str]) -> None:
    """Do what somebody does while the executions run, and let a minute pass."""
    for kind in _LIVING:
        if kind.then == "abort":
            lifecycle.abort(arns[kind.title], **_WHIM)
        elif kind.then == "stop":
            lifecycle.stop(kind.model, name=f"{kind.project}-stop")
        elif kind.then == "start":
            lifecycle.start(kind.model, name=f"{kind.project}-again")
    lifecycle.clock.wait(A_MOMENT)
    with _configured(lifecycle, "Notify", STOP_ABORTED_STARTS="true"), _that_may_stop(lifecycle, "Notify"):
        for kind in _LIVING:
            if kind.then == "abort with clean-up":
                lifecycle.abort(arns[kind.title], **_WHIM)
        lifecycle.clock.wait(MINUTE)


@contextmanager
def _ended_after(lifecycle: Lifecycle, seconds: int) -> Iterator[None]:
    """Let Step Functions end executions of start-model that begin in a block after so long."""
    machines, arn = lifecycle.aws.client("stepfunctions"), lifecycle.state_machine_arn
    whole = machines.describe_state_machine(stateMachineArn=arn)["definition"]
    short = json.dumps({**json.loads(whole), "TimeoutSeconds": seconds})
    machines.update_state_machine(stateMachineArn=arn, definition=short)
    yield
    machines.update_state_machine(stateMachineArn=arn, definition=whole)


@contextmanager
def _configured(lifecycle: Lifecycle, function: str, **variables: str) -> Iterator[None]:
    """Give a function other variables for a block, as another setting would."""
    functions = lifecycle.aws.client("lambda")
    [found] = [each for each in functions.list_functions()["Functions"] if function in each["FunctionName"]]
    name, before = found["FunctionName"], found["Environment"]["Variables"]
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": {**before, **variables}})
    yield
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": before})


@contextmanager
def _that_may_stop(lifecycle: Lifecycle, function: str) -> Iterator[None]:
    """Let a function start stop-model for a block, as another setting would."""
    iam = lifecycle.aws.client("iam")
    [role] = [each["RoleName"] for each in iam.list_roles()["Roles"] if f"Functions{function}Role" in each["RoleName"]]
    start = {"Effect": "Allow", "Action": "states:StartExecution", "Resource": lifecycle.stop_machine_arn}
    policy = {"RoleName": role, "PolicyName": "stop-aborted-starts"}
    iam.put_role_policy(**policy, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [start]}))
    yield
    iam.delete_role_policy(**policy)


def _told(_: str, message: str, subject: str | None, *__: object) -> Told:
    written = json.loads(message)
    return Told(subject or "", json.loads(written["default"]), written["email"])


def _is_meant(message: Told, kind: Kind, execution_arn: str | None) -> bool:
    of_kind = message.document["Outcome"] == kind.shows
    if execution_arn is None:
        return of_kind and kind.project in message.subject and ":stop-model:" + kind.project not in message.text
    return of_kind and bool(message.document["ExecutionArn"] == execution_arn)


class Calendar:
    """Moves a message from the day on which it was sent to the same minutes of a Monday."""

    def __init__(self, began: datetime) -> None:
        self._later = began - (MONDAY + timedelta(minutes=1))
        self._names: dict[str, str] = {}

    def on_monday(self, told: Told) -> Told:
        text = _WHEN.sub(lambda found: when(self._moved(_moment(found[1])), UTC), told.text)
        text = _INSTANT.sub(
            lambda found: self._moved(datetime.fromisoformat(found[0])).strftime("%Y-%m-%dT%H:%M:%SZ"), text
        )
        text = _RANDOM.sub(lambda found: self._name(found[0]), text)
        return Told(told.subject, told.document, _BY_MONTH_S_END.sub(lambda _: self._by_month_s_end(told), text))

    def _moved(self, moment: datetime) -> datetime:
        return (moment - self._later).replace(second=0, microsecond=0)

    def _name(self, random: str) -> str:
        return self._names.setdefault(random, f"00000000-0000-4000-8000-{len(self._names) + 1:012}")

    def _by_month_s_end(self, told: Told) -> str:
        ran = read_json(
            Run, told.document["Ran"], until=self._moved(datetime.fromisoformat(told.document["Ran"]["Until"]))
        )
        money = Money(round(told.document["UsdPerHour"] / PRICE), PRICE)
        return f"{money.by_end_of_month(ran, UTC):,.2f} USD by the end of the month"


def _moment(written: str) -> datetime:
    form = "%d %b %Y at %H:%M:%S" if written.count(":") == 2 else "%d %b %Y at %H:%M"
    return datetime.strptime(written, form).replace(tzinfo=UTC)


_INTRODUCTION = """\
# Messages

Every kind of notification, as an e-mail subscriber gets it: the first line is the news, the second what to do.
Programs get the same as JSON, on the topic and as an [event](events.md); [Inputs and outputs](inputs-and-outputs.md)
lists its fields.

These messages were sent in the [local AWS](local-aws.md). All times are moved to the minutes of one Monday. Where AWS
would give a reason, the local one says "The scenario says so." Mail programs turn a name with a dot into a link, so
such a name has brackets: `acme[.]parts`. `.venv/bin/python -m tests.deployed.endings.every_message` writes this page
again, and a test holds that it is current.
"""


def page(messages: Iterator[tuple[str, Kind, Told]]) -> str:
    """Return the page of these messages."""
    parts, last = [_INTRODUCTION], ""
    for heading, kind, told in messages:
        parts += [f"\n## {heading}\n"] if heading != last else []
        parts += [f"\n### {kind.title}\n\n{kind.how}\n\n**{told.subject}**\n\n```text\n{told.text}```\n"]
        last = heading
    return "".join(parts)


def main() -> None:
    """Deploy, live, and write the page."""
    clock = VirtualClock(MONDAY)
    with LocalAws(clock=clock) as aws:
        lifecycle = Lifecycle(aws, clock, deploy(aws, context={"watched_services": "Rekognition,LookoutVision"}))
        Path(PAGE).write_text(page(tell_everything(lifecycle)), encoding="utf-8")


if __name__ == "__main__":
    main()
