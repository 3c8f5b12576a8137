"""Two days of one model: who wants what of it when, and what goes wrong on the way. Any such story for hypothesis."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from local.scenario import words
from local.scenario.words import Words
from model_lifecycle.services.lookout_vision import LOOKOUT_VISION
from model_lifecycle.services.rekognition import REKOGNITION
from tests.fakes.given import PROJECT, VERSION


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


class Fault(Enum):
    """What befalls a call."""

    THROTTLED = "throttled"
    BROKEN = "not carried out, and no answer"
    ANSWER_LOST = "carried out, and no answer"
    DIES_BEFORE = "the process dies before the call"
    DIES_AFTER = "the process dies after the call"
    DENIED = "denied"


@dataclass(frozen=True)
class Start:
    """An execution of start-model, so many seconds after the story's beginning. `lease`: seconds from then on."""

    at: int
    lease: int | None = None
    timeout: int = 900
    poll: int | None = None


@dataclass(frozen=True)
class Stop:
    """An execution of stop-model."""

    at: int
    timeout: int = 900


class Hand(Enum):
    """What a person does with a client of their own."""

    STARTS = "starts it"
    STOPS = "stops it"
    DISARMS = "deletes every schedule"
    ABORTS_LAST = "aborts the execution that began last"
    ABORTS_FIRST = "aborts the execution that is longest under way"


@dataclass(frozen=True)
class ByHand:
    """What somebody does, and when."""

    at: int
    does: Hand


@dataclass(frozen=True)
class Befalls:
    """A fault of all calls of a kind in a stretch of time, or of so many calls from then on."""

    call: Call
    fault: Fault
    at: int
    seconds: int
    times: int


Act = Start | Stop | ByHand


@dataclass(frozen=True, kw_only=True)
class Story:
    """`status`: how the model is at first. `start_seconds`, `stop_seconds`: how long it takes. `fails`: how many of its
    starts end in failure. `watch_at`: when the watch looks first. `stop_after_hours_unleased`: the setting. `chance`:
    what decides how long each call takes.
    """

    service: str
    status: str
    start_seconds: int
    stop_seconds: int
    fails: int
    acts: tuple[Act, ...]
    faults: tuple[Befalls, ...]
    watch_at: int
    stop_after_hours_unleased: int | None
    chance: int

    @property
    def words(self) -> Words:
        """What the service calls its statuses."""
        return WORDS[self.service]

    @property
    def identity(self) -> Mapping[str, str]:
        """The fields that name the model."""
        return IDENTITIES[self.service]

    @property
    def undisturbed(self) -> bool:
        """Nothing goes wrong, nobody is in the way of the app, no lease ends as its start begins, and no stop gives up
        while it waits for the start.
        """
        by_hand = any(isinstance(act, ByHand) for act in self.acts)
        short = any(isinstance(act, Start) and act.lease and act.lease < _LONG_ENOUGH for act in self.acts)
        return not self.faults and not by_hand and not short and self.start_seconds < _STOP_TIMEOUT

    def input_of(self, act: Start | Stop) -> dict[str, Any]:
        """What is typed into the console."""
        if isinstance(act, Stop):
            return {**self.identity, "StopTimeoutSeconds": act.timeout, "Reason": "a person"}
        fields = {
            "StopAfterSeconds": act.lease,
            "StartTimeoutSeconds": act.timeout,
            "StopTimeoutSeconds": _STOP_TIMEOUT,
            "PollIntervalSeconds": act.poll,
        }
        return {**self.identity, **{name: value for name, value in fields.items() if value is not None}}


WORDS = {REKOGNITION.name: words.REKOGNITION, LOOKOUT_VISION.name: words.LOOKOUT}
IDENTITIES: Mapping[str, Mapping[str, str]] = {
    REKOGNITION.name: {"ProjectVersionArn": VERSION, "ProjectArn": PROJECT},
    LOOKOUT_VISION.name: {"ProjectName": "boards", "ModelVersion": "1"},
}

_STOP_TIMEOUT = 900
_LONG_ENOUGH = 300
_ANCHORS = (0, 0, 300, 300, 600, 1_200, 4_200, 7_200)
_LEASES = (60, 300, 300, 300, 600, 600, 7_200, 90_000)
_HOURS = 3_600


@st.composite
def moments(draw: st.DrawFn) -> int:
    """Many of them close to one another, and to the ends of leases."""
    return max(0, draw(st.sampled_from(_ANCHORS)) + draw(st.sampled_from((0, 0, 1)) | st.integers(-60, 90)))


def starts() -> st.SearchStrategy[Start]:
    """Any start."""
    lease = st.sampled_from((None, None, *_LEASES, *_LEASES)) | st.integers(1, 1_300)
    return st.builds(Start, moments(), lease, st.sampled_from((900, 120, 40)), st.sampled_from((None, 5, 60)))


def acts() -> st.SearchStrategy[Act]:
    """Anything that somebody does."""
    stop = st.builds(Stop, moments(), st.sampled_from((900, 60)))
    return st.one_of(starts(), starts(), stop, st.builds(ByHand, moments(), st.sampled_from(Hand)))


@st.composite
def befalls(draw: st.DrawFn, *faults: Fault) -> Befalls:
    """Anything that goes wrong, for three quarters of an hour at most."""
    return Befalls(
        call=draw(st.sampled_from(Call)),
        fault=draw(st.sampled_from(faults)),
        at=draw(moments()),
        seconds=draw(st.sampled_from((5, 60, 600, 2_700))),
        times=draw(st.sampled_from((1, 1, 2, 3, 1_000))),
    )


@st.composite
def stories(draw: st.DrawFn, *faults: Fault) -> Story:
    """Any story in which these faults befall calls."""
    service = draw(st.sampled_from(sorted(WORDS)))
    spoken = WORDS[service]
    acted = draw(st.lists(acts(), min_size=1, max_size=6))
    return Story(
        service=service,
        status=draw(st.sampled_from([spoken.stopped] * 4 + [spoken.stopping, spoken.running])),
        start_seconds=draw(st.sampled_from((5, 30, 100, 290, 1_000))),
        stop_seconds=draw(st.sampled_from((2, 20, 60))),
        fails=draw(st.sampled_from((0, 0, 0, 1))),
        acts=tuple(sorted([draw(starts()), *acted], key=lambda act: act.at)),
        faults=tuple(draw(st.lists(befalls(*faults), max_size=3))) if faults else (),
        watch_at=draw(st.sampled_from((1, 299, 600, 1_203, 1_800)) | st.integers(1, _HOURS)),
        stop_after_hours_unleased=draw(st.sampled_from((None, None, 1, 30))),
        chance=draw(st.integers(0, 1_000)),
    )
