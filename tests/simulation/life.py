"""All that is going to happen to one model and to the calls about it, and any such life for hypothesis."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from local.scenario import words
from local.scenario.words import Words
from model_lifecycle.model.record import ModelRecord
from model_lifecycle.services.lookout_vision import LOOKOUT_VISION
from model_lifecycle.services.registry import service_named
from model_lifecycle.services.rekognition import REKOGNITION
from model_lifecycle.vocabulary.instant import to_instant
from tests.fakes.given import EXECUTION, PROJECT, VERSION, after

UNHEARD_OF = "MIGRATING"
LONGEST_SECONDS = 400


class Fault(Enum):
    """What befalls one call."""

    THROTTLED = "throttled"
    BROKEN = "not carried out, and no answer"
    ANSWER_LOST = "carried out, and no answer"
    DIES_BEFORE = "the process dies before the call"
    DIES_AFTER = "the process dies after the call"
    IN_USE = "in use"
    DENIED = "denied"
    NOT_FOUND = "not found"
    QUOTA = "quota"
    INVALID = "invalid"
    REFUSED = "refused"


class Call(Enum):
    """What a step asks of the world."""

    DESCRIBE = "describe"
    START = "start"
    STOP = "stop"
    READ = "read the record"
    WRITE = "write the record"


class Act(Enum):
    """What someone else does."""

    START = "starts it"
    START_BY_EXECUTION = "starts it with another execution"
    STOP = "stops it"
    WANT = "wants it, too, with another execution"


@dataclass(frozen=True)
class Happening:
    """What befalls the model so many seconds after the execution's start: what someone does, or another status."""

    seconds: int
    what: Act | str


NOTHING = ModelRecord()
"""Of a model that no execution has started."""


@dataclass(frozen=True, kw_only=True)
class Life:
    """One model's life, and the input of the execution that is to start or to stop it.

    `faults`: what befalls the calls of a kind, by their numbers from 0. `lasting_faults`: what befalls all calls
    of a kind from that number on, unless they have a fault of their own. `seconds_a_call`: how long a call takes.
    `record`: what is remembered of it before.
    """

    service: str
    execution_input: Mapping[str, Any]
    status: str
    start_seconds: int
    start_ends_in: str
    stop_seconds: int
    happenings: tuple[Happening, ...]
    faults: Mapping[tuple[Call, int], Fault]
    lasting_faults: Mapping[Call, tuple[Fault, int]]
    seconds_a_call: int
    record: ModelRecord = NOTHING

    @property
    def words(self) -> Words:
        """What the service calls its statuses."""
        return _WORDS[self.service]

    @property
    def keeps_tokens(self) -> bool:
        """Whether start calls with the same client token are one start."""
        return bool(service_named(self.service).start_options)

    def fault_of(self, kind: Call, number: int) -> Fault | None:
        """What befalls that call of its kind."""
        lasting, first = self.lasting_faults.get(kind, (None, 0))
        return self.faults.get((kind, number), lasting if first <= number else None)


_WORDS = {REKOGNITION.name: words.REKOGNITION, LOOKOUT_VISION.name: words.LOOKOUT}
_MODELS = {
    REKOGNITION.name: {"ProjectVersionArn": VERSION},
    LOOKOUT_VISION.name: {"ProjectName": "boards", "ModelVersion": "1"},
}
_OPTIONS: Mapping[str, dict[str, Any]] = {
    REKOGNITION.name: {"ProjectArn": PROJECT},
    LOOKOUT_VISION.name: {"ClientToken": "morning"},
}
_SECONDS = st.integers(0, 40) | st.integers(0, LONGEST_SECONDS)

# What a start asks of the world, and what happens to its model; the same of a stop.
_START_CALLS = (Call.DESCRIBE, Call.START, Call.READ, Call.WRITE)
_START_ACTS = (Act.START, Act.START_BY_EXECUTION, Act.STOP)
_STOP_CALLS = (Call.DESCRIBE, Call.STOP, Call.READ, Call.WRITE)
_NEVER_IN_USE = (Call.READ, Call.WRITE)

NO_ANSWER = (Fault.THROTTLED, Fault.BROKEN, Fault.ANSWER_LOST)
DEATHS = (Fault.DIES_BEFORE, Fault.DIES_AFTER)


