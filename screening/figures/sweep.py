"""Sweeps: how two materials react at each voltage, open to lithium."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.equilibrium.voltage_sweep import VoltageSweepDocument
from screening.figures.canvas import COLOURS, MARKERS, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_sweep(ax: Axes, *sweeps: VoltageSweepDocument) -> None:
    """Draw the mutual reaction energy of two or more materials against the voltage; a marker for each voltage computed.

    Parameters
    ----------
    ax
        Where to draw.
    sweeps
        Of the interfaces.
    """
    for place, sweep in enumerate(sweeps):
        ax.plot(
            [point.voltage_v for point in sweep.points],
            [1000.0 * point.mutual.energy_ev for point in sweep.points],
            "-" + MARKERS[place % len(MARKERS)],
            markersize=3,
            color=COLOURS[place % len(COLOURS)],
            label=f"{label(sweep.a)} | {label(sweep.b)}",
        )
    ax.axhline(0.0, color="0.7", linewidth=0.6, zorder=0)
    ax.set_xlabel(r"voltage against Li/Li$^+$ (V)")
    ax.set_ylabel("mutual reaction energy (meV/non-Li atom)")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0))
