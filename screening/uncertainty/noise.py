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

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))


def normal(names: Sequence[str], n_samples: int, seed: int) -> NDArray[np.float64]:
    """Return standard normal numbers, (n_samples, n), one column for each name."""
    radius, angle = _uniform(names, n_samples, seed)
    return np.asarray(np.sqrt(-2.0 * np.log(radius)) * np.cos(2.0 * np.pi * angle))


def two_sided_t(
    names: Sequence[str], n_samples: int, seed: int, freedom_below: float, freedom_above: float
) -> NDArray[np.float64]:
    """Return numbers of the median zero, (n_samples, n), one column for each name.

    Half of them are below zero and half above, each half as Student's t distribution with its own degrees of freedom.
    """
    radius, angle = _uniform(names, n_samples, seed)
    side = np.cos(2.0 * np.pi * angle)
    freedom = np.where(side < 0.0, freedom_below, freedom_above)
    return np.asarray(np.sqrt(freedom * (radius ** (-2.0 / freedom) - 1.0)) * side)


def _uniform(names: Sequence[str], n_samples: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two sets of numbers in (0, 1), (n_samples, n) each."""
    hashes = [hashlib.blake2b(f"{seed} {name}".encode(), digest_size=8).digest() for name in names]
    keys = np.frombuffer(b"".join(hashes), dtype="<u8").astype(np.uint64)
    counter = np.arange(1, 2 * n_samples + 1, dtype=np.uint64)[:, None] * _STEP + keys
    for shift, factor in _MIX:
        counter = (counter ^ (counter >> shift)) * factor
    counter ^= counter >> np.uint64(31)
    numbers = ((counter >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
    return numbers[0::2], numbers[1::2]
