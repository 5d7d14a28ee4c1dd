"""Phase stability by hand, on random sets, and on the packaged energies."""

import pytest
from hypothesis import given
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition
from random_phases import build, degenerate_sets, imbalance, random_phases

from screening.chemistry.compositions import format_formula
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.equilibrium.stability import phase_stability

OXIDES = build(
    [({"Li": 2, "O": 1}, -2.0), ({"Li": 2, "O": 2}, -1.6), ({"Li": 1, "O": 2}, -0.5), ({"Li": 4, "O": 2}, -1.9)]
)


def test_a_stable_phase():
    """Li2O2 against Li2O and O, which together have -2 eV on 3 of its 4 atoms."""
    document = phase_stability(OXIDES, "Li2O2")
    assert document.energy_above_hull_ev_per_atom == 0.0
    assert document.energy_to_other_phases_ev_per_atom == pytest.approx(-1.6 + 1.5)
    assert document.formation_energy_ev_per_atom == pytest.approx(-1.6)
    assert document.decomposition == {"Li2O2": 1.0}
    assert document.reaction == "Li2O2 -> Li2O2"
    assert document.phase.source_id == "phase-1"


def test_a_metastable_phase():
    document = phase_stability(OXIDES, "LiO2")
    assert document.energy_above_hull_ev_per_atom == pytest.approx(1.6 * 2 / 3 - 0.5)
    assert document.energy_to_other_phases_ev_per_atom == document.energy_above_hull_ev_per_atom
    assert document.decomposition == pytest.approx({"Li2O2": 2 / 3, "O2": 1 / 3})
    assert document.reaction == "2 LiO2 -> Li2O2 + O2"
    assert document.chemical_potentials_ev == {"Li": -3.2, "O": 0.0}


def test_polymorphs_lowest_first():
    document = phase_stability(OXIDES, "Li2O")
    assert [(p.source_id, p.above_lowest_ev_per_atom) for p in document.polymorphs] == [
        ("phase-0", 0.0),
        ("phase-3", 0.1),
    ]
    # the higher polymorph is no other phase: against Li and Li2O2 (2 Li2O -> 2 Li + Li2O2), -1.6 eV on 4 atoms of 6
    assert document.energy_to_other_phases_ev_per_atom == pytest.approx(-2.0 + 1.6 * 4 / 6)


def test_a_composition_without_a_phase():
    document = phase_stability(OXIDES, "Li3O2")
    assert (document.energy, document.phase, document.energy_above_hull_ev_per_atom) == ("hull", None, None)
    assert document.energy_to_other_phases_ev_per_atom is None
    assert document.polymorphs == []
    assert document.formation_energy_ev_per_atom == pytest.approx(-1.84)


def test_an_element():
    document = phase_stability(OXIDES, "O2")
    assert document.formation_energy_ev_per_atom == 0.0
    assert document.energy_above_hull_ev_per_atom == 0.0
    assert document.energy_to_other_phases_ev_per_atom is None


def test_a_phase_above_its_elements():
    document = phase_stability(build([({"Li": 1, "S": 1}, 0.3)]), "LiS")
    assert document.energy_above_hull_ev_per_atom == pytest.approx(0.3)
    assert document.formation_energy_ev_per_atom == pytest.approx(0.3)
    assert document.decomposition == pytest.approx({"Li": 0.5, "S": 0.5})


def test_an_element_without_energies():
    with pytest.raises(InputError, match="no phase of Zr"):
        phase_stability(OXIDES, "ZrO2")


@given(phases=degenerate_sets())
def test_every_phase_of_degenerate_sets(phases):
    for formula in {phases.formula(i) for i in range(len(phases))}:
        document = phase_stability(phases, formula)
        assert document.energy_above_hull_ev_per_atom >= 0.0
        assert sum(document.decomposition.values()) == pytest.approx(1.0, abs=1e-8)
        assert imbalance(document.reaction) < 1e-3
        if document.energy_to_other_phases_ev_per_atom is not None:
            above = max(0.0, document.energy_to_other_phases_ev_per_atom)
            assert document.energy_above_hull_ev_per_atom == pytest.approx(above, abs=1e-8)


@pytest.mark.parametrize("n_elements", [2, 4, 6])
def test_decompositions_are_those_of_pymatgen(n_elements):
    phases = random_phases(n_elements, n_elements)
    entries = [
        PDEntry(composition := Composition(phase.formula), phase.energy_ev_per_atom * composition.num_atoms)
        for phase in phases.phases
    ]
    diagram = PhaseDiagram(entries)
    for formula in {phases.formula(i) for i in range(len(phases))}:
        expected = {
            entry.composition.reduced_formula: amount
            for entry, amount in diagram.get_decomposition(Composition(formula)).items()
        }
        assert phase_stability(phases, formula).decomposition == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("formula", ["Li6PS5Cl", "LiNbO3", "Li10GeP2S12", "LiCoO2"])
def test_packaged_energies_are_judged_as_pymatgen_does(reference, formula):
    elements = set(parse_formula(formula))
    entries = []
    for i, phase in enumerate(reference.phases):
        if set(parse_formula(phase.formula)) <= elements:
            composition = Composition(phase.formula)
            entries.append(PDEntry(composition, phase.energy_ev_per_atom * composition.num_atoms, name=str(i)))
    diagram, document = PhaseDiagram(entries), phase_stability(reference, formula)
    lowest = min(
        (e for e in entries if e.composition.reduced_formula == Composition(formula).reduced_formula),
        key=lambda entry: entry.energy_per_atom,
    )
    assert document.energy_above_hull_ev_per_atom == pytest.approx(diagram.get_e_above_hull(lowest), abs=1e-6)
    assert document.decomposition == pytest.approx(
        {
            format_formula(e.composition.get_el_amt_dict()): amount
            for e, amount in diagram.get_decomposition(Composition(formula)).items()
        },
        abs=1e-6,
    )
