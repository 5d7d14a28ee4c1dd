"""Lithium's potential in a cathode, by hand."""

from __future__ import annotations

import math

import pytest
from fixtures_screening import ELEMENTS, phase_set, synthetic

from screening.cathodes.lithium_potentials import lithium_states
from screening.cathodes.voltage_curve import VoltageCurve
from screening.common.errors import InputError
from screening.materials.catalogue import Catalogue
from screening.materials.cathode import Cathode
from screening.phases.phase_set import PhaseSet

LCO, HALF, EMPTY = -1.76, -1.50, -0.95  # formation energies of LiCoO2, LiCo2O4 and CoO2, eV/atom


@pytest.fixture
def lco():
    return Catalogue.load().cathode("LiCoO2")


def average_voltage(phases, cathode, content_from, content_to):
    return VoltageCurve(phases, cathode).average(content_from, content_to).voltage_v


def phases(**formation):
    return phase_set({"LiCoO2": LCO, "CoO2": EMPTY, **formation})


def test_two_phase_cathode_has_one_voltage(lco):
    # LiCoO2 -> Li + CoO2, per formula unit: 4 atoms and 3 atoms
    by_hand = -(4 * LCO - 3 * EMPTY)
    for high, low in ((1.0, 0.0), (1.0, 0.75), (0.6, 0.5)):
        assert average_voltage(phases(), lco, high, low) == pytest.approx(by_hand, abs=1e-9)


def test_a_phase_between_makes_two_plateaus(lco):
    known = phases(LiCo2O4=HALF)
    # LiCo2O4 is Li0.5CoO2 twice: 3.5 atoms per formula unit
    assert average_voltage(known, lco, 1.0, 0.5) == pytest.approx(-(4 * LCO - 3.5 * HALF) / 0.5, abs=1e-9)
    assert average_voltage(known, lco, 0.5, 0.0) == pytest.approx(-(3.5 * HALF - 3 * EMPTY) / 0.5, abs=1e-9)


def test_order_of_the_lithium_contents_does_not_matter(lco):
    assert average_voltage(phases(), lco, 0.2, 0.9) == average_voltage(phases(), lco, 0.9, 0.2)


def test_equal_contents_are_refused(lco):
    with pytest.raises(InputError, match="two different"):
        average_voltage(phases(), lco, 0.5, 0.5)


def test_states_of_charge(lco):
    known = phases(LiCo2O4=HALF)
    document = lithium_states(known, lco)
    full, half = document.state("full"), document.state("half")
    above = -(4 * LCO - 3.5 * HALF) / 0.5
    below = -(3.5 * HALF - 3 * EMPTY) / 0.5
    # full: a quarter of the lithium taken out; half: a quarter to either side, so the mean of both plateaus
    assert full.lithium.voltage_v == pytest.approx(above, abs=1e-9)
    assert half.lithium.voltage_v == pytest.approx((above + below) / 2, abs=1e-9)
    for state in (full, half):
        assert state.lithium.mu_li_ev == -state.lithium.voltage_v
        assert state.lithium.origin == "computed"
        assert not state.of_voltage
    assert "between 0.75 and 0.25 Li" in half.lithium.definition
    assert (full.energy, half.energy) == ("phase", "phase")
    assert full.energy_above_hull_ev_per_atom == 0
    assert [(v.lithium_from, v.lithium_to) for v in document.voltages] == [
        (1.0, 0.75),
        (0.75, 0.5),
        (0.5, 0.25),
        (0.25, 0.0),
    ]
    assert [v.voltage_v for v in document.voltages] == pytest.approx([above, above, below, below], abs=1e-9)
    assert document.energies == known.provenance


def test_the_reference_of_lithium_cancels(lco):
    """Voltages do not change when every lithium atom's energy does."""
    from screening.phases.phase_set import Phase, PhaseSet

    known = phases(LiCo2O4=HALF)
    lithium = known.elements.index("Li")
    shifted = [
        Phase(**{**p.model_dump(), "energy_ev_per_atom": p.energy_ev_per_atom - 0.7 * known.fractions[i, lithium]})
        for i, p in enumerate(known.phases)
    ]
    other = PhaseSet(known.scale, shifted)
    assert other.references[lithium] == pytest.approx(ELEMENTS["Li"] - 0.7)
    for high, low in ((1.0, 0.5), (0.75, 0.25)):
        assert average_voltage(other, lco, high, low) == pytest.approx(average_voltage(known, lco, high, low), abs=1e-9)


def test_all_potentials_of_a_content_have_one_origin():
    """NCM83 and NCM85 are almost the same material; a published value for one of them must not part them."""
    states = {name: lithium_states(PhaseSet.reference(), Catalogue.load().cathode(name)) for name in ("NCM83", "NCM85")}
    half = [document.state("half").lithium for document in states.values()]
    assert {one.origin for one in half} == {"computed"}
    assert abs(half[0].voltage_v - half[1].voltage_v) < 0.05


