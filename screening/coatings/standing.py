"""Which of two coatings is the better one: the one of the better tier, and within a tier the one that reacts less."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_TIER_MEV = 1e6  # between two tiers: more than any reaction energy
Number = TypeVar("Number", float, NDArray[np.float64])


def standing(tier: Number, worst: Number) -> Number:
    """Return one number that is the higher the better a coating is.

    Parameters
    ----------
    tier
        See :func:`screening.criteria.criteria.tier`.
    worst
        Lowest mutual energy of any contact, closed or open, meV per atom that is not exchanged.
    """
    return worst - _TIER_MEV * tier
