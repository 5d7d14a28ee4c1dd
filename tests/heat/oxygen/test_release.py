"""Oxygen of a cathode alone, by hand and against pymatgen's grand-potential phase diagram."""

from __future__ import annotations

import pytest
from fixtures_screening import FORMATION, phase_set, synthetic
from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram, PDEntry
from pymatgen.core import Composition, Element
from random_phases import lowest_energy

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.heat.oxygen.release import balance_temperature_k, cathode_oxygen, lithium_grid, oxygen_onset
from screening.materials.catalogue import Catalogue
from screening.thermochemistry.gas import oxygen_chemical_potential_ev

ONE_ATM_BAR = 1.01325
LCO, SPINEL, CO3O4 = -1.76, -1.50, -1.35  # formation energies, eV/atom, of LiCoO2, LiCo2O4 and Co3O4
COBALT = {"LiCoO2": LCO, "LiCo2O4": SPINEL, "CoO2": -0.95, "Co3O4": CO3O4}


@pytest.fixture(scope="module")
def lco():
    return Catalogue.load().cathode("LiCoO2")


@pytest.fixture(scope="module")
def ncm():
    return Catalogue.load().cathode("NCM83")


def pymatgen_oxygen(phases, composition, mu_ev):
    """Oxygen that pymatgen's mixture holds, with elements open at potentials against their references, per unit."""
    entries = [
        PDEntry(Composition(p.formula), p.energy_ev_per_atom * Composition(p.formula).num_atoms)
        for p in phases.phases
        if parse_formula(p.formula).keys() <= {*composition, *mu_ev}
    ]
    references = dict(zip(phases.elements, phases.references, strict=True))
    open_to = {Element(e): float(references[e]) + mu for e, mu in mu_ev.items()}
    diagram = GrandPotentialPhaseDiagram(entries, open_to)
    closed = Composition({e: n for e, n in composition.items() if e not in mu_ev})
    held = 0.0
    for entry, fraction in diagram.get_decomposition(closed).items():
        original = entry.original_entry.composition
        closed_atoms = sum(n for e, n in original.items() if e.symbol not in mu_ev)
        held += fraction * closed.num_atoms * original["O"] / closed_atoms
    return held


def test_charged_cathode_by_hand(lco):
    # Li_x CoO2 with x below a half: x LiCo2O4 + (1 - 2x) [Co3O4 + O2] / 3
    known = phase_set(COBALT)
    for lithium in (0.4, 0.2, 0.0):
        closed = cathode_oxygen(known, lco, lithium, 300, 1).closed
        cobalt_in_oxide = 1.0 - 2.0 * lithium  # the rest is in the spinel, two for each lithium
        oxygen = 2.0 - 4.0 * lithium - 4.0 / 3.0 * cobalt_in_oxide
        assert closed.oxygen_gas_per_formula_unit == pytest.approx(oxygen / 2.0, abs=1e-8)
        assert closed.release_mu_o_ev == 0.0
        assert closed.balance == "below the table"
    assert oxygen_onset(known, lco) == pytest.approx(0.5, abs=1e-8)


def test_release_potential_of_the_discharged_cathode_by_hand(lco):
    # 2 Li0.5CoO2 = LiCo2O4 -> LiCoO2 + 1/3 Co3O4 + 2/3 O is how oxygen leaves first, at any content between
    known = phase_set(COBALT)
    by_hand = (7 * SPINEL - 4 * LCO - 7 / 3 * CO3O4) / (2 / 3)
    assert by_hand < 0
    for lithium in (0.5, 0.7, 0.9):
        closed = cathode_oxygen(known, lco, lithium, 300, 1).closed
        assert closed.release_mu_o_ev == pytest.approx(by_hand, abs=1e-8)
        assert closed.oxygen_gas_per_formula_unit == 0.0


def test_oxygen_released_is_what_the_lower_oxides_leave(lco):
    known = phase_set(COBALT)
    release = cathode_oxygen(known, lco, 0.7, 300, 1).closed
    low, high = release.balance_temperature_k - 1.0, release.balance_temperature_k + 1.0
    assert cathode_oxygen(known, lco, 0.7, low, 1).closed.oxygen_released_per_formula_unit == 0.0
    # 0.7 LiCoO2 and 0.3 Co as Co3O4: of 2 O there stay 1.4 + 0.4
    assert cathode_oxygen(known, lco, 0.7, high, 1).closed.oxygen_released_per_formula_unit == pytest.approx(0.2)


def test_open_to_lithium_by_hand(lco):
    # at x = 0.5 the voltage is the mean of two plateaus, between which LiCo2O4 is what stands
    known = phase_set({**COBALT, "CoO2": -1.0})
    state = cathode_oxygen(known, lco, 0.5, 300, 1)
    upper = -(4 * LCO - 3.5 * SPINEL) / 0.5
    assert state.voltage_v > upper
    # LiCo2O4 -> 2/3 Co3O4 + 4/3 O + Li
    by_hand = (7 * SPINEL - 14 / 3 * CO3O4 + state.voltage_v) / (4 / 3)
    assert state.open_to_lithium.products == {"Li(CoO2)2": 1.0}
    assert state.open_to_lithium.release_mu_o_ev == pytest.approx(min(by_hand, 0.0), abs=1e-7)


