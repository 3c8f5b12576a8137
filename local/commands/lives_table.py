"""A summary of models' lives, from their notifications."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.table import Column, Table
from rich.text import Text

_COLUMNS = ("Model", "Started", "Ready after", "Ran", "Stopped", "Cost")


def lives_table(documents: Sequence[Mapping[str, Any]]) -> Table:
    """Return a row for each model, without what is not known. `documents`: what programs are told, in order."""
    lives: dict[str, dict[str, Any]] = {}
    for document in documents:
        life = lives.setdefault(document["Project"], {})
        if document["Outcome"] == "Running":
            life |= {"Started": _time(document["AskedAt"]), "Ready after": _seconds(document["ElapsedSeconds"])}
        elif document["Outcome"] == "Stopped":
            life |= {"Stopped": _time(document["StoppedAt"])}
            if ran := document.get("Ran"):
                life |= {"Ran": _seconds(ran["Hours"] * 3_600), "Cost": f"{ran['Usd']:.2f} USD"}
    heads = (Column(column.replace(" ", "\n"), overflow="fold") for column in _COLUMNS)
    table = Table(*heads, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name, life in lives.items():
        table.add_row(*(Text({"Model": name, **life}.get(column, "")) for column in _COLUMNS))
    return table


def _time(instant: str | None) -> str:
    return f"{datetime.fromisoformat(instant):%H:%M:%S}" if instant else ""


def _seconds(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"
