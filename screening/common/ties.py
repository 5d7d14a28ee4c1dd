"""What is equal but for rounding, and how it is ordered.

Two processors, or two ways to one number, differ in its last bits, and these decide nothing: numbers closer than a
tolerance are equal, and what is equal is ordered by something else, a name or a place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Results are rounded to 1e-9 eV, which is 1e-6 meV (screening.equilibrium.reactant.clean), and to 1e-6 V or finer. Of
# two equal numbers one may be rounded up and one down: they are then one such step apart, and never two.
TIE = 1.5e-6  # quantities of coatings (meV/atom, V, USD/kg) that differ by no more are equal


def ranks(values: ArrayLike, within: float = TIE) -> NDArray[np.intp]:
    """Rank numbers along the first axis: 1 for the lowest; equal ones share the rank of the first of them.

    Parameters
    ----------
    values
        (n,) or (n, k).
    within
        Neighbours in the order that differ by no more are equal.
    """
    given = np.asarray(values, dtype=np.float64)
    order = np.argsort(given, axis=0, kind="stable")
    rising = np.take_along_axis(given, order, axis=0)
    begins = np.ones(given.shape, dtype=bool)
    begins[1:] = rising[1:] > rising[:-1] + within
    places = np.arange(1, len(given) + 1).reshape(-1, *[1] * (given.ndim - 1))
    found = np.empty_like(order)
    np.put_along_axis(found, order, np.maximum.accumulate(np.where(begins, places, 0), axis=0), axis=0)
    return found


def first_lowest(values: ArrayLike, within: float = TIE) -> int:
    """Return the place of the lowest of some numbers; of those that differ from it by no more, the first."""
    given = np.asarray(values, dtype=np.float64)
    return int((given <= given.min() + within).argmax())