@pytest.mark.parametrize("lithium", [1.0, 0.6, 0.3, 0.0])
@pytest.mark.parametrize(("kelvin", "bar"), [(300.0, 1.0), (700.0, 0.21)])
def test_released_as_in_pymatgen(ncm, lithium, kelvin, bar):
    phases = synthetic()
    state = cathode_oxygen(phases, ncm, lithium, kelvin, bar)
    composition = ncm.composition(lithium)
    mu = {"O": oxygen_chemical_potential_ev(kelvin, bar)}
    closed = 2.0 - pymatgen_oxygen(phases, composition, mu)
    opened = 2.0 - pymatgen_oxygen(phases, composition, {**mu, "Li": -state.voltage_v})
    assert state.closed.oxygen_released_per_formula_unit == pytest.approx(closed, abs=1e-6)
    assert state.open_to_lithium.oxygen_released_per_formula_unit == pytest.approx(opened, abs=1e-6)


@pytest.mark.parametrize("lithium", [1.0, 0.85, 0.6, 0.5, 0.1])
def test_release_potential_is_the_slope_of_the_energy(lithium):
    """With all energies from HiGHS; a set in which the charged cathode keeps its oxygen."""
    phases = phase_set({**FORMATION, "LiNi2O4": -1.35, "LiCo2O4": -1.5, "NiO2": -1.0})
    host = Catalogue.load().cathode("NCM83")
    state = cathode_oxygen(phases, host, lithium, 300, 1)
    whole = host.composition(lithium)
    less = {**whole, "O": 2.0 - 1e-3}
    for balance, mu in ((state.closed, {}), (state.open_to_lithium, {"Li": -state.voltage_v})):
        before, after = (
            lowest_energy(phases, c, mu) * sum(n for element, n in c.items() if element not in mu)
            for c in (whole, less)
        )
        assert balance.release_mu_o_ev == pytest.approx((before - after) / 1e-3, abs=1e-4)


def test_lithium_that_burns_in_the_gas_leaves_no_balance(lco):
    # 2.5 V: Li2O2 forms from its own elements above -4 * 1.64 / 2 + 0.27 = -3.0 eV of lithium
    known = phase_set({"Li2O2": -1.64, "LiCoO2": -1.525, "CoO2": -1.2})
    state = cathode_oxygen(known, lco, 0.5, 300, 1)
    assert state.voltage_v == pytest.approx(4 * 1.525 - 3 * 1.2)
    assert state.open_to_lithium.oxygen_released_per_formula_unit is None
    assert state.closed.oxygen_released_per_formula_unit is not None


def test_gas_appears_at_the_onset_and_not_before(ncm):
    phases = phase_set({**FORMATION, "LiNi2O4": -1.35, "LiCo2O4": -1.5})
    onset = oxygen_onset(phases, ncm)
    assert 0.0 < onset < 1.0
    before, after = (cathode_oxygen(phases, ncm, 1.0 - onset + d, 300, 1).closed for d in (1e-3, -1e-3))
    assert before.oxygen_gas_per_formula_unit == 0.0
    assert after.oxygen_gas_per_formula_unit > 0.0


def test_without_a_lower_oxide_no_gas(lco):
    assert oxygen_onset(phase_set({"LiCoO2": LCO, "CoO2": -0.95}), lco) is None


@pytest.mark.parametrize(("mu", "kelvin"), [(-0.50, 500), (-0.61, 600), (-0.85, 800), (-1.10, 1000)])
def test_temperature_of_a_potential(mu, kelvin):
    # K. Reuter and M. Scheffler, Phys. Rev. B 65, 035406 (2001), Table I, to 0.01 eV, which is 8 K
    place, found = balance_temperature_k(mu, ONE_ATM_BAR)
    assert place == "within the table"
    assert found == pytest.approx(kelvin, abs=9)


def test_less_pressure_lowers_the_temperature():
    assert balance_temperature_k(-1.0, 0.21)[1] < balance_temperature_k(-1.0, 1.0)[1]


def test_outside_the_table():
    assert balance_temperature_k(-0.1, 1.0) == ("below the table", None)
    assert balance_temperature_k(-3.0, 1.0) == ("above the table", None)


def test_grid(ncm):
    assert lithium_grid(ncm, 0.25) == [1.0, 0.75, 0.5, 0.25, 0.0]


def test_refused(ncm):
    sulfide = Catalogue.load().cathode("LiTiS2")
    with pytest.raises(InputError, match="LiTiS2 holds no oxygen"):
        cathode_oxygen(synthetic(), sulfide, 1.0, 300, 1)
    with pytest.raises(InputError, match="LiTiS2 holds no oxygen"):
        oxygen_onset(synthetic(), sulfide)
    with pytest.raises(InputError, match="0 bar"):
        cathode_oxygen(synthetic(), ncm, 1.0, 300, 0)
    with pytest.raises(InputError, match="5000 K"):
        cathode_oxygen(synthetic(), ncm, 1.0, 5000, 1)
