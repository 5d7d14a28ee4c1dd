"""Oxygen vacancies: environments against hand counts, formation energies by hand."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.cathodes.ordering.disorder import lithiated_cathode
from screening.cathodes.ordering.ordered_cell import OrderedCell, RelaxedOrdering
from screening.cathodes.ordering.orderings import Draw, ordered_structure
from screening.cathodes.ordering.supercell import Supercell, conventional_matrix
from screening.cathodes.vacancies.cell import (
    CathodeCell,
    delithiated_cell,
    lithium_candidates,
    lowest_removal,
    oxygen_candidates,
    oxygen_sites,
)
from screening.cathodes.vacancies.sites import cation_neighbours, environments, most_environments
from screening.cathodes.vacancies.vacancy import (
    formation_energy_ev,
    oxide_correction_ev_per_atom,
    oxygen_phase,
    vacancy_document,
    vacancy_state,
)
from screening.cathodes.vacancies.vacancy_documents import packaged_vacancies, read_vacancies
from screening.common.errors import CalculationError, InputError
from screening.common.provenance import EnergyScale
from screening.energies.user.user_phase import ModelProvenance, Relaxation
from screening.materials.catalogue import Catalogue
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet

PBE = EnergyScale(name="test", version="1", functional="PBE", correction="MP2020")


def supercell(formula, repeats):
    crystal = lithiated_cathode(Catalogue.load().cathode(formula), 1.0)
    return Supercell(crystal=crystal, matrix=conventional_matrix(crystal.parent, repeats))


def striped(cell):
    """Rows of Ni and Mn along b in every layer: the metal's column along a, of two, says which."""
    ordering = ["Li" if group == "Li" else "O" for group in cell.sites.site_properties["group"]]
    layers: list[list[int]] = [[], [], []]
    for place in cell.groups["M"].tolist():
        layers[round(3 * cell.sites.frac_coords[place, 2]) % 3].append(place)
    for layer in layers:
        one, other = sorted(layer, key=lambda place: round(2 * cell.sites.frac_coords[place, 0]) % 2)
        ordering[one], ordering[other] = "Ni", "Mn"
    return ordering


def cathode_cell(cell, ordering, energy_ev=-100.0):
    structure = ordered_structure(cell, ordering)
    return CathodeCell(cell=cell, ordering=ordering, structure=structure.as_dict(), energy_ev=energy_ev)


@pytest.fixture(scope="module")
def stripes():
    cell = supercell("LiNi0.5Mn0.5O2", (2, 1, 1))
    return cell, striped(cell)


def test_the_conventional_cell_is_hexagonal():
    cell = supercell("NMC532", (5, 2, 1))
    a, b, c, alpha, beta, gamma = cell.crystal.parent.lattice
    assert cell.sites.lattice.parameters == pytest.approx((5 * a, 2 * b, c, alpha, beta, gamma), abs=1e-6)
    assert np.linalg.det(cell.sites.lattice.matrix) > 0  # right-handed
    assert cell.composition == {"Li": 30, "Ni": 15, "Mn": 9, "Co": 6, "O": 60}


def test_environments_of_stripes_are_those_counted_by_hand(stripes):
    cell, ordering = stripes
    # a triangle of a triangular lattice with stripes has two corners in one row and one in the next
    found = Counter(environment.name for environment in environments(cell, ordering).values())
    assert found == {"Ni2Mn + 3 Li": 6, "Mn2Ni + 3 Li": 6}


def test_a_lithium_vacancy_is_seen_by_the_oxygen_around_it(stripes):
    cell, ordering = stripes
    without = list(ordering)
    without[int(cell.groups["Li"][0])] = ""
    # of the two sites in its layer every other row is vacant: on each side one O has two of them, one O has one
    found = Counter(environment.n_lithium for environment in environments(cell, without).values())
    assert found == {3: 8, 2: 2, 1: 2}


