"""An ending in a sentence or two, for the person who reads nothing else."""

from datetime import tzinfo
from typing import Any

from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.money import Money
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.endings.wording import duration, in_both
from model_lifecycle.vocabulary.errors import shortened
from model_lifecycle.vocabulary.instant import from_instant

MAX_WORDS_CHARACTERS = 2_000
"""How much of an execution's cause is told: whoever aborts one may give 32,768 characters."""


def summary_of(ending: Ending, money: Money | None, zone: tzinfo) -> str:
    """What happened, and what there is to do about it. Moments stand in UTC and in that time zone."""
    if ending.outcome in (Outcome.RUNNING, Outcome.LEASE_MOVED):
        return _runs(ending, zone)
    if ending.outcome is Outcome.STOPPED:
        return " ".join(filter(None, (_stopped(ending), _ran(ending, money, "It ran"))))
    words = shortened(ending.cause or "", MAX_WORDS_CHARACTERS)
    told = f"{ending.error}: {words}" if ending.error and words else ending.error or words
    summary = {
        Outcome.FAILED: words or told or "The execution failed.",
        Outcome.STILL_BILLING: words or told or "The execution failed.",
        Outcome.TIMED_OUT: words or told or "The execution ran out of time.",
        Outcome.ABORTED: f"The execution was aborted. {told}".strip(),
    }[ending.outcome]
    remedy = (ending.report or {}).get("Remedy")
    return " ".join(filter(None, (summary, remedy, _cleaned_up(ending), _ran(ending, money, "So far it ran"))))


def _ran(ending: Ending, money: Money | None, verb: str) -> str:
    ran = (ending.report or {}).get("Ran")
    return f"{verb} for {money.in_words(ran)}." if money and ran else ""


def _cleaned_up(ending: Ending) -> str:
    if ending.clean_up is None:
        return ""
    if "ExecutionArn" in ending.clean_up:
        return f"stop-model was started to stop what this start asked for: {ending.clean_up['ExecutionArn']}."
    return f"stop-model could not be started ({ending.clean_up['Error']}): stop the model yourself."


def _model(seen: dict[str, Any]) -> str:
    return f"The model {seen['Version']} of the project {seen['Project']}"


def _runs(ending: Ending, zone: tzinfo) -> str:
    seen = ending.report or {}
    if seen["AlreadyRunning"]:
        how = "was running already"
    elif seen["Joined"]:
        how = f"runs: its start was under way, and {duration(seen['ElapsedSeconds'])} were waited for it"
    else:
        how = f"runs: it took {duration(seen['ElapsedSeconds'])}"
    sentences = (f"{_model(seen)} {how}.", seen["Remedy"], _until(seen["Lease"], zone))
    return " ".join(filter(None, sentences))


def _until(lease: dict[str, str | None], zone: tzinfo) -> str:
    asked, ends_at, moved_from = (
        lease[name] and in_both(from_instant(lease[name]), zone)  # type: ignore[arg-type]
        for name in ("Asked", "EndsAt", "MovedFrom")
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


def _stopped(ending: Ending) -> str:
    seen = ending.report or {}
    reason = f" Reason: {seen['Reason']}" if seen["Reason"] else ""
    if seen["StartedAgain"]:
        return f"{_model(seen)} is wanted again and was left alone. {seen['LeftAlone']}{reason}"
    if seen["AlreadyStopped"]:
        return f"{_model(seen)} did not run: there was nothing to stop.{reason}"
    return f"{_model(seen)} is stopped: it took {duration(seen['ElapsedSeconds'])}.{reason}"
