"""An ending in two lines, for the person who reads nothing else: the news, and what to do about it."""

import re
from datetime import tzinfo

from model_lifecycle.endings.ending import Ending, StartedCleanUp
from model_lifecycle.endings.money import Money
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.requests.start_request import Request
from model_lifecycle.steps.report import LeaseStanding, StartReport, StopReport, Units
from model_lifecycle.vocabulary import errors
from model_lifecycle.vocabulary.errors import MAX_CAUSE_CHARACTERS
from model_lifecycle.vocabulary.foreign import one_line, quoted, word
from model_lifecycle.vocabulary.machines import OF_GOAL
from model_lifecycle.vocabulary.phase import Goal
from model_lifecycle.vocabulary.values import dataclass
from model_lifecycle.vocabulary.wording import duration, sentence, some_of, someone, when

NOTHING_TO_DO = "Nothing to do."
_STOP_IT_ONE_DAY = "Stop it when you no longer need it."
_WHEREVER = re.compile(r"\barn:(?:[\w-]*:){0,4}")
"""What an ARN begins with: partition, service, Region and account, as far as they are there."""
_MACHINE_TIMEOUT = "States.Timeout"
ENDS = {Outcome.TIMED_OUT: "timed out", Outcome.ABORTED: "was aborted"}
_ADVICE = {
    errors.InvalidRequestError: "Correct the input and try again.",
    errors.ModelNotFoundError: "Check the name of the model, the account and the Region.",
    errors.AccessDeniedError: "Check the permissions of the functions and the setting project_arns, then try again.",
    errors.QuotaExceededError: "Stop another model or request a higher quota, then start this one again.",
    errors.BudgetExceededError: "To allow more, raise the budget in the settings and deploy.",
    errors.ModelFailedError: "Check the model in the service's console, then try again.",
    errors.StartTimedOutError: "Start it again, with a longer StartTimeoutSeconds if it needs more time.",
    errors.StopTimedOutError: "Check the model in the service's console.",
    errors.StopNotArmedError: "Remove the cause, then start it again.",
    errors.LeaseOverError: "If you still need it, start it again with a lease that ends later.",
    errors.ModelStoppedError: "If you still need it, start it again.",
    errors.ServiceUnreachableError: "Try again only where an endpoint of the service exists.",
    errors.FunctionFailedError: "Look into the log of the function, then try again.",
}
_ADVICE_FOR = {error.__name__: advice for error, advice in _ADVICE.items()}
_TRY_AGAIN = "Remove the cause, then try again."


@dataclass(frozen=True)
class Summary:
    """The news of an ending, and what there is to do about it: neither has an ARN in it."""

    news: str
    to_do: str

    @property
    def text(self) -> str:
        """Both in one line; without the second where there is nothing to do."""
        return self.news if self.to_do == NOTHING_TO_DO else f"{self.news} {self.to_do}"


def summary_of(ending: Ending, money: Money | None, zone: tzinfo) -> Summary:
    """Tell what happened, and what to do. Moments stand in that time zone and in UTC."""
    match ending:
        case Ending(
            outcome=Outcome.RUNNING | Outcome.LEASE_MOVED,
            request=ModelRequest() as request,
            report=StartReport() as seen,
        ):
            until = _until(seen.lease, zone) if seen.lease else ""
            news = [
                _runs(request, seen),
                _chosen(request),
                _ready(seen, zone),
                _waited(seen),
                _other_units(seen),
                until,
            ]
            news += [_ignored(ending, request, seen, zone)]
            to_do = [seen.remedy or ("" if seen.lease and seen.lease.ends_at else _STOP_IT_ONE_DAY)]
        case Ending(outcome=Outcome.STOPPED, request=ModelRequest() as request, report=StopReport() as done):
            news = [_stopped(request, done), _ran(ending, money)]
            to_do = ["If nobody needs it, stop it again." if done.started_again else ""]
        case Ending(outcome=Outcome.STILL_STARTING, request=ModelRequest() as request, report=StartReport() as seen):
            news, to_do = [_still_starts(request, seen), _given_up(ending, zone)], []
        case Ending(outcome=Outcome.WAITING):
            news = [_waits(ending, zone)]
            to_do = ["To make room, stop another model or request a higher quota."]
        case _:
            why = _why(ending)
            # Of an end that Step Functions made, nobody knows yet how far the execution had come.
            runs = "The model is running." if ending.left_to_itself and ending.seen_running else ""
            news = [why, _waited_in_vain(ending), runs, _so_far(ending, money, zone, why)]
            to_do = [*_mending(ending)]
    return Summary(_in_a_row(news), _in_a_row(to_do) or NOTHING_TO_DO)


