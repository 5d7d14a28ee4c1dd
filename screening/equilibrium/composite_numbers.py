"""Energies above the hull and windows of materials and composites in every sample, as numbers.

They are those of :func:`screening.equilibrium.composite.material_energies` and :func:`~.composite.material_window`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.notation import overall, read_composite
from screening.equilibrium.survey import Survey

Floats = NDArray[np.float64]


def formation_energies(survey: Survey, material: str) -> Floats:
    """Return the formation energy of a material, or of the phases of a composite together, (s,), eV/atom.

    Raises
    ------
    InputError
        If it cannot be read or holds an element without energies.
    """
    moles = read_composite(material)
    if moles is None:
        return np.asarray(survey.formation_energies([material])[0])
    atoms = np.array([n * sum(survey.reactant(part).composition.values()) for part, n in moles.items()])
    return np.asarray(atoms / atoms.sum() @ survey.formation_energies(list(moles)))


def energies_above_hull(survey: Survey, material: str) -> Floats | None:
    """Return the energy above the hull, (s,), eV/atom; None if no phase is known and no energy was given.

    Raises
    ------
    InputError
        As :func:`formation_energies`.
    """
    moles = read_composite(material)
    if moles is None:
        reactant = survey.reactant(material)
        if not reactant.own and reactant.given_above_hull is None:
            return None
        composition = reactant.composition
    else:
        composition = overall(moles)
    own = formation_energies(survey, material)
    return np.asarray(np.maximum(0.0, (own - survey.mixture_energies([composition])[0]).round(9) + 0.0))


def window_limits(survey: Survey, material: str) -> tuple[Floats, Floats | None]:
    """Return the reduction and the oxidation limit, V against Li/Li+, (s,); None without lithium to give up.

    The limits of a composite are those between which each of its phases is stable.

    Raises
    ------
    InputError, CalculationError
        As :func:`screening.equilibrium.composite.material_window`.
    """
    found = survey.windows(list(read_composite(material) or [material]))
    oxidation = found.oxidation[~np.isnan(found.oxidation).any(axis=1)]
    return np.asarray(found.reduction.max(axis=0)), np.asarray(oxidation.min(axis=0)) if len(oxidation) else None
