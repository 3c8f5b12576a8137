"""What each status means to a start and to a stop, before and after the request."""

import json
from typing import Any, NamedTuple

import pytest

from model_lifecycle.services.lookout_vision.service import SERVICE_MODELS
from model_lifecycle.services.registry import service_named
from model_lifecycle.vocabulary.foreign import word
from model_lifecycle.vocabulary.phase import Goal, Phase, meaning_of, phase_of
from tests.fakes.fake_model import FakeModel
from tests.fakes.given import after
from tests.fakes.machines import BOTH, START, Machine, error_of
from tests.fakes.service_endpoint import enum_of

# The columns: the status, a start before and after it was asked for, a stop before and after, whether it may bill.
TABLES = {
    "Rekognition": """
        TRAINING_IN_PROGRESS  BLOCKED    FAILED    STOPPED    STOPPED   no
        TRAINING_COMPLETED    STARTABLE  FAILED    STOPPED    STOPPED   no
        TRAINING_FAILED       FAILED     FAILED    STOPPED    STOPPED   no
        STARTING              STARTING   STARTING  BLOCKED    STOPPED   yes
        RUNNING               RUNNING    RUNNING   STOPPABLE  STOPPED   yes
        FAILED                STARTABLE  FAILED    STOPPED    STOPPED   no
        STOPPING              BLOCKED    FAILED    STOPPING   STOPPING  yes
        STOPPED               STARTABLE  FAILED    STOPPED    STOPPED   no
        DELETING              FAILED     FAILED    STOPPED    STOPPED   no
        COPYING_IN_PROGRESS   BLOCKED    FAILED    STOPPED    STOPPED   no
        COPYING_COMPLETED     STARTABLE  FAILED    STOPPED    STOPPED   no
        COPYING_FAILED        FAILED     FAILED    STOPPED    STOPPED   no
        DEPRECATED            FAILED     FAILED    STOPPED    STOPPED   no
        EXPIRED               FAILED     FAILED    STOPPED    STOPPED   no""",
    "LookoutVision": """
        TRAINING              BLOCKED    FAILED    STOPPED    STOPPED   no
        TRAINED               STARTABLE  FAILED    STOPPED    STOPPED   no
        TRAINING_FAILED       FAILED     FAILED    STOPPED    STOPPED   no
        STARTING_HOSTING      STARTING   STARTING  BLOCKED    STOPPED   yes
        HOSTED                RUNNING    RUNNING   STOPPABLE  STOPPED   yes
        HOSTING_FAILED        STARTABLE  FAILED    STOPPED    STOPPED   no
        STOPPING_HOSTING      BLOCKED    FAILED    STOPPING   STOPPING  yes
        SYSTEM_UPDATING       BLOCKED    STARTING  BLOCKED    STOPPING  yes
        DELETING              FAILED     FAILED    STOPPED    STOPPED   no""",
}
OF_SERVICE: dict[str, dict[str, Any]] = {
    "Rekognition": {},
    "LookoutVision": {"ProjectVersionArn": None, "ProjectName": "boards", "ModelVersion": "1"},
}
IN_LOOKOUT_VISION = {
    "STOPPED": "TRAINED",
    "STARTING": "STARTING_HOSTING",
    "RUNNING": "HOSTED",
    "STOPPING": "STOPPING_HOSTING",
}
UNHEARD_OF = ["MIGRATING", "running", "RUNNING ", "PAUSED", "STARTING_2", "\udcff"]


class Row(NamedTuple):
    """One line of a table."""

    service: str
    status: str
    to_a_start: Phase
    to_a_start_asked: Phase
    to_a_stop: Phase
    to_a_stop_asked: Phase
    may_bill: bool

    def means(self, machine: Machine, *, begun: bool) -> Phase:
        """Return what an execution of the machine does next."""
        if machine is START:
            return self.to_a_start_asked if begun else self.to_a_start
        return self.to_a_stop_asked if begun else self.to_a_stop

    def model(self, machine: Machine, *before: str) -> FakeModel:
        """Return a model that is seen in those statuses, by their names at Rekognition, and then in this one."""
        of_rekognition = self.service == "Rekognition"
        words = {} if of_rekognition else IN_LOOKOUT_VISION
        answer = words.get(machine.under_way, machine.under_way)
        return machine.model(*(words.get(look, look) for look in before), self.status, answers=[answer], message="So.")

    def begin(self, machine: Machine) -> Any:
        """Return an execution about a model of the service."""
        return machine.begin(**OF_SERVICE[self.service])


def rows() -> list[Row]:
    """Every line of every table."""
    found = []
    for service, table in TABLES.items():
        for line in table.split("\n")[1:]:
            status, *phases, may_bill = line.split()
            start, start_asked, stop, stop_asked = (Phase(phase) for phase in phases)
            found.append(Row(service, status, start, start_asked, stop, stop_asked, may_bill == "yes"))
    return found


