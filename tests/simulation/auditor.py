"""The audit of a model's life: what leaked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from model_lifecycle.endings.outcome import GOES_ON
from tests.simulation.model_life import Call, Execution, ModelLife, Run

TOLD_WITHIN = timedelta(hours=2)
"""The watch looks every hour, and one look may fail."""
ONCE_A_DAY = timedelta(hours=24)
TELLING = timedelta(minutes=3)
"""So long a state tries to tell an end: its retries wait for 155 s in all."""


class Leak(StrEnum):
    """What must not be."""

    RUNS_PAST_ITS_LEASE = "it ran although its last lease was over"
    STOPPED_THOUGH_WANTED = "it was stopped although a later start wanted it"
    NOT_TOLD = "it ran without a lease, and nobody was told"
    RUNS_IN_VAIN = "it ran on although its start had given up"
    END_NOT_TOLD = "an execution ended, and that was not told once"
    CONTRADICTION = "two messages do not agree"
    NOT_CLAIMED = "it was started, and its record does not say by whom"
    STARTED_THOUGH_STOPPED = "a start began before a stop, and started it after that stop's end"
    STOP_LEFT_BEHIND = "a stop is armed for a lease that is over"


@dataclass(frozen=True)
class Found:
    """One leak."""

    leak: Leak
    moment: datetime
    words: str


@dataclass(frozen=True)
class Auditor:
    """`warn_after`: the setting of the deployment. `stop_comes_within`: by default, time for a lease's stop to fail and
    for the watch, which looks every hour, to start another, and one more. `disarmed_within`: how long after a lease is
    replaced or over its stop may still be armed; for ever, if None. `written_down`: whether every stop could read and
    write the model's record.
    """

    warn_after: timedelta = timedelta(hours=24)
    stop_comes_within: timedelta = timedelta(hours=3)
    disarmed_within: timedelta | None = None
    written_down: bool = False

    def leaks(self, life: ModelLife) -> list[Found]:
        """All of them, in the order of time."""
        found = [
            *(leak for run in life.runs for leak in self._of(life, run)),
            *self._stops(life),
            *self._ends(life),
            *self._contradictions(life),
            *self._claims(life),
            *self._in_vain_stops(life),
            *self._undone(life),
            *(
                Found(Leak.STOP_LEFT_BEHIND, end, f"its lease until {end:%d. %H:%M:%S}")
                for end in life.leases
                if life.over - end > timedelta(minutes=2)
            ),
        ]
        return sorted(found, key=lambda leak: leak.moment)

    def _of(self, life: ModelLife, run: Run) -> Iterator[Found]:
        yield from self._lease(life, run)
        yield from self._unleased(life, run)
        yield from self._in_vain(life, run)

    def _lease(self, life: ModelLife, run: Run) -> Iterator[Found]:
        last = _last_promise(life, run)
        end = run.end or life.over
        if last is not None and end - last > self.stop_comes_within and _wanted_without_end(life, run, last) is None:
            yield Found(Leak.RUNS_PAST_ITS_LEASE, last, f"the last lease was until {last:%d. %H:%M:%S}")

    def _unleased(self, life: ModelLife, run: Run) -> Iterator[Found]:
        last = _last_promise(life, run)
        since = run.begin if last is None else _wanted_without_end(life, run, last)
        if since is None:
            return
        due = since + self.warn_after + TOLD_WITHIN
        end = run.end or life.over
        warnings = [told.moment for told in life.told if told.outcome == "StillBilling"]
        while due < end:
            told = [moment for moment in warnings if max(since, run.begin) < moment <= due]
            if not told:
                yield Found(Leak.NOT_TOLD, due, f"it ran since {since:%d. %H:%M:%S} without a lease")
                return
            since, due = told[-1], told[-1] + ONCE_A_DAY + TOLD_WITHIN

    def _in_vain(self, life: ModelLife, run: Run) -> Iterator[Found]:
        start = life.executions.get(run.starter or "")
        if start is None or start.status != "FAILED" or start.ended is None:
            return
        joined = any(other is not start and run.has(claim.moment) for claim, other in life.claims)
        # A clean-up that did not stop it has been told.
        in_vain = [
            stop for stop in life.executions.values() if stop.cleans_up == start.arn and stop.status != "SUCCEEDED"
        ]
        end = run.end or life.over
        if not joined and not in_vain and end - max(start.ended, run.begin) > self.stop_comes_within:
            yield Found(Leak.RUNS_IN_VAIN, start.ended, f"{start.arn} had asked for it.")

    def _stops(self, life: ModelLife) -> Iterator[Found]:
        for run in life.runs:
            for call in life.calls:
                stop = life.executions.get(call.by)
                if call.starts or stop is None or call.moment != run.end:
                    continue
                if why := _why_wanted(life, run, call, stop):
                    yield Found(Leak.STOPPED_THOUGH_WANTED, call.moment, f"{why} Stopped by {stop.arn}.")

    def _in_vain_stops(self, life: ModelLife) -> Iterator[Found]:
        for stop in life.executions.values():
            if not stop.quiet or stop.lease_ends_at is None or self.disarmed_within is None:
                continue
            late = stop.began - self.disarmed_within
            stood = [written.record.lease_ends_at for written in life.stood if written.moment <= late]
            if stop.lease_ends_at in stood[:-1] and stood[-1] != stop.lease_ends_at:
                yield Found(Leak.STOP_LEFT_BEHIND, stop.began, f"{stop.arn} came in vain.")

    def _undone(self, life: ModelLife) -> Iterator[Found]:
        ended = [stop for stop in life.executions.values() if stop.undoes and stop.status == "SUCCEEDED"]
        for call in life.calls:
            start = life.executions.get(call.by)
            # What waits for its time outlives the stop of an earlier run.
            if start is None or not call.starts or not self.written_down or start.ready_by:
                continue
            if after := [
                stop for stop in ended if start.began < stop.began and (stop.ended or life.over) < call.moment
            ]:
                words = f"{start.arn} started it after {after[0].arn}."
                yield Found(Leak.STARTED_THOUGH_STOPPED, call.moment, words)

    def _ends(self, life: ModelLife) -> Iterator[Found]:
        for execution in life.executions.values():
            if execution.ended is None or life.over - execution.ended < timedelta(minutes=10):
                continue
            of_it = [told for told in life.told if told.execution_arn == execution.arn and told.outcome not in GOES_ON]
            # Nobody is to hear of a quiet end, and an event about it that could not be read tells nobody.
            told = {told.notification_id for told in of_it if not (execution.quiet and told.outcome == "Undelivered")}
            if execution.status in ("ABORTED", "TIMED_OUT") and len(told) > 1:
                # It was cut short while a state told how it ended.
                told.discard(f"{execution.arn}#0")
            if len(told) != (0 if execution.quiet else 1):
                yield Found(Leak.END_NOT_TOLD, execution.ended, f"{execution.arn} was told {len(told)} times.")

    def _contradictions(self, life: ModelLife) -> Iterator[Found]:
        """Whether a model in a status bills, and how long a run was, is told alike by everyone."""
        words = life.words
        billing = {words.starting, words.running, words.stopping, "SYSTEM_UPDATING"}
        ran: dict[tuple[str, str], datetime] = {}
        for told in life.told:
            document = told.document
            if document.get("Status") in billing and not document["MayBill"]:
                yield Found(Leak.CONTRADICTION, told.moment, f"{document['Status']} is said not to bill.")
            run = document.get("Ran")
            if not run:
                continue
            until, which = datetime.fromisoformat(run["Until"]), (run["Since"], run["Source"])
            known = ran.get(which, until)
            # Who has measured a run that goes on may tell it after somebody who measured it later.
            if until < known - (TELLING if document["MayBill"] else timedelta(0)):
                yield Found(Leak.CONTRADICTION, told.moment, f"The run since {run['Since']} was told to be longer.")
            ran[which] = max(until, known)

    def _claims(self, life: ModelLife) -> Iterator[Found]:
        for call in life.calls:
            if call.starts and call.by and life.record_at(call.moment).asked_by != call.by:
                yield Found(Leak.NOT_CLAIMED, call.moment, f"{call.by} started it.")


def _last_promise(life: ModelLife, run: Run) -> datetime | None:
    """Return the latest of all ends that the starts of a run were promised, or that stood in the record meanwhile."""
    starter = life.executions.get(run.starter or "")
    promised = [starter.lease_ends_at] if starter else []
    standing = life.record_at(run.begin) if starter else None
    records = [standing] if standing else []
    before = life.record_at(run.begin).lease_ends_at
    for written in life.stood:
        if run.begin < written.moment and (run.end is None or written.moment <= run.end):
            if starter or written.record.lease_ends_at != before:
                records.append(written.record)
            before = written.record.lease_ends_at
    promised += [record.lease_ends_at for record in records]
    promised += [told.lease_ends_at for told in life.told if told.runs and run.has(told.moment)]
    return max((end for end in promised if end is not None), default=None)


def _wanted_without_end(life: ModelLife, run: Run, last: datetime) -> datetime | None:
    """When a start without a lease came upon the run after its last lease was over, if one did."""
    return next(
        (
            claim.moment
            for claim, start in life.claims
            if run.has(claim.moment) and claim.moment >= last and claim.record.lease_ends_at is None
        ),
        None,
    )


def _why_wanted(life: ModelLife, run: Run, call: Call, stop: Execution) -> str:
    """Why a stop ought to have left the model alone; empty if it was to stop it."""
    claims = [
        (claim.record.lease_ends_at, start)
        for claim, start in life.claims
        if (run.begin if start.arn != run.starter else run.called) <= claim.moment <= call.moment
    ]
    told_so = [told for told in life.told if told.runs and run.has(told.moment) and told.moment <= call.moment]
    told_of = [(told.lease_ends_at, life.executions[told.execution_arn or ""]) for told in told_so]
    # Whoever could not read until when it runs goes by the lease that it asked for.
    heard = [(end or start.lease_ends_at, start) for end, start in told_of]
    wanting = {start.arn: start for _, start in [*claims, *heard]}
    later = [start.arn for start in wanting.values() if start.began > stop.began]
    if later:
        return f"{later[0]} wanted it, and began after the stop."
    if stop.cleans_up:
        # Whose own lease is over wants it no longer, although it may hear only now that it runs.
        others = [
            arn
            for arn, start in wanting.items()
            if arn != stop.cleans_up and (start.lease_ends_at is None or start.lease_ends_at > call.moment)
        ]
        return f"{others[0]} wanted it, too." if others else ""
    if stop.only_after:
        latest = life.record_at(call.moment).latest_start or "nobody"
        return f"{latest} is the latest start." if latest != stop.only_after else ""
    if stop.lease_ends_at is None:
        return ""
    longer = [
        start.arn
        for end, start in [*claims, *heard]
        if end is None
        or max(end, start.lease_ends_at or end) > stop.lease_ends_at
        or (start.lease_ends_at is None and start.began > stop.lease_ends_at)
    ]
    return f"{longer[0]} wanted it beyond the lease." if longer else ""


def timeline(life: ModelLife, found: list[Found]) -> str:
    """Return what happened when, and what of it leaked: a line each."""
    short = {
        arn: f"{'start' if life.executions[arn].starts else 'stop'} {number}"
        for number, arn in enumerate(life.executions)
    }
    lines: list[tuple[datetime, str]] = [
        *((condition.moment, f"model    {condition.status}") for condition in life.conditions),
        *(
            (call.moment, f"service  {'start' if call.starts else 'stop'} by {call.by or 'a person'}")
            for call in life.calls
        ),
        *((written.moment, f"record   {_shown(written.record)}") for written in life.written),
        *(
            (told.moment, f"told     {told.outcome} until {told.lease_ends_at} ({told.execution_arn})")
            for told in life.told
        ),
        *(
            (execution.began, f"begins   {execution.arn} {dict(execution.input)}")
            for execution in life.executions.values()
        ),
        *(
            (execution.ended, f"ends     {execution.arn} {execution.status}{' quietly' if execution.quiet else ''}")
            for execution in life.executions.values()
            if execution.ended
        ),
        *((leak.moment, f"LEAK     {leak.leak.value}: {leak.words}") for leak in found),
    ]
    text = "\n".join(f"  {moment:%d. %H:%M:%S.%f} {line}" for moment, line in sorted(lines, key=lambda line: line[0]))
    for arn, name in sorted(short.items(), key=lambda item: -len(item[0])):
        text = text.replace(arn, name)
    return f"{life.name}, over at {life.over:%d. %H:%M:%S}:\n{text}"


def _shown(record: object) -> str:
    values = {name: value for name, value in vars(record).items() if value is not None}
    return ", ".join(
        f"{name} {value:%H:%M:%S}" if isinstance(value, datetime) else f"{name} {value}"
        for name, value in values.items()
    )
