"""The life of a model with its lease, on a time line."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from html import escape

from pictures.told import ASKED, RUNNING, STOPPED

_WIDTH, _HEIGHT = 860, 300
_LEFT, _RIGHT = 150, 800
_BEGIN = ASKED - timedelta(minutes=4)
_END = ASKED + timedelta(minutes=68)
_ROWS = {"model": 70, "lease": 120, "executions": 170, "you get": 220}
_TEXT = "#374151"


def life_picture() -> str:
    """Return an SVG: what happens to the model, its lease, its executions and to you, from left to right."""
    font = "font-family='-apple-system, Segoe UI, Helvetica, Arial, sans-serif' font-size='13'"
    lines = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {_HEIGHT}' {font} role='img'>",
        "<title>The life of a model with a lease of an hour</title>",
        f"<rect width='{_WIDTH}' height='{_HEIGHT}' rx='8' fill='#ffffff' stroke='#d1d5db'/>",
        *_drawn(),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _drawn() -> Iterator[str]:
    running_at = datetime.fromisoformat(RUNNING.document["RunningAt"])
    lease_ends = datetime.fromisoformat(RUNNING.document["Lease"]["EndsAt"])
    stopped_at = datetime.fromisoformat(STOPPED.document["StoppedAt"])
    for name, y in _ROWS.items():
        yield _text(20, y + 19, name, weight=600)
    for moment in (ASKED, running_at, lease_ends, stopped_at):
        x = _x(moment)
        yield f"<line x1='{x}' y1='46' x2='{x}' y2='262' stroke='#9ca3af' stroke-dasharray='3 3'/>"
    yield _text(_x(ASKED), 38, f"{ASKED:%H:%M} start", anchor="end")
    yield _text(_x(running_at), 38, f"{running_at:%H:%M} runs")
    yield _text(_x(lease_ends), 38, f"{lease_ends:%H:%M} stop", anchor="end")
    yield _text(_x(stopped_at), 38, f"{stopped_at:%H:%M} stopped")
    yield _bar("model", ASKED, running_at, "#fde68a", "starts")
    yield _bar(
        "model", running_at, lease_ends, "#86efac", f"runs, bills {RUNNING.document['UsdPerHour']:.2f} USD an hour"
    )
    yield _bar("model", lease_ends, stopped_at, "#fca5a5", "")
    yield _bar("lease", ASKED, lease_ends, "#bfdbfe", "lease of an hour: the stop is scheduled before the model starts")
    yield _bar("executions", ASKED, running_at, "#e5e7eb", "start-model", beside="start")
    yield _bar("executions", lease_ends, stopped_at, "#e5e7eb", "stop-model", beside="end")
    for moment, subject, anchor in (
        (running_at, "e-mail: it runs, and until when", "start"),
        (stopped_at, f"e-mail: it is stopped, and cost {STOPPED.document['Ran']['Usd']:.2f} USD", "end"),
    ):
        y = _ROWS["you get"] + 14
        yield f"<circle cx='{_x(moment)}' cy='{y}' r='6' fill='#1d4ed8'/>"
        yield _text(_x(moment) + (12 if anchor == "start" else -22), y + 5, subject, anchor=anchor)
    yield _text(20, 284, "Whatever happens, even a failure, an abort or a timeout, you get one such message.")


def _x(moment: datetime) -> float:
    return round(_LEFT + (_RIGHT - _LEFT) * ((moment - _BEGIN) / (_END - _BEGIN)), 1)


def _bar(row: str, begin: datetime, end: datetime, fill: str, label: str, *, beside: str = "") -> str:
    """Return a bar with its label: in it, or `beside` it, where the label's `start` or `end` touches it."""
    x, width, y = _x(begin), round(_x(end) - _x(begin), 1), _ROWS[row]
    bar = f"<rect x='{x}' y='{y}' width='{width}' height='28' rx='4' fill='{fill}' stroke='#6b7280'/>"
    at = {"": x + 8, "start": x + width + 8, "end": x - 8}[beside]
    return bar + _text(at, y + 19, label, anchor=beside or "start")


def _text(x: float, y: float, text: str, *, anchor: str = "start", weight: int = 400) -> str:
    look = f"text-anchor='{anchor}' font-weight='{weight}' fill='{_TEXT}'"
    return f"<text x='{x}' y='{y}' {look}>{escape(text)}</text>"