EACH = pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.service} {row.status}")
NONE_HEARD_OF = [
    Row(service, status, Phase.FAILED, Phase.FAILED, Phase.STOPPABLE, Phase.FAILED, may_bill=True)
    for service, statuses in [("Rekognition", [*UNHEARD_OF, "HOSTED"]), ("LookoutVision", [*UNHEARD_OF, "RUNNING"])]
    for status in statuses
]
EVEN_UNHEARD_OF = pytest.mark.parametrize("row", rows() + NONE_HEARD_OF, ids=lambda row: f"{row.service} {row.status}")
JOINED = pytest.mark.parametrize("joined", [False, True], ids=["asked", "joined"])


def test_every_status_of_each_service_has_one_meaning_and_no_other_has() -> None:
    shipped = json.loads((SERVICE_MODELS / "lookoutvision" / "2020-11-20" / "service-2.json").read_text())
    theirs = {
        "Rekognition": enum_of("rekognition", "ProjectVersionStatus"),
        "LookoutVision": set(shipped["shapes"]["ModelStatus"]["enum"]),
    }

    for service, statuses in theirs.items():
        assert sorted(row.status for row in rows() if row.service == service) == sorted(statuses)
        assert set(service_named(service).statuses) == statuses


@EVEN_UNHEARD_OF
@BOTH
@pytest.mark.parametrize("begun", [False, True], ids=["before", "after"])
def test_a_status_means_what_the_table_says(row: Row, machine: Machine, begun: bool) -> None:
    statuses = service_named(row.service).statuses
    goal = Goal.RUNNING if machine is START else Goal.STOPPED

    assert phase_of(row.status, statuses, goal, begun=begun) is row.means(machine, begun=begun)
    assert meaning_of(row.status, statuses).may_bill is row.may_bill


@EVEN_UNHEARD_OF
@BOTH
def test_an_execution_asks_waits_or_ends_as_the_status_of_its_model_means(row: Row, machine: Machine) -> None:
    model = row.model(machine)

    progress = machine.ask(row.begin(machine), model, now=after(1))

    means = row.means(machine, begun=False)
    asks = means in (Phase.STARTABLE, Phase.STOPPABLE)
    assert progress.phase is (Phase(machine.under_way) if asks else means)
    assert (progress.asked, machine.calls(model)) == (asks, int(asks))
    assert (progress.joined, machine.already_done(progress)) == (means == machine.under_way, means == machine.done)
    assert (progress.next_check_seconds is not None) == (asks or means in (Phase.BLOCKED, machine.under_way))
    assert asks or progress.may_bill is row.may_bill
    if means is Phase.FAILED:
        assert error_of(progress)[0] == "ModelFailedError"
        assert f'{word(row.status)} ("So.")' in error_of(progress)[1]
        assert ("not known here" in error_of(progress)[1]) == (row in NONE_HEARD_OF)
    if means == machine.done:
        assert getattr(progress, f"{machine.done.lower()}_at") == after(1)


@EVEN_UNHEARD_OF
@BOTH
@JOINED
def test_whatever_its_model_turns_after_that_is_what_the_table_says(row: Row, machine: Machine, joined: bool) -> None:
    model = row.model(machine, machine.under_way if joined else machine.ready)
    begun = machine.ask(row.begin(machine), model, now=after(1))
    assert (begun.phase, begun.joined) == (Phase(machine.under_way), joined)

    progress = machine.check(begun, model, now=after(61))

    means = row.means(machine, begun=True)
    assert (progress.phase, machine.calls(model)) == (means, int(not joined))
    assert not machine.already_done(progress)
    if means is Phase.FAILED:
        assert word(row.status) in error_of(progress)[1]
        assert ("not known here" in error_of(progress)[1]) == (row in NONE_HEARD_OF)
        assert progress.may_bill is row.may_bill
        assert ("may still bill" in error_of(progress)[1]) == (machine.call == "stop")
    if means is Phase.STOPPED:
        # Whoever starts it after its stop wants it.
        assert (progress.started_again, progress.stopped_at) == (row.may_bill, None if row.may_bill else after(61))


@pytest.mark.parametrize("status", ["STOPPING", "STOPPED"])
def test_a_model_that_someone_stopped_is_not_started_again_even_if_the_start_is_repeated(status: str) -> None:
    model = START.model("STOPPED", status)
    started = START.ask(START.begin(), model, now=after(1))

    progress = START.ask(started, model, now=after(16))

    assert (progress.phase, model.starts) == (Phase.FAILED, 1)
    assert "someone stopped it" in error_of(progress)[1]
