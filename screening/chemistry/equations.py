"""Reactions as a chemist writes them: ``12 LiNbO3 + 9 Li6PS5Cl -> 10 Li3NbS4 + 9 Li3PO4 + 9 LiCl + NbS3 + NbS2``."""

from __future__ import annotations

from collections.abc import Sequence

_LARGEST = 99  # a whole number of more digits is read no more easily than a decimal number of four
_AS_WHOLE = 1e-6  # amounts that linear programs give are off by less than a tenth of this after scaling


def equation(left: Sequence[tuple[float, str]], right: Sequence[tuple[float, str]]) -> str:
    """Write a reaction with the smallest whole numbers in front of its formulas.

    Where no whole numbers of two digits are in the ratio of the amounts, these stand there as they are, with four
    significant digits.

    Parameters
    ----------
    left, right
        Amount, which is positive, and name of each reactant and of each product.

    Returns
    -------
    str
        For example ``2 Li2O -> Li2O2 + 2 Li``.
    """
    written = iter(_whole([amount for amount, _ in (*left, *right)]))
    return " -> ".join(" + ".join(term(next(written), name) for _, name in side) for side in (left, right))


def term(amount: float, name: str) -> str:
    """Return an amount and a name as one side of an equation has them: ``0.2812 Li3PO4``, and ``Li3PO4`` for one of it.

    The amount has four significant digits. It is rounded to twelve first: one that lies between two of four digits,
    such as 0.28125, is then the same on every processor.
    """
    text = f"{float(f'{amount:.12g}'):.4g}"
    return name if text == "1" else f"{text} {name}"


def _whole(amounts: Sequence[float]) -> Sequence[float]:
    """Return the smallest whole numbers in the ratio of the amounts; the amounts if there are none of two digits."""
    largest = max(amounts, default=1.0)
    parts = sorted((amount / largest for amount in amounts), key=_from_whole, reverse=True)  # soonest told apart
    for number in range(1, _LARGEST + 1):
        for part in parts:
            scaled = number * part
            whole = round(scaled)
            if whole == 0 or abs(scaled - whole) >= _AS_WHOLE:
                break
        else:
            return [round(number * (amount / largest)) for amount in amounts]
    return amounts


def _from_whole(part: float) -> float:
    """Return how far a number is from a whole one."""
    return abs(part - round(part))
