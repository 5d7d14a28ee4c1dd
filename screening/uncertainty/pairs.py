"""What the energies of chemically alike phases have in common: the pairs of elements they hold.

Errors of computed energies are not independent from phase to phase: one made for niobium beside oxygen is made in every
niobate, and so cancels in part when niobates react. Each pair of elements in a phase counts by the product of their
atomic fractions, as in the regular solution: the chance that two atoms taken at random are that pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from screening.chemistry.classes import LANTHANIDES, TRANSITION_METALS
from screening.chemistry.compositions import atomic_fractions
from screening.chemistry.elements import ELEMENTS, element

Pair = tuple[str, str]  # of elements, in alphabetical order

_GROUPS = {
    "hydrogen": frozenset(("H",)),
    "oxygen": frozenset(("O",)),
    "chalcogen": frozenset(("S", "Se", "Te")),
    "halogen": frozenset(("F", "Cl", "Br", "I")),
    "p-block": frozenset(("B", "C", "N", "Si", "P", "Ge", "As", "Sb")),
    "d-block": TRANSITION_METALS,
    "f-block": LANTHANIDES | frozenset(ELEMENTS[88:103]),
}


@cache
def group(symbol: str) -> str:
    """Return the group of elements an element's pairs are counted among: ``"s-block"``, ``"d-block"``, ..."""
    for name, symbols in _GROUPS.items():
        if symbol in symbols:
            return name
    return "s-block" if element(symbol).kind == "s-block" else "p-metal"


@cache
def kind(pair: Pair) -> str:
    """Return the kind of a pair, whose errors are of one size: for example ``"d-block | oxygen"``."""
    return " | ".join(sorted(map(group, pair)))


def pairs(composition: Mapping[str, float]) -> dict[Pair, float]:
    """Return the product of the atomic fractions of each pair of elements; nothing for an element.

    Parameters
    ----------
    composition
        Amount of each element, in any unit.
    """
    fractions = sorted(atomic_fractions(composition).items())
    return {(one, other): c * d for place, (one, c) in enumerate(fractions) for other, d in fractions[place + 1 :]}
