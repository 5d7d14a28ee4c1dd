"""Voltage curves as pictures."""

from __future__ import annotations

import pytest
from fixtures_figures import assert_legible, looked_at

from screening.cathodes.lithium_potentials import lithium_states
from screening.figures.voltage import draw_voltage
from screening.materials.catalogue import Catalogue


@pytest.mark.parametrize("name", ["NCM83", "LiCoO2"])
def test_the_curve_and_the_states(reference, name):
    found = lithium_states(reference, Catalogue.load().cathode(name))
    ax = looked_at(lambda ax: draw_voltage(ax, found))
    curve, states = ax.lines[:2]
    steps = list(zip(curve.get_xdata(), curve.get_ydata(), strict=True))
    for step, first, second in zip(found.voltages, steps[::2], steps[1::2], strict=True):
        assert first == (step.lithium_from, step.voltage_v)
        assert second == (step.lithium_to, step.voltage_v)
    assert list(states.get_ydata()) == [state.lithium.voltage_v for state in found.states]
    assert list(states.get_xdata()) == [state.lithium_per_formula_unit for state in found.states]
    assert len(ax.lines) == 2 + len(found.published)
    left, right = ax.get_xlim()
    assert left > right  # charging goes to the right
    assert_legible(ax)
