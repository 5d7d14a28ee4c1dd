"""Sweeps of the voltage as pictures."""

from __future__ import annotations

import pytest
from fixtures_figures import assert_legible, looked_at
from fixtures_screening import synthetic

from screening.equilibrium.interface import Interface
from screening.equilibrium.voltage_sweep import voltage_sweep
from screening.figures.sweep import draw_sweep
from screening.hull.reservoir import Reservoir

VOLTAGES = [2.5, 3.0, 3.5, 4.0]


def test_the_lowest_mutual_energy_at_each_voltage():
    names = ("LiNbO3", "Li3PO4", "LiCoO2")
    sweeps = [voltage_sweep(synthetic(), name, "Li6PS5Cl", VOLTAGES) for name in names]
    ax = looked_at(lambda ax: draw_sweep(ax, *sweeps))
    for name, line in zip(names, ax.lines, strict=False):
        lowest = [
            Interface(synthetic(), name, "Li6PS5Cl", Reservoir.lithium_voltage(volt)).profile().mutual.min()
            for volt in VOLTAGES
        ]
        assert list(line.get_xdata()) == VOLTAGES
        assert list(line.get_ydata()) == pytest.approx([1000 * one for one in lowest], abs=1e-5)
    assert len({line.get_marker() for line in ax.lines[:3]}) == 3
    assert_legible(ax)
