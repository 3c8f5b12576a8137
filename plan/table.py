"""A table with one column that folds if the terminal is too narrow."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat

from rich.text import Text

_GAP = 2
_NARROWEST = 8
_WIDEST = 100
"""Of the folding column where nothing folds: names may have 500 characters, and the others would be far away."""


def table_lines(
    header: Sequence[str],
    lines: Sequence[tuple[Sequence[str], str]],
    *,
    numbers: Sequence[int],
    folds: int,
    width: int | None,
    below: Sequence[Iterable[Text]] = (),
) -> Iterator[Text]:
    """Yield the header and lines of cells, each with its style, in columns two spaces apart.

    `numbers`: the columns that stand on the right. `folds`: the column that gets what the others leave of `width`
    characters. If there is no width, nothing folds, and what is very long pushes the rest of its own line away.
    `below`: what follows each of the lines.
    """
    every = [header, *(cells for cells, _ in lines)]
    widths = [max(len(cells[column]) for cells in every) for column in range(len(header))]
    if width is None:
        room = widths[folds]
        widths[folds] = max(len(cells[folds]) for cells in every if len(cells[folds]) <= _WIDEST)
    else:
        others = sum(widths) - widths[folds] + _GAP * (len(widths) - 1)
        widths[folds] = room = min(widths[folds], max(width - others, _NARROWEST))
    for (cells, style), after in zip([(header, "dim"), *lines], chain([()], below, repeat(())), strict=False):
        folded = cells[folds]
        for start in range(0, len(folded) or 1, room):
            part = [cell if start == 0 else "" for cell in cells]
            part[folds] = folded[start : start + room]
            aligned = [
                cell.rjust(widths[column]) if column in numbers else cell.ljust(widths[column])
                for column, cell in enumerate(part)
            ]
            yield Text((" " * _GAP).join(aligned).rstrip(), style=style)
        yield from after
