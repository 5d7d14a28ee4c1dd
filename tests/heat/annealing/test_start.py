"""What a material consists of before it is annealed."""

import pytest
from fixtures_screening import phase_set, synthetic

from screening.common.errors import InputError
from screening.heat.annealing.start import start_of
from screening.materials.catalogue import Catalogue

CATALOGUE = Catalogue.load()


def test_a_known_phase_consists_of_itself():
    start = start_of(synthetic(), "LiNbO3", CATALOGUE)
    assert (start.formula, start.phases, start.origin, start.above_ev) == ("LiNbO3", {"LiNbO3": 1.0}, "phase", 0.0)
    assert start.atoms(("Li", "Nb")) == 2.0
    assert start.atoms(("O", "S")) == 3.0


def test_a_composite_consists_of_its_phases_by_atoms():
    start = start_of(synthetic(), "Li2SO4+Li3PO4", CATALOGUE)
    assert start.origin == "components"
    assert start.phases == pytest.approx({"Li2SO4": 7 / 15, "Li3PO4": 8 / 15})  # one mole of each
    assert start.composition == {"Li": 2.5, "S": 0.5, "O": 4.0, "P": 0.5}


def test_an_unknown_composition_consists_of_what_it_decomposes_into():
    """2 Li2O + P2O5 where nothing else is known: 6 of 13 atoms are in Li2O."""
    start = start_of(phase_set({"Li2O": -2.05, "P2O5": -2.2}), "Li4P2O7", CATALOGUE)
    assert start.origin == "hull"
    assert start.phases == pytest.approx({"Li2O": 6 / 13, "P2O5": 7 / 13})
    assert start.formula == "Li4P2O7"


def test_one_unknown_component_makes_it_start_from_the_hull():
    phases = phase_set({"Li2O": -2.05, "P2O5": -2.2})
    assert start_of(phases, "Li2O+Li4P2O7", CATALOGUE).origin == "hull"


def test_an_energy_above_the_hull_counts_with_the_atoms_it_belongs_to():
    assert start_of(synthetic(), "LiNbO3@30meV", CATALOGUE).above_ev == pytest.approx(0.03)
    # 7 of 15 atoms
    assert start_of(synthetic(), "Li2SO4@30meV+Li3PO4", CATALOGUE).above_ev == pytest.approx(0.03 * 7 / 15)


def test_a_cathode_at_a_state_of_charge():
    start = start_of(synthetic(), "LiCoO2:half", CATALOGUE)
    assert (start.material, start.formula) == ("LiCoO2:half", "Li0.5CoO2")
    assert sum(start.phases.values()) == pytest.approx(1.0)


def test_an_element_without_energies_is_named():
    with pytest.raises(InputError, match="Zr"):
        start_of(synthetic(), "ZrO2", CATALOGUE)
