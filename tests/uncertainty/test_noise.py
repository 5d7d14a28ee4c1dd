"""Named random numbers: their distributions, against scipy's, and what they depend on."""

import numpy as np
import pytest
from scipy import stats

from screening.uncertainty.noise import normal, normal_pairs, two_sided_t

NAMES = [f"name {number}" for number in range(50)]


def test_normal_numbers_are_normal_and_independent():
    numbers = normal(NAMES, 2000, seed=3)
    assert numbers.shape == (2000, 50)
    assert stats.kstest(numbers.ravel(), "norm").pvalue > 1e-3
    between = np.corrcoef(numbers.T) - np.eye(50)
    assert np.abs(between).max() < 0.1  # 4.5 standard deviations of what chance gives
    following = np.corrcoef(numbers[:-1].ravel(), numbers[1:].ravel())[0, 1]
    assert abs(following) < 0.015


@pytest.mark.parametrize("freedom", [(3.0, 2.0), (1.5, 10.0)])
def test_each_side_is_students_t_with_its_own_freedom(freedom):
    numbers = two_sided_t(*normal_pairs(NAMES, 2000, 0), *freedom).ravel()
    below, above = -numbers[numbers < 0], numbers[numbers > 0]
    assert len(below) / len(numbers) == pytest.approx(0.5, abs=0.01)
    for side, degrees in ((below, freedom[0]), (above, freedom[1])):
        assert stats.kstest(side, lambda x, degrees=degrees: 2.0 * stats.t.cdf(x, degrees) - 1.0).pvalue > 1e-3


def test_names_alike_in_both_sets_have_alike_numbers():
    one, other = normal_pairs(NAMES, 200, 0)
    far, moved = two_sided_t(one, other, 2.0, 3.0), two_sided_t(one + 1e-9, other, 2.0, 3.0)
    assert np.abs(moved / far - 1.0).max() < 1e-4
    assert np.array_equal(one, normal(NAMES, 200, 0))
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] == pytest.approx(0.0, abs=0.05)


def test_a_number_depends_on_its_name_sample_and_seed_alone():
    many = normal(NAMES, 300, seed=1)
    assert np.array_equal(normal(NAMES[7:9], 300, seed=1), many[:, 7:9])
    assert np.array_equal(normal(NAMES, 20, seed=1), many[:20])
    assert not np.isclose(normal(NAMES, 20, seed=2), many[:20]).any()


def test_numbers_are_those_of_every_machine_and_version():
    # SplitMix64 of the first 8 bytes of BLAKE2b, written out with whole numbers
    import hashlib
    import math

    mask = 2**64 - 1

    def uniform(counter):
        key = int.from_bytes(hashlib.blake2b(b"5 Li O", digest_size=8).digest(), "little")
        z = (key + counter * 0x9E3779B97F4A7C15) & mask
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return (((z ^ (z >> 31)) >> 11) + 0.5) / 2**53

    expected = [
        math.sqrt(-2 * math.log(uniform(2 * s + 1))) * math.cos(2 * math.pi * uniform(2 * s + 2)) for s in range(4)
    ]
    assert normal(["Li O"], 4, seed=5)[:, 0] == pytest.approx(expected, rel=1e-12)
