"""A study: materials by name, interfaces at own energies and at those of the hull, computed once."""

import pytest
from fixtures_reproduction import CATALOGUE, THIO, study, vacancies_of
from fixtures_screening import SCALE, phase_set

from screening.common.errors import InputError
from screening.validation.reproduction.study import Study, elements_of


def test_at_the_energies_of_the_hull_only_the_mutual_energy_is_left():
    """Li7PS6 lies 71.43 meV/atom above the hull: its own energy enters the total, and nothing else does."""
    small = study(THIO)
    own = small.interface("Li7PS6", "P2S5").profile()
    hull = small.interface_of_hull("Li7PS6", "P2S5").profile()
    assert own.self_a == pytest.approx(-1 / 14)
    assert hull.self_a == 0.0
    assert hull.total == pytest.approx(hull.mutual)
    assert hull.mutual.min() == pytest.approx(own.mutual.min())
    assert own.total.min() < hull.total.min()
    assert small.mutual_mev("Li7PS6", "P2S5") == pytest.approx(1000 * own.mutual.min())


def test_an_interface_is_computed_once_for_each_potential():
    small = study({**THIO, "LiCl": -2.0})
    assert small.interface("Li2S", "P2S5") is small.interface("Li2S", "P2S5")
    assert small.interface("Li2S", "P2S5") is not small.interface("Li2S", "P2S5", -1.0)
    assert small.interface("Li2S", "P2S5", -1.0).reservoir.mu_relative_ev == {"Li": -1.0}


def test_a_name_of_the_catalogue_has_the_formula_of_its_state():
    small = study({"LiNiO2": -1.5, "LiCoO2": -1.7, "MnO2": -1.8, "Li2O": -2.0})
    assert small.formula("NCM83:half") == "Li0.5Ni0.83Co0.12Mn0.05O2"
    assert elements_of(["NCM83", "Li6PS5Cl"], CATALOGUE) == {"Li", "Ni", "Co", "Mn", "O", "P", "S", "Cl"}
    with pytest.raises(InputError, match="Nb"):
        small.formula("LiNbO3")


def test_potentials_are_those_of_these_energies_not_the_cited_ones():
    small = study({"LiCoO2": -1.7, "CoO2": -0.95, "CoO": -1.2})
    # LiCoO2 -> CoO2 + Li costs 4 * 1.7 - 3 * 0.95 eV, by the hull a straight line
    assert small.lithium_ev("LiCoO2", "half") == pytest.approx(-(4 * 1.7 - 3 * 0.95))
    ncm = study({"LiNiO2": -1.5, "LiCoO2": -1.7, "MnO2": -1.8, "NiO2": -0.7, "CoO2": -0.9})
    assert CATALOGUE.cathode("NCM83").published_voltages[0].voltage_v == 3.66  # given for the half lithiated cathode
    assert abs(ncm.lithium_ev("NCM83", "half") + 3.66) > 0.05
    with pytest.raises(InputError, match="no state 'empty'"):
        small.lithium_ev("LiCoO2", "empty")


def test_vacancies_of_another_scale_are_refused():
    phases = phase_set(THIO)
    other = phase_set(THIO, SCALE.model_copy(update={"correction": "MP2020"}))
    same = Study(phases, CATALOGUE, vacancies_of(phases, {0: 2.0}))
    assert same.vacancies("NMC532").energies_ev == {0: 2.0}
    with pytest.raises(InputError, match="oxygen vacancies of NMC532 are of other energies"):
        Study(other, CATALOGUE, vacancies_of(phases, {0: 2.0})).vacancies("NMC532")
