"""Compositions: amounts of elements, the formula they are written as, and when two of them are the same.

The formulas are those of pymatgen, without importing it; the tests compare the two.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from screening.chemistry.amounts import format_amount
from screening.chemistry.elements import element, is_element
from screening.common.errors import InputError

AMOUNT_TOLERANCE = 1e-8  # amounts closer than this are equal, as in pymatgen
SAME_FRACTION = 1e-6  # two compositions are the same if none of their atomic fractions differ by more than this
_MOST_ATOMS = 100_000  # of the cell that a composition key is a whole-number composition of
_NOT_REDUCED = {  # peroxides and diatomic gases are written with two atoms
    **{f"{metal}O": f"{metal}2O2" for metal in ("Li", "Na", "K", "Rb", "Cs", "H")},
    **{gas: f"{gas}2" for gas in ("H", "N", "O", "F", "Cl")},
}
_POLYANION_GAP = 1.65  # if the last two elements differ less in electronegativity, they are written as a group


def format_formula(amounts: Mapping[str, float]) -> str:
    """Write a composition as a formula, with the elements in the conventional order.

    Whole amounts give the same reduced formula as pymatgen: the amounts are divided by their common factor, the
    elements stand in order of rising electronegativity, and the polyanion is in brackets. If an amount is fractional,
    nothing is reduced, and the metals stand in order of falling amount.

    Parameters
    ----------
    amounts
        Amount of each element, in any order; amounts below 1e-8 are left out.

    Raises
    ------
    InputError
        If a symbol is not an element, or an amount is not a positive finite number.

    Examples
    --------
    >>> format_formula({"O": 24, "P": 6, "Li": 2, "Ti": 4})
    'LiTi2(PO4)3'
    >>> format_formula({"Li": 1, "Mn": 0.05, "Co": 0.12, "Ni": 0.83, "O": 2})
    'LiNi0.83Co0.12Mn0.05O2'
    """
    require_amounts(amounts)
    return _formatted(tuple(sorted(amounts.items())))


def atomic_fractions(amounts: Mapping[str, float]) -> dict[str, float]:
    """Return the fraction of each element among the atoms; the fractions sum to 1.

    Raises
    ------
    InputError
        If a symbol is not an element, or an amount is not a positive finite number.
    """
    require_amounts(amounts)
    total = math.fsum(amounts.values())
    return {symbol: amount / total for symbol, amount in amounts.items()}


def same_composition(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Return whether two compositions are the same, to within :data:`SAME_FRACTION`.

    Parameters
    ----------
    one, other
        Amounts of the elements, of any number of atoms.
    """
    if one.keys() != other.keys():
        return False
    here, there = atomic_fractions(one), atomic_fractions(other)
    return all(abs(here[symbol] - there[symbol]) <= SAME_FRACTION for symbol in here)


def composition_key(amounts: Mapping[str, float]) -> tuple[tuple[str, Fraction], ...]:
    """Return a key that all ways to write one composition share, for sets and dictionaries of compositions.

    Each atomic fraction is replaced by the nearest ratio of whole numbers below a hundred thousand, so that
    ``Ni0.33333333`` and ``Ni0.3333333333`` in one formula have the key of a third.
    """
    fractions = atomic_fractions(amounts)
    return tuple((symbol, Fraction(fractions[symbol]).limit_denominator(_MOST_ATOMS)) for symbol in sorted(fractions))


def require_amounts(amounts: Mapping[str, float]) -> None:
    """Check that a composition has elements, and a positive finite number of each.

    Raises
    ------
    InputError
        If it has none, a symbol is not an element, or an amount is not a positive finite number.
    """
    if not amounts:
        raise InputError("empty formula")
    for symbol, amount in amounts.items():
        if not is_element(symbol):
            raise InputError(f"no element {symbol}")
        if not 0.0 < amount < math.inf:
            raise InputError(f"the amount of {symbol} is not a positive finite number: {amount}")


def common_factor(amounts: Mapping[str, float]) -> int:
    """Return the greatest common factor of whole amounts; 1 if one of them is not whole."""
    return math.gcd(*map(round, amounts.values())) if all(map(_is_whole, amounts.values())) else 1


@lru_cache(maxsize=65536)
def _formatted(items: tuple[tuple[str, float], ...]) -> str:
    amounts = {symbol: amount for symbol, amount in items if amount >= AMOUNT_TOLERANCE}
    if not amounts:
        raise InputError("empty formula")

    def rank(symbol: str) -> tuple[float, str]:
        return element(symbol).electronegativity, symbol

    if all(map(_is_whole, amounts.values())):
        factor = common_factor(amounts)
        formula = _joined(sorted(amounts, key=rank), {s: round(amount) // factor for s, amount in amounts.items()})
        return _NOT_REDUCED.get(formula, formula)
    first = sorted((s for s in amounts if element(s).kind == "s-block"), key=rank)
    metals = sorted(
        (s for s in amounts if element(s).kind == "metal"),
        key=lambda s: (-round(amounts[s], 8), -element(s).electronegativity, s),
    )
    last = sorted((s for s in amounts if element(s).kind not in ("s-block", "metal")), key=rank)
    return _joined(first + metals + last, amounts)


def _joined(symbols: list[str], amounts: Mapping[str, float]) -> str:
    """Write the elements in the order given, with the last two in brackets if they form a polyanion."""
    head, tail = symbols, ""
    if len(symbols) >= 3:
        *others, a, b = symbols
        gap = element(b).electronegativity - element(a).electronegativity
        times = math.gcd(round(amounts[a]), round(amounts[b]))
        if gap < _POLYANION_GAP and times > 1 and _is_whole(amounts[a]) and _is_whole(amounts[b]):
            group = _joined([a, b], {a: round(amounts[a]) / times, b: round(amounts[b]) / times})
            head, tail = others, f"({group}){times}"
    return "".join(symbol + format_amount(amounts[symbol]) for symbol in head) + tail


def _is_whole(amount: float) -> bool:
    return abs(amount - round(amount)) < AMOUNT_TOLERANCE
