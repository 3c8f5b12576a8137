"""The dashboard with a day's data, drawn of the body that is deployed."""

import io
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pictures.dashboard_data import IN_ALARM, NOTHING, SEARCHED, SERIES, TABLE, THIS_MONTH

_COLUMNS = 24
_UNIT_WIDTH, _UNIT_HEIGHT = 0.6, 0.4
"""Inches of a unit of the dashboard's grid."""
_TITLE, _TEXT, _SMALL = 9, 7, 6
_COLORS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf")
_STYLE = {
    # Texts stay texts, in a font of whoever looks; and the same data are the same file.
    "svg.fonttype": "none",
    "svg.hashsalt": "model-lifecycle",
    "font.family": "DejaVu Sans",
    "font.size": _TEXT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#9ca3af",
    "xtick.color": "#4b5563",
    "ytick.color": "#4b5563",
}
_DRAWS = (Path(__file__), Path(__file__).with_name("dashboard_data.py"))


def body_of(template: dict[str, Any]) -> dict[str, Any]:
    """Return the body of the dashboard in a template. What it names by reference has the name of the resource."""
    [dashboard] = [one for one in template["Resources"].values() if one["Type"] == "AWS::CloudWatch::Dashboard"]
    parts = dashboard["Properties"]["DashboardBody"]["Fn::Join"][1]
    named = (part if isinstance(part, str) else part.get("Ref") or part["Fn::GetAtt"][0] for part in parts)
    # Whatever the price is in the settings, the picture shows the usual one.
    body: dict[str, Any] = json.loads(re.sub(r"(?<=/ 60 \* )[\d.]+", "4", "".join(named)))
    return body


def made_of(body: dict[str, Any]) -> str:
    """Return a digest of all that the picture is made of."""
    code = "".join(path.read_text(encoding="utf-8") for path in _DRAWS)
    return _digest(f"{json.dumps(body, sort_keys=True)}{code}{version('matplotlib')}")


def is_current(picture: str, body: dict[str, Any]) -> bool:
    """Tell without drawing whether a picture is the one that is made of that body."""
    sealed, _, drawn = picture.partition("\n")
    return sealed == _seal(body, drawn)


