"""A table with one column that folds if the terminal is too narrow."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat

from rich.text import Text

_GAP = 2
_NARROWEST = 8


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
    characters, or what it needs if there is no width. `below`: what follows each of the lines.
    """
    every = [header, *(cells for cells, _ in lines)]
    widths = [max(len(cells[column]) for cells in every) for column in range(len(header))]
    if width is not None:
        others = sum(widths) - widths[folds] + _GAP * (len(widths) - 1)
        widths[folds] = min(widths[folds], max(width - others, _NARROWEST))
    for (cells, style), after in zip([(header, "dim"), *lines], chain([()], below, repeat(())), strict=False):
        folded = cells[folds]
        for start in range(0, len(folded) or 1, widths[folds]):
            part = [cell if start == 0 else "" for cell in cells]
            part[folds] = folded[start : start + widths[folds]]
            aligned = [
                cell.rjust(widths[column]) if column in numbers else cell.ljust(widths[column])
                for column, cell in enumerate(part)
            ]
            yield Text((" " * _GAP).join(aligned).rstrip(), style=style)
        yield from after
