"""Intervals at each voltage agree with those of the window and of the interface, asked one by one."""

from __future__ import annotations

import pytest

from screening.equilibrium.staircase import lithium_staircase
from screening.equilibrium.voltage_sweep import voltage_sweep
from screening.equilibrium.window import electrochemical_window
from screening.hull.reservoir import Reservoir
from screening.uncertainty.draws import sampled
from screening.uncertainty.intervals import Interval
from screening.uncertainty.sampled_quantities import interface_uncertainty, window_uncertainty
from screening.uncertainty.sampled_voltages import staircase_uncertainty, sweep_uncertainty

N = 12


def test_each_point_of_a_sweep_is_the_interface_s(reference):
    found = voltage_sweep(reference, "Li3PO4", "Li3PS4", [2.0, 4.0])
    off = sweep_uncertainty(reference, found, N, 3)
    for point, voltage in zip(off.points, (2.0, 4.0), strict=True):
        alone = interface_uncertainty(reference, "Li3PO4", "Li3PS4", Reservoir.lithium_voltage(voltage), N, 3)
        assert point.voltage_v == voltage
        assert point.mutual_min_ev_per_closed_atom == alone.mutual_min_ev_per_closed_atom
        assert point.total_min_ev_per_closed_atom == alone.total_min_ev_per_closed_atom
        assert point.probability_reaction == alone.probability_reaction
    assert (off.n_samples, off.seed) == (N, 3)


def test_a_step_is_where_the_material_holds_half_of_it(reference):
    """In each sample by a search: the voltage at which the content passes the one halfway through the step."""
    found = lithium_staircase(reference, "Li3PS4")
    off = staircase_uncertainty(reference, found, N, 3)
    samples = sampled(reference, {"Li", "P", "S"}, N, 3)
    for place, step in enumerate(found.steps):
        halfway = 0.5 * (step.ions_below + step.ions_above)
        voltages = []
        for sample in samples:
            steps = lithium_staircase(sample, "Li3PS4", 0.0, 20.0).steps
            passed = [s.voltage_v for s in steps if s.ions_above <= halfway <= s.ions_below]
            voltages.append(passed[0] if passed else 0.0)
        assert off.steps[place].ions == halfway
        assert off.steps[place].voltage_v == Interval.of(voltages)


def test_an_exact_step_has_no_width(reference):
    """Of elements alone the errors are none: lithium does not react with iron."""
    found = lithium_staircase(reference, "Fe")
    assert (found.steps, staircase_uncertainty(reference, found, N, 0).steps) == ([], [])


@pytest.mark.parametrize(("formula", "ion"), [("Na3PS4", "Na"), ("MgS", "Mg")])
def test_the_window_of_another_ion_is_that_of_each_sample(reference, formula, ion):
    off = window_uncertainty(reference, formula, N, 1, ion=ion)
    windows = [electrochemical_window(s, formula, ion) for s in sampled(reference, {"Na", "P", "S", "Mg"}, N, 1)]
    assert off.reduction_limit_v == Interval.of(window.reduction_limit_v for window in windows)
    assert off.oxidation_limit_v == Interval.of(window.oxidation_limit_v for window in windows)
