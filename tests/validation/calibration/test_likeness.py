"""How far near compounds err alike: a correlation that is known is found again."""

import numpy as np
import pytest

from screening.uncertainty.composition_fields import fields
from screening.validation.calibration.likeness import near_correlation


def grid():
    """Compositions of three elements, all pairs of which are at some distance between 0.01 and 1."""
    random = np.random.default_rng(1)
    return [dict(zip(("Li", "Nb", "O"), random.dirichlet((2.0, 2.0, 2.0)), strict=True)) for _ in range(500)]


@pytest.mark.parametrize(("correlation", "length"), [(0.8, 0.05), (0.5, 0.1)])
def test_a_known_correlation_is_found_again(correlation, length):
    compositions = grid()
    together, _ = fields(compositions, length, 8, seed=3)
    apart = np.random.default_rng(2).standard_normal(together.shape)
    found = [
        near_correlation(compositions, np.sqrt(correlation) * one + np.sqrt(1.0 - correlation) * alone)
        for one, alone in zip(together, apart, strict=True)
    ]
    assert np.mean([one.correlation for one in found]) == pytest.approx(correlation, abs=0.15)
    assert np.median([one.length for one in found]) == pytest.approx(length, rel=0.6)


def at_distance(found, distance):
    return found.correlation * np.exp(-distance / found.length)


def test_errors_that_have_nothing_in_common_are_not_correlated():
    random = np.random.default_rng(5)
    found = [near_correlation(grid(), random.standard_normal(500)) for _ in range(8)]
    assert max(at_distance(one, 0.03) for one in found) < 0.1


def test_one_compound_far_off_does_not_decide():
    scores = np.random.default_rng(5).standard_normal(500)
    scores[7] = 1e6
    assert at_distance(near_correlation(grid(), scores), 0.03) < 0.1
