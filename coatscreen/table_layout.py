"""Which columns of a table fit into a terminal, and how wide each is: a name, a formula or a number is never cut."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

_LEAST_PROSE = 16  # characters; what is written in words is not squeezed below this
_BETWEEN, _ENDS = 3, 1  # characters that a border and its blanks take for each column, and once


@dataclass(frozen=True)
class Layout:
    """The columns that are shown, from left to right, and the width of each; and those that have no room."""

    widths: dict[str, int]
    dropped: list[str]

    @property
    def total(self) -> int:
        """Width of the table with its borders."""
        return _width(self.widths.values())


def laid_out(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    room: int | None,
    rigid: Collection[str] = (),
    importance: Sequence[str] = (),
) -> Layout | None:
    """Choose the columns of a table that fit, and their widths.

    Lines are broken between words alone, and only in columns of words. If the columns do not fit even so, each gets
    its place in the order of importance, and those for which there is no room are dropped.

    Parameters
    ----------
    columns
        Heads of the columns, each another.
    rows
        Cells of each row.
    room
        Width of the terminal; None for any.
    rigid
        Columns whose lines are not broken: numbers with what belongs to them.
    importance
        Heads of columns, the most important first. Those not named come after them, from left to right.

    Returns
    -------
    Layout or None
        None if not even the two most important columns fit: then a table is no form for these rows.
    """
    cells = {head: [row[i] for row in rows] for i, head in enumerate(columns)}
    natural = {head: max([_longest_line(head), *map(_longest_line, cells[head])]) for head in columns}
    least = {head: _least(head, cells[head], head in rigid, natural[head]) for head in columns}
    by_importance = [*(head for head in importance if head in cells), *(h for h in columns if h not in importance)]
    kept: list[str] = []
    for head in by_importance:
        if room is None or _width(least[one] for one in [*kept, head]) <= room:
            kept.append(head)
    if kept[:2] != by_importance[:2]:
        return None
    widths = {head: natural[head] for head in columns if head in kept}
    while room is not None and _width(widths.values()) > room:
        widest = max((head for head in widths if widths[head] > least[head]), key=lambda head: widths[head])
        widths[widest] -= 1
    return Layout(widths, [head for head in columns if head not in kept])


def _least(head: str, cells: Sequence[str], rigid: bool, natural: int) -> int:
    """Return the least width of a column."""
    if rigid:
        return max([_longest_word(head), *map(_longest_line, cells)])
    words = max([_longest_word(head), *map(_longest_word, cells)])
    return max(words, min(natural, _LEAST_PROSE))


def _longest_line(text: str) -> int:
    return max(map(cell_len, text.split("\n")))


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=0)


def _width(widths: Iterable[int]) -> int:
    return sum(width + _BETWEEN for width in widths) + _ENDS