@st.composite
def execution_inputs(draw: st.DrawFn, service: str) -> dict[str, Any]:
    """A valid input for the one model of a service; `null` is as good as left out."""
    low = draw(st.none() | st.integers(1, 5))
    fields = {
        "MinInferenceUnits": low,
        "MaxInferenceUnits": draw(st.none() | st.integers(low or 1, 9)),
        "StartTimeoutSeconds": draw(st.integers(1, LONGEST_SECONDS) | st.just(3 * LONGEST_SECONDS)),
        "StopTimeoutSeconds": draw(st.none() | st.integers(1, 86_400)),
        "PollIntervalSeconds": draw(st.none() | st.integers(5, 3_600)),
    }
    options = _OPTIONS[service] if draw(st.booleans()) else dict.fromkeys(_OPTIONS[service])
    return {**_MODELS[service], **fields, **options}


def in_order(*happenings: Happening) -> tuple[Happening, ...]:
    """What happens first comes first."""
    return tuple(sorted(happenings, key=lambda happening: happening.seconds))


@st.composite
def lives(draw: st.DrawFn, *faults: Fault, happenings: int = 4) -> Life:
    """Any life of a model of any service in which these faults befall calls, and so much happens at most."""
    service = draw(st.sampled_from(sorted(_WORDS)))
    spoken = _WORDS[service]
    often = [spoken.stopped] * 25 + [spoken.failed, spoken.starting, spoken.stopping] * 4
    status = st.sampled_from([*often, *spoken.statuses, UNHEARD_OF])
    happening = st.builds(Happening, _SECONDS, st.sampled_from(_START_ACTS) | status)
    return Life(
        service=service,
        execution_input=draw(execution_inputs(service)),
        status=draw(status),
        start_seconds=draw(_SECONDS),
        start_ends_in=draw(st.sampled_from([spoken.running, *spoken.start_endings])),
        stop_seconds=draw(_SECONDS),
        happenings=in_order(*draw(st.lists(happening, max_size=happenings))),
        **draw(_troubles(_START_CALLS, faults)),
    )


@st.composite
def _troubles(draw: st.DrawFn, calls: tuple[Call, ...], faults: tuple[Fault, ...]) -> dict[str, Any]:
    """What befalls calls, and how long they take."""
    befallen = [(of, fault) for fault in faults for of in calls if fault is not Fault.IN_USE or of not in _NEVER_IN_USE]
    fault = st.tuples(st.sampled_from(befallen), st.integers(0, 3))
    lasting = st.sampled_from([0, 0, 1, 2]).flatmap(lambda size: st.lists(fault, min_size=size, max_size=size))
    once = draw(st.lists(fault, max_size=4)) if faults else []
    for_good = draw(lasting) if faults else []
    return {
        "faults": {(of, number): befalls for (of, befalls), number in once},
        "lasting_faults": {of: (befalls, number) for (of, befalls), number in for_good},
        "seconds_a_call": draw(st.sampled_from([0, 1, 2])),
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


@st.composite
def stop_inputs(draw: st.DrawFn, service: str, *, conditional: bool) -> dict[str, Any]:
    """A valid input of stop-model for the one model of a service."""
    fields = {
        "StopTimeoutSeconds": draw(st.integers(1, LONGEST_SECONDS) | st.just(3 * LONGEST_SECONDS)),
        "PollIntervalSeconds": draw(st.none() | st.integers(5, 3_600)),
    }
    named = {**_MODELS[service], **fields}
    if not conditional:
        return named
    return draw(
        st.sampled_from(
            [
                {**named, "LeaseEndsAt": to_instant(after(-20))},
                {**named, "LatestStart": EXECUTION},
                {"FailedStart": {"ExecutionArn": EXECUTION, "Input": named}, "Reason": "It gave up."},
            ]
        )
    )


@st.composite
def stop_lives(draw: st.DrawFn, *faults: Fault, happenings: int = 4, conditional: bool = False) -> Life:
    """Any life of a model that is to be stopped, in which these faults befall calls, and so much happens at most."""
    service = draw(st.sampled_from(sorted(_WORDS)))
    spoken = _WORDS[service]
    often = [spoken.running] * 25 + [spoken.starting, spoken.stopping, spoken.stopped] * 4
    status = st.sampled_from([*often, *spoken.statuses, UNHEARD_OF])
    happening = st.builds(Happening, _SECONDS, st.sampled_from(Act) | status)
    return Life(
        service=service,
        execution_input=draw(stop_inputs(service, conditional=conditional)),
        status=draw(status),
        start_seconds=draw(_SECONDS),
        start_ends_in=draw(st.sampled_from([spoken.running, spoken.running, *spoken.start_endings])),
        stop_seconds=draw(_SECONDS),
        happenings=in_order(*draw(st.lists(happening, max_size=happenings))),
        record=RUN_BY_EXECUTION if conditional else draw(st.sampled_from([NOTHING, RUN_BY_EXECUTION])),
        **draw(_troubles(_STOP_CALLS, faults)),
    )
