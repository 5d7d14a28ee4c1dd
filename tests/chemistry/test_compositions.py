"""Compositions as formulas, fractions and keys, against pymatgen's and hand-made ones."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymatgen.core import Composition

from screening.chemistry.amounts import format_amount
from screening.chemistry.compositions import atomic_fractions, composition_key, format_formula, same_composition
from screening.chemistry.elements import ELEMENTS
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError

COMMON = ("Li", "Ni", "Co", "Mn", "Nb", "Ta", "Hf", "Ti", "Al", "P", "S", "O", "F", "Cl", "C", "H", "N", "Na", "Si")
whole_amounts = st.dictionaries(st.sampled_from(ELEMENTS), st.integers(1, 60), min_size=1, max_size=6)
any_amounts = st.dictionaries(
    st.sampled_from(ELEMENTS), st.integers(1, 10**6).map(lambda n: n / 10**4), min_size=1, max_size=6
)


class TestFormat:
    @pytest.mark.parametrize(
        "formula",
        [
            *("LiNbO3", "Li6PS5Cl", "Li3PO4", "LiTi2(PO4)3", "Li10Ge(PS6)2", "Li7P3S11", "Li2O2", "O2", "Cl2", "Li"),
            *("LiNi0.83Co0.12Mn0.05O2", "LiNi0.6Co0.2Mn0.2O2", "LiNi0.5Mn0.3Co0.2O2", "LiNi0.8Co0.1Mn0.1O2"),
            *("Li0.5Ni0.83Co0.12Mn0.05O2", "LiNb0.5Ta0.5O3", "Li1.5Nb0.5C0.5O3", "Li1.3Ti1.7Al0.3(PO4)3", "Li0.5CoO2"),
        ],
    )
    def test_writes_what_papers_write(self, formula: str) -> None:
        assert format_formula(parse_formula(formula)) == formula

    @given(whole_amounts)
    @pytest.mark.filterwarnings("ignore:No Pauling electronegativity")
    def test_whole_amounts_give_pymatgens_reduced_formula(self, amounts: dict[str, int]) -> None:
        assert format_formula(amounts) == Composition(amounts).reduced_formula

    @given(st.dictionaries(st.sampled_from(COMMON), st.integers(1, 24), min_size=2, max_size=4), st.integers(1, 9))
    def test_multiples_are_the_same_formula(self, amounts: dict[str, int], times: int) -> None:
        assert format_formula({e: n * times for e, n in amounts.items()}) == format_formula(amounts)

    @given(any_amounts)
    def test_round_trip(self, amounts: dict[str, float]) -> None:
        again = parse_formula(format_formula(amounts))
        assert atomic_fractions(again) == pytest.approx(atomic_fractions(amounts), rel=1e-7)
        assert format_formula(again) == format_formula(amounts)

    @given(any_amounts, st.randoms(use_true_random=False))
    def test_order_does_not_matter(self, amounts: dict[str, float], random: object) -> None:
        shuffled = list(amounts.items())
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        assert format_formula(dict(shuffled)) == format_formula(amounts)

    def test_rounding_errors_do_not_show(self) -> None:
        assert format_formula({"Li": 1 - 1e-12, "Nb": 0.1 + 0.2, "O": 3 + 1e-10, "H": 1e-12}) == "LiNb0.3O3"

    @pytest.mark.parametrize(
        ("amounts", "message"),
        [
            ({}, "empty formula"),
            ({"Li": 1e-12}, "empty formula"),
            ({"Xx": 1}, "no element Xx"),
            ({"Li": 0}, "the amount of Li is not a positive finite number: 0"),
            ({"Li": -1}, "the amount of Li is not a positive finite number: -1"),
            ({"Li": math.nan}, "the amount of Li is not a positive finite number: nan"),
            ({"Li": math.inf}, "the amount of Li is not a positive finite number: inf"),
        ],
    )
    def test_refuses(self, amounts: dict[str, float], message: str) -> None:
        with pytest.raises(InputError) as caught:
            format_formula(amounts)
        assert str(caught.value) == message

    @pytest.mark.parametrize(
        ("amount", "text"),
        [(1, ""), (2, "2"), (10, "10"), (0.5, "0.5"), (1 / 3, "0.33333333"), (0.3333, "0.33330"), (1 + 1e-12, "")],
    )
    def test_amounts(self, amount: float, text: str) -> None:
        assert format_amount(amount) == text


@given(any_amounts)
def test_atomic_fractions_are_pymatgens(amounts: dict[str, float]) -> None:
    theirs = Composition(amounts).fractional_composition.get_el_amt_dict()
    assert atomic_fractions(amounts) == pytest.approx(theirs)
    assert sum(atomic_fractions(amounts).values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("LiNi0.33333333Co0.33333333Mn0.33333333O2", "Li3NiCoMnO6", True),
        ("Li2O", "Li4O2", True),
        ("Li0.0078125O", "LiO128", True),  # a last digit where rounding to decimals would part the two
        ("LiNi0.3333O2", "Li3NiO6", True),
        ("LiNi0.33330O2", "Li3NiO6", False),
        ("Li0.33330Ni0.33330O0.66667", "LiNiO2", False),
        ("Li1.0000019NiO2", "LiNiO2", True),  # 0.4 of the tolerance away
        ("Li1.000008NiO2", "LiNiO2", False),  # 1.5 of it
        ("Li2O", "Na2O", False),
        ("Li20Co21O42", "LiCoO2", False),
    ],
)
def test_two_ways_to_write_a_composition_are_one(one, other, same):
    first, second = parse_formula(one), parse_formula(other)
    assert same_composition(first, second) is same_composition(second, first) is same
    assert (composition_key(first) == composition_key(second)) is same


@given(st.dictionaries(st.sampled_from(["Li", "O", "P", "S", "Co"]), st.integers(1, 400), min_size=1))
def test_a_key_is_that_of_the_exact_ratios_whatever_digits_a_formula_has(amounts):
    total = sum(amounts.values())
    exact = tuple((symbol, Fraction(amounts[symbol], total)) for symbol in sorted(amounts))
    assert composition_key(amounts) == exact
    assert composition_key({symbol: round(amount / total, 10) for symbol, amount in amounts.items()}) == exact
