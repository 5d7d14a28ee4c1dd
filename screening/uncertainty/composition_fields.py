"""Random numbers of compositions of which near ones have alike numbers.

A field is a sum of triangular waves over the space of compositions. Each sample has waves of its own, of random
direction, length and phase; over all samples the correlation of two compositions at a distance d is exp(-d / length),
within a hundredth. The distance is the
root of the summed squares of the differences of their atomic fractions. Like the numbers of
:mod:`screening.uncertainty.noise`, those of a composition depend on the composition, the sample and the seed alone.

References
----------
A. Rahimi and B. Recht, *Random features for large-scale kernel machines*, NIPS 2007.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.compositions import atomic_fractions
from screening.uncertainty.noise import normal, uniform

Floats = NDArray[np.float64]

_WAVES = 8  # the sum of so many numbers that are evenly distributed is as good as normal out to 2.5 deviations
_BLOCK = 256  # compositions whose waves are held in memory at once


def fields(
    compositions: Sequence[Mapping[str, float]], length: float, n_samples: int, seed: int
) -> tuple[Floats, Floats]:
    """Return two independent fields at some compositions, (n_samples, n) each, nearly standard normal.

    Parameters
    ----------
    compositions
        Amount of each element, in any unit.
    length
        Distance over which the correlation falls by a factor e.
    n_samples, seed
        How many samples, and which.
    """
    held = [atomic_fractions(composition) for composition in compositions]
    elements = sorted({element for fractions in held for element in fractions})
    dense = np.array([[fractions.get(element, 0.0) for element in elements] for fractions in held])
    names = [f"{element} {wave}" for element in elements for wave in range(_WAVES)]
    directions = normal([f"direction {name}" for name in names], n_samples, seed)
    waves = [f"wave {wave}" for wave in range(_WAVES)]
    widths = 2.0 * np.pi * length * np.abs(normal(waves, n_samples, seed))  # a normal vector over it: Cauchy's
    steps = directions.reshape(n_samples, len(elements), _WAVES) / widths[:, None, :]
    steps = np.ascontiguousarray(steps.transpose(1, 2, 0)).reshape(len(elements), -1)
    starts = uniform([f"start {wave}" for wave in waves], n_samples, seed)[0].T.ravel()
    found = np.empty((2, n_samples, len(held)))
    for first in range(0, len(held), _BLOCK):
        block = slice(first, first + _BLOCK)
        turns = dense[block] @ steps + starts
        for number, shift in enumerate((0.0, 0.25)):  # a quarter of a wave apart they are not correlated
            heights = _triangle(turns + shift).reshape(-1, _WAVES, n_samples).sum(axis=1)
            found[number, :, block] = heights.T
    one, other = found * np.sqrt(3.0 / _WAVES)
    return one, other


def _triangle(turns: Floats) -> Floats:
    """Return the height of a triangular wave between -1 and 1, which repeats at each whole turn."""
    return np.asarray(4.0 * np.abs(turns - np.floor(turns) - 0.5) - 1.0)
