"""Amounts as exact numbers, and the share of decimals that are taken for fractions by chance."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.chemistry.amounts import format_amount, read_amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2", Fraction(2)),
        ("2.", Fraction(2)),
        (".5", Fraction(1, 2)),
        ("1/3", Fraction(1, 3)),
        ("0.83", Fraction(83, 100)),
        ("0.33", Fraction(33, 100)),  # two digits are what they are: nobody can tell
        ("0.333", Fraction(1, 3)),
        ("0.3333", Fraction(1, 3)),
        ("0.6666", Fraction(2, 3)),
        ("0.6667", Fraction(2, 3)),
        ("0.6668", Fraction(6668, 10000)),
        ("0.3330", Fraction(333, 1000)),
        ("0.1667", Fraction(1, 6)),
        ("1.6666667", Fraction(5, 3)),
        ("0.8333333333333334", Fraction(5, 6)),  # as a computer prints it
        ("0.8300000", Fraction(83, 100)),
        ("0.0769", Fraction(769, 10000)),  # a thirteenth needs more digits
        ("0.07692308", Fraction(1, 13)),
    ],
)
def test_amounts_are_read_as_exact_ratios(text, amount):
    assert read_amount(text) == amount


@pytest.mark.parametrize("text", ["", "1e9", "1e999999999", "nan", "inf", "1/2/3", "1.5/2", "1,5", "٣"])
def test_refused(text):
    with pytest.raises(ValueError, match="is no amount"):
        read_amount(text)


@given(st.integers(1, 10**9), st.integers(1, 8))
def test_what_is_written_is_read_again(number, decimals):
    amount = number / 10**decimals
    assert abs(float(read_amount(format_amount(amount) or "1")) - amount) <= 1e-8


@given(st.integers(1, 999), st.integers(1, 999))
def test_small_fractions_survive_eight_decimals(numerator, denominator):
    assert read_amount(format_amount(numerator / denominator) or "1") == Fraction(numerator, denominator)


@pytest.mark.parametrize("decimals", [3, 4, 5])
def test_few_decimals_are_fractions_by_chance(decimals):
    texts = [f"0.{number:0{decimals}}" for number in range(1, 10**decimals)]
    assert 0 < sum(read_amount(text) != Fraction(text) for text in texts) < len(texts) / 100
