"""A story of one model: who wants what of it when, and what goes wrong. Hypothesis makes any of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from local.scenario import words
from local.scenario.words import Words
from model_lifecycle.model.budget import Budget
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.services.lookout_vision import LOOKOUT_VISION
from model_lifecycle.services.registry import service_named
from model_lifecycle.services.rekognition import REKOGNITION
from model_lifecycle.vocabulary.instant import to_instant
from model_lifecycle.vocabulary.phase import Goal
from tests.fakes.given import EXECUTION, PROJECT, STOP_EXECUTION, VERSION, after

UNHEARD_OF = "MIGRATING"
LONGEST_SECONDS = 400
ALWAYS = 1_000_000
NOTHING = ModelRecord()
"""Of a model that no execution has started."""


class Call(Enum):
    """What is asked of the world."""

    DESCRIBE = "describe the model"
    START = "start the model"
    STOP = "stop the model"
    READ = "read the record"
    WRITE = "write the record"
    ARM = "arm a lease's stop"
    DISARM = "disarm a lease's stop"
    MEASURE = "read the metric"
    LIST = "list the models"
    EXECUTE = "start stop-model"
    LOOK_UP = "look up an execution"
    PACE = "reserve a turn"
    COUNT = "read what is spent"
    LINE = "read or write the line of those that wait for a place"
    INVOKE = "invoke a function"
    CLEAN_UP = "start stop-model after a start that gave up"


class Fault(Enum):
    """What befalls a call."""

    THROTTLED = "throttled"
    BROKEN = "not carried out, and no answer"
    ANSWER_LOST = "carried out, and no answer"
    DIES_BEFORE = "the process dies before the call"
    DIES_AFTER = "the process dies after the call"
    DENIED = "denied"
    IN_USE = "in use"
    NOT_FOUND = "not found"
    QUOTA = "quota"
    INVALID = "invalid"
    REFUSED = "refused"


NO_ANSWER = (Fault.THROTTLED, Fault.BROKEN, Fault.ANSWER_LOST)
DEATHS = (Fault.DIES_BEFORE, Fault.DIES_AFTER)
BEFALLS_ALL = (*NO_ANSWER, *DEATHS, Fault.DENIED)
"""What may befall calls of every kind."""


class Hand(Enum):
    """What somebody does without the app, or another execution at a stroke."""

    STARTS = "starts it"
    STOPS = "stops it"
    DISARMS = "deletes every schedule"
    ABORTS_LAST = "aborts the execution that began last"
    ABORTS_FIRST = "aborts the execution that is longest under way"
    ANOTHER_STARTS = "starts it with another execution"
    ANOTHER_WANTS = "wants it, too, with another execution"


@dataclass(frozen=True)
class Begins:
    """An execution begins. Without a `name`, it gets one."""

    at: int
    goal: Goal
    input: Mapping[str, Any]
    name: str = ""


@dataclass(frozen=True)
class Happens:
    """What somebody does, or another status that the model turns to."""

    at: int
    what: Hand | str


@dataclass(frozen=True)
class Befalls:
    """A fault of all calls of a kind in a stretch of time, or of so many of them, from the one numbered `first` on."""

    call: Call
    fault: Fault
    first: int = 0
    times: int = 1
    at: int = 0
    seconds: int = ALWAYS


@dataclass(frozen=True, kw_only=True)
class Story:
    """Moments are seconds from the story's beginning. `status`, `record`: how the model is at first, and what is
    remembered of it. `start_seconds`, `stop_seconds`: how long it takes. `fails`: how many of its starts end in
    failure; the others end in `start_ends_in`. `faults`: the first that befalls a call counts. `watch_at`: when the
    watch looks first; never, if None. `stop_after_hours_unleased`: the setting.
    `budget`: that of the settings. `seconds_a_call`: how long one takes;
    `chance` decides which. `lasts`: until when the story is told.
    """

    service: str
    status: str
    start_seconds: int
    stop_seconds: int
    acts: tuple[Begins | Happens, ...]
    start_ends_in: str
    fails: int = 0
    faults: tuple[Befalls, ...] = ()
    record: ModelRecord = NOTHING
    watch_at: int | None = None
    stop_after_hours_unleased: int | None = None
    budget: Budget | None = None
    seconds_a_call: tuple[float, ...] = (0,)
    chance: int = 0
    lasts: timedelta = timedelta(hours=2)

    @property
    def words(self) -> Words:
        """What the service calls its statuses."""
        return WORDS[self.service]

    @property
    def keeps_tokens(self) -> bool:
        """Whether start calls with the same client token are one start."""
        return bool(service_named(self.service).start_options)

    @property
    def begins(self) -> list[Begins]:
        """The executions that somebody starts."""
        return [act for act in self.acts if isinstance(act, Begins)]

    @property
    def happenings(self) -> list[Happens]:
        """What happens besides."""
        return [act for act in self.acts if isinstance(act, Happens)]

    @property
    def befallen(self) -> set[Call]:
        """The calls of which something goes wrong with any."""
        return {befalls.call for befalls in self.faults}

    def only_delayed(self, **fields: Any) -> "Story":
        """Return it with these fields in the input, where no call fails for good or is carried out unheard."""
        looks = (Call.DESCRIBE, Call.READ)
        once = [befalls for befalls in self.faults if befalls.times == 1]
        harmless = [befalls if befalls.call in looks else replace(befalls, fault=Fault.THROTTLED) for befalls in once]
        begins = replace(self.begins[0], input={**self.begins[0].input, **fields})
        return replace(self, acts=(begins,), faults=tuple(harmless))

    @property
    def undisturbed(self) -> bool:
        """Nothing goes wrong, nobody is in the way of the app, no lease ends as its start begins, and no stop gives up
        while it waits for the start.
        """
        short = any(act.input.get("StopAfterSeconds", _LONG_ENOUGH) < _LONG_ENOUGH for act in self.begins)
        return not self.faults and not self.happenings and not short and self.start_seconds < _STOP_TIMEOUT


WORDS = {REKOGNITION.name: words.REKOGNITION, LOOKOUT_VISION.name: words.LOOKOUT}
IDENTITIES: Mapping[str, Mapping[str, str]] = {
    REKOGNITION.name: {"ProjectVersionArn": VERSION},
    LOOKOUT_VISION.name: {"ProjectName": "boards", "ModelVersion": "1"},
}
_OPTIONS: Mapping[str, dict[str, Any]] = {
    REKOGNITION.name: {"ProjectArn": PROJECT},
    LOOKOUT_VISION.name: {"ClientToken": "morning"},
}
RUN_BY_EXECUTION = ModelRecord(
    version=1,
    latest_start=EXECUTION,
    wanted_at=after(-3_600),
    asked_by=EXECUTION,
    asked_at=after(-3_599),
    ran_at=after(-3_000),
    min_inference_units=2,
    lease_ends_at=after(-20),
    leased_by=EXECUTION,
)
"""Of a model that an execution started an hour ago, and whose lease is over."""
QUICK = ModelRecord(start_seconds=(20, 25, 30))
"""Of one whose starts were quick."""

_SECONDS = st.integers(0, 40) | st.integers(0, LONGEST_SECONDS)
_TIMEOUTS = st.integers(1, LONGEST_SECONDS) | st.just(3 * LONGEST_SECONDS)
_POLLS = st.none() | st.integers(5, 3_600)
_READY = st.none() | st.none() | st.none() | st.integers(-60, LONGEST_SECONDS).map(after).map(to_instant)
_OF_THE_VISION_SERVICE = (Call.DESCRIBE, Call.START, Call.STOP)


@st.composite
def start_inputs(draw: st.DrawFn, service: str) -> dict[str, Any]:
    """Return a valid input for the one model of a service; `null` is as good as left out."""
    low = draw(st.none() | st.integers(1, 5))
    fields = {
        "MinInferenceUnits": low,
        "MaxInferenceUnits": draw(st.none() | st.integers(low or 1, 9)),
        "StartTimeoutSeconds": draw(_TIMEOUTS),
        "StopTimeoutSeconds": draw(st.none() | st.integers(1, 86_400)),
        "PollIntervalSeconds": draw(_POLLS),
        "ReadyBy": draw(_READY),
    }
    options = _OPTIONS[service] if draw(st.booleans()) else dict.fromkeys(_OPTIONS[service])
    return {**IDENTITIES[service], **fields, **options}


@st.composite
def stop_inputs(draw: st.DrawFn, service: str, *, conditional: bool) -> dict[str, Any]:
    """Return a valid input of stop-model for the one model of a service."""
    named = {**IDENTITIES[service], "StopTimeoutSeconds": draw(_TIMEOUTS), "PollIntervalSeconds": draw(_POLLS)}
    conditions = (
        {**named, "LeaseEndsAt": to_instant(after(-20))},
        {**named, "LatestStart": EXECUTION},
        {"FailedStart": {"ExecutionArn": EXECUTION, "Input": named}, "Reason": "It gave up."},
    )
    return draw(st.sampled_from(conditions)) if conditional else named


@st.composite
def _lives(
    draw: st.DrawFn, goal: Goal, faults: tuple[Fault, ...], *, happenings: int, conditional: bool = False
) -> Story:
    service = draw(st.sampled_from(sorted(WORDS)))
    spoken = WORDS[service]
    starts = goal is Goal.RUNNING
    hands = [Hand.STARTS, Hand.STOPS, Hand.ANOTHER_STARTS, *([] if starts else [Hand.ANOTHER_WANTS])]
    calls = (
        Call.DESCRIBE,
        Call.READ,
        Call.WRITE,
        Call.LINE,
        Call.PACE,
        Call.INVOKE,
        Call.START if starts else Call.STOP,
    )
    often = [spoken.starting, spoken.stopping, spoken.failed if starts else spoken.stopped] * 4
    often += [spoken.stopped if starts else spoken.running] * 25
    status = st.sampled_from([*often, *spoken.statuses, UNHEARD_OF])
    asked = draw(start_inputs(service) if starts else stop_inputs(service, conditional=conditional))
    happens = st.builds(Happens, _SECONDS, st.sampled_from(hands) | status)
    records = [NOTHING, QUICK] if starts else [RUN_BY_EXECUTION] if conditional else [NOTHING, RUN_BY_EXECUTION]
    return Story(
        service=service,
        status=draw(status),
        start_seconds=draw(_SECONDS),
        start_ends_in=draw(st.sampled_from([spoken.running, *spoken.start_endings])),
        stop_seconds=draw(_SECONDS),
        acts=in_order(
            Begins(0, goal, asked, name_of(EXECUTION if starts else STOP_EXECUTION)),
            *draw(st.lists(happens, max_size=happenings)),
        ),
        faults=draw(_troubles(calls, faults)) if faults else (),
        seconds_a_call=(draw(st.sampled_from([0, 1, 2])),),
        record=draw(st.sampled_from(records)),
    )


def lives(*faults: Fault, happenings: int = 4) -> st.SearchStrategy[Story]:
    """Any life of a model of any service in which these faults befall the calls of one start, and so much happens."""
    return _lives(Goal.RUNNING, faults, happenings=happenings)


def stop_lives(*faults: Fault, happenings: int = 4, conditional: bool | None = None) -> st.SearchStrategy[Story]:
    """Return the same of a model that is to be stopped, on a condition or not; either, if None."""
    either = st.booleans() if conditional is None else st.just(conditional)
    return either.flatmap(lambda on: _lives(Goal.STOPPED, faults, happenings=happenings, conditional=on))


def blindness(*calls: Call) -> st.SearchStrategy[list[Befalls]]:
    """None of some of these calls is answered from the second one on."""
    fault = st.sampled_from((*NO_ANSWER, Fault.DENIED))
    unanswered = st.builds(Befalls, st.sampled_from(calls), fault, st.just(1), st.just(ALWAYS))
    return st.lists(unanswered, min_size=1, max_size=len(calls))


def name_of(execution_arn: str) -> str:
    """Return an execution's name."""
    return execution_arn.rpartition(":")[2]


