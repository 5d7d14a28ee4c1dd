"""Random numbers that depend on nothing but their names.

The error of a phase in sample s must be the same whoever asks for it: another process, another chemical system,
another coating. So no generator is advanced; number s of a name is a hash of the two.

References
----------
G. Steele, D. Lea and C. Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014 (SplitMix64);
G. Box and M. Muller, Ann. Math. Stat. 29, 610 (1958); R. Bailey, Math. Comput. 62, 779 (1994) (Student's t).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))


def normal(names: Sequence[str], n_samples: int, seed: int) -> Floats:
    """Return standard normal numbers, (n_samples, n), one column for each name."""
    return normal_pairs(names, n_samples, seed)[0]


def normal_pairs(names: Sequence[str], n_samples: int, seed: int) -> tuple[Floats, Floats]:
    """Return two independent sets of standard normal numbers, (n_samples, n) each; the first is :func:`normal`."""
    first, second = uniform(names, n_samples, seed)
    radius, angle = np.sqrt(-2.0 * np.log(first)), 2.0 * np.pi * second
    return radius * np.cos(angle), radius * np.sin(angle)


def two_sided_t(one: Floats, other: Floats, freedom_below: float, freedom_above: float) -> Floats:
    """Turn two sets of independent standard normal numbers into numbers of the median zero, of the same shape.

    Half of them are below zero and half above, each half as Student's t distribution with its own degrees of freedom.
    Names whose normal numbers are alike, in both sets, have alike results.
    """
    squares = one**2 + other**2
    freedom = np.where(one < 0.0, freedom_below, freedom_above)
    return np.asarray(np.sqrt(freedom * np.expm1(squares / freedom)) * one / np.sqrt(squares))


def uniform(names: Sequence[str], n_samples: int, seed: int) -> tuple[Floats, Floats]:
    """Return two sets of numbers in (0, 1), (n_samples, n) each."""
    hashes = [hashlib.blake2b(f"{seed} {name}".encode(), digest_size=8).digest() for name in names]
    keys = np.frombuffer(b"".join(hashes), dtype="<u8").astype(np.uint64)
    counter = np.arange(1, 2 * n_samples + 1, dtype=np.uint64)[:, None] * _STEP + keys
    for shift, factor in _MIX:
        counter = (counter ^ (counter >> shift)) * factor
    counter ^= counter >> np.uint64(31)
    numbers = ((counter >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
    return numbers[0::2], numbers[1::2]
