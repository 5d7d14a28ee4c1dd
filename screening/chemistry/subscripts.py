"""Formulas with subscripts, for whatever writes them: a picture, LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError

_BETWEEN = re.compile(r"(\s+|\+|\||->|\(g\))")
_AMOUNT = re.compile(r"(?<=[A-Za-z)\]])(\d+(?:\.\d+)?)")


def subscripted(text: str, subscript: Callable[[str], str], other: Callable[[str], str]) -> str:
    """Return a text whose formulas have subscripts.

    Parameters
    ----------
    text
        Formulas, perhaps with amounts before them, among other words: ``0.5Li2CO3+0.5LiNbO3``, a reaction.
    subscript
        Writes a number as a subscript.
    other
        Writes a text that is no formula.
    """
    return "".join(_written(word, subscript, other) for word in _BETWEEN.split(text))


def _written(word: str, subscript: Callable[[str], str], other: Callable[[str], str]) -> str:
    formula = re.sub(r"^[\d.]*", "", word)
    amount = word[: len(word) - len(formula)]
    try:
        parse_formula(formula)
    except InputError:
        return other(word)
    return other(amount) + _AMOUNT.sub(lambda found: subscript(found[1]), formula)