def in_order(*acts: Begins | Happens) -> tuple[Begins | Happens, ...]:
    """Return what happens first comes first."""
    return tuple(sorted(acts, key=lambda act: act.at))


@st.composite
def _troubles(draw: st.DrawFn, calls: tuple[Call, ...], faults: tuple[Fault, ...]) -> tuple[Befalls, ...]:
    """Return what befalls single calls, and before that, what befalls all from one on."""
    befallen = [(call, fault) for fault in faults for call in calls if _can_befall(call, fault)]
    fault = st.tuples(st.sampled_from(befallen), st.integers(0, 3))
    once = draw(st.lists(fault, max_size=4))
    for_good = draw(st.lists(fault, max_size=draw(st.sampled_from([0, 0, 1, 2]))))
    return (
        *(Befalls(*befalls, number) for befalls, number in once),
        *(Befalls(*befalls, number, ALWAYS) for befalls, number in for_good),
    )


def _can_befall(call: Call, fault: Fault) -> bool:
    return (
        fault in BEFALLS_ALL
        or call in _OF_THE_VISION_SERVICE
        or (fault is not Fault.IN_USE and call in (Call.READ, Call.WRITE, Call.LINE, Call.PACE))
    )


_STOP_TIMEOUT = 900
_LONG_ENOUGH = 300
_ANCHORS = (0, 0, 300, 300, 600, 1_200, 4_200, 7_200)
_LEASES = (60, 300, 300, 300, 600, 600, 7_200, 90_000)
_HOURS = 3_600
_CLEANED_UP_AFTER = 3
"""Faults in a row that the retries of a clean-up outlast."""


