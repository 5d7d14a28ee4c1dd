"""What is equal but for rounding: shared ranks, and which of several counts as the lowest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.common.ties import TIE, first_lowest, ranks

APART = st.lists(st.integers(-20, 20), min_size=1, max_size=12)
NOISE = st.lists(st.floats(-0.4 * TIE, 0.4 * TIE), min_size=12, max_size=12)


@given(APART, NOISE)
def test_ranks_count_what_is_lower_whatever_the_last_bits(values, noise):
    given_ = np.array(values, dtype=float) + noise[: len(values)]
    assert ranks(given_).tolist() == [1 + sum(other < value for other in values) for value in values]


@given(APART, NOISE)
def test_the_first_of_the_lowest_whatever_the_last_bits(values, noise):
    assert first_lowest(np.array(values, dtype=float) + noise[: len(values)]) == values.index(min(values))


def test_each_column_is_ranked_for_itself():
    assert ranks([[3.0, 1.0], [1.0, 1.0 + 0.5 * TIE], [2.0, 0.0]]).tolist() == [[3, 2], [1, 2], [2, 1]]


def test_the_tolerance_is_given_or_that_of_results():
    assert ranks([0.0, 1e-6, 2e-6, 4e-6]).tolist() == [1, 1, 1, 4]  # neighbours are equal, and so all three
    assert ranks([0.0, 1e-6], within=1e-9).tolist() == [1, 2]
    assert first_lowest([1e-6, 0.0]) == 0
    assert first_lowest([1e-6, 0.0], within=1e-9) == 1


@pytest.mark.filterwarnings("error")
def test_what_is_not_limited_is_equal():
    assert ranks([np.inf, 0.0, np.inf, -np.inf]).tolist() == [3, 2, 3, 1]
    assert ranks([]).tolist() == []
