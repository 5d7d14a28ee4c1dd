"""The pressure of water vapour in air, from the dew point or the frost point.

Magnus forms of O. A. Alduchov and R. E. Eskridge, J. Appl. Meteorol. 35, 601 (1996): eqs 21 (over water) and 23 (over
ice), within 0.4 % between -80 and 50 C.
"""

from __future__ import annotations

import math

from screening.common.errors import InputError

_LOWEST_C, _HIGHEST_C = -80.0, 50.0
_BAR_PER_HPA = 1e-3


def water_pressure_bar(dew_point_c: float) -> float:
    """Return the partial pressure of water in air of a dew point; below 0 C it is taken as a frost point, over ice.

    Parameters
    ----------
    dew_point_c
        -80 to 50 degrees Celsius.

    Returns
    -------
    float
        bar.

    Raises
    ------
    InputError
        If it is outside that range.
    """
    if not _LOWEST_C <= dew_point_c <= _HIGHEST_C:
        raise InputError(f"a dew point is {_LOWEST_C:g} to {_HIGHEST_C:g} C, not {dew_point_c:g}")
    at_zero, a, b = (6.1094, 17.625, 243.04) if dew_point_c >= 0.0 else (6.1121, 22.587, 273.86)
    return _BAR_PER_HPA * at_zero * math.exp(a * dew_point_c / (b + dew_point_c))
