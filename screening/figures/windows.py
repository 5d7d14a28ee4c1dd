"""Electrochemical windows as bars over the voltage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from screening.equilibrium.window import WindowDocument
from screening.figures.canvas import CLEAR, COLOURS, label, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TOP_V = 5.0


def draw_windows(ax: Axes, windows: Sequence[WindowDocument], voltages_v: Mapping[str, float] | None = None) -> None:
    """Draw a bar for each material, from its reduction to its oxidation limit.

    Parameters
    ----------
    ax
        Where to draw.
    windows
        Of the materials, the first on top. One that is never oxidised ends in an arrow; where the oxidation limit is
        below the reduction limit, no voltage suits, and the bar is empty.
    voltages_v
        Voltages of a cathode at its states, V against Li/Li+; they are drawn as lines.
    """
    marked = dict(voltages_v or {})
    limits = [window.oxidation_limit_v for window in windows]
    top = max(_TOP_V, *(limit + 0.6 for limit in limits if limit is not None), *(one + 0.3 for one in marked.values()))
    for place, window in enumerate(windows):
        low, high = window.reduction_limit_v or 0.0, window.oxidation_limit_v
        if high is None:
            ax.barh(place, top - 0.3 - low, left=low, height=0.5, color=COLOURS[0])
            ax.plot([top - 0.22], [place], ">", color=COLOURS[0], clip_on=False)
        elif high >= low:
            ax.barh(place, high - low, left=low, height=0.5, color=COLOURS[0])
        else:
            ax.barh(place, low - high, left=high, height=0.5, facecolor="white", edgecolor=COLOURS[1], hatch="////")
        ends = [(min(low, high or low), low if high is None else min(low, high), "right")]
        if high is not None:
            ends.append((max(low, high), max(low, high), "left"))
        for at, value, side in ends:
            offset = -0.06 if side == "right" else 0.06
            ax.text(at + offset, place, number(value, 2), ha=side, va="center", fontsize="small", bbox=CLEAR)
    for name, volt in marked.items():
        ax.axvline(volt, color=COLOURS[1], linestyle="--", linewidth=0.8, zorder=0)
        ax.text(volt, -0.62, f" {name}", color=COLOURS[1], rotation=90, ha="center", va="bottom", fontsize="small")
    ax.set_yticks(range(len(windows)), [label(window.formula) for window in windows])
    ax.set_ylim(len(windows) - 0.5, -0.5 if not marked else -0.6)
    ax.set_xlim(-0.55, top)
    ax.set_xlabel(r"voltage against Li/Li$^+$ (V)")
    ax.tick_params(axis="y", length=0)
