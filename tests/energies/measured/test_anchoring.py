"""The correction, on errors that are known."""

from __future__ import annotations

import numpy as np
import pytest

from screening.chemistry.formulas import parse_formula
from screening.energies.measured.anchoring import AnchorRules, chemical_system, fit, held_out, shifts
from screening.energies.measured.bonds import bond_shares

RULES = AnchorRules(ridge=1e-6)
CATIONS = ("Li", "Na", "K", "Mg", "Ca", "Al", "Zn", "Y")
TRUE = {"O": 0.05, **{f"{symbol}|O": 0.01 * number for number, symbol in enumerate(CATIONS)}}


def oxides():
    """Mixed oxides of main-group metals."""
    single = {"Li": "Li2O", "Na": "Na2O", "K": "K2O", "Mg": "MgO", "Ca": "CaO", "Al": "Al2O3", "Zn": "ZnO", "Y": "Y2O3"}
    pairs = [f"({single[a]})({single[b]})" for i, a in enumerate(CATIONS) for b in CATIONS[i + 1 :]]
    return [*single.values(), *pairs]


def error(formula):
    return sum(share * TRUE.get(name, 0.0) for name, share in bond_shares(parse_formula(formula)).items())


def test_errors_that_are_sums_over_bonds_are_found():
    terms = fit({formula: error(formula) for formula in oxides()}, RULES)
    for formula in ("(Li2O)3(ZnO)", "(MgO)(CaO)(Al2O3)"):
        assert terms.error(formula) == pytest.approx(error(formula), abs=1e-4)


def test_what_no_term_is_known_of_is_not_corrected():
    terms = fit({formula: error(formula) for formula in oxides()}, RULES)
    assert terms.error("Li2S") == terms.error("Al2Cu") == terms.error("Li2O2") == 0.0


def test_one_wrong_value_moves_the_others_little():
    errors = {formula: error(formula) for formula in oxides()}
    wrong = errors | {"MgO": errors["MgO"] + 0.9}
    moved = fit(wrong, RULES).error("(MgO)(CaO)") - fit(errors, RULES).error("(MgO)(CaO)")
    assert abs(moved) < 0.03
    assert fit(errors, RULES).error("(MgO)(CaO)") == pytest.approx(error("(MgO)(CaO)"), abs=1e-4)


def test_held_out_values_know_nothing_of_their_own():
    errors = {formula: error(formula) for formula in oxides()}
    wrong = errors | {"Y2O3": errors["Y2O3"] - 0.8}
    assert held_out(wrong, RULES)["Y2O3"] == pytest.approx(held_out(errors, RULES)["Y2O3"], abs=1e-12)
    assert held_out(errors, RULES).keys() == errors.keys()


def test_of_a_system_held_out_no_compound_is_known():
    errors = {"FeO": 0.3, "Fe2O3": 0.3, "Fe3O4": 0.3, **{formula: error(formula) for formula in oxides()}}
    found = held_out(errors, RULES, chemical_system)
    oxygen = {formula: bond_shares(parse_formula(formula))["O"] for formula in errors}
    assert all(found[iron] == pytest.approx(0.05 * oxygen[iron], abs=0.02) for iron in ("FeO", "Fe2O3", "Fe3O4"))


def test_shifts_leave_elements_and_give_measured_compounds_their_value():
    terms = fit({formula: error(formula) for formula in oxides()}, RULES)
    found = shifts(["Li", "MgO", "CaO", "MgO"], terms, {"MgO": 0.123})
    assert np.allclose(found, [0.0, 0.123, -error("CaO"), 0.123], atol=1e-4)
