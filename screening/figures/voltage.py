"""Voltage curves of cathodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.cathodes.lithium_potentials import CathodeDocument
from screening.figures.canvas import CLEAR, COLOURS, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_voltage(ax: Axes, cathode: CathodeDocument) -> None:
    """Draw the average voltages of a cathode by steps of lithium, its states of charge, and published voltages.

    Parameters
    ----------
    ax
        Where to draw; charging goes to the right.
    cathode
        The cathode.
    """
    contents = [at for step in cathode.voltages for at in (step.lithium_from, step.lithium_to)]
    volts = [step.voltage_v for step in cathode.voltages for _ in range(2)]
    ax.plot(contents, volts, color=COLOURS[0], label="average by steps")
    x = [state.lithium_per_formula_unit for state in cathode.states]
    y = [state.lithium.voltage_v for state in cathode.states]
    ax.plot(x, y, "o", color=COLOURS[1], label="states of charge")
    for state, at, volt in zip(cathode.states, x, y, strict=True):
        ax.annotate(
            state.state, (at, volt), xytext=(4, -4), textcoords="offset points", va="top", fontsize="small", bbox=CLEAR
        )
    for place, beside in enumerate(cathode.published):
        found = beside.published
        span = [found.lithium_from, found.lithium_to]
        named = "published" if place == 0 else None
        ax.plot(span, [found.voltage_v] * 2, "x:", color="black", label=named)
    ax.margins(x=0.24, y=0.14)
    ax.invert_xaxis()
    ax.set_xlabel("lithium per formula unit")
    ax.set_ylabel(r"voltage against Li/Li$^+$ (V)")
    ax.set_title(label(cathode.cathode))
    ax.legend()
