"""An ending in a sentence or two, for the person who reads nothing else."""

from datetime import tzinfo

from model_lifecycle.endings.ending import Ending, StartedCleanUp
from model_lifecycle.endings.money import Money
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.endings.wording import duration, in_both
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.steps.report import LeaseStanding, StartReport, StopReport
from model_lifecycle.vocabulary.errors import MAX_CAUSE_CHARACTERS
from model_lifecycle.vocabulary.foreign import one_line, quoted, word

_ENDS = {
    Outcome.TIMED_OUT: "The execution ran out of time.",
    Outcome.ABORTED: "The execution was aborted.",
}


_LEFT_TO_ITSELF = (
    "Nothing stops the model any more, unless a lease of it is in force: stop it, or start it again to use it."
)


def summary_of(ending: Ending, money: Money | None, zone: tzinfo) -> str:
    """What happened, and what there is to do about it. Moments stand in UTC and in that time zone."""
    match ending:
        case Ending(
            outcome=Outcome.RUNNING | Outcome.LEASE_MOVED,
            request=ModelRequest() as request,
            report=StartReport() as seen,
        ):
            return _runs(request, seen, zone)
        case Ending(outcome=Outcome.STOPPED, request=ModelRequest() as request, report=StopReport() as done):
            return " ".join(filter(None, (_stopped(request, done), _ran(ending, money, "It ran"))))
    why = _waits(ending, zone) if ending.outcome is Outcome.WAITING else _why(ending)
    return " ".join(filter(None, (why, ending.remedy, _cleaned_up(ending), _ran_so_far(ending, money, zone))))


def _why(ending: Ending) -> str:
    """In our own words, or in those of whoever ended the execution, quoted."""
    if ending.cause and ending.in_our_words:
        return one_line(ending.cause, MAX_CAUSE_CHARACTERS)
    told = ": ".join(filter(None, (ending.error and word(ending.error), ending.cause and quoted(ending.cause))))
    return f"{_ENDS.get(ending.outcome, 'The execution failed.')} {told}".strip()


def _waits(ending: Ending, zone: tzinfo) -> str:
    model = ending.request.in_words if ending.request else "A model"
    until = f" until {in_both(ending.tried_until, zone)}" if ending.tried_until else ""
    why = one_line(ending.cause or "", MAX_CAUSE_CHARACTERS)
    return f"{model} waits for a place in the account's quota: {why} Its start will be tried again{until}."


def _ran(ending: Ending, money: Money | None, verb: str) -> str:
    return f"{verb} for {money.in_words(ending.ran)}." if money and ending.ran else ""


def _ran_so_far(ending: Ending, money: Money | None, zone: tzinfo) -> str:
    so_far = _ran(ending, money, "So far it ran")
    if not money or not ending.ran or ending.outcome is not Outcome.STILL_BILLING:
        return so_far
    usd = money.by_end_of_month(ending.ran, zone)
    return f"{so_far} If nobody stops it, it will have cost about {usd:,.2f} USD by the end of the month."


def _cleaned_up(ending: Ending) -> str:
    if ending.clean_up is None:
        return _LEFT_TO_ITSELF if ending.left_to_itself else ""
    if isinstance(ending.clean_up, StartedCleanUp):
        return f"stop-model was started to stop what this start asked for: {word(ending.clean_up.execution_arn)}."
    return f"stop-model could not be started ({word(ending.clean_up.error)}): stop the model yourself."


def _runs(request: ModelRequest, seen: StartReport, zone: tzinfo) -> str:
    if seen.already_running:
        how = "was running already"
    elif seen.joined:
        how = f"runs: its start was under way, and {duration(seen.elapsed_seconds)} were waited for it"
    else:
        how = f"runs: it took {duration(seen.elapsed_seconds)}"
    until = _until(seen.lease, zone) if seen.lease else ""
    return " ".join(filter(None, (f"{request.in_words} {how}.", seen.remedy, until)))


def _until(lease: LeaseStanding, zone: tzinfo) -> str:
    asked, ends_at, moved_from = (
        moment and in_both(moment, zone) for moment in (lease.asked, lease.ends_at, lease.moved_from)
    )
    if moved_from:
        return f"Its stop has moved from {moved_from} to {ends_at}."
    if ends_at and asked and asked != ends_at:
        return f"It is stopped at {ends_at}: of several leases the latest end counts, and {asked} is earlier."
    if ends_at:
        return f"It is stopped at {ends_at}."
    if asked:
        return f"It was wanted without end before, so no stop was armed for {asked}."
    return ""


def _stopped(request: ModelRequest, seen: StopReport) -> str:
    reason = f" Reason: {quoted(seen.reason)}" if seen.reason else ""
    if seen.started_again:
        return f"{request.in_words} is wanted again and was left alone. {one_line(seen.left_alone or '')}{reason}"
    if seen.already_stopped:
        return f"{request.in_words} did not run: there was nothing to stop.{reason}"
    return f"{request.in_words} is stopped: it took {duration(seen.elapsed_seconds)}.{reason}"
