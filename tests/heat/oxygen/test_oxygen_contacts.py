"""What the electrolyte becomes at its contacts, counted again from the reaction equations."""

from __future__ import annotations

import re

import pytest
from fixtures_screening import FORMATION, phase_set, synthetic
from hypothesis import given, settings
from hypothesis import strategies as st
from random_phases import imbalance

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.equilibrium.interface import Interface
from screening.heat.oxygen.oxygen_contacts import contact_products, oxygen_document
from screening.hull.reservoir import Reservoir
from screening.materials.catalogue import Catalogue

HALF = "Li0.5Ni0.83Co0.12Mn0.05O2"
ARGYRODITE = "Li6PS5Cl"
BY_HAND = {  # of the synthetic phases, what each makes of the sulfur and the phosphorus it holds
    "S": {
        "sulfate": ("Li2SO4", "NiSO4", "CoSO4"),
        "sulfur oxide": ("SO2", "SO3"),
        "transition-metal sulfide": ("NiS", "Ni3S2", "CoS", "Co9S8", "MnS", "NbS2", "TaS2", "HfS2"),
        "sulfide": ("Li2S",),
        "sulfur": ("S",),
        "thiophosphate": ("Li3PS4", "Li6PS5Cl"),
        "condensed thiophosphate": ("P2S5",),
    },
    "P": {
        "phosphate": ("Li3PO4", "LiPO3", "Li4P2O7", "P2O5"),
        "thiophosphate": ("Li3PS4", "Li6PS5Cl"),
        "condensed thiophosphate": ("P2S5",),
        "phosphide or phosphorus": ("Li3P", "Ni2P", "CoP", "P"),
    },
}
OXYGEN = {"sulfate": 4, "sulfur oxide": 3, "phosphate": 4}


def terms(side):
    """Read one side of an equation: formula -> units."""
    found = {}
    for term in side.split(" + "):
        units, formula = re.fullmatch(r"(?:(\d+(?:\.\d+)?(?:e-?\d+)?) )?([A-Z]\S*)", term).groups()
        found[formula] = found.get(formula, 0.0) + float(units or 1)
    return found


def counted(reaction, partner, electrolyte):
    """Share of each element in each class per formula unit of electrolyte, from an equation and the table above."""
    left, right = (terms(side) for side in reaction.split(" -> "))
    units = left[electrolyte]
    shares = {}
    for element, classes in BY_HAND.items():
        total = units * parse_formula(electrolyte)[element]
        for name, formulas in classes.items():
            made = sum(right.get(f, 0.0) * parse_formula(f).get(element, 0.0) for f in formulas)
            if partner in formulas:
                made -= left.get(partner, 0.0) * parse_formula(partner).get(element, 0.0)
            if abs(made) > 1e-12:
                shares[element, name] = made / total
    return shares


def column(contact, name):
    return {(r.element, r.product_class): getattr(r, name) for r in contact.shares if abs(getattr(r, name)) > 1e-9}


@pytest.mark.parametrize("voltage", [None, 3.0, 3.66])
@pytest.mark.parametrize("coating", ["LiNbO3", "Li2SO4", "Li3PO4", "HfO2"])
def test_shares_are_those_of_the_equations(voltage, coating):
    phases = synthetic()
    contact = contact_products(phases, HALF, ARGYRODITE, coating, voltage)
    reservoir = None if voltage is None else Reservoir({"Li": -voltage})
    for partner, name in ((HALF, "bare"), (coating, "coated")):
        reaction = Interface(phases, partner, ARGYRODITE, reservoir).reaction().mutual.reaction
        assert column(contact, name) == pytest.approx(counted(reaction, partner, ARGYRODITE), abs=2e-3), reaction
    alone = Interface(phases, coating, ARGYRODITE, reservoir).document().kinks[0].reaction
    assert column(contact, "alone") == pytest.approx(counted(alone, None, ARGYRODITE), abs=2e-3)


def on_centres(units):
    """Oxygen on sulfur and phosphorus in some products, by the table above."""
    total = 0.0
    for classes in BY_HAND.values():
        for name, formulas in classes.items():
            for formula in formulas:
                composition = parse_formula(formula)
                centres = composition.get("S", 0.0) + composition.get("P", 0.0)
                held = min(OXYGEN.get(name, 0) * centres, composition.get("O", 0.0))
                total += units.get(formula, 0.0) * held
    return total


