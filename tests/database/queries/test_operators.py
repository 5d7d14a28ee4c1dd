"""What is said of an operator that may not be used."""

from __future__ import annotations

import pytest

from screening.database.queries.operators import OF_FILTERS, OF_VALUES, OPERATORS, needs, shown, unknown


@pytest.mark.parametrize("name", ["$where", "$function", "$accumulator", "$expr"])
def test_what_computes_is_told_from_what_is_misspelt(name):
    assert str(unknown(name, OF_VALUES)).startswith(f"not a filter: {name} computes, and a filter only compares; ")
    assert name not in OPERATORS


@pytest.mark.parametrize(
    ("name", "known", "said"),
    [
        ("$nott", OF_VALUES, r"'$nott' is no operator here (did you mean $not?)"),
        ("$nro", OF_FILTERS, r"'$nro' is no operator here (did you mean $nor?)"),
        ("$gt", OF_FILTERS, r"'$gt' is no operator here; there are $and, $or, $nor"),
    ],
)
def test_the_nearest_is_one_of_those_known_in_its_place(name, known, said):
    assert str(unknown(name, known)).startswith(f"not a filter: {said}")
    assert str(unknown(name, known)).endswith(f"there are {', '.join(known)}")


def test_a_long_value_is_cut():
    assert shown("LiF") == "'LiF'"
    assert shown("x" * 58) == f"'{'x' * 58}'"
    assert shown("x" * 59) == f"'{'x' * 59}..."
    assert str(needs("$in", "a list", "x" * 1000)) == f"not a filter: $in needs a list, not '{'x' * 59}..."