def _in_a_row(sentences: list[str]) -> str:
    return _WHEREVER.sub("", " ".join(filter(None, sentences)))


def _runs(request: ModelRequest, seen: StartReport) -> str:
    if seen.already_running:
        return f"{request.in_words} was already running."
    # One that was early waited for its time first, which is no part of the start.
    elapsed = seen.start_took_seconds if seen.ready_by and seen.start_took_seconds else seen.elapsed_seconds
    took, start_took = duration(elapsed), duration(seen.start_took_seconds or 0)
    usual = f"usual is {seen.usual_start.in_words}" if seen.usual_start and seen.start_took_seconds else ""
    compared = f"The start itself took {start_took}; {usual}." if usual else ""
    if seen.joined:
        for_it = "" if seen.ready_by else f", so this execution waited {took} for it"
        waited = f"Its start was already under way{for_it}."
        return _in_a_row([f"{request.in_words} is running.", waited, compared])
    if usual and start_took == took:
        return f"{request.in_words} is running (took {took}; {usual})."
    return _in_a_row([f"{request.in_words} is running (took {took}).", compared])


def _chosen(request: ModelRequest) -> str:
    return f"It is the newest version of {request.project} that can run." if request.newest else ""


def _ready(seen: StartReport, zone: tzinfo) -> str:
    if seen.ready_by is None or seen.late_seconds is None:
        return ""
    by = f"for {when(seen.ready_by, zone)}"
    if round(seen.late_seconds) == 0:
        return f"It was ready just in time {by}."
    return f"It was ready {duration(abs(seen.late_seconds))} {'late' if seen.late_seconds > 0 else 'early'} {by}."


def _still_starts(request: ModelRequest, seen: StartReport) -> str:
    usual = f"; usual is {seen.usual_start.in_words}" if seen.usual_start else ""
    return f"{request.in_words} is still starting after {duration(seen.start_took_seconds or 0)}{usual}."


def _given_up(ending: Ending, zone: tzinfo) -> str:
    if ending.tried_until is None:
        return ""
    return f"If it is still not running on {when(ending.tried_until, zone)}, its start will be given up."


def _waited(seen: StartReport) -> str:
    if seen.waited is None:
        return ""
    waited = f"It waited {duration(seen.waited.seconds)} for a place in the account's quota"
    if not seen.waited.behind:
        return f"{waited}."
    return one_line(f"{waited}, behind {some_of(seen.waited.behind, count=seen.waited.behind_count)}.")


def _waited_in_vain(ending: Ending) -> str:
    seen = ending.report
    # Of a quota that stays full, the cause says for how long nobody left.
    said = ending.error == errors.QuotaExceededError.__name__
    if not isinstance(seen, StartReport) or seen.waited is None or (said and not seen.waited.behind):
        return ""
    return _waited(seen)


def _other_units(seen: StartReport) -> str:
    if seen.units_as_asked is not False:
        return ""
    units = seen.inference_units
    return f"It has {_counted(units.in_force)} inference units instead of {_counted(units.asked)}."


def _ignored(ending: Ending, request: ModelRequest, seen: StartReport, zone: tzinfo) -> str:
    """Return who has ignored which budget, and why."""
    if seen.budget is None or not seen.budget.ignored or not isinstance(request, Request):
        return ""
    who = someone(ending.execution_arn)
    why = sentence(f"Reason: {quoted(request.ignore_budget or '')}")
    return f"{who} has ignored that the budget {seen.budget.in_words} is spent ({seen.budget.so_far(zone)}). {why}"


def _counted(units: Units) -> str:
    highest = f" to {units.max_inference_units:,}" if units.max_inference_units is not None else ""
    return f"{units.min_inference_units:,}{highest}"


def _until(lease: LeaseStanding, zone: tzinfo) -> str:
    asked, ends_at, moved_from = (
        moment and when(moment, zone) for moment in (lease.asked, lease.ends_at, lease.moved_from)
    )
    if moved_from:
        return f"Its stop was moved from {moved_from} to {ends_at}."
    if ends_at and asked and asked != ends_at:
        return f"It will be stopped on {ends_at}, when the last of its leases ends. This start wanted it until {asked}."
    if ends_at:
        return f"It will be stopped on {ends_at}."
    if asked:
        return f"It was started without a lease, so no stop was scheduled for {asked}."
    return ""


