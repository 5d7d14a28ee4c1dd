"""Chemical potential of gases at temperature and pressure.

``mu_O(T, p) = mu_O(0 K) + [H(298 K) - H(0 K)]/2 + G(T)/2 + kT/2 ln(p / 1 bar)``, per oxygen atom, with G(T)
of O2 relative to its enthalpy at 298.15 K from the table pymatgen packages (C. J. Bartel et al., Nat. Commun. 9,
4168 (2018), after FactSage), and the enthalpy increment from NIST-JANAF (M. W. Chase, 4th ed., 1998: 8.683 kJ/mol).
"""

from __future__ import annotations

import math
from functools import cache

from screening.errors import InputError

_BOLTZMANN_EV_PER_K = 8.617333262e-5
_O2_ENTHALPY_INCREMENT_EV = 8.683 / 96.48533212  # H(298.15 K) - H(0 K) of O2, per molecule


@cache
def _oxygen_table() -> tuple[tuple[float, float], ...]:
    from pymatgen.entries.computed_entries import G_ELEMS

    return tuple(sorted((float(kelvin), float(values["O"])) for kelvin, values in G_ELEMS.items()))


def oxygen_chemical_potential_ev(temperature_k: float, pressure_bar: float) -> float:
    """Return the chemical potential of oxygen in O2 gas relative to O2 at 0 K, eV per atom.

    Parameters
    ----------
    temperature_k
        Within the table, 300 to 2000 K; linear between its rows, 100 K apart.
    pressure_bar
        Partial pressure of O2.

    Raises
    ------
    InputError
        If the temperature is outside the table or the pressure is not positive.
    """
    table = _oxygen_table()
    if not table[0][0] <= temperature_k <= table[-1][0]:
        raise InputError(
            f"temperature {temperature_k:g} K is outside the table of O2, {table[0][0]:g} to {table[-1][0]:g} K"
        )
    if not 0 < pressure_bar < math.inf:
        raise InputError(f"a pressure must be positive: {pressure_bar:g} bar")
    upper = next(i for i in range(1, len(table)) if temperature_k <= table[i][0])
    (t0, g0), (t1, g1) = table[upper - 1], table[upper]
    standard = g0 + (g1 - g0) * (temperature_k - t0) / (t1 - t0)
    pressure_part = 0.5 * _BOLTZMANN_EV_PER_K * temperature_k * math.log(pressure_bar)
    return 0.5 * _O2_ENTHALPY_INCREMENT_EV + standard + pressure_part
