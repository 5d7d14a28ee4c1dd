"""A sweep is the interface at each voltage."""

from __future__ import annotations

import pytest
from random_phases import build, random_phases

from screening.common.errors import InputError
from screening.equilibrium.interface import Interface
from screening.equilibrium.voltage_sweep import voltage_sweep
from screening.hull.reservoir import Reservoir


def test_each_point_is_the_interface_at_that_voltage():
    phases = random_phases(3, 5)
    a, b = [phases.formula(i) for i in range(len(phases)) if len(phases.table.composition(i)) == 3][:2]
    found = voltage_sweep(phases, a, b, [1.0, 2.5, 4.0])
    assert [point.voltage_v for point in found.points] == [1.0, 2.5, 4.0]
    for point in found.points:
        alone = Interface(phases, a, b, Reservoir({"Li": -point.voltage_v})).reaction()
        assert point.mutual.energy_ev == pytest.approx(alone.mutual.energy_ev, abs=1e-9)
        assert point.total.reaction == alone.total.reaction
        assert point.ensemble.open == {"Li": -point.voltage_v}


@pytest.mark.parametrize(("voltages", "message"), [([], "at least one voltage"), ([-1.0], "must not be negative")])
def test_refused(voltages, message):
    with pytest.raises(InputError, match=message):
        voltage_sweep(random_phases(3, 5), "Li", "Li", voltages)


def test_the_charge_exchanged_by_hand():
    """Li2O at 3.5 V and S at rest: Li2O gives up two lithium, 2 x 26801 mAh in 29.88 g of it."""
    phases = build([({"Li": 2, "O": 1}, -2.0), ({"S": 1, "O": 2}, -1.0)])
    (point,) = voltage_sweep(phases, "Li2O", "S", [3.5]).points
    assert point.mutual.reaction == "2 Li2O + S -> SO2 + 4 Li"
    mass = (2 * (2 * 6.94 + 15.999) + 32.06) / 3
    assert point.capacity_mah_per_g == pytest.approx(-4 / 3 * 26801.48 / mass, rel=2e-4)


def test_a_sweep_of_another_ion_with_oxygen_open():
    phases = build([({"Mg": 1, "O": 1}, -3.0), ({"S": 1, "O": 2}, -1.0), ({"Mg": 1, "S": 1}, -1.8)])
    found = voltage_sweep(phases, "MgS", "S", [2.5], "Mg", Reservoir({"O": -2.0}))
    assert (found.ion, found.couple) == ("Mg", "Mg/Mg2+")
    assert found.points[0].ensemble.open == {"Mg": -5.0, "O": -2.0}
    with pytest.raises(InputError, match="Mg has two chemical potentials"):
        voltage_sweep(phases, "MgS", "S", [2.5], "Mg", Reservoir({"Mg": -2.0}))
