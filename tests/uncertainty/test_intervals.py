"""Intervals of samples."""

import numpy as np
import pytest

from screening.uncertainty import Interval


def test_an_interval_is_5_50_and_95_percent():
    found = Interval.of(np.arange(101.0))
    assert (found.low, found.median, found.high) == (5.0, 50.0, 95.0)


def test_rounding_is_cleaned():
    found = Interval.of([-1e-12, 0.0, 1e-13])
    assert (found.low, found.median, found.high) == (0.0, 0.0, 0.0)
    assert str(found.low) == "0.0"


def test_of_one_sample_it_is_that_sample():
    assert Interval.of(x for x in [0.25]) == Interval(low=0.25, median=0.25, high=0.25)


def test_of_none_there_is_none():
    with pytest.raises(IndexError):
        Interval.of([])
