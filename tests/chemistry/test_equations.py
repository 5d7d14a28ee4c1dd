"""Reactions as a chemist writes them."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.chemistry.equations import equation, term


@pytest.mark.parametrize(
    ("amount", "text"),
    [(1.0, "A"), (1 - 1e-13, "A"), (2.0, "2 A"), (1 / 3, "0.3333 A"), (0.28125, "0.2812 A"), (12345.6, "1.235e+04 A")],
)
def test_a_term_of_an_equation_does_not_depend_on_the_last_bit(amount, text):
    for near in (amount, np.nextafter(amount, 0.0), np.nextafter(amount, np.inf)):
        assert term(float(near), "A") == text


@pytest.mark.parametrize(
    ("left", "right", "text"),
    [
        ([(1.0, "Li3O2")], [(1.0, "Li2O"), (0.5, "Li2O2")], "2 Li3O2 -> 2 Li2O + Li2O2"),
        ([(4 / 7, "A"), (3 / 7, "B")], [(10 / 21, "C"), (1 / 21, "D")], "12 A + 9 B -> 10 C + D"),
        ([(1.0, "A")], [(0.99, "B"), (0.98, "C")], "A -> 0.99 B + 0.98 C"),  # 100 has three digits
        ([(1.0, "A")], [(1 / 98, "B")], "98 A -> B"),
        ([(1.0, "A")], [(2**-0.5, "B")], "A -> 0.7071 B"),  # no whole numbers at all
        ([(1.0, "A")], [], "A -> "),
    ],
)
def test_whole_numbers_where_two_digits_are_enough(left, right, text):
    assert equation(left, right) == text


@given(st.lists(st.integers(1, 99), min_size=2, max_size=7), st.floats(1e-3, 1e3), st.integers(0, 2**32 - 1))
def test_whole_numbers_are_found_in_any_multiple_of_them(numbers, scale, seed):
    """Amounts of linear programs are off by up to 1e-9; the numbers found are those without a common divisor."""
    noise = np.random.default_rng(seed).uniform(-1e-9, 1e-9, len(numbers))
    amounts = scale * np.array(numbers) * (1.0 + noise)
    terms = [(float(amount), f"X{place}") for place, amount in enumerate(amounts)]
    shared = gcd(*numbers)
    smallest = [int(Fraction(number, shared)) for number in numbers]
    text = equation(terms[:1], terms[1:])
    left, right = (
        [(float(n), f"X{place}") for place, n in enumerate(smallest)][part] for part in (slice(1), slice(1, None))
    )
    assert text == " -> ".join(" + ".join(term(*one) for one in side) for side in (left, right))


@given(st.lists(st.floats(1e-3, 1.0), min_size=2, max_size=6))
def test_what_is_written_is_in_the_ratio_of_the_amounts(amounts):
    """To four digits, or within what linear programs resolve of the largest amount."""
    text = equation([(amounts[0], "X")], [(amount, "X") for amount in amounts[1:]])
    written = np.array([float(one.rpartition(" ")[0] or 1) for one in text.replace(" -> ", " + ").split(" + ")])
    ratio = written / written.max()
    assert ratio == pytest.approx(np.array(amounts) / max(amounts), rel=2e-3, abs=2e-6)
