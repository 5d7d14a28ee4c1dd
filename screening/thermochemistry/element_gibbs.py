"""Gibbs energies of the elements against temperature, and the temperature range of the tables.

The table is the one that pymatgen packages (C. J. Bartel et al., Nat. Commun. 9, 4168 (2018), after FactSage). It holds
the standard state of each element at 1 bar, relative to its enthalpy at 298.15 K, every 100 K from 300 to 2000 K.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from screening.common.errors import InputError

BOLTZMANN_EV_PER_K = 8.617333262e-5
KELVIN_AT_0_C = 273.15
LOWEST_K = 298.15  # 25 C; extrapolating 1.85 K below the first row is accurate to 0.1 meV/atom


@cache
def _table() -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
    from pymatgen.core.entries import G_ELEMS

    kelvin = sorted(G_ELEMS, key=float)
    values = {element: np.array([G_ELEMS[t][element] for t in kelvin]) for element in G_ELEMS[kelvin[0]]}
    return np.array([float(t) for t in kelvin]), values


def temperatures_k() -> tuple[float, float]:
    """Return the lowest and the highest temperature of the tables in K."""
    return LOWEST_K, float(_table()[0][-1])


def check_temperature(temperature_k: float) -> None:
    """Check that a temperature is within the range of the tables.

    Raises
    ------
    InputError
        If the temperature is outside the range.
    """
    lowest, highest = temperatures_k()
    if not lowest <= temperature_k <= highest:
        raise InputError(
            f"temperature {temperature_k:g} K is outside the tables of free energies, {lowest:g} to {highest:g} K "
            f"({lowest - KELVIN_AT_0_C:g} to {highest - KELVIN_AT_0_C:g} C)"
        )


def element_gibbs_ev(elements: Iterable[str], temperature_k: float) -> NDArray[np.float64]:
    """Return the Gibbs energy of elements in their standard states, relative to their enthalpies at 298.15 K.

    Parameters
    ----------
    elements
        Symbols of the n elements.
    temperature_k
        298.15 to 2000 K. Between the rows of the table the energy is interpolated linearly, as in pymatgen; the error
        is below 1 meV, or up to 15 meV where the element melts or boils between two rows.

    Returns
    -------
    ndarray
        (n,), eV per atom.

    Raises
    ------
    InputError
        If the temperature is outside the table or an element is not in it.
    """
    check_temperature(temperature_k)
    kelvin, values = _table()
    upper = max(1, int(np.searchsorted(kelvin, temperature_k)))
    share = (temperature_k - kelvin[upper - 1]) / (kelvin[upper] - kelvin[upper - 1])
    found = []
    for element in elements:
        if element not in values:
            raise InputError(f"the table of the elements' free energies has no {element}")
        low, high = values[element][upper - 1], values[element][upper]
        found.append(low + share * (high - low))
    return np.array(found)
