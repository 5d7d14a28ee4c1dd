"""Reading one formula unit: element symbols, amounts and brackets."""

from __future__ import annotations

import re

from screening.chemistry.amounts import Exact, read_amount
from screening.chemistry.elements import is_element
from screening.common.errors import InputError, shown

_NUMBER = r"((?:\d+/\d+|\d+\.?\d*|\.\d+)?)"
_TOKEN = re.compile(rf"([A-Z][a-z]*){_NUMBER}|([(\[{{])|([)\]}}]){_NUMBER}|(.)", re.ASCII | re.DOTALL)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_ISOTOPES = {"D": "H"}  # energies do not tell them apart
_MOST_DIGITS = 330  # of an amount: more than any float has


def read_unit(formula: str, whole: str) -> dict[str, Exact]:
    """Read a formula unit into the exact amount of each element, in the order of first appearance.

    Parameters
    ----------
    formula
        Element symbols, amounts (see :func:`screening.chemistry.amounts.read_amount`) and brackets of any kind.
    whole
        The text that it is a part of, for messages.

    Raises
    ------
    InputError
        If it is none; the message is one line that starts with the whole text.
    """
    group: dict[str, Exact] = {}
    outer: list[tuple[str, dict[str, Exact]]] = []
    for match in _TOKEN.finditer(formula):
        symbol, amount, opening, closing, factor, junk = match.groups()
        if symbol:
            name = _ISOTOPES.get(symbol, symbol)
            if not is_element(name):
                raise InputError(f"{shown(whole)}: no element {symbol}")
            group[name] = group.get(name, 0) + _amount(whole, symbol, amount)
        elif opening:
            outer.append((opening, group))
            group = {}
        elif closing:
            if not outer or _CLOSING[outer[-1][0]] != closing:
                raise InputError(f"{shown(whole)}: '{closing}' closes no bracket")
            if not group:
                raise InputError(f"{shown(whole)}: empty brackets")
            times = _amount(whole, "the bracket", factor)
            inner, (_, group) = group, outer.pop()
            for name, number in inner.items():
                group[name] = group.get(name, 0) + number * times
        else:
            hint = "; a superscript is a charge or an isotope, and no amount" if junk == "^" else ""
            place = whole.find(formula) + match.start() + 1
            raise InputError(f"{shown(whole)}: unexpected {junk!r} at position {place}{hint}")
    if outer:
        raise InputError(f"{shown(whole)}: '{outer[-1][0]}' is never closed")
    return group


def _amount(formula: str, what: str, digits: str) -> Exact:
    try:
        amount = read_amount(digits) if 0 < len(digits) <= _MOST_DIGITS else 1 if not digits else 0
    except ZeroDivisionError:
        amount = 0
    if amount <= 0:
        raise InputError(f"{shown(formula)}: the amount of {what} is not a positive finite number")
    return amount