def test_a_published_voltage_stands_beside_ours_for_what_it_is():
    """Zhao et al. give -3.66 eV; it is near the average from full to half."""
    cathode = Catalogue.load().cathode("NCM83")
    (beside,) = lithium_states(synthetic(), cathode).published
    assert (beside.published.lithium_from, beside.published.lithium_to, beside.published.voltage_v) == (1.0, 0.5, 3.66)
    assert "Zhao" in beside.published.source
    assert beside.voltage_v == pytest.approx(average_voltage(synthetic(), cathode, 1.0, 0.5), abs=1e-8)
    assert beside.difference_v == pytest.approx(beside.voltage_v - 3.66, abs=1e-6)
    assert (beside.warning is None) == (abs(beside.difference_v) <= 0.3)


def test_a_published_voltage_at_a_content_and_far_from_ours(lco):
    published = [row for row in lco.published_voltages if row.lithium_from == row.lithium_to]
    known = phases(LiCo2O4=HALF)
    (beside, _) = lithium_states(known, lco.model_copy(update={"published_voltages": (published[0],) * 2})).published
    assert beside.voltage_v == pytest.approx(average_voltage(known, lco, 0.75, 0.25), abs=1e-8)
    far = published[0].model_copy(update={"voltage_v": beside.voltage_v + 0.31})
    near = published[0].model_copy(update={"voltage_v": beside.voltage_v - 0.29})
    warned, fine = lithium_states(known, lco.model_copy(update={"published_voltages": (far, near)})).published
    assert warned.warning == "these energies are 0.31 V below the published value"
    assert fine.warning is None


def test_the_ends_of_a_cycle_are_states_at_given_voltages(lco):
    known = phases(LiCo2O4=HALF)
    document = lithium_states(known, lco.with_voltages([0.5, 99.0]))
    below, beyond = document.states[-2:]
    assert [(state.state, state.lithium.mu_li_ev) for state in (below, beyond)] == [("0_5V", -0.5), ("99V", -99.0)]
    assert all(state.of_voltage and state.lithium.origin == "given" for state in (below, beyond))
    assert (below.lithium_per_formula_unit, beyond.lithium_per_formula_unit) == (1.0, 0.0)
    assert document.cathode == "LiCoO2+0_5V+99V"
    usual = lithium_states(known, lco).states[-2:]
    assert [(state.state, state.lithium.voltage_v) for state in usual] == [("discharged", 2.9), ("charged", 4.3)]


def test_the_content_at_a_voltage_lies_on_the_curve(lco):
    known = phases(LiCo2O4=HALF)
    for content in (0.9, 0.6, 0.35, 0.1):
        voltage = average_voltage(known, lco, min(1.0, content + 0.25), max(0.0, content - 0.25))
        found = VoltageCurve(known, lco).content_at(voltage)
        around = average_voltage(known, lco, min(1.0, found + 0.25), max(0.0, found - 0.25))
        assert around == pytest.approx(voltage, abs=0.02)


@pytest.mark.parametrize("voltage", [0.0, -1.0, math.inf, math.nan])
def test_a_voltage_that_is_none_is_refused(lco, voltage):
    with pytest.raises(InputError, match="positive number"):
        lco.with_voltages([voltage])


def test_a_solid_solution_has_the_hull_s_energy_and_says_so():
    half = lithium_states(synthetic(), Catalogue.load().cathode("NCM83")).state("half")
    assert (half.energy, half.energy_above_hull_ev_per_atom) == ("hull", None)
    assert half.formula == "Li0.5Ni0.83Co0.12Mn0.05O2"


def test_more_than_one_lithium_in_a_formula_unit_scales_the_steps():
    cathode = Cathode(name="doubled", host={"Co": 2, "O": 4}, lithiations={"full": 2.0, "half": 1.0})
    single = Cathode(name="single", host={"Co": 1, "O": 2}, lithiations={"full": 1.0, "half": 0.5})
    known = phases(LiCo2O4=HALF, Li7Co8O16=-1.71)  # the last ends a plateau an eighth of the lithium below full
    assert len({v.voltage_v for v in lithium_states(known, single).voltages}) == 3
    for state in ("full", "half"):
        twice = lithium_states(known, cathode).state(state).lithium
        assert twice.voltage_v == pytest.approx(lithium_states(known, single).state(state).lithium.voltage_v, abs=1e-9)


def test_unknown_state_names_those_there_are():
    document = lithium_states(synthetic(), Catalogue.load().cathode("LiCoO2"))
    with pytest.raises(InputError, match="no state 'empty'; it has full, half"):
        document.state("empty")


def test_element_without_energies(lco):
    with pytest.raises(InputError, match="Mn"):
        lithium_states(phases(), Catalogue.load().cathode("NCM83"))
