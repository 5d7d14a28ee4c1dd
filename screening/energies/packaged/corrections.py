"""MP2020 corrections of a structure, and energies of elements from DFT, for models of bare PBE and PBE+U energies.

References
----------
A. Wang et al., *A framework for quantifying uncertainty in DFT energy corrections*, Sci. Rep. 11, 15496 (2021).
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

from screening.energies.packaged.dft_check import dft_phases

if TYPE_CHECKING:
    from pymatgen.core import Composition, Structure


def mp2020_correction(structure: Structure) -> float:
    """Return what MP2020 adds to the PBE or PBE+U energy of a structure, eV/atom.

    pymatgen applies its scheme as the Materials Project does: PBE+U and its values of U where the Materials Project
    uses them (some transition metals beside oxygen or fluorine), kinds of oxide and sulfide by the distances in the
    structure. Oxidation states, on which it depends whether an element is an anion, are the likeliest of the
    composition; where it has none they are bond valences.

    Parameters
    ----------
    structure
        An ordered structure.
    """
    from pymatgen.entries.computed_entries import ComputedStructureEntry

    hubbards = _hubbards(structure.composition)
    entry = ComputedStructureEntry(
        structure,
        0.0,
        parameters={
            "run_type": "GGA+U" if hubbards else "GGA",
            "hubbards": hubbards,
            "software": "a model of VASP's energies",  # so no pseudopotentials are asked for
        },
        data={"oxidation_states": _oxidation_states(structure)},
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # oxidation states that none could guess
        adjustments = _scheme().get_adjustments(entry)
    return float(sum(adjustment.value for adjustment in adjustments)) / len(structure)


def _hubbards(composition: Composition) -> dict[str, float]:
    """Return the values of U that the Materials Project uses for a composition, eV."""
    most_electronegative = max(composition.elements, key=lambda element: element.X).symbol
    values = _scheme().u_settings.get(most_electronegative, {}) if len(composition) > 1 else {}
    return {element.symbol: values[element.symbol] for element in composition if element.symbol in values}


def _oxidation_states(structure: Structure) -> dict[str, float]:
    """Return the mean oxidation state of each element, where the scheme asks for it; empty if there are none."""
    from pymatgen.analysis.bond_valence import BVAnalyzer

    composition = structure.composition
    corrected = {symbol for symbol in _scheme().comp_correction if symbol not in ("O", "S")}
    ordered = sorted(composition.elements, key=lambda element: element.X)
    if not corrected & {element.symbol for element in ordered[:-1]}:  # the most electronegative is always an anion
        return {}
    try:
        if guesses := composition.oxi_state_guesses(max_sites=-20):
            return dict(guesses[0])
        valences: dict[str, list[float]] = {}
        for site, valence in zip(structure, BVAnalyzer().get_valences(structure), strict=True):
            valences.setdefault(site.specie.symbol, []).append(valence)
    except ValueError:  # too large a formula, or no valences fit
        return {}
    return {symbol: sum(found) / len(found) for symbol, found in valences.items()}


@cache
def _scheme() -> Any:
    from pymatgen.analysis.compatibility import MaterialsProject2020Compatibility

    return MaterialsProject2020Compatibility()


def dft_elements(elements: frozenset[str]) -> dict[str, float]:
    """Return the lowest DFT energies of elements that pymatgen packages, eV/atom; others are absent."""
    dft = dft_phases(elements)
    if dft is None:
        return {}
    return {symbol: float(dft.energies[dft.polymorphs({symbol: 1.0})[0]]) for symbol in dft.elements}
