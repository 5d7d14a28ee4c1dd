"""The phases of a set as the compiled core picks them: one of each composition, and those that may be on the hull."""

import numpy as np
import pytest
from random_phases import build, random_phases

from screening.equilibrium.reactant import Reactant
from screening.hull.compiled.core import core
from screening.phases.element_rows import near_hull, rows_of
from screening.phases.phase_set import PhaseSet


def test_rows_are_fractions():
    rows = rows_of([{"Li": 2, "O": 1}, {}, {"O": 5.0}])
    assert rows.starts.tolist() == [0, 2, 2, 3]
    np.testing.assert_allclose(rows.fractions, [2 / 3, 1 / 3, 1.0])
    assert rows.elements[1] == rows.elements[2] != rows.elements[0]


@pytest.mark.parametrize("seed", range(5))
def test_the_lowest_of_each_composition(seed):
    """One by one, by its fractions: of all phases, and of those of one chemical system."""
    phases = random_phases(seed, 6)
    lowest = {}
    for i in sorted(range(len(phases)), key=lambda i: (phases.energies[i].round(9), phases.table.id(i))):
        lowest.setdefault(tuple(phases.fractions[i].round(6)), i)
    few = set(phases.elements[:4])
    inside = [i for i in sorted(lowest.values()) if set(phases.table.composition(i)) <= few]
    assert phases.system(few).positions.tolist() == inside
    positions, shelves = phases.shelves
    assert positions.tolist() == sorted(lowest.values())
    assert len(shelves.rows) == len(positions) < len(phases)


def test_compositions_that_are_nearly_one():
    """Equal but for rounding are one; apart by more than a millionth in an element are two."""
    phases = build([({"Li": 2, "O": 1}, -1.0), ({"Li": 4.00001, "O": 2}, -1.1), ({"Li": 2.0001, "O": 1}, -1.2)])
    positions, _ = phases.shelves
    assert [phases.table.id(i) for i in positions] == ["element-Li", "element-O", "phase-1", "phase-2"]


def test_packaged_systems():
    """Chosen among the phases of the system alone, and among all."""
    alone, phases = (PhaseSet.from_table(p.scale, p.table) for p in (PhaseSet.reference(),) * 2)
    positions, _ = phases.shelves
    for elements in ({"Li", "O", "P", "S"}, {"Li", "Ni", "Mn", "O", "Zr"}):
        inside = np.intersect1d(phases.table.inside(elements), positions)
        assert (
            inside.tolist() == alone.system(elements).positions.tolist() == phases.system(elements).positions.tolist()
        )


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
        _ = phases.shifted(np.zeros(len(phases))).on_hull
