"""The promises of a stop, whatever happens to the model, its calls and its processes."""

from itertools import pairwise

from model_lifecycle.services.registry import service_named
from model_lifecycle.vocabulary.phase import meaning_of
from tests.fakes.given import EXECUTION, START, STOP_EXECUTION, after
from tests.simulation.lived import LivedExecution
from tests.simulation.promises import assert_it_ended_in_time, assert_its_end_is_told, status_seen_and_told
from tests.simulation.scene import Asked
from tests.simulation.story import UNHEARD_OF


def assert_stop_promises_kept(execution: LivedExecution) -> None:
    """Every one of them."""
    assert_it_ended_in_time(execution)
    assert_it_stopped_the_model_once_at_most(execution)
    assert_it_stopped_nothing_that_a_later_start_wanted(execution)
    if execution.left_alone:
        assert_it_had_a_reason_to_leave_it_alone(execution)
        return
    assert_its_end_is_told(execution)
    if execution.message:
        assert_the_message_of_the_stop_is_true(execution)
        assert_what_bills_is_said_to_bill(execution)
        assert_a_stopped_model_has_no_lease(execution)


def assert_it_stopped_the_model_once_at_most(execution: LivedExecution) -> None:
    """Assert that what runs again after its stop was started by someone."""
    for one, other in pairwise(execution.own_stops):
        assert its_stop_could_not_be_known(execution, one, other)


def its_stop_could_not_be_known(execution: LivedExecution, one: Asked, other: Asked) -> bool:
    """Its answer was lost, and at every look from then on whose step lived the model ran, or could not be seen: it was
    stopped and started again in between, at once. That looks like a call that never arrived.
    """
    told = {look.told for look in execution.learned_between(one, other)}
    return not one.answered and told <= {None, execution.life.words.running, execution.life.words.starting, UNHEARD_OF}


def assert_it_stopped_nothing_that_a_later_start_wanted(execution: LivedExecution) -> None:
    """Assert that only a stop on no condition stops the model without its record."""
    if execution.conditional or execution.knows_its_record:
        for stop in execution.own_stops:
            assert not [wanted for wanted in execution.world.wanted if START < wanted < stop.moment]


def assert_it_had_a_reason_to_leave_it_alone(execution: LivedExecution) -> None:
    """Assert that the record has changed, and nothing was asked, as far as it could know."""
    record = execution.world.records.store.record
    assert execution.conditional
    assert not [stop for stop in execution.own_stops if stop.answered]
    assert (record.latest_start, record.asked_by, record.lease_ends_at) != (EXECUTION, EXECUTION, after(-20))


def assert_the_message_of_the_stop_is_true(execution: LivedExecution) -> None:
    """Assert that it says what the service said at the last look, and "stopped" and "wanted again" are true."""
    document, life = execution.document, execution.life
    status_seen_and_told(execution)
    if document["Outcome"] == "Stopped" and not document["StartedAgain"]:
        # The very last look may have told nothing; then it is the one before.
        assert document["Status"] in {look.told for look in execution.world.looks}
        assert not meaning_of(document["Status"], service_named(life.service).statuses).may_bill
        assert document["Status"] != life.words.stopping
    if document["Outcome"] == "Stopped" and document["StartedAgain"]:
        assert document["LeftAlone"]
        assert life.happenings
    remembers = execution.knows_its_record and not execution.world.wanted
    if execution.own_stops and remembers and document["Error"] != "FunctionFailedError":
        assert document["Asked"] is True
        assert document["AlreadyStopped"] is False


def assert_what_bills_is_said_to_bill(execution: LivedExecution) -> None:
    """Whatever the end, and whoever could look; but of a model that the service says there is not, there is no bill."""
    if execution.document["Error"] == "ModelNotFoundError":
        return
    look = execution.last_look
    status = execution.status_at_end if look is None or look.told is None else look.told
    if meaning_of(status, service_named(execution.life.service).statuses).may_bill:
        assert execution.document["MayBill"] is True
        assert execution.document["Outcome"] in ("StillBilling", "Stopped")


def assert_a_stopped_model_has_no_lease(execution: LivedExecution) -> None:
    """Of what was stopped, and is wanted by nobody since, the record says so."""
    document, record = execution.document, execution.world.records.store.record
    stopped = document["Outcome"] == "Stopped" and not document["StartedAgain"]
    if stopped and execution.knows_its_record and not [when for when in execution.world.wanted if when > START]:
        assert (record.lease_ends_at, record.stopping) == (None, STOP_EXECUTION)
        assert record.stopped_at is not None
