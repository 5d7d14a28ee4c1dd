"""Classes of coatings against neighbours: how much they react in the median."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from screening.atlas.class_map import ClassMap
from screening.figures.canvas import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = "YlOrBr"  # from light to dark, told apart with any colour vision (ColorBrewer)


def draw_class_map(ax: Axes, shown: ClassMap, darkest_mev: float = -300.0, named: bool = True) -> None:
    """Draw a cell for each class of coatings and neighbour; the darker, the more they react.

    Parameters
    ----------
    ax
        Where to draw.
    shown
        What to draw.
    darkest_mev
        The median mutual energy at which a cell is darkest, meV per closed atom.
    named
        Whether the neighbours are named; of maps above one another the lowest is enough.
    """
    sizes = -shown.mutual_mev
    mesh = ax.pcolormesh(sizes, cmap=_COLOURS, vmin=0.0, vmax=-darkest_mev, edgecolors="white", linewidth=0.4)
    rows = [f"{name} ({count})" for name, count in zip(shown.classes, shown.n_coatings, strict=True)]
    ax.set_yticks(np.arange(len(rows)) + 0.5, rows)
    names = [" ".join([label(first), *rest]) for first, *rest in (one.rsplit(" ", 1) for one in shown.neighbours)]
    ax.set_xticks(np.arange(len(names)) + 0.5, names if named else [""] * len(names), rotation=90)
    ax.tick_params(length=0, labelsize=5)
    ax.invert_yaxis()
    bar = ax.figure.colorbar(mesh, ax=ax, extend="max", pad=0.01, aspect=30)
    bar.set_label("size of the median\nmutual energy (meV)", fontsize=6)
    bar.ax.tick_params(labelsize=5)
