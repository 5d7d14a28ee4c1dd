"""A cathode between its ordered cells, by hand."""

from __future__ import annotations

import pytest
from fixtures_screening import ELEMENTS, phase_set
from hypothesis import given
from hypothesis import strategies as st

from screening.cathodes.lithium_potentials import lithium_states
from screening.cathodes.voltage_curve import VoltageCurve
from screening.equilibrium.interface import Interface
from screening.equilibrium.reactant import Reactant
from screening.materials.catalogue import Catalogue
from screening.phases.ion_series import IonSeries, between_cells, ordered_cells
from screening.phases.phase import CELL, Phase
from screening.phases.phase_set import PhaseSet

HOST = {"Ni": 0.83, "Co": 0.12, "Mn": 0.05, "O": 2.0}
FORMATION = {1.0: -1.60, 0.5: -1.30, 0.0: -0.80}  # eV/atom, by lithium content


def with_cells(formation=FORMATION):
    """The small set with cells of NCM83, whose formation energies are given."""
    known = phase_set({"LiNiO2": -1.54, "NiO2": -0.70, "LiCoO2": -1.76, "CoO2": -0.95, "Li2MnO3": -2.13})
    cathode = Catalogue.load().cathode("NCM83")
    cells = []
    for lithium, energy in formation.items():
        composition = cathode.composition(lithium)
        total = sum(composition.values())
        elements = sum(ELEMENTS[element] * amount for element, amount in composition.items()) / total
        cells.append(
            Phase(
                id=f"{CELL}NCM83-Li{lithium:g}", formula=cathode.formula(lithium), energy_ev_per_atom=energy + elements
            )
        )
    return PhaseSet(known.scale, [*known.phases, *cells])


def test_the_cells_of_a_host_are_found_by_rising_lithium():
    series = ordered_cells(with_cells(), HOST)
    assert series.contents == pytest.approx((0.0, 0.5 / 3, 1.0 / 3))
    assert series.energies == pytest.approx((-0.80, -1.30 * 3.5 / 3, -1.60 * 4 / 3))
    assert ordered_cells(with_cells(), {"Ni": 1.0, "O": 2.0}).positions == ()


def test_voltages_are_those_of_the_cells():
    cathode, phases = Catalogue.load().cathode("NCM83"), with_cells()
    upper, lower = -(4 * -1.60 - 3.5 * -1.30) / 0.5, -(3.5 * -1.30 - 3 * -0.80) / 0.5
    curve = VoltageCurve(phases, cathode)
    assert curve.average(1.0, 0.5).voltage_v == pytest.approx(upper)
    assert curve.average(0.75, 0.25).voltage_v == pytest.approx((upper + lower) / 2)
    assert curve.average(1.0, 0.5).phases == ("cell-NCM83-Li1", "cell-NCM83-Li0.5")
    document = lithium_states(phases, cathode)
    assert document.state("half").lithium.voltage_v == pytest.approx((upper + lower) / 2)
    assert document.state("half").lithium.definition.endswith("energies of its ordered cells")
    assert [(a.lithium_from, a.lithium_to) for a in document.averages] == [(1.0, 0.5)]
    assert document.averages[0].voltage_v == pytest.approx(upper)


def test_without_cells_on_both_sides_the_voltage_is_the_hulls():
    cathode = Catalogue.load().cathode("NCM83")
    phases = with_cells({1.0: -1.60, 0.5: -1.30})
    first, *_, last = lithium_states(phases, cathode).voltages
    assert (first.kind, last.kind) == ("topotactic", "decomposition")
    assert first.definition.endswith("topotactic, energies of its ordered cells")
    assert "potential of decomposition, hull energies: no phases of one host are known there" in last.definition
    assert (first.phases, last.phases) == (["cell-NCM83-Li1", "cell-NCM83-Li0.5"], [])


def test_between_two_cells_a_cathode_is_their_mixture():
    phases = with_cells()
    reactant = Reactant(phases, "Li0.3Ni0.83Co0.12Mn0.05O2")
    # per formula unit 0.6 of the half and 0.4 of the empty cell
    by_hand = (0.6 * 3.5 * -1.30 + 0.4 * 3 * -0.80) / 3.3
    assert reactant.formation_energy == pytest.approx(by_hand)
    assert reactant.energy_from == "phase"
    assert set(reactant.source_id.split(" + ")) == {"cell-NCM83-Li0.5", "cell-NCM83-Li0"}
    assert reactant.own_energy_above_hull == pytest.approx(by_hand - reactant.mixture.energy, abs=2e-9)
    assert sum(reactant.own.values()) == pytest.approx(1.0)


def test_a_cell_above_the_line_of_its_neighbours_is_passed_over():
    phases = with_cells({1.0: -1.60, 0.5: -1.0, 0.0: -0.80})
    halfway = Reactant(phases, "Li0.4Ni0.83Co0.12Mn0.05O2")
    assert set(halfway.source_id.split(" + ")) == {"cell-NCM83-Li1", "cell-NCM83-Li0"}
    assert Reactant(phases, "Li0.5Ni0.83Co0.12Mn0.05O2").source_id == "cell-NCM83-Li0.5"  # a phase of its own


def test_total_means_the_cells_energy_and_mutual_the_hulls():
    phases = with_cells({1.0: -1.50})
    profile = Interface(phases, "LiNi0.83Co0.12Mn0.05O2", "Li2O").profile()
    own = Reactant(phases, "LiNi0.83Co0.12Mn0.05O2")
    assert own.energy_above_hull > 0.01
    assert profile.self_a == pytest.approx(-own.energy_above_hull, abs=1e-9)
    assert profile.total - profile.mutual == pytest.approx(profile.x * profile.self_a, abs=1e-9)


def test_another_host_has_no_cells():
    assert between_cells(with_cells(), {"Li": 0.3, "Ni": 0.8, "Co": 0.15, "Mn": 0.05, "O": 2.0}) == {}
    assert between_cells(with_cells(), {"Li": 1.2, "Ni": 0.83, "Co": 0.12, "Mn": 0.05, "O": 2.0}) == {}
    assert between_cells(with_cells(), {"Li": 1.0}) == {}


@given(st.lists(st.floats(-3, 0), min_size=2, max_size=6), st.floats(0, 1))
def test_the_mixture_is_the_lower_convex_envelope(energies, where):
    contents = tuple(i / (len(energies) - 1) for i in range(len(energies)))
    series = IonSeries(tuple(range(len(energies))), contents, tuple(energies))
    mixture = series.mixture(where)
    assert sum(mixture.values()) == pytest.approx(1.0)
    assert sum(share * contents[i] for i, share in mixture.items()) == pytest.approx(where, abs=1e-8)
    chords = [
        energies[i] + (energies[j] - energies[i]) * (where - contents[i]) / (contents[j] - contents[i])
        for i in range(len(energies))
        for j in range(i + 1, len(energies))
        if contents[i] <= where <= contents[j]
    ]
    assert series.energy(where) == pytest.approx(min(chords), abs=1e-6)