def test_neighbours_do_not_change_when_the_cell_relaxes(stripes):
    cell, ordering = stripes
    cathode = cathode_cell(cell, ordering)
    moved = ordered_structure(cell, ordering)
    moved.perturb(0.4)
    cathode = cathode.model_copy(update={"structure": moved.as_dict()})
    found = oxygen_candidates(cathode, oxygen_sites(cathode), [0.0] * len(oxygen_sites(cathode)))
    assert {candidate.environment.name: candidate.n_sites for candidate in found} == {
        "Ni2Mn + 3 Li": 6,
        "Mn2Ni + 3 Li": 6,
    }


@settings(max_examples=10)
@given(seed=st.integers(0, 1000), vacancies=st.integers(0, 12))
def test_every_cation_has_six_oxygen_neighbours(seed, vacancies):
    cell = _nmc()
    generator = np.random.default_rng(seed)
    ordering = np.full(len(cell.sites), "O", dtype="<U2")
    metals = [element for element, count in cell.counts["M"].items() for _ in range(count)]
    ordering[cell.groups["M"]] = generator.permutation(metals)
    ordering[cell.groups["Li"]] = generator.permutation([""] * vacancies + ["Li"] * (30 - vacancies))
    found = environments(cell, ordering.tolist())
    assert len(found) == 60
    assert sum(environment.n_lithium for environment in found.values()) == 6 * (30 - vacancies)
    total = Counter()
    for environment in found.values():
        total.update(environment.metals)
    assert total == {"Ni": 6 * 15, "Mn": 6 * 9, "Co": 6 * 6}
    assert len({environment.name for environment in found.values()}) <= most_environments(cell, vacancies)


@cache
def _nmc():
    return supercell("NMC532", (5, 2, 1))


def test_most_environments_counts_triples_of_metals_and_lithium():
    cell = _nmc()
    assert most_environments(cell, 0) == 10  # three of three metals, order aside: 3 + 6 + 1
    assert most_environments(cell, 2) == 30
    assert most_environments(cell, 12) == 40
    assert {len(around) for around in cation_neighbours(cell).values()} == {6}


def test_atoms_alike_by_symmetry_are_computed_once(stripes):
    cell = supercell("LiCoO2", (1, 1, 1))
    cathode = cathode_cell(cell, ["Li" if g == "Li" else "Co" if g == "M" else "O" for g in _groups(cell)])
    assert len(lithium_candidates(cathode)) == 1  # of three
    (candidate,) = oxygen_candidates(cathode, oxygen_sites(cathode), [-90.0])
    assert (candidate.environment.name, candidate.n_sites) == ("Co3 + 3 Li", 6)


def _groups(cell):
    return cell.sites.site_properties["group"]


def test_the_lowest_of_each_environment_is_chosen(stripes):
    cell, ordering = stripes
    cathode = cathode_cell(cell, ordering)
    places = sorted(environments(cell, ordering))
    energies = [-90.0 - i for i in range(len(places))]
    named = {place: environments(cell, ordering)[place].name for place in places}
    alike = cathode.distinct(places)
    known = dict(zip(places, energies, strict=True))
    found = oxygen_candidates(cathode, sorted(set(alike.values())), [known[p] for p in sorted(set(alike.values()))])
    for candidate in found:
        own = [known[alike[place]] for place in places if named[place] == candidate.environment.name]
        assert (candidate.single_point_ev, candidate.highest_single_point_ev) == (min(own), max(own))
    assert [c.single_point_ev for c in found] == sorted(c.single_point_ev for c in found)


def test_the_lithium_whose_loss_costs_least_is_taken_out(stripes):
    cell, ordering = stripes
    cathode = cathode_cell(cell, ordering)
    places = [int(place) for place in cell.groups["Li"][:3]]
    removal = lowest_removal(cathode, places, [-90.0, -91.0, -90.5])
    assert removal.place == places[1]
    assert removal.ordering.count("Li") == 5
    assert cathode.without(removal.place).composition.reduced_formula == "Li5Mn3(NiO4)3"
    relaxed = relaxation_of(removal.place, -4.0, removal.ordering, cathode.without(removal.place))
    after = delithiated_cell(cathode, removal, relaxed)
    assert (after.lithium_vacancies, after.energy_ev) == (1, -4.0 * 23)
    assert removal.place not in lithium_candidates(after)
    failed = relaxed.model_copy(update={"structure": None, "energy_ev_per_atom": None, "why_missing": "no reason"})
    with pytest.raises(CalculationError, match="with 1 lithium vacancies could not be relaxed: no reason"):
        delithiated_cell(cathode, removal, failed)


