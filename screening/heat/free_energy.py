"""Free energies of solids at temperature, from formation energies at 0 K.

These are the Gibbs energies of formation of pymatgen's ``GibbsComputedStructureEntry``, from the descriptor of C. J.
Bartel et al., Nat. Commun. 9, 4168 (2018), eq. 4 (mean error about 50 meV/atom, 300 to 1800 K)::

    dGf(T) = dEf(0 K) + G_delta(volume, reduced mass, T) - sum_i x_i G_i(T)

with G_i of the element in its standard state. Volumes are assumed not to change with temperature, and nothing melts.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.elements import ELEMENTS
from screening.common.errors import InputError
from screening.phases.phase_table import PhaseTable
from screening.thermochemistry.element_gibbs import check_temperature, element_gibbs_ev

Floats = NDArray[np.float64]
SOLIDS = "formation energies at 0 K and the descriptor of Bartel et al., Nat. Commun. 9, 4168 (2018)"


@cache
def atomic_masses() -> Floats:
    """Return the masses of all elements, g/mol, in the order of :data:`~screening.chemistry.elements.ELEMENTS`."""
    from pymatgen.core import Element

    return np.array([float(Element(symbol).atomic_mass) for symbol in ELEMENTS])


def reduced_masses(table: PhaseTable) -> Floats:
    """Return the reduced mass of each phase, (n,), amu: Bartel et al., eq. 6; 0 for an element.

    It is the sum over pairs of different elements of (x_i + x_j) m_i m_j / (m_i + m_j), divided by (elements - 1).
    """
    masses = atomic_masses()
    found = np.zeros(len(table))
    lengths = np.diff(table.starts)
    for length in range(2, int(lengths.max(initial=0)) + 1):
        rows = np.flatnonzero(lengths == length)
        entries = table.starts[rows][:, None] + np.arange(length)
        x, m = table.fractions[entries], masses[table.numbers[entries]]
        for i in range(length):
            for j in range(i + 1, length):
                found[rows] += (x[:, i] + x[:, j]) * m[:, i] * m[:, j] / (m[:, i] + m[:, j])
        found[rows] /= length - 1
    return found


def thermal_part_ev(volumes_a3_per_atom: Floats, masses_amu: Floats, temperature_k: float) -> Floats:
    """Return G_delta of Bartel et al., eq. 4: the Gibbs energy relative to the enthalpy of formation, eV per atom."""
    volume_part = -2.48e-4 * np.log(volumes_a3_per_atom) - 8.94e-5 * masses_amu / volumes_a3_per_atom
    return np.asarray(volume_part * temperature_k + 0.181 * np.log(temperature_k) - 0.882)


def formation_free_energies_ev(table: PhaseTable, formation_energies: Floats, temperature_k: float) -> Floats:
    """Return the Gibbs energies of formation of phases from the elements in their standard states at temperature.

    Parameters
    ----------
    table
        The phases, (n,).
    formation_energies
        Their formation energies at 0 K, (n,), eV per atom.
    temperature_k
        298.15 to 2000 K.

    Returns
    -------
    ndarray
        (n,), eV per atom; for an element the energy of the phase at 0 K above the reference phase.

    Raises
    ------
    InputError
        If the temperature is outside the tables, an element is not in them, or a compound has no volume.
    """
    check_temperature(temperature_k)
    compounds = np.diff(table.starts) > 1
    if len(bare := np.flatnonzero(compounds & np.isnan(table.volumes))):
        raise InputError(
            f"free energies need the volumes of phases, and {len(bare)} of {len(table)} have none, for example "
            f"{table.id(int(bare[0]))} ({table.formula(int(bare[0]))})"
        )
    present = np.unique(table.numbers)
    elements = np.zeros(len(ELEMENTS))
    elements[present] = element_gibbs_ev([ELEMENTS[number] for number in present], temperature_k)
    from_elements = table.sum_by_phase(table.fractions * elements[table.numbers])
    part = thermal_part_ev(np.where(compounds, table.volumes, 1.0), reduced_masses(table), temperature_k)
    return np.where(compounds, formation_energies + part - from_elements, formation_energies)
