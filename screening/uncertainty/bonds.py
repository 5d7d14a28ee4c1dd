"""What the energies of chemically alike phases have in common: the bonds their compositions can hold.

Errors of computed energies are not independent from phase to phase. That of a Nb-O bond is made in every niobate, and
cancels in a reaction that keeps the Nb-O bonds. Told from the composition alone, a phase has two features for each
pair of its elements: how many atoms of the one sit beside the other, and how far the pair is from that simple count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from screening.chemistry import LANTHANIDES, TRANSITION_METALS, polyanion_centres
from screening.composition import ELEMENTS, atomic_fractions, element

SHARED = "shared"
PRODUCT = "product"

_ANIONS = frozenset(("O", "F", "Cl", "Br", "I", "S", "Se", "Te", "N"))
_WEAK_ANIONS = frozenset(("H", "C", "P", "As", "Sb"))  # where there is no stronger one
_GROUPS = {
    "hydrogen": frozenset(("H",)),
    "oxygen": frozenset(("O",)),
    "chalcogen": frozenset(("S", "Se", "Te")),
    "halogen": frozenset(("F", "Cl", "Br", "I")),
    "p-block": frozenset(("B", "C", "N", "Si", "P", "Ge", "As", "Sb")),
    "d-block": TRANSITION_METALS,
    "f-block": LANTHANIDES | frozenset(ELEMENTS[88:103]),
}
_GROUP_OF = {symbol: group for group, symbols in _GROUPS.items() for symbol in symbols}


class Bond(NamedTuple):
    """One feature of a composition: a pair of elements and how it is counted."""

    pair: tuple[str, str]  # in alphabetical order
    form: str  # SHARED or PRODUCT

    @property
    def kind(self) -> str:
        """The kind of pair, whose errors are of one size: for example ``"d-block-oxygen shared"``."""
        return f"{'-'.join(sorted(map(group, self.pair)))} {self.form}"


def group(symbol: str) -> str:
    """Return the group of elements whose bonds are taken to be alike: ``"s-block"``, ``"d-block"``, ..."""
    if symbol in _GROUP_OF:
        return _GROUP_OF[symbol]
    return "s-block" if element(symbol).kind == "s-block" else "p-metal"


def bonds(composition: Mapping[str, float]) -> dict[Bond, float]:
    """Count the bonds of a composition.

    With atomic fractions c, and A the fraction of all anions, a pair of a cation i and an anion j counts
    ``c_i c_j / A`` (each cation's bonds, shared among the anions; in an oxide, ``c_i``), and any pair ``c_i c_j``.
    The first kind cancels in reactions among the compounds of one anion.

    Parameters
    ----------
    composition
        Amount of each element, in any unit.

    Returns
    -------
    dict
        Nothing for an element: errors are those of formation energies.
    """
    c = atomic_fractions(composition)
    symbols = sorted(c)
    anions = _anions(composition)
    total = sum(c[symbol] for symbol in anions)
    found: dict[Bond, float] = {}
    for place, one in enumerate(symbols):
        for other in symbols[place + 1 :]:
            product = c[one] * c[other]
            found[Bond((one, other), PRODUCT)] = product
            if (one in anions) != (other in anions):
                found[Bond((one, other), SHARED)] = product / total
    return found


def _anions(composition: Mapping[str, float]) -> frozenset[str]:
    present = frozenset(composition)
    strong = (present & _ANIONS) - polyanion_centres(composition)
    anions = strong or present & _WEAK_ANIONS
    return anions if anions != present else frozenset()
