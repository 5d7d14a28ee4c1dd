"""Staircases: the lithium that a material holds at each voltage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.equilibrium.staircase import StaircaseDocument
from screening.figures.canvas import COLOURS, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STYLES = ("-", "--", "-.", ":")


def draw_staircase(ax: Axes, *staircases: StaircaseDocument) -> None:
    """Draw the lithium that materials hold against the voltage; each vertical is a reaction.

    Parameters
    ----------
    ax
        Where to draw.
    staircases
        Of the materials.
    """
    for place, staircase in enumerate(staircases):
        steps = staircase.steps
        if not steps:
            continue
        volts = [staircase.lowest_v, *(step.voltage_v for step in steps for _ in range(2)), staircase.highest_v]
        held = [amount for step in steps for amount in (step.ions_below, step.ions_above)]
        ax.plot(
            volts,
            [held[0], *held, held[-1]],
            _STYLES[place % len(_STYLES)],
            color=COLOURS[place % len(COLOURS)],
            label=label(staircase.formula),
        )
    ax.set_xlabel(r"voltage against Li/Li$^+$ (V)")
    ax.set_ylabel("lithium held per formula unit")
    ax.set_ylim(bottom=0.0)
    if ax.lines:
        ax.legend()
