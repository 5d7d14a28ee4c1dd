"""Compositions as the compiled core takes them, and the phases that may be on the hull."""

import numpy as np
import pytest
from random_phases import random_phases

from screening.equilibrium.reactant import Reactant
from screening.hull.compiled.core import core
from screening.phases.element_rows import near_hull, rows_of


def test_rows_are_fractions():
    rows = rows_of([{"Li": 2, "O": 1}, {}, {"O": 5.0}])
    assert rows.starts.tolist() == [0, 2, 2, 3]
    np.testing.assert_allclose(rows.fractions, [2 / 3, 1 / 3, 1.0])
    assert rows.elements[1] == rows.elements[2] != rows.elements[0]


@pytest.mark.skipif(core() is None, reason="the compiled core is not built, or not wanted")
def test_phases_near_the_hull():
    phases = random_phases(3, 6)
    near = set(near_hull(core(), phases.table, phases.formation_energies).tolist())
    above = [Reactant(phases, phases.formula(i)).mixture.energy for i in range(len(phases))]
    assert near == {i for i, energy in enumerate(above) if phases.formation_energies[i] - energy <= 1e-7}
    assert 6 < len(near) < len(phases)


def test_the_hull_of_drawn_energies_is_not_asked_for():
    phases = random_phases(3, 4)
    with pytest.raises(ValueError, match="energies as they are"):
        _ = phases.shifted(np.zeros(len(phases))).shelved.on_hull