@pytest.mark.parametrize("coating", ["LiNbO3", "Li2SO4"])
def test_oxygen_that_moved_is_that_of_the_equation(coating):
    contact = contact_products(synthetic(), HALF, ARGYRODITE, coating)
    for side, partner in ((contact.bare, HALF), (contact.coated, coating)):
        left, right = (terms(text) for text in side.reaction.mutual.reaction.split(" -> "))
        moved = on_centres(right) - on_centres(left)
        assert side.oxygen_per_electrolyte_formula_unit == pytest.approx(moved / left[ARGYRODITE], abs=5e-3)
        assert side.oxygen_per_partner_formula_unit == pytest.approx(moved / left[partner], abs=5e-3)
    expected = 1 - contact.coated.oxygen_per_electrolyte_formula_unit / contact.bare.oxygen_per_electrolyte_formula_unit
    assert contact.oxygen_removed == pytest.approx(expected, abs=1e-8)


@settings(max_examples=12)
@given(
    st.floats(0.0, 1.0),
    st.none() | st.floats(2.6, 4.5),
    st.sampled_from(["LiNbO3", "LiTaO3", "Li2SO4", "Li3PO4", "HfO2", "Li2O"]),
)
def test_nothing_is_lost(lithium, voltage, coating):
    cathode = Catalogue.load().cathode("NCM83").formula(round(lithium, 3))
    contact = contact_products(synthetic(), cathode, ARGYRODITE, coating, voltage)
    for element in ("S", "P"):
        rows = [row for row in contact.shares if row.element == element]
        for name in ("alone", "bare", "coated"):
            assert sum(getattr(row, name) for row in rows) == pytest.approx(1.0, abs=1e-5)
            kinds = ("oxygenated", "oxidised", "other")
            assert sum(contact.share(element, kind, name) for kind in kinds) == pytest.approx(1.0, abs=1e-5)
    for row in contact.shares:
        assert row.bare_mutual == pytest.approx(row.bare - row.alone, abs=1e-8)
        assert row.coated_mutual == pytest.approx(row.coated - row.alone, abs=1e-8)
        if row.bare > 1e-5:
            of_rounding = 1e-9 / row.bare * (1 + abs(row.coated) / row.bare)  # both shares are rounded to 9 digits
            assert row.removed == pytest.approx(1 - row.coated / row.bare, abs=1e-9 + of_rounding)
    given_up = contact.bare.oxygen_per_partner_formula_unit
    if given_up:
        partners = contact.bare.oxygen_per_electrolyte_formula_unit / given_up
        assert given_up <= 2.0 + 1e-5 / partners  # amounts below 1e-6 of the atoms are left out
    assert imbalance(contact.bare.reaction.mutual.reaction) < 1e-3


@pytest.mark.parametrize("voltage", [None, 3.66])
def test_a_coating_that_does_not_react_leaves_what_the_electrolyte_does_alone(voltage):
    inert = phase_set({**FORMATION, "HfO2": -9.0})
    contact = contact_products(inert, HALF, ARGYRODITE, "HfO2", voltage)
    assert contact.coated.reaction.mutual.energy_ev == 0.0
    assert column(contact, "coated") == column(contact, "alone")
    assert contact.share("S", "oxygenated", "bare") > 0.0
    assert contact.share("S", "oxygenated", "coated") == 0.0
    assert {row.removed for row in contact.shares if row.kind == "oxygenated"} == {1.0}
    assert contact.coated.oxygen_per_electrolyte_formula_unit == 0.0
    assert contact.coated.oxygen_per_partner_formula_unit is None
    assert contact.oxygen_removed == 1.0


def test_lithium_extraction_makes_sulfur_and_the_coating_leaves_it():
    inert = phase_set({**FORMATION, "HfO2": -9.0})
    contact = contact_products(inert, HALF, ARGYRODITE, "HfO2", 3.66)
    # 2 Li6PS5Cl -> P2S5 + 5 S + 2 LiCl + 10 Li; LiCl holds to 4.24 V in these energies
    assert column(contact, "alone") == {
        ("S", "sulfur"): pytest.approx(0.5),
        ("S", "condensed thiophosphate"): pytest.approx(0.5),
        ("P", "condensed thiophosphate"): pytest.approx(1.0),
    }
    assert contact.share("S", "oxidised", "coated") == pytest.approx(1.0)