def test_atoms_that_cost_the_same_are_taken_in_their_order(stripes):
    """Energies of a cell in single precision are no closer than this."""
    cell, ordering = stripes
    cathode = cathode_cell(cell, ordering)
    places = [int(place) for place in cell.groups["Li"][:3]]
    assert lowest_removal(cathode, places, [-90.0, -91.0, -91.00002]).place == places[1]
    oxygen = oxygen_sites(cathode)
    for sign in (-1, 1):
        found = oxygen_candidates(cathode, oxygen, [-90.0 + sign * 1e-6 * place for place in oxygen])
        assert [one.environment.name for one in found] == ["Mn2Ni + 3 Li", "Ni2Mn + 3 Li"]
        named = {place: environment.name for place, environment in environments(cell, ordering).items()}
        assert [one.place for one in found] == [
            next(place for place in oxygen if named[place] == one.environment.name) for one in found
        ]


def relaxation_of(number, energy_ev_per_atom, ordering=None, structure=None, why=None):
    return RelaxedOrdering(
        number=number,
        ordering=ordering,
        energy_ev_per_atom=energy_ev_per_atom,
        volume_a3_per_atom=None,
        magnetic_moments_mu_b=None,
        steps=7,
        optimizer="BFGS",
        structure=None if structure is None else structure.as_dict(),
        why_missing=why,
    )


# -- energies ------------------------------------------------------------------------------------------


def test_the_formation_energy_by_hand():
    assert formation_energy_ev(-93.0, -100.0, -4.9) == pytest.approx(2.1)  # -93 - 4.9 + 100


@pytest.mark.filterwarnings("ignore")
def test_the_correction_is_the_one_pymatgen_applies():
    from pymatgen.analysis.compatibility import MaterialsProject2020Compatibility
    from pymatgen.entries.computed_entries import ComputedEntry

    def corrected(formula):
        entry = ComputedEntry(
            formula,
            -10.0,
            parameters={"run_type": "GGA", "hubbards": {}, "potcar_symbols": []},
            data={"oxide_type": "oxide", "oxidation_states": {"Mg": 2, "O": -2} if "Mg" in formula else {"O": 0}},
        )
        adjustments = MaterialsProject2020Compatibility(check_potcar=False).get_adjustments(entry)
        return sum(adjustment.value for adjustment in adjustments)

    per_oxygen = oxide_correction_ev_per_atom(PBE)
    assert per_oxygen == pytest.approx(corrected("Mg4O4") / 4)
    assert per_oxygen == pytest.approx(corrected("Mg4O4") - corrected("Mg4O3"))  # what a vacancy takes away
    assert corrected("O2") == 0.0
    assert oxide_correction_ev_per_atom(PBE.model_copy(update={"correction": "none"})) is None


@pytest.fixture(scope="module")
def phases():
    energies = {"O2": -4.9, "O3": -4.6, "Li": -1.9, "Ni": -5.8, "Mn": -9.0}
    listed = [Phase(id=formula, formula=formula, energy_ev_per_atom=e) for formula, e in energies.items()]
    return PhaseSet(PBE, listed)


