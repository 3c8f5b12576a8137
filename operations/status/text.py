"""The status for people: a line of figures for each model, and below it what they mean."""

import textwrap
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.text import Text

from model_lifecycle.model.budget import BudgetStanding
from model_lifecycle.vocabulary.phase import Goal
from model_lifecycle.vocabulary.wording import execution, some_of, someone
from operations.status.fleet import Fleet
from operations.status.recurring import Due
from operations.status.row import Leased, Row, State
from operations.status.status import Status
from plan.table import table_lines
from plan.times import aligned, written

NEARLY_SPENT = 80
"""Percent."""
DONE_TO = {Goal.RUNNING: "started", Goal.STOPPED: "stopped"}
_INDENT = "  "
_STYLES = {
    State.RUNS: "green",
    State.STARTS: "yellow",
    State.STOPS: "yellow",
    State.WAITS: "yellow",
    State.UNCLEAR: "red",
}
_COUNTED = {
    State.RUNS: ("runs", "run"),
    State.STARTS: ("starts", "start"),
    State.STOPS: ("stops", "stop"),
    State.WAITS: ("waits", "wait"),
    State.UNCLEAR: ("is in a status that is not known here", "are in a status that is not known here"),
}


def lines_of(status: Status, *, width: int | None) -> Iterator[Text]:
    """Yield the lines, folded to a width of characters if there is one."""
    seen, zone = status.seen, status.seen.deployed.zone
    head = f"{seen.stack} in {seen.region} (account {seen.account}), {written(seen.now, zone, year=True)}"
    yield from _folded(Text(head), width)
    yield from _folded(Text(_summary(status), style="bold"), width)
    for standing in seen.budgets or ():
        style = "bold red" if standing.is_spent else "yellow" if standing.percent >= NEARLY_SPENT else ""
        yield from _folded(Text(_budget(standing, zone), style=style), width)
    for fleet in seen.fleets or ():
        yield from _folded(Text(_fleet(fleet, zone), style="yellow"), width)
    if status.rows:
        yield Text()
        yield from _table(status, width)
    if seen.failures or seen.left_out:
        yield Text()
    if seen.left_out:
        more = "1 more project was" if seen.left_out == 1 else f"{seen.left_out:,} more projects were"
        left_out = f"{more} not asked, since nothing is known to run there. Without --quick, all are."
        yield from _folded(Text(left_out, style="dim"), width)
    for failure in seen.failures:
        yield from _folded(Text.assemble(("Warning: ", "bold yellow"), failure), width)


def _summary(status: Status) -> str:
    zone = status.seen.deployed.zone
    if not status.rows:
        due = status.next_start
        soon = f" Next: {_scheduled_words(due, 'start', zone, what='a model')}." if due else ""
        if status.seen.failures or status.seen.left_out:
            return "Nothing was seen that runs, starts or stops, but not everything was read."
        return f"Nothing runs, starts or stops{' yet' if status.seen.fleets else ''}.{soon}"
    numbers = ((status.count(state), words) for state, words in _COUNTED.items())
    counted = ", ".join(f"{number:,} {words[number > 1]}" for number, words in numbers if number)
    unleased = f"; {status.unleased:,} without a lease" if status.unleased else ""
    return (
        f"{counted}{unleased}. {status.usd:,.2f} USD so far, {status.usd_per_hour:,.2f} USD an hour, "
        f"{status.usd_by_month_end:,.2f} USD by {_date(status)} at this pace."
    )


def _budget(standing: BudgetStanding, zone: ZoneInfo) -> str:
    ends = written(standing.ends_at, zone)
    then = f" Starts are refused until {ends}." if standing.is_spent else f" It begins anew on {ends}."
    return f"{standing.spent_usd:,.2f} USD spent of the budget {standing.in_words} ({standing.percent:,.0f} %).{then}"


def _fleet(fleet: Fleet, zone: ZoneInfo) -> str:
    return (
        f"A fleet of {fleet.models} is being {DONE_TO[fleet.goal]} since {written(fleet.since, zone)}, by "
        f"{fleet.started_by}{how_far(fleet)}."
    )


def how_far(fleet: Fleet) -> str:
    """Return how many of its models are done, to follow its name; nothing if that is not known."""
    if fleet.done is None:
        return ""
    failed = f", {fleet.failed:,} failed" if fleet.failed else ""
    return f": {fleet.done:,} {'is' if fleet.done == 1 else 'are'} done{failed}, {len(fleet.under_way):,} under way"


def _date(status: Status) -> str:
    end = status.month_end
    return f"{end.day} {end:%b}"


