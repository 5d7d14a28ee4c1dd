"""A sweep is the interface at each voltage."""

from __future__ import annotations

import pytest
from random_phases import random_phases

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