def test_a_state_holds_every_environment_and_the_lowest_first(stripes, phases):
    cell, ordering = stripes
    cathode = cathode_cell(cell, ordering, energy_ev=-120.0)
    places = oxygen_sites(cathode)
    candidates = oxygen_candidates(cathode, places, [-110.0 - 0.1 * i for i in range(len(places))])
    relaxed = [relaxation_of(0, -112.5 / 23), relaxation_of(1, -113.0 / 23)]
    state = vacancy_state(cathode, candidates, relaxed, phases)
    assert oxygen_phase(phases).id == "O2"
    assert state.formation_energy_ev == pytest.approx(-113.0 - 4.9 + 120.0)
    assert state.without_oxide_correction_ev == pytest.approx(-113.0 - 4.9 + 120.0 - 0.687)
    assert state.environment == candidates[1].environment.name  # relaxing has changed the order
    assert [one.formation_energy_ev for one in state.environments] == pytest.approx([2.1, 2.6])
    assert sum(one.n_sites for one in state.environments) == 12
    alone = vacancy_state(cathode, candidates, relaxed[:1], phases)
    assert alone.formation_energy_ev == pytest.approx(2.6)
    assert alone.environments[1].formation_energy_ev is None
    assert "not among the lowest" in alone.environments[1].why_missing
    with pytest.raises(CalculationError, match="no oxygen vacancy was relaxed: it fell apart"):
        vacancy_state(cathode, candidates, [relaxation_of(0, None, why="it fell apart")], phases)


def test_the_document_says_what_was_computed_and_reads_back(stripes, phases, tmp_path):
    cell, ordering = stripes
    cathode = cathode_cell(cell, ordering, energy_ev=-120.0)
    places = oxygen_sites(cathode)
    candidates = oxygen_candidates(cathode, places, [-110.0] * len(places))
    state = vacancy_state(cathode, candidates, [relaxation_of(0, -113.0 / 23)], phases)
    how = Relaxation(
        model=ModelProvenance(model="m", package="p", torch="t", weights_sha256="0"),
        optimizer="BFGS",
        force_tolerance_ev_per_angstrom=0.05,
        most_steps=9,
    )
    ordered = OrderedCell(
        material="stripes",
        lithium_per_formula_unit=None,
        formula="Li6Ni3Mn3O12",
        energy_ev_per_atom=-5.0,
        volume_a3_per_atom=9.0,
        magnetic_moments_mu_b={},
        matrix=[list(row) for row in cell.matrix],
        ordering=ordering,
        draw=Draw(ranking="random"),
        n_drawn=3,
        relaxed_ev_per_atom=[-5.0, -4.9],
        failed={},
        relaxation=how,
        structure=None,
    )
    found = vacancy_document(ordered, [state], how, how, phases)
    assert found.energies_ev == {0: pytest.approx(2.1)}
    assert found.energies_without_correction_ev == {0: pytest.approx(1.413)}
    assert found.ordering_energies_ev == pytest.approx([-120.0, -117.6])
    assert (found.oxygen_id, found.oxygen_ev_per_atom) == ("O2", -4.9)
    with pytest.raises(InputError, match="computed are 0 lithium vacancies, not 12"):
        found.energy_ev(12)
    file = tmp_path / "found.json"
    file.write_text(found.model_dump_json())
    assert read_vacancies(file) == found
    file.write_text("{}")
    with pytest.raises(InputError, match="is no result of oxygen vacancies"):
        read_vacancies(file)


def test_a_cathode_without_packaged_vacancies_is_named():
    with pytest.raises(InputError, match="no oxygen vacancies of 'LiNiO3' are packaged"):
        packaged_vacancies("LiNiO3")


def test_the_packaged_vacancies_are_whole(reference):
    found = packaged_vacancies("NMC532")
    assert found.formula == "Li30Ni15Mn9Co6O60"
    assert list(found.energies_ev) == list(range(13))
    assert found.energies.disagreement(reference.scale) is None
    assert found.oxygen_ev_per_atom == oxygen_phase(reference).energy_ev_per_atom
    assert found.oxide_correction_ev_per_atom == oxide_correction_ev_per_atom(reference.scale)
    for state in found.states:
        energies = [one.formation_energy_ev for one in state.environments if one.formation_energy_ev is not None]
        assert state.formation_energy_ev == found.energy_ev(state.lithium_vacancies) == min(energies) == energies[0]
        assert state.without_oxide_correction_ev == pytest.approx(min(energies) - 0.687, abs=1e-4)
        assert sum(one.n_sites for one in state.environments) == 60
        # each lithium atom has six oxygen neighbours, each of which sees it once
        assert sum(one.n_sites * one.n_lithium for one in state.environments) == 6 * (30 - state.lithium_vacancies)
        assert all((one.formation_energy_ev is None) == (one.why_missing is not None) for one in state.environments)
