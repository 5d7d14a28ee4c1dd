"""What annealing gives, as a picture."""

from __future__ import annotations

import pytest
from fixtures_anneal import small_set
from fixtures_figures import assert_legible, looked_at

from screening.figures.anneal import draw_anneal
from screening.heat.annealing.anneal import Annealing
from screening.heat.annealing.atmosphere import Atmosphere
from screening.heat.annealing.scan import anneal_scan


def test_the_amounts_stand_on_each_other():
    """CaCO3 becomes CaO and CO2: one formula unit of solid all the way, and one molecule of gas above it."""
    annealing = Annealing(small_set(), "CaCO3", Atmosphere(0.21, product_bar=1.0))
    scan = anneal_scan(annealing, [600.0, 1000.0, 1400.0])
    ax = looked_at(lambda ax: draw_anneal(ax, scan))
    bars = {group.get_label(): group.patches for group in ax.containers}
    assert list(bars) == ["CaCO$_{3}$", "CaO", "CO$_{2}$ (g)"]
    for place, point in enumerate(scan.points):
        drawn = {name: group[place] for name, group in bars.items()}
        heights = {name: bar.get_height() for name, bar in drawn.items()}
        found = {product.name: product.moles for product in point.alone.products}
        assert heights["CaO"] == pytest.approx(found.get("CaO", 0.0))
        assert heights["CO$_{2}$ (g)"] == pytest.approx(found.get("CO2(g)", 0.0))
        assert drawn["CO$_{2}$ (g)"].get_y() == pytest.approx(heights["CaCO$_{3}$"] + heights["CaO"])
        assert drawn["CaO"].get_x() + 200.0 == pytest.approx(point.temperature_c)
    assert {name for name, group in bars.items() if group[0].get_hatch()} == {"CO$_{2}$ (g)"}
    [line] = ax.lines
    assert line.get_xdata()[0] == scan.changes[0].temperature_c
    assert_legible(ax)
