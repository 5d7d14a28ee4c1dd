"""Oxidation states and bonds that a composition tells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.chemistry.formulas import parse_formula
from screening.energies.measured.bonds import bond_shares, oxidation_states


@pytest.mark.parametrize(
    ("formula", "states"),
    [
        ("LiNbO3", {"Li": 1, "Nb": 5, "O": -2}),
        ("Li2SO4", {"Li": 1, "S": 6, "O": -2}),
        ("Li6PS5Cl", {"Li": 1, "P": 5, "S": -2, "Cl": -1}),
        ("LiClO4", {"Li": 1, "Cl": 7, "O": -2}),
        ("LiCoO2", {"Li": 1, "Co": 3, "O": -2}),
        ("CoO2", {"Co": 4, "O": -2}),
        ("Fe3O4", {"Fe": 8 / 3, "O": -2}),
        ("LiMnPO4", {"Li": 1, "Mn": 2, "P": 5, "O": -2}),
        ("Li10GeP2S12", {"Li": 1, "Ge": 4, "P": 5, "S": -2}),
        ("NaNO3", {"Na": 1, "N": 5, "O": -2}),
        ("Li3N", {"Li": 1, "N": -3}),
        ("SO2", {"S": 4, "O": -2}),
        ("Ni3S2", {"Ni": 4 / 3, "S": -2}),
    ],
)
def test_states_of_known_compounds(formula, states):
    assert oxidation_states(parse_formula(formula)) == pytest.approx(states)


@pytest.mark.parametrize("formula", ["Li2O2", "KO2", "LiS4", "Al2Cu", "TbO2"])
def test_what_does_not_balance_or_has_no_anion_has_none(formula):
    assert oxidation_states(parse_formula(formula)) is None


def test_shares_of_a_compound():
    assert bond_shares(parse_formula("Fe3O4")) == pytest.approx(
        {"O": 4 / 7, "Fe|O": 3 / 7, "Fe2|O": 1 / 7, "Fe3|O": 2 / 7}
    )
    assert bond_shares(parse_formula("Al2Cu")) == pytest.approx({"Al metal": 2 / 3, "Cu metal": 1 / 3})
    assert bond_shares(parse_formula("Li2O2")) == {}


def test_a_correction_of_phosphates_says_nothing_of_thiophosphates():
    oxide, sulfide = (bond_shares(parse_formula(formula)) for formula in ("Li3PO4", "Li3PS4"))
    assert not oxide.keys() & sulfide.keys()


formulas = st.dictionaries(
    st.sampled_from(["Li", "Ni", "Co", "P", "S", "O", "Cl", "Nb", "Al", "F", "N"]), st.integers(1, 9), min_size=1
)


@given(formulas, st.integers(2, 5))
def test_shares_are_of_the_atoms_and_of_no_formula_unit(amounts, times):
    shares = bond_shares(amounts)
    assert bond_shares({symbol: times * amount for symbol, amount in amounts.items()}) == pytest.approx(shares)
    by_element = sum(share for name, share in shares.items() if _is_whole_name(name))
    assert not shares or by_element == pytest.approx(1.0)
    states = oxidation_states(amounts)
    assert states is None or sum(states[s] * amounts[s] for s in amounts) == pytest.approx(0.0, abs=1e-6)


def _is_whole_name(name: str) -> bool:
    """Whether a share is that of an element, and not of one of its states."""
    return not any(letter.isdigit() for letter in name.partition("|")[0])
