"""How far compounds of near compositions err alike.

The own errors of compounds are written as normal scores. Half the mean squared difference of the scores of two
compounds, over the mean square of all scores, is one less their correlation: the variogram of geostatistics. The
correlation is fitted as ``correlation * exp(-distance / length)`` by least squares to its means over ranges of the
distance, which count alike: there are a thousand times as many pairs far from each other as near. (The
mean product of the scores is another estimate. It is lower, since compounds that have near neighbours err less than
others; what counts here is that differences of near compounds come out as large as they are.)

References
----------
N. Cressie, *Statistics for Spatial Data*, Wiley (1993), chapter 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.compositions import atomic_fractions

Floats = NDArray[np.float64]

_LENGTHS = (0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.2)
_RANGES = (0.0, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3)  # of the distance
_LEAST_PAIRS = 20  # in a range; fewer tell no mean
_MOST_SCORE = 4.0  # further off is as far off: one compound does not decide
_MOST_CORRELATION = 0.95  # no two compositions err quite alike


class NearCorrelation(NamedTuple):
    """The correlation of the own errors of two phases at a distance."""

    correlation: float  # at no distance
    length: float  # over which it falls by a factor e; root of the summed squared differences of atomic fractions


def near_correlation(compositions: Sequence[Mapping[str, float]], scores: Floats) -> NearCorrelation:
    """Fit the correlation of own errors.

    Parameters
    ----------
    compositions
        Amount of each element in n compounds, in any unit.
    scores
        Their own errors as normal scores, (n,).
    """
    distances, alike = _near_pairs(compositions, np.clip(scores, -_MOST_SCORE, _MOST_SCORE))
    range_of = np.digitize(distances, _RANGES) - 1
    told = [number for number in range(len(_RANGES) - 1) if (range_of == number).sum() >= _LEAST_PAIRS]
    distances, alike = (np.array([one[range_of == number].mean() for number in told]) for one in (distances, alike))
    best, least = NearCorrelation(0.0, _LENGTHS[0]), float((alike**2).sum())
    for length in _LENGTHS:
        falling = np.exp(-distances / length)
        weight = float((falling**2).sum())
        if weight <= 0.0:
            continue
        correlation = min(max(float(falling @ alike) / weight, 0.0), _MOST_CORRELATION)
        left = float(((alike - correlation * falling) ** 2).sum())
        if left < least - 1e-9:
            best, least = NearCorrelation(round(correlation, 3), length), left
    return best


def _near_pairs(compositions: Sequence[Mapping[str, float]], scores: Floats) -> tuple[Floats, Floats]:
    """Return the distance of each near pair of compounds, and one less half the squared difference of their scores."""
    held = [atomic_fractions(composition) for composition in compositions]
    elements = sorted({element for fractions in held for element in fractions})
    dense = np.array([[fractions.get(element, 0.0) for element in elements] for fractions in held])
    scores = scores / np.sqrt((scores**2).mean())
    distances, alike = [], []
    for number in range(len(held) - 1):
        distance = np.sqrt(((dense[number + 1 :] - dense[number]) ** 2).sum(axis=1))
        near = distance < _RANGES[-1]
        distances.append(distance[near])
        alike.append(1.0 - 0.5 * (scores[number] - scores[number + 1 :][near]) ** 2)
    return np.concatenate(distances), np.concatenate(alike)