def dashboard_picture(body: dict[str, Any]) -> str:
    """Return the text of an SVG, which says in its first line what it was made of."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    widgets = body["widgets"]
    rows = max(widget["y"] + widget["height"] for widget in widgets)
    with mpl.rc_context({**mpl.rcParamsDefault, **_STYLE}):
        figure = Figure(figsize=(_COLUMNS * _UNIT_WIDTH, rows * _UNIT_HEIGHT))
        for widget in widgets:
            _draw(figure, widget, rows)
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawn = _plain(written.getvalue())
    return f"{_seal(body, drawn)}\n{drawn}"


def _seal(body: dict[str, Any], drawn: str) -> str:
    return f"<!-- made of {made_of(body)}, drawn as {_digest(drawn)} -->"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]


def _plain(svg: str) -> str:
    """Return the SVG without what names other hosts."""
    svg = re.sub(r"<\?xml.*?\?>\s*|<!DOCTYPE.*?>\s*|\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = svg.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "").replace("xlink:href", "href")
    svg = svg.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def _draw(figure: Any, widget: dict[str, Any], rows: int) -> None:
    """Draw a widget at its place in the grid."""
    frame = figure.add_axes(_place(widget, rows, margin=(0.12, 0.12, 0.12, 0.12)), facecolor="#ffffff")
    frame.set(xticks=[], yticks=[])
    for spine in frame.spines.values():
        spine.set(visible=True, edgecolor="#d1d5db")
    properties = widget["properties"]
    at = frame.transAxes
    frame.text(
        0.012, 0.94, properties["title"], transform=at, va="top", fontsize=_TITLE, weight="bold", color="#111827"
    )
    match widget["type"], properties.get("view"):
        case "log", _:
            _table(frame)
        case "alarm", _:
            _alarms(frame, properties["alarms"])
        case "metric", "singleValue":
            _numbers(frame, properties)
        case "metric", view:
            axes = figure.add_axes(_place(widget, rows, margin=(0.75, 0.8, 0.5, 0.5)))
            _graph(axes, properties, bars=view == "bar")
        case kind:
            raise NotImplementedError(kind)


def _place(widget: dict[str, Any], rows: int, *, margin: tuple[float, float, float, float]) -> list[float]:
    """Return where it is, in parts of the figure; margins in inches: left, bottom, right, top."""
    left, bottom, right, top = margin
    width, height = _COLUMNS * _UNIT_WIDTH, rows * _UNIT_HEIGHT
    x, y = widget["x"] * _UNIT_WIDTH + left, (rows - widget["y"] - widget["height"]) * _UNIT_HEIGHT + bottom
    wide, high = widget["width"] * _UNIT_WIDTH - left - right, widget["height"] * _UNIT_HEIGHT - bottom - top
    return [x / width, y / height, wide / width, high / height]


def _series(properties: dict[str, Any]) -> Iterator[tuple[str, Any, bool]]:
    """Yield each series with its label, and whether its axis is that on the right."""
    for row in properties["metrics"]:
        options = row[-1]
        if options.get("visible") is False:
            continue
        found = SEARCHED.get(options["label"]) or {options["label"]: SERIES.get(options["label"], NOTHING)}
        for label, values in found.items():
            yield label, values, options.get("yAxis") == "right"


def _graph(axes: Any, properties: dict[str, Any], *, bars: bool) -> None:
    series = list(_series(properties))
    right = axes.twinx() if any(on_the_right for _, _, on_the_right in series) else None
    below = NOTHING
    for (label, values, on_the_right), color in zip(series, _COLORS, strict=False):
        where, moments = right if on_the_right and right else axes, range(1 - len(values), 1)
        if bars:
            where.bar(moments, values, color=color)
        elif properties.get("stacked"):
            above = [one + other for one, other in zip(below, values, strict=True)]
            where.fill_between(moments, below, above, color=color, alpha=0.6, step="post", label=label)
            below = above
        else:
            where.plot(moments, values, color=color, linewidth=1.2, marker="." if None in values else "", label=label)
    for one in filter(None, (axes, right)):
        one.set_ylim(bottom=0, top=max(1, one.get_ylim()[1]))
        one.set_xlim(-len(series[0][1]), 0.5)
    axes.set_ylabel(properties["yAxis"]["left"].get("label", ""), color="#4b5563")
    ago = axes.get_xticks()[1:-1]
    axes.set_xticks(ago, [f"{-at:.0f} {'days' if bars else 'h'} ago" if at else "now" for at in ago])
    axes.grid(axis="y", color="#e5e7eb", linewidth=0.6)
    axes.set_axisbelow(True)
    handles = [*axes.get_legend_handles_labels()[0], *(right.get_legend_handles_labels()[0] if right else [])]
    if handles:
        many = (len(handles) + 3) // 4
        place = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.2), "ncols": max(2, len(handles) // many)}
        axes.legend(handles=handles, frameon=False, fontsize=_SMALL, handlelength=1, columnspacing=1, **place)


def _numbers(axes: Any, properties: dict[str, Any]) -> None:
    series = [(label, values) for label, values, _ in _series(properties)]
    for number, (label, values) in enumerate(series):
        at = (number + 0.5) / len(series)
        # The only sum of a widget of numbers.
        value = THIS_MONTH if "expression" in properties["metrics"][number][-1] else values[-1]
        axes.text(at, 0.5, f"{value:,g}", transform=axes.transAxes, ha="center", fontsize=24, color="#111827")
        axes.text(at, 0.34, label, transform=axes.transAxes, ha="center", color="#4b5563")


def _table(axes: Any) -> None:
    wide = [0.32, 0.22, 0.13, 0.11, 0.11, 0.11]
    lefts = [0.012 + sum(wide[:number]) for number in range(len(wide))]
    for number, row in enumerate(TABLE):
        y = 0.74 - 0.13 * number
        for left, text in zip(lefts, row, strict=True):
            axes.text(left, y, text, transform=axes.transAxes, weight="bold" if not number else "normal")
        axes.plot([0.012, 0.988], [y - 0.04] * 2, transform=axes.transAxes, color="#e5e7eb", linewidth=0.8)
    axes.set(xlim=(0, 1), ylim=(0, 1))


def _alarms(axes: Any, arns: list[str]) -> None:
    """Draw the alarms, by their logical ids without the digest at the end."""
    names = [re.sub(r"^Observability|[0-9A-F]{8}$", "", arn) for arn in arns]
    columns = 3
    lines = -(-len(names) // columns)
    for number, name in enumerate(names):
        x, y = 0.02 + (number % columns) * 0.325, 0.72 - 0.7 * (number // columns) / lines
        color = "#d62728" if name in IN_ALARM else "#2ca02c"
        axes.plot([x], [y + 0.018], marker="s", color=color, markersize=5, transform=axes.transAxes)
        axes.text(x + 0.018, y, name, transform=axes.transAxes)
    axes.set(xlim=(0, 1), ylim=(0, 1))
