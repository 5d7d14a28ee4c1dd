"""Errors of many values, against hand calculations."""

from __future__ import annotations

import pytest

from screening.validation.accuracy.statistics import Pair, errors, rank_correlation


def test_by_hand() -> None:
    """Errors -4, 1, 1, 2 and 0."""
    values = {"a": (1.0, 5.0), "b": (3.0, 2.0), "c": (8.0, 7.0), "d": (2.0, 0.0), "e": (4.0, 4.0)}
    found = errors(Pair(name, *pair) for name, pair in values.items())
    assert found is not None
    assert found.n == 5
    assert found.mean_error == pytest.approx(0.0)
    assert found.mean_absolute_error == pytest.approx(1.6)
    assert found.median_absolute_error == pytest.approx(1.0)
    assert found.absolute_error_90_percent == pytest.approx(2 + 0.6 * 2)  # 0.9 x 4 steps up the five values: 3.6
    assert [(worst.name, worst.error) for worst in found.worst] == [("a", -4.0), ("d", 2.0), ("b", 1.0)]


def test_nothing_has_no_errors() -> None:
    assert errors([]) is None


def test_equal_errors_are_named_in_alphabetical_order() -> None:
    found = errors([Pair(name, 1.0, 0.0) for name in "dbca"])
    assert found is not None
    assert [worst.name for worst in found.worst] == ["a", "b", "c"]


def test_rank_correlation_by_hand() -> None:
    """Ranks 1 2 3 4 against 1 3 2 4: 1 - 6 x 2 / (4 x 15)."""
    pairs = [Pair("", *values) for values in ((0.1, 1.0), (0.2, 30.0), (5.0, 20.0), (6.0, 1000.0))]
    assert rank_correlation(pairs) == pytest.approx(0.8)
    assert rank_correlation([Pair("", -pair.ours, pair.theirs) for pair in pairs]) == pytest.approx(-0.8)


def test_no_ranks_no_correlation() -> None:
    assert rank_correlation([Pair("", 1.0, 2.0), Pair("", 2.0, 3.0)]) is None
    assert rank_correlation([Pair("", 1.0, float(n)) for n in range(4)]) is None
    assert rank_correlation([Pair("", float(n), 1.0) for n in range(4)]) is None
