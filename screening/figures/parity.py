"""Formation energies against those of a table, by chemistry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from screening.chemistry.classes import CHEMISTRY_CLASSES, chemistry_class
from screening.chemistry.formulas import parse_formula
from screening.figures.canvas import COLOURS, MARKERS, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from screening.validation.accuracy.formation_tables import FormationTable
    from screening.validation.accuracy.statistics import Pair


def draw_parity(ax: Axes, pairs: Sequence[Pair], table: FormationTable) -> None:
    """Draw a point for each compound: its formation energy in the table, and here; equal ones lie on the diagonal.

    Parameters
    ----------
    ax
        Where to draw.
    pairs
        Formation energies of compounds here and in the table, eV/atom.
    table
        The table.
    """
    members: dict[str, list[Pair]] = {}
    for pair in pairs:
        members.setdefault(chemistry_class(parse_formula(pair.name)), []).append(pair)
    for place, name in enumerate(CHEMISTRY_CLASSES):
        if name in members:
            ax.plot(
                [pair.theirs for pair in members[name]],
                [pair.ours for pair in members[name]],
                MARKERS[place // len(COLOURS)],
                markersize=2.5,
                markeredgewidth=0,
                color=COLOURS[place % len(COLOURS)],
                label=name,
            )
    draw_diagonal(ax, [value for pair in pairs for value in (pair.ours, pair.theirs)])
    ax.set_xlabel(f"{table.kind}, {label(table.label)} (eV/atom)")


def draw_diagonal(ax: Axes, values: Sequence[float]) -> None:
    """Draw the line of equal values, a little beyond the given ones."""
    ends = (min(values, default=0.0), max(values, default=1.0))
    margin = 0.03 * (ends[1] - ends[0]) or 1.0
    limits = (ends[0] - margin, ends[1] + margin)
    ax.plot(limits, limits, color="black", linewidth=0.6)