def _stopped(request: ModelRequest, seen: StopReport) -> str:
    reason = f" {sentence(f'Reason: {quoted(seen.reason)}')}" if seen.reason else ""
    if seen.started_again:
        return f"{request.in_words} was left running. {one_line(seen.left_alone or '')}{reason}"
    if seen.already_stopped:
        return f"{request.in_words} was not running, so there was nothing to stop.{reason}"
    return f"{request.in_words} is stopped (took {duration(seen.elapsed_seconds)}).{reason}"


def _ran(ending: Ending, money: Money | None) -> str:
    if not money or not ending.ran:
        return ""
    return f"It ran for {duration(ending.ran.seconds)} and cost about {money.paid(ending.ran).usd:,.2f} USD."


def _waits(ending: Ending, zone: tzinfo) -> str:
    model = ending.request.in_words if ending.request else "A model"
    until = f" until {when(ending.tried_until, zone)}" if ending.tried_until else ""
    why = one_line(ending.cause or "", MAX_CAUSE_CHARACTERS)
    return f"{model} is waiting for a place in the account's quota. {why} Its start will be tried again{until}."


def _why(ending: Ending) -> str:
    """Return the reason in our own words, or quote those of whoever ended the execution."""
    verb, model = OF_GOAL[ending.goal].verb, ending.request
    what = f"The {verb} of {model.project}/{model.version}" if model else f"A {verb}"
    if ending.cause and ending.in_our_words:
        cause = one_line(ending.cause, MAX_CAUSE_CHARACTERS)
        named = model is None or ending.cause.startswith(model.in_words)
        return cause if named else f"{what} failed. {cause}"
    if ending.error == _MACHINE_TIMEOUT:
        return f"{what} timed out: Step Functions ended the execution."
    error = word(ending.error) if ending.error else ""
    reason = f"{quoted(ending.cause)} ({error})" if ending.cause and error else error
    reason = reason or (quoted(ending.cause) if ending.cause else "")
    given = f" {sentence(f'Reason given: {reason}')}" if reason else ""
    return f"{what} {ENDS.get(ending.outcome, 'failed')}.{given}"


def _so_far(ending: Ending, money: Money | None, zone: tzinfo, why: str) -> str:
    """Return what the current run cost, and for how long it has lasted unless that is said already."""
    if not money or not ending.ran:
        return ""
    lasted, usd = duration(ending.ran.seconds), money.paid(ending.ran).usd
    ran = "has" if f"running for {lasted} " in why else f"has been running for {lasted} and has"
    so_far = f"The model {ran} cost about {usd:,.2f} USD so far."
    if ending.outcome is not Outcome.STILL_BILLING:
        return so_far
    usd = money.by_end_of_month(ending.ran, zone)
    return f"{so_far} If nobody stops it, it will have cost about {usd:,.2f} USD by the end of the month."


def _mending(ending: Ending) -> list[str]:
    """Return what to do about a failure: first about the model, then about what went wrong."""
    if ending.advice:
        return [ending.advice]
    mend = _ADVICE_FOR.get(ending.error or "", _TRY_AGAIN)
    if ending.error is None and ending.outcome is Outcome.STILL_BILLING:
        # The watch found it.
        return ["Stop it if nobody needs it. You are reminded once a day."]
    if ending.outcome in ENDS and not ending.in_our_words:
        mend = ""
    if ending.clean_up is not None:
        return [_cleaned_up(ending), mend]
    if not ending.may_bill:
        return [mend or f"If that was not intended, {OF_GOAL[ending.goal].verb} it again."]
    if ending.left_to_itself:
        what = "Stop it if nobody needs it." if ending.seen_running else "Stop it, or start it again to use it."
        return [ending.remedy or "", what, "Unless it has a lease, nothing else will stop it."]
    verb = "Stop it yourself" if ending.goal is Goal.STOPPED else "Stop it if nobody needs it"
    doubt = "" if ending.outcome is Outcome.STILL_BILLING or ending.seen_running else ": it may still be billed"
    return [ending.remedy or "", f"{verb}{doubt}.", mend]


def _cleaned_up(ending: Ending) -> str:
    if isinstance(ending.clean_up, StartedCleanUp):
        return "The app is stopping what this start requested."
    error = ending.clean_up.error if ending.clean_up else ""
    return f"Stop it yourself: the app could not start its stop ({word(error)})."