def test_what_the_coating_brings_itself_is_not_counted():
    contact = contact_products(synthetic(), HALF, ARGYRODITE, "Li2SO4", None)
    left = terms(contact.coated.reaction.mutual.reaction.split(" -> ")[0])
    # the sulfate of the coating is used up by the electrolyte's phosphorus, and its sulfur is counted as made
    used = left["Li2SO4"] / left[ARGYRODITE] / 5
    sulfate = column(contact, "coated")["S", "sulfate"]
    assert -used - 1e-3 <= sulfate < 0.0


def test_oxygen_gas_at_the_cathode_under_a_coating():
    # Li0.2NiO2 alone: 0.2 LiNiO2 + 0.8 NiO + 0.4 O2; an inert coating changes nothing
    inert = phase_set({**FORMATION, "HfO2": -9.0})
    contact = contact_products(inert, "Li0.2NiO2", ARGYRODITE, "HfO2")
    assert contact.coating_on_cathode.oxygen_gas_per_formula_unit == pytest.approx(0.4, abs=1e-8)
    # a lithium oxide puts the lithium back, of which LiNiO2 takes in the oxygen
    other = contact_products(inert, "Li0.2NiO2", ARGYRODITE, "Li2O")
    reaction = other.coating_on_cathode.reaction.mutual.reaction
    left, right = (terms(text) for text in reaction.split(" -> "))
    gas = other.coating_on_cathode.oxygen_gas_per_formula_unit
    assert gas == pytest.approx(right.get("O2", 0.0) / left["Li0.2NiO2"], abs=1e-3)
    assert gas < 0.4


def test_oxygen_of_an_oxide_electrolyte_cannot_be_told_from_the_cathode_s():
    contact = contact_products(synthetic(), HALF, "Li3PO4", "LiNbO3")
    assert contact.bare.oxygen_per_electrolyte_formula_unit is None
    assert contact.bare.oxygen_per_partner_formula_unit is None
    assert contact.oxygen_removed is None
    assert contact.share("P", "oxygenated", "bare") == pytest.approx(1.0)


def test_document_by_state_of_charge():
    cathode = Catalogue.load().cathode("NCM83")
    document = oxygen_document(synthetic(), cathode, ["full", 0.25], 300, 1, ARGYRODITE, "LiNbO3")
    assert [s.cathode.state_of_charge for s in document.states] == [0.0, 0.75]
    for state in document.states:
        assert state.closed.voltage_v is None
        assert state.open_to_lithium.voltage_v == state.cathode.voltage_v
        assert state.closed == contact_products(synthetic(), state.cathode.formula, ARGYRODITE, "LiNbO3")
    alone = oxygen_document(synthetic(), cathode, [0.25], 300, 1)
    assert (alone.states[0].closed, alone.states[0].open_to_lithium) == (None, None)
    assert alone.states[0].cathode == document.states[1].cathode


def test_refused():
    cathode = Catalogue.load().cathode("NCM83")
    with pytest.raises(InputError, match="LiNbO3 removes needs an electrolyte"):
        oxygen_document(synthetic(), cathode, [0.5], 300, 1, None, "LiNbO3")
    with pytest.raises(InputError, match="0 to 1 lithium"):
        oxygen_document(synthetic(), cathode, [1.5], 300, 1)
    with pytest.raises(InputError, match="Ge"):
        oxygen_document(synthetic(), cathode, [0.5], 300, 1, "Li10GeP2S12")


def test_published_products(reference):
    """Xiao et al. and Walther et al.: Li3PO4 and Li2SO4 at the cathode, Li3PO4 and no sulfate at LiNbO3."""
    contact = contact_products(reference, HALF, ARGYRODITE, "LiNbO3")
    bare, coated = column(contact, "bare"), column(contact, "coated")
    assert bare["S", "sulfate"] > 0.1
    assert bare["P", "phosphate"] > 0.5
    assert ("S", "sulfate") not in coated
    assert coated["P", "phosphate"] > 0.5
