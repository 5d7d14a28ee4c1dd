"""What a material becomes in a furnace, by temperature."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from screening.figures.canvas import COLOURS, label
from screening.heat.annealing.annealing_documents import AnnealScan

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_anneal(ax: Axes, scan: AnnealScan) -> None:
    """Draw the amounts of all products on each other at every temperature; gases are hatched.

    Vertical lines are the temperatures at which the products change.

    Parameters
    ----------
    ax
        Where to draw.
    scan
        A material over a range of temperatures.
    """
    celsius = [point.temperature_c for point in scan.points]
    width = min((after - before for before, after in pairwise(celsius)), default=1.0)
    amounts = [{product.name: product.moles for product in point.alone.products} for point in scan.points]
    gases = {product.name for point in scan.points for product in point.alone.products if product.state == "gas"}
    names = dict.fromkeys(name for products in amounts for name in products)
    below = [0.0] * len(celsius)
    for place, name in enumerate(sorted(names, key=lambda name: name in gases)):
        moles = [products.get(name, 0.0) for products in amounts]
        ax.bar(
            celsius,
            moles,
            width,
            below,
            color=COLOURS[place % len(COLOURS)],
            edgecolor="white",
            linewidth=0.3,
            hatch="////" if name in gases else None,
            label=f"{label(name.removesuffix('(g)'))} (g)" if name in gases else label(name),
        )
        below = [height + more for height, more in zip(below, moles, strict=True)]
    for change in scan.changes:
        ax.axvline(change.temperature_c, color="black", linestyle=":", linewidth=0.8)
    ax.set_xlabel("temperature (°C)")
    ax.set_ylabel(f"amounts per {label(scan.points[0].alone.formula)} (mol/mol)")
    ax.legend(ncols=2, loc="lower left", bbox_to_anchor=(0.0, 1.0))
