"""Which energies would decide an order: shares worked by hand, and what chance explains."""

import numpy as np
import pytest

from screening.searches.deciding.deciding import chance_share, deciding_phases

N = 20_000
PAIR, OTHER = ("A", "B"), ("A", "C")


def drawn(n_phases, n_samples=N, seed=1):
    return np.random.default_rng(seed).standard_normal((n_samples, n_phases))


def test_the_share_of_each_error_by_hand():
    # A less B = 3 e0 + e1 + another normal number: variances 9, 1 and 1 of 11
    errors = drawn(4)
    difference = 3.0 * errors[:, 0] + errors[:, 1] + drawn(1, seed=2)[:, 0]
    found = {one.phase: one for one in deciding_phases({PAIR: difference}, errors)}
    assert list(found) == [0, 1]  # the most deciding first; the others have nothing to do with it
    # of normal numbers of correlation r the ranks have the correlation 6 / pi asin(r / 2)
    for phase, variance in ((0, 9 / 11), (1, 1 / 11)):
        expected = (6 / np.pi * np.arcsin(np.sqrt(variance) / 2)) ** 2
        assert found[phase].alone == pytest.approx(expected, abs=0.02)
        assert found[phase].further == pytest.approx(expected, abs=0.02)  # the two are independent
        assert found[phase].by_pair == {PAIR: found[phase].further}


def test_the_mean_over_pairs_counts_those_it_does_not_decide():
    errors = drawn(2)
    found = deciding_phases({PAIR: errors[:, 0], OTHER: errors[:, 1]}, errors)
    assert sorted(one.phase for one in found) == [0, 1]
    for one in found:
        assert one.alone == pytest.approx(0.5, abs=1e-6)
        assert one.by_pair == {(PAIR, OTHER)[one.phase]: pytest.approx(1.0, abs=0.001)}


def test_a_phase_that_errs_as_another_does_tells_nothing_further():
    errors = drawn(3)
    errors[:, 1] = errors[:, 0] ** 3  # alike in rank
    found = deciding_phases({PAIR: errors[:, 0] + errors[:, 2]}, errors)
    assert len(found) == 2
    assert {found[0].phase, found[1].phase} in ({0, 2}, {1, 2})


def test_the_second_is_the_one_that_tells_most_of_what_the_first_leaves():
    # A less B = e0 + e1 / 2; e2 = e0 + a little: much alone, nothing beyond e0
    errors = drawn(3)
    errors[:, 2] = errors[:, 0] + 0.3 * errors[:, 2]
    difference = {PAIR: errors[:, 0] + 0.5 * errors[:, 1]}
    found = deciding_phases(difference, errors)
    assert [one.phase for one in found][:2] == [0, 1]
    assert found[1].alone < 0.25
    assert deciding_phases(difference, errors[:, 2:])[0].alone > 0.6
    assert found[0].further + found[1].further == pytest.approx(0.97, abs=0.02)  # ranks are not quite a sum
    assert sum(one.further for one in found) <= 1.0 + 1e-9


def test_a_jump_between_tiers_counts_as_an_order_and_not_by_its_size():
    errors = drawn(1)
    score = errors[:, 0]
    tiers = np.where(score > 1.0, 1e6, 0.0) + score
    assert deciding_phases({PAIR: tiers}, errors)[0].alone == pytest.approx(1.0, abs=1e-6)


def test_what_chance_explains_is_not_listed():
    listed = [
        len(deciding_phases({PAIR: drawn(1, 200, seed)[:, 0]}, drawn(300, 200, seed + 500))) for seed in range(40)
    ]
    assert np.mean([n > 0 for n in listed]) < 0.2  # one time in twenty is wanted
    assert chance_share(300, 200) == pytest.approx(0.068, abs=0.01)
    assert chance_share(1, 200) < chance_share(300, 200) < chance_share(300, 100)


def test_a_difference_or_an_error_that_is_always_the_same_decides_nothing():
    errors = np.column_stack([np.zeros(N), drawn(1)[:, 0]])
    assert deciding_phases({PAIR: np.zeros(N)}, errors) == []
    assert [one.phase for one in deciding_phases({PAIR: errors[:, 1]}, errors)] == [1]
    assert deciding_phases({}, errors) == []
    assert deciding_phases({PAIR: errors[:, 1]}, np.empty((0, 0))) == []
