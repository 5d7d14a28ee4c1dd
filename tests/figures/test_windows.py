"""Windows as pictures."""

from __future__ import annotations

import pytest
from fixtures_figures import assert_legible, labels, looked_at, texts
from fixtures_screening import synthetic

from screening.equilibrium.composite import material_window
from screening.figures.windows import draw_windows

NAMES = ["LiNbO3", "Li3PO4", "HfO2", "Li6PS5Cl", "0.5Li3PO4+0.5Li2S"]


def test_bars_span_the_windows():
    found = [material_window(synthetic(), name) for name in NAMES]
    ax = looked_at(lambda ax: draw_windows(ax, found, {"full": 3.7, "half": 4.1}), height=2.2)
    assert len(ax.patches) == len(found)
    assert [name.replace("$_{", "").replace("}$", "") for name in labels(ax.yaxis)] == NAMES
    for bar, window in zip(ax.patches, found, strict=True):
        low, high = window.reduction_limit_v, window.oxidation_limit_v
        if high is None:
            assert bar.get_x() == pytest.approx(low)
        else:
            assert sorted([bar.get_x(), bar.get_x() + bar.get_width()]) == pytest.approx(sorted([low, high]))
    shown = {one.get_text() for one in texts(ax)}
    assert {f"{found[0].reduction_limit_v:.2f}", f"{found[0].oxidation_limit_v:.2f}", "full", "half"} <= {
        text.strip() for text in shown
    }
    assert_legible(ax)


def test_a_window_that_is_none_is_drawn_empty():
    """The phases of the composite have no voltage in common."""
    window = material_window(synthetic(), "Li3PO4")
    none = window.model_copy(update={"reduction_limit_v": 3.0, "oxidation_limit_v": 2.0})
    ax = looked_at(lambda ax: draw_windows(ax, [window, none]))
    filled, empty = ax.patches
    assert filled.get_hatch() is None
    assert empty.get_hatch()
    assert (empty.get_x(), empty.get_width()) == (2.0, 1.0)


def test_an_end_beyond_the_scale_widens_it():
    window = material_window(synthetic(), "Li3PO4").model_copy(update={"oxidation_limit_v": 6.5})
    ax = looked_at(lambda ax: draw_windows(ax, [window]))
    assert ax.get_xlim()[1] > 6.5
    assert_legible(ax)
