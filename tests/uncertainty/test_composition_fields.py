"""Fields over compositions: as correlated as they should be, and the same whoever asks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from screening.uncertainty.composition_fields import fields

LENGTH = 0.05
SERIES = [{"Li": 1.0 + step, "Mn": 2.0, "O": 4.0} for step in (0.0, 0.05, 0.2, 0.5, 1.5)]
COMPOSITIONS = st.dictionaries(st.sampled_from(["Li", "O", "S", "P", "Nb"]), st.integers(1, 24), min_size=1, max_size=4)


def distance(one, other):
    elements = sorted({*one, *other})
    a, b = (np.array([c.get(e, 0.0) for e in elements]) / sum(c.values()) for c in (one, other))
    return float(np.linalg.norm(a - b))


def test_the_correlation_falls_with_the_distance():
    one, other = fields(SERIES, LENGTH, 20_000, seed=1)
    for field in (one, other):
        assert field.mean(axis=0) == pytest.approx(0.0, abs=0.03)
        assert field.std(axis=0) == pytest.approx(1.0, abs=0.03)
        for place, composition in enumerate(SERIES):
            expected = np.exp(-distance(SERIES[0], composition) / LENGTH)
            assert np.corrcoef(field[:, 0], field[:, place])[0, 1] == pytest.approx(expected, abs=0.03)
    assert np.abs(np.corrcoef(one.T, other.T)[:5, 5:]).max() < 0.03


def test_it_is_as_good_as_normal_within_two_and_a_half_deviations():
    numbers = np.abs(fields(SERIES[:1], LENGTH, 40_000, seed=2)[0].ravel())
    for deviations in (1.0, 2.0, 2.5):
        assert (numbers > deviations).mean() == pytest.approx(2.0 * stats.norm.sf(deviations), rel=0.15)


@given(st.lists(COMPOSITIONS, min_size=1, max_size=6), st.data())
@settings(max_examples=40)
def test_a_number_depends_on_its_composition_sample_and_seed_alone(compositions, data):
    all_of_them = fields(compositions, LENGTH, 8, seed=4)
    some = data.draw(st.permutations(range(len(compositions))))[: data.draw(st.integers(1, len(compositions)))]
    times = data.draw(st.integers(1, 50))
    again = fields([{e: times * n for e, n in compositions[i].items()} for i in some], LENGTH, 11, seed=4)
    for one, other in zip(again, all_of_them, strict=True):
        np.testing.assert_allclose(one[:8], other[:, some], atol=1e-7)
    elsewhere = fields(compositions, LENGTH, 8, seed=5)
    assert not np.isclose(elsewhere[0], all_of_them[0], atol=1e-6).any()


def test_many_compositions_are_drawn_as_few_are():
    many = [{"Li": 1 + n % 60, "O": 1 + n // 60} for n in range(700)]  # more than one block
    np.testing.assert_allclose(fields(many[600:602], LENGTH, 3, 0)[1], fields(many, LENGTH, 3, 0)[1][:, 600:602])
