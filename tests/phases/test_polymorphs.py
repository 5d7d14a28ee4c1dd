"""Phases of one composition: which they are, and which of them is taken."""

import itertools

import numpy as np
import pytest
from pymatgen.core import Composition
from random_phases import SCALE, build, random_phases

from screening.equilibrium.stability import phase_stability
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet


def phase(name, formula, energy):
    return Phase(id=name, formula=formula, energy_ev_per_atom=energy)


LIST = [phase("a", "Li", -1.9), phase("b", "O2", -4.9), phase("c", "Li2O", -4.8), phase("d", "Li4O2", -4.7)]
SET = PhaseSet(SCALE, LIST)


def test_polymorphs_lowest_first():
    assert SET.polymorphs({"Li": 1, "O": 0.5}) == [2, 3]
    assert SET.polymorphs({"Li": 1, "O": 1}) == []
    assert SET.polymorphs({"Zr": 1}) == []
    assert SET.polymorphs({"Li": 0.666667, "O": 0.333333}) == [2, 3]  # six digits are within the same composition
    assert SET.polymorphs({"Li": 0.66667, "O": 0.33333}) == []


def test_polymorphs_of_random_sets_are_all_of_one_composition():
    phases = random_phases(5, 6)
    reduced = [Composition(p.formula).reduced_composition for p in phases.phases]
    for i, phase_ in enumerate(phases.phases):
        same = [j for j, composition in enumerate(reduced) if composition.almost_equals(reduced[i])]
        found = phases.polymorphs(Composition(phase_.formula).get_el_amt_dict())
        assert sorted(found) == same
        assert sorted(found, key=phases.energies.item) == found


def test_a_system_holds_the_lowest_phase_of_each_composition_within_its_elements():
    phases = random_phases(6, 5)
    chosen = {"Li", "O", "P"}
    expected = {}
    for i, p in enumerate(phases.phases):
        composition = Composition(p.formula)
        if {el.symbol for el in composition} <= chosen:
            key = composition.reduced_formula
            if key not in expected or phases.energies[i] < phases.energies[expected[key]]:
                expected[key] = i
    assert sorted(phases.system(chosen).positions.tolist()) == sorted(expected.values())


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
    positions, shelves = phases.shelved.lowest
    assert positions.tolist() == sorted(lowest.values())
    assert len(shelves.rows) == len(positions) < len(phases)


def test_compositions_that_are_nearly_one():
    """Equal but for rounding are one; apart by more than a millionth in an element are two."""
    phases = build([({"Li": 2, "O": 1}, -1.0), ({"Li": 4.00001, "O": 2}, -1.1), ({"Li": 2.0001, "O": 1}, -1.2)])
    positions, _ = phases.shelved.lowest
    assert [phases.table.id(i) for i in positions] == ["element-Li", "element-O", "phase-1", "phase-2"]


def test_packaged_systems():
    """Chosen among the phases of the system alone, and among all."""
    alone, phases = (PhaseSet.from_table(p.scale, p.table) for p in (PhaseSet.reference(),) * 2)
    positions, _ = phases.shelved.lowest
    for elements in ({"Li", "O", "P", "S"}, {"Li", "Ni", "Mn", "O", "Zr"}):
        inside = np.intersect1d(phases.table.inside(elements), positions)
        assert (
            inside.tolist() == alone.system(elements).positions.tolist() == phases.system(elements).positions.tolist()
        )


def test_polymorphs_of_one_energy_go_by_their_ids():
    """Two sets that differ in the order of their phases are equal, and so are their results."""
    same = [phase("z", "Li2O2", -4.8), phase("m", "Li4O4", -4.8 + 2e-10), phase("n", "Li2O2", -4.8 + 4e-9)]
    for order in itertools.permutations(same):
        phases = PhaseSet(SCALE, [*LIST, *order])
        assert [phases.table.id(i) for i in phases.polymorphs({"Li": 1.0, "O": 1.0})] == ["m", "z", "n"]
        assert "m" in [phases.table.id(i) for i in phases.system({"Li", "O"}).positions]
        found = phase_stability(phases, "Li2O2")
        assert found.phase.source_id == "m"
        assert [polymorph.source_id for polymorph in found.polymorphs] == ["m", "z", "n"]
