"""Amounts in formulas: read as exact ratios of whole numbers, and written so that the same ratio is read again."""

from __future__ import annotations

import math
import re
from fractions import Fraction

Exact = int | Fraction

_LARGEST_DENOMINATOR = {0: 1, 1: 1, 2: 1, 3: 3, 4: 12, 5: 30, 6: 99, 7: 300, 8: 999}  # by the number of decimals
_AMOUNT = re.compile(r"-?(\d+/\d+|\d+\.?\d*|\.\d+)", re.ASCII)
_COMPARED_DIGITS = 12  # of a longer decimal, which a computer may have rounded
_LAST_BIT = 1e-3  # of the last of these digits


def read_amount(text: str) -> Exact:
    """Read an amount: a whole number, a decimal, or a fraction such as ``1/3``.

    A decimal that is a common fraction rounded or cut off is that fraction: ``0.333``, ``0.3333`` and ``0.33333333``
    are a third, ``0.6666`` and ``0.6667`` two thirds. The more decimals there are, the larger may the denominator be:
    3 for three decimals, 12 for four, 999 for eight or more. In this way fewer than one decimal in a hundred is a
    fraction by chance. A zero behind the decimals says that they are meant: ``0.3330`` is no third.

    Parameters
    ----------
    text
        Digits, with at most one decimal point, or two whole numbers with a slash between them.

    Raises
    ------
    ValueError, ZeroDivisionError
        If the text is no such number.
    """
    if not _AMOUNT.fullmatch(text):
        raise ValueError(f"{text!r} is no amount")
    if "." not in text:
        exact = Fraction(text)
        return exact.numerator if exact.denominator == 1 else exact
    decimals = min(len(text.partition(".")[2]), _COMPARED_DIGITS)
    exact, scale = Fraction(text), 10**decimals
    near = exact.limit_denominator(_LARGEST_DENOMINATOR[min(decimals, 8)])
    if scale % near.denominator == 0:
        return exact
    cut_off = near.numerator * scale // near.denominator
    rounded = (2 * near.numerator * scale + near.denominator) // (2 * near.denominator)
    return near if exact * scale in (cut_off, rounded) or abs(near - exact) * scale < _LAST_BIT else exact


def read_number(text: str) -> float:
    """Read a number: an amount as :func:`read_amount` reads it, or any other text that Python reads as a number.

    Raises
    ------
    ValueError
        If it is none.
    """
    given = text.strip()
    try:
        return float(read_amount(given)) if _AMOUNT.fullmatch(given) else float(given)
    except ZeroDivisionError:
        raise ValueError(f"{given} divides by zero") from None
    except OverflowError:
        return math.inf


def format_amount(amount: float) -> str:
    """Write an amount as it stands in a formula: nothing for 1, otherwise at most eight decimals.

    An amount near a common fraction has zeros behind its last decimal, so that it is not read as that fraction; see
    :func:`read_amount`.
    """
    text = f"{amount:.8f}".rstrip("0").rstrip(".")
    while abs(read_amount(text) - amount) > 1e-8 and len(text.partition(".")[2]) < 8:
        text += "0"
    return "" if text == "1" else text