@st.composite
def moments(draw: st.DrawFn) -> int:
    """Many of them close to one another, and to the ends of leases."""
    return max(0, draw(st.sampled_from(_ANCHORS)) + draw(st.sampled_from((0, 0, 1)) | st.integers(-60, 90)))


@st.composite
def starts(draw: st.DrawFn, service: str) -> Begins:
    """Any start."""
    lease = draw(st.sampled_from((None, None, *_LEASES, *_LEASES)) | st.integers(1, 1_300))
    fields: dict[str, Any] = {
        "StopAfterSeconds": lease,
        "StartTimeoutSeconds": draw(st.sampled_from((900, 120, 40))),
        "StopTimeoutSeconds": _STOP_TIMEOUT,
        "PollIntervalSeconds": draw(st.sampled_from((None, 5, 60))),
    }
    at, early = draw(moments()), draw(st.sampled_from((None, None, None, 600, 2_000)))
    fields["ReadyBy"] = early and to_instant(after(at + early))
    written = {name: value for name, value in fields.items() if value is not None}
    return Begins(at, Goal.RUNNING, {**IDENTITIES[service], **written})


@st.composite
def stops(draw: st.DrawFn, service: str) -> Begins:
    """Any stop by a person."""
    fields = {"StopTimeoutSeconds": draw(st.sampled_from((900, 60))), "Reason": "a person"}
    return Begins(draw(moments()), Goal.STOPPED, {**IDENTITIES[service], **fields})


