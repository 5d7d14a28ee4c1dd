"""Our value beside a published one, in each convention."""

import numpy as np
import pytest
from fixtures_reproduction import CATALOGUE, THIO, published, study, thio, vacancies_of
from fixtures_screening import phase_set

from screening.equilibrium.window import electrochemical_window
from screening.phases.phase_set import PhaseSet
from screening.validation.reproduction.papers import (
    PublishedReaction,
    PublishedVacancy,
    PublishedVoltage,
    PublishedWindow,
)
from screening.validation.reproduction.quantities import reproduce_quantity
from screening.validation.reproduction.study import Study


def by_convention(found):
    return {value.convention: value.ours for value in found.values}


def test_a_closed_reaction_has_three_conventions():
    found = reproduce_quantity(thio(), study(THIO))
    # at 3/4 of the atoms from Li7PS6: -1.3333 eV per 18.667 atoms, and 3/4 of 71.43 meV more from its own energy
    expected = {"mutual": -71.4286, "total, hull": -71.4286, "total, own": -125.0}
    assert by_convention(found) == pytest.approx(expected, abs=1e-3)
    assert found.compared == "mutual"
    assert found.value.difference == pytest.approx(100 - 71.4286, abs=1e-3)
    assert [value.interval for value in found.values] == [None, None, None]
    assert (found.system, found.ensemble, found.unit) == ("Li7PS6 | P2S5", "closed", "meV/atom")


def test_an_open_reaction_counts_from_hull_and_phase_differently():
    entry = thio(published_mev_per_atom=None, mu_li_ev=-1.0, published_mev_per_closed_atom=-300, reading=None)
    small = study(THIO)
    found = reproduce_quantity(entry, small)
    # half of the atoms of Li7PS6 are not lithium: its 71.43 meV above the hull count twice for each of those
    hull = small.interface_of_hull("Li7PS6", "P2S5", -1.0).profile()
    assert by_convention(found)["total, hull"] == pytest.approx(1000 * hull.total.min())
    own = 1000 * hull.total - 2 * 71.42857 * hull.x
    assert by_convention(found)["total, own"] == pytest.approx(own.min(), abs=1e-3)
    assert found.unit == "meV/non-Li atom"
    assert found.ensemble == "open to Li at -1 eV"
    assert found.compared == "mutual"


def test_the_number_is_compared_in_the_convention_that_the_paper_defines():
    found = reproduce_quantity(thio(reading="total, own"), study(THIO))
    assert found.value.ours == pytest.approx(-125.0, abs=1e-3)
    assert found.value.difference == pytest.approx(-25.0, abs=1e-3)


def test_intervals_are_those_of_the_samples():
    shifts = np.linspace(-0.1, 0.1, 21)
    samples = [study({**THIO, "Li3PS4": -1.1 + shift, "Li7PS6": -1.0}) for shift in shifts]
    found = reproduce_quantity(thio(), study(THIO), samples)
    # mutual: -1.3333 eV in the middle, and 8/3 Li3PS4 less what the hull of Li7PS6 gains from it
    drawn = [1000 * (8 * (7 / 3 - 1) * shift - 4 / 3) / (56 / 3) for shift in shifts]
    interval = found.value.interval
    assert [interval.low, interval.median, interval.high] == pytest.approx(np.percentile(drawn, [5, 50, 95]), abs=1e-3)


@pytest.mark.parametrize("limit", ["reduction", "oxidation"])
def test_a_limit_of_a_window(limit):
    small = study(THIO)
    entry = published(PublishedWindow, material="Li3PS4", limit=limit, published_v=2.0)
    window = electrochemical_window(small.phases, "Li3PS4")
    expected = window.reduction_limit_v if limit == "reduction" else window.oxidation_limit_v
    found = reproduce_quantity(entry, small)
    assert found.value.ours == pytest.approx(expected)
    assert found.value.difference == pytest.approx(expected - 2.0)
    assert found.ensemble is None


def test_a_material_without_lithium_has_no_oxidation_limit():
    entry = published(PublishedWindow, material="P2S5", limit="oxidation", published_v=2.0)
    found = reproduce_quantity(entry, study(THIO))
    assert found.values == []
    assert found.value is None
    assert found.why_missing == "P2S5 holds no lithium to give up"


def test_a_voltage_is_told_from_the_energies_of_both_ends():
    small = study({"LiCoO2": -1.7, "CoO2": -0.95})
    entry = published(PublishedVoltage, cathode="LiCoO2", state="half", published_v=3.66)
    found = reproduce_quantity(entry, small)
    expected = -(4 * -1.7 - 3 * -0.95)  # V: nothing lies between the two, so that it is the same all along
    assert by_convention(found) == pytest.approx({"average from 1 to 0.5 Li": expected, "around 0.5 Li": expected})
    assert found.value.difference == pytest.approx(expected - 3.66)


def test_a_vacancy_is_that_of_the_packaged_cells():
    phases = phase_set(THIO)
    energies = {0: 1.9, 12: 1.0}
    entry = published(PublishedVacancy, cathode="NMC532", lithium_vacancies=12, published_ev=0.981)
    found = reproduce_quantity(entry, Study(phases, CATALOGUE, vacancies_of(phases, energies)))
    assert by_convention(found) == {"lowest site": 1.0}
    assert found.value.difference == pytest.approx(0.019)
    bare = Study(phases, CATALOGUE, vacancies_of(phases, energies, {0: 2.6, 12: 1.7}))
    assert by_convention(reproduce_quantity(entry, bare))["lowest site, oxides not corrected"] == 1.7


def test_a_vacancy_that_was_not_computed_is_null_with_the_reason(reference):
    phases = phase_set(THIO)
    entry = published(PublishedVacancy, cathode="NMC532", lithium_vacancies=3, published_ev=1.5)
    other = Study(phases, CATALOGUE, vacancies_of(phases, {0: 1.9}))
    assert "not 3" in reproduce_quantity(entry, other).why_missing
    none = published(PublishedVacancy, cathode="LiNiO2", lithium_vacancies=0, published_ev=1.5)
    assert "no oxygen vacancies of 'LiNiO2'" in reproduce_quantity(none, Study(phases, CATALOGUE)).why_missing
    alien = Study(phases, CATALOGUE, vacancies_of(reference, {3: 1.9}))
    assert "are of other energies, CHGNet" in reproduce_quantity(entry, alien).why_missing


def test_what_has_no_energies_is_null_with_the_reason():
    found = reproduce_quantity(thio(b="NaCl"), study(THIO))
    assert found.values == []
    assert found.compared is None
    assert "no phase of Cl" in found.why_missing


def test_the_packaged_energies_give_each_reaction_as_the_interface_does(reference):
    entry = published(PublishedReaction, a="NCM83:half", b="Li6PS5Cl", mu_li_ev=-3.66, published_mev_per_closed_atom=-1)
    packaged = Study(reference, CATALOGUE)
    interface = packaged.interface("NCM83:half", "Li6PS5Cl", -3.66).document()
    found = by_convention(reproduce_quantity(entry, packaged))
    assert found["mutual"] == pytest.approx(1000 * interface.mutual.energy_ev)
    assert found["total, own"] == pytest.approx(1000 * interface.total.energy_ev)
    assert found["total, own"] < found["total, hull"] < found["mutual"]  # Li6PS5Cl is above the hull, and reacts alone
    assert isinstance(packaged.phases, PhaseSet)
