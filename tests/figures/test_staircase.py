"""Staircases as pictures."""

from __future__ import annotations

from fixtures_figures import assert_legible, looked_at
from fixtures_screening import synthetic

from screening.equilibrium.staircase import lithium_staircase
from screening.figures.staircase import draw_staircase


def test_the_lithium_held_between_the_steps():
    found = [lithium_staircase(synthetic(), name) for name in ("Li6PS5Cl", "LiNbO3")]
    ax = looked_at(lambda ax: draw_staircase(ax, *found))
    for line, staircase in zip(ax.lines, found, strict=True):
        drawn = list(zip(line.get_xdata(), line.get_ydata(), strict=True))
        assert drawn[0] == (0.0, staircase.steps[0].ions_below)
        assert drawn[-1] == (5.0, staircase.steps[-1].ions_above)
        for step, below, above in zip(staircase.steps, drawn[1:-1:2], drawn[2:-1:2], strict=True):
            assert below == (step.voltage_v, step.ions_below)
            assert above == (step.voltage_v, step.ions_above)
    assert len({line.get_linestyle() for line in ax.lines}) == 2
    assert_legible(ax)


def test_a_material_without_a_step():
    """Between 2.9 and 3.0 V nothing happens to Li3PO4."""
    none = lithium_staircase(synthetic(), "Li3PO4", 2.9, 3.0)
    assert none.steps == []
    ax = looked_at(lambda ax: draw_staircase(ax, none))
    assert len(ax.lines) == 0
