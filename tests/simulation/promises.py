"""The promises of a start, whatever happens to the model, its calls and its processes."""

from datetime import timedelta
from itertools import pairwise

from model_lifecycle.endings.outcome import GOES_ON
from model_lifecycle.services.registry import service_named
from model_lifecycle.vocabulary import errors
from model_lifecycle.vocabulary.errors import MAX_CAUSE_CHARACTERS
from model_lifecycle.vocabulary.phase import meaning_of
from tests.fakes.readable import assert_readable
from tests.simulation.lived import LivedExecution
from tests.simulation.scene import Asked
from tests.simulation.story import ALWAYS, DEATHS, QUICK, Call, Hand

# Half a minute, and what the calls of a step take.
CANNOT_HAVE_RUN = timedelta(seconds=60)
_OWN_ERRORS = frozenset(name for name in vars(errors) if name.endswith("Error"))


def assert_promises_kept(execution: LivedExecution) -> None:
    """Every one of them."""
    assert_it_ended_in_time(execution)
    assert_it_started_the_model_once_at_most(execution)
    assert_it_did_not_ask_before_its_time(execution)
    assert_it_did_not_start_again_what_someone_else_stopped(execution)
    assert_its_end_is_told(execution)
    assert_how_it_goes_on_is_told_once_and_before_its_end(execution)
    if execution.message:
        assert_the_message_is_true(execution)
        assert_what_it_asked_for_in_vain_is_cleaned_up(execution)


def assert_it_ended_in_time(execution: LivedExecution) -> None:
    """Whatever comes at the deadline or after it is the last; a wait ends with the deadline, to the second."""
    *before, last = execution.visits
    assert all(visit.began < execution.deadline for visit in before)
    took = before[-1].ended - before[-1].began if before else timedelta()
    if any(told.outcome in GOES_ON for told in execution.world.told):
        # Notify was called in between, and looked whether the execution still goes on.
        took += timedelta(seconds=2 * max(execution.life.seconds_a_call))
    assert last.began <= execution.deadline + timedelta(seconds=1) + took
    for start in execution.own_starts:
        assert max(step.began for step in execution.steps if step.began <= start.moment) < execution.deadline


def assert_it_started_the_model_once_at_most(execution: LivedExecution) -> None:
    """Nobody had to stop it first, since there is no stop before a start."""
    for one, other in pairwise(execution.own_starts):
        assert could_not_be_known(execution, one, other)


def assert_it_did_not_ask_before_its_time(execution: LivedExecution) -> None:
    """Assert that of one that is to be ready later. Another start may have made forgotten how long before it asks."""
    forgotten = Hand.ANOTHER_STARTS in {happening.what for happening in execution.life.happenings}
    if execution.ready_by is None or execution.life.record is not QUICK or forgotten:
        return
    earliest = execution.ready_by - timedelta(seconds=max(QUICK.start_seconds))
    assert all(start.moment >= earliest for start in execution.own_starts)


def assert_it_did_not_start_again_what_someone_else_stopped(execution: LivedExecution) -> None:
    """Not once it had asked for the start or joined one."""
    if execution.begun is None:
        return
    for stopped in execution.stopped_by_others:
        for start in execution.own_starts:
            if execution.begun < stopped < start.moment:
                asked = [one for one in execution.own_starts if one.moment < stopped]
                assert asked
                assert could_not_be_known(execution, asked[-1], start)


def could_not_be_known(execution: LivedExecution, one: Asked, other: Asked) -> bool:
    """Whether a start had come about could not be known when the other was asked for.

    Its answer was lost, and at every look from then on whose step lived the model was as before, or it could not be
    seen: it had been started and stopped in between, at once. That looks like a call that never arrived; in AWS, where
    starts take minutes, it is one. Where the service keeps client tokens, it tells the two apart.
    """
    # The last one is by the step that asks again.
    looks = [
        *execution.learned_between(one, other),
        *execution.world.looks[other.looks_before - 1 : other.looks_before],
    ]
    unseen = {look.told for look in looks} <= {None, one.status_before}
    promptly = any(look.told == one.status_before and look.moment - one.moment <= CANNOT_HAVE_RUN for look in looks)
    return not one.answered and unseen and promptly and not execution.life.keeps_tokens


def assert_its_end_is_told(execution: LivedExecution) -> None:
    """By one message, readable for people: what cannot be told lies in the dead-letter queue."""
    if execution.message is None:
        lasting = [befalls for befalls in execution.life.faults if befalls.times == ALWAYS]
        assert any(befalls.call is Call.DESCRIBE and befalls.fault in DEATHS for befalls in lasting)
        return
    assert_readable(execution.message.subject, execution.message.text)
    assert len(execution.document["Cause"] or "") <= MAX_CAUSE_CHARACTERS
    assert execution.document["Summary"]
    assert execution.document["Error"] in (None, *_OWN_ERRORS)


def assert_how_it_goes_on_is_told_once_and_before_its_end(execution: LivedExecution) -> None:
    """Assert that of its waiting, and of its taking longer than usual."""
    told = [each.outcome for each in execution.world.told if each.execution_arn == execution.running.arn]
    before = [outcome for outcome in told if outcome in GOES_ON]
    assert before == told[: len(before)]
    assert len(before) == len(set(before))


def assert_what_it_asked_for_in_vain_is_cleaned_up(execution: LivedExecution) -> None:
    """By an execution of stop-model, if it knows that it asked."""
    failed = execution.running.status == "FAILED" and execution.document["MayBill"]
    being_stopped = execution.document["Status"] == execution.life.words.stopping
    if failed and not being_stopped and execution.own_starts and not execution.forgot:
        assert execution.running.arn in {other.cleans_up for other in execution.world.executions.values()}


def assert_the_message_is_true(execution: LivedExecution) -> None:
    """Assert that it says what the service said at the last look, and claims nothing that nobody could see."""
    document, life = execution.document, execution.life
    seen = status_seen_and_told(execution)
    if document["Outcome"] == "Running":
        assert seen == life.words.running
    elif seen == life.words.running:
        # The function died, and Notify saw that the model runs all the same.
        assert document["Error"] == "FunctionFailedError"
    assert_it_bills_only_noticed(execution, seen)
    assert_it_knows_what_it_did(execution)


def status_seen_and_told(execution: LivedExecution) -> str | None:
    """Return what the service said at the last look, or before if it said nothing. The message says that, too."""
    document, look = execution.document, execution.last_look
    seen = look.told if look else None
    earlier = {None, execution.life.status, *(look.told for look in execution.world.looks)}
    assert document["Status"] == seen if seen is not None else document["Status"] in earlier
    return seen


def assert_it_knows_what_it_did(execution: LivedExecution) -> None:
    """Assert that it does not deny a start of its own, and blames nobody who did nothing."""
    document = execution.document
    if execution.own_starts and "Asked" in document and not execution.forgot:
        assert document["Asked"] is not False
        # None: what the function knew was lost.
        assert not document["AlreadyRunning"]
    if not execution.life.happenings and not execution.own_starts:
        assert "someone stopped it" not in (document["Cause"] or "")


def assert_it_bills_only_noticed(execution: LivedExecution, seen: str | None) -> None:
    """Assert that it says so of what bills, and of what it may have started if nobody could look."""
    life = execution.life
    status = execution.status_at_end if seen is None else seen
    may_bill = meaning_of(status, service_named(life.service).statuses).may_bill
    if may_bill and (seen is not None or execution.own_starts):
        assert execution.document["MayBill"] is True