def _table(status: Status, width: int | None) -> Iterator[Text]:
    zone, rows = status.seen.deployed.zone, status.rows
    return table_lines(
        ("Model", "Status", "Since", "Units", "USD", f"By {_date(status)}"),
        [(_figures(row, zone), "bold red" if row.unleased else _STYLES[row.state]) for row in rows],
        numbers=(3, 4, 5),
        folds=0,
        width=width,
        below=[list(_details(row, zone, width)) for row in rows],
    )


def _figures(row: Row, zone: ZoneInfo) -> Sequence[str]:
    least, most = row.units
    units = "?" if least is None else f"{least:,}-{most:,}" if most and most > least else f"{least:,}"
    since = aligned(row.since, zone).rpartition(" ")[0] if row.since else "?"
    return row.name, row.status, since, units, f"{row.usd:,.2f}", f"{row.usd_by_month_end:,.2f}"


def _details(row: Row, zone: ZoneInfo, width: int | None) -> Iterator[Text]:
    """Yield who started it, who stops it, and what is scheduled."""
    for sentences in (list(_who(row, zone)), _lease(row, zone), _scheduled(row, zone)):
        style = "red" if row.unleased and sentences and sentences[0].startswith("NO LEASE") else "dim"
        if sentences:
            yield from _folded(Text(" ".join(sentences), style=style), width, indent=_INDENT)


def _who(row: Row, zone: ZoneInfo) -> Iterator[str]:
    title = row.request.service.name
    if row.state is State.WAITS:
        by = f", asked for by {row.started_by}," if row.started_by else ""
        if row.ready_by and row.asks_from:
            ready, asks = written(row.ready_by, zone), written(row.asks_from, zone)
            yield f"{title}. Its start{by} waits for its time: it will be requested on {asks}, to be done by {ready}."
            return
        until = f", at most until {written(row.waits_until, zone)}" if row.waits_until else ""
        yield f"{title}. Its start{by} waits for {_turn(row)}{until}."
        return
    if not row.known:
        yield f"{title}. Who started it could not be read."
    elif row.started_by is not None:
        yield f"{title}, started by {row.started_by}."
    else:
        yield f"{title}, started in the service itself, not through this app."
    if row.usual is not None:
        yield f"Its start usually takes {row.usual.in_words}."
    if row.wanted_by is not None:
        yield f"{someone(row.wanted_by)} wanted it last."
    if row.stopping_by is not None:
        yield f"Stopped by {execution(row.stopping_by)}."


def _turn(row: Row) -> str:
    if row.place is None:
        return "its turn, such as for a place in the account's quota"
    behind = f", behind {some_of(row.behind)}" if row.behind else ""
    return f"a place in the account's quota, as number {row.place:,} in line{behind}"


def _lease(row: Row, zone: ZoneInfo) -> list[str]:
    if row.state in (State.STOPS, State.WAITS):
        return []
    ends = written(row.lease.ends_at, zone) if row.lease else ""
    match row.leased:
        case Leased.ARMED:
            return [f"Lease until {ends}, when it will be stopped."]
        case Leased.UNARMED:
            return [f"Lease until {ends}, but its stop is not scheduled. The watch will schedule it within the hour."]
        case Leased.OVER:
            return [f"Its lease ended on {ends}, but it was not stopped yet."]
        case Leased.UNKNOWN:
            return [f"Lease until {ends}." if ends else "Its lease could not be read."]
    if row.next_stop is not None:
        return [f"NO LEASE, but {_scheduled_words(row.next_stop, 'stop', zone)}."]
    return ["NO LEASE: nothing is scheduled to stop it." if row.schedules_known else "NO LEASE."]


def _scheduled(row: Row, zone: ZoneInfo) -> list[str]:
    said = [_scheduled_words(row.next_start, "start", zone)] if row.next_start else []
    if row.next_stop and row.leased is not Leased.NOBODY:
        said.append(_scheduled_words(row.next_stop, "stop", zone))
    return [f"{words[0].upper()}{words[1:]}." for words in said]


def _scheduled_words(due: Due, verb: str, zone: ZoneInfo, *, what: str = "it") -> str:
    if due.ready_by is not None:
        return f'the schedule "{due.schedule.name}" will have {what} running by {written(due.ready_by, zone)}'
    return f'the schedule "{due.schedule.name}" will {verb} {what} on {written(due.at, zone)}'


def _folded(text: Text, width: int | None, *, indent: str = "") -> Iterator[Text]:
    """Yield the text in lines between words; a word that is longer than a line goes on in the next one."""
    if width is None:
        yield Text.assemble(indent, text)
        return
    place = 0
    for line in textwrap.wrap(text.plain, width - len(indent), break_on_hyphens=False):
        place = text.plain.index(line, place)
        yield Text.assemble(indent, text[place : place + len(line)])
        place += len(line)