@st.composite
def befalls(draw: st.DrawFn, *faults: Fault) -> Befalls:
    """Anything that goes wrong, for three quarters of an hour at most."""
    call = draw(st.sampled_from(Call))
    times = draw(st.sampled_from((1, 1, 2, 3, 1_000)))
    return Befalls(
        call=call,
        fault=draw(st.sampled_from(faults)),
        times=min(times, _CLEANED_UP_AFTER) if call is Call.CLEAN_UP else times,
        at=draw(moments()),
        seconds=draw(st.sampled_from((5, 60, 600, 2_700))),
    )


@st.composite
def stories(draw: st.DrawFn, *faults: Fault) -> Story:
    """Any two days in which these faults befall calls."""
    service = draw(st.sampled_from(sorted(WORDS)))
    spoken = WORDS[service]
    by_hand = (Hand.STARTS, Hand.STOPS, Hand.DISARMS, Hand.ABORTS_LAST, Hand.ABORTS_FIRST)
    act = st.one_of(
        starts(service), starts(service), stops(service), st.builds(Happens, moments(), st.sampled_from(by_hand))
    )
    return Story(
        service=service,
        status=draw(st.sampled_from([spoken.stopped] * 4 + [spoken.stopping, spoken.running])),
        start_seconds=draw(st.sampled_from((5, 30, 100, 290, 1_000))),
        start_ends_in=spoken.running,
        stop_seconds=draw(st.sampled_from((2, 20, 60))),
        fails=draw(st.sampled_from((0, 0, 0, 1))),
        acts=in_order(draw(starts(service)), *draw(st.lists(act, min_size=1, max_size=6))),
        faults=tuple(draw(st.lists(befalls(*faults), max_size=3))) if faults else (),
        watch_at=draw(st.sampled_from((1, 299, 600, 1_203, 1_800)) | st.integers(1, _HOURS)),
        stop_after_hours_unleased=draw(st.sampled_from((None, None, 1, 30))),
        seconds_a_call=(0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 6),
        chance=draw(st.integers(0, 1_000)),
        lasts=timedelta(days=2),
    )
