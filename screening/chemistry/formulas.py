"""Reading and writing chemical formulas, and finding those whose charges cannot balance.

This module does not use pymatgen, because importing it takes longer than most calculations of this package. The
results are the same as pymatgen's; the tests compare the two.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from screening.common.errors import InputError
from screening.common.files import DATA

_PERIODIC_TABLE = """
    H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr
    Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu
    Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr
    Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og
"""
ELEMENTS: tuple[str, ...] = tuple(_PERIODIC_TABLE.split())
AMOUNT_TOLERANCE = 1e-8  # amounts closer than this are equal, as in pymatgen

_SYMBOLS = frozenset(ELEMENTS)
_NUMBER = r"((?:\d+\.?\d*|\.\d+)?)"
_TOKEN = re.compile(rf"([A-Z][a-z]*){_NUMBER}|([(\[{{])|([)\]}}]){_NUMBER}|(.)", re.ASCII | re.DOTALL)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_NOT_REDUCED = {  # peroxides and diatomic gases are written with two atoms
    **{f"{metal}O": f"{metal}2O2" for metal in ("Li", "Na", "K", "Rb", "Cs", "H")},
    **{gas: f"{gas}2" for gas in ("H", "N", "O", "F", "Cl")},
}
_POLYANION_GAP = 1.65  # if the last two elements differ less in electronegativity, they are written as a group
# Charge per atom in the longest chain among the common anions: superoxide, octasulfide, azide, octaiodide.
_LEAST_REDUCED = {"O": -1 / 2, "S": -1 / 4, "Se": -1 / 4, "N": -1 / 3, "F": -1, "Cl": -1, "Br": -1 / 3, "I": -1 / 4}
_ELEMENTS_FILE = DATA / "catalogue" / "elements.yaml"


class Element(NamedTuple):
    """The properties of an element that are needed to write a formula and to check its charges."""

    electronegativity: float
    lowest_state: int | None
    highest_state: int | None
    kind: str


@lru_cache(maxsize=1)
def _elements() -> dict[str, Element]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    rows = yaml.load(_ELEMENTS_FILE.read_text(encoding="utf-8"), Loader=loader)
    return {symbol: Element(math.inf if x is None else x, *rest) for symbol, (x, *rest) in rows.items()}


def element(symbol: str) -> Element:
    """Return the properties of an element.

    Raises
    ------
    InputError
        If the symbol is not an element.
    """
    if symbol not in _SYMBOLS:
        raise InputError(f"no element {symbol}")
    return _elements()[symbol]


def parse_formula(text: str) -> dict[str, float]:
    """Read a chemical formula into the amount of each element.

    Parameters
    ----------
    text
        Element symbols, amounts (whole or decimal), and round, square or curly brackets. Blanks around
        the formula are ignored, and subscript digits are read as digits.

    Returns
    -------
    dict
        Amount of each element in one formula unit, in the order of first appearance.

    Raises
    ------
    InputError
        If the text is not a formula; the message is one line that starts with the text.

    Examples
    --------
    >>> parse_formula("Li1.3Al0.3Ti1.7(PO4)3")
    {'Li': 1.3, 'Al': 0.3, 'Ti': 1.7, 'P': 3.0, 'O': 12.0}
    """
    formula = unicodedata.normalize("NFKC", text).strip()
    if not formula:
        raise InputError("empty formula")
    group: dict[str, float] = {}
    outer: list[tuple[str, dict[str, float]]] = []
    for match in _TOKEN.finditer(formula):
        symbol, amount, opening, closing, factor, junk = match.groups()
        if symbol:
            if symbol not in _SYMBOLS:
                raise InputError(f"{shown(formula)}: no element {symbol}")
            group[symbol] = group.get(symbol, 0.0) + _amount(formula, symbol, amount)
        elif opening:
            outer.append((opening, group))
            group = {}
        elif closing:
            if not outer or _CLOSING[outer[-1][0]] != closing:
                raise InputError(f"{shown(formula)}: '{closing}' closes no bracket")
            if not group:
                raise InputError(f"{shown(formula)}: empty brackets")
            times = _amount(formula, "the bracket", factor)
            inner, (_, group) = group, outer.pop()
            for symbol, number in inner.items():
                group[symbol] = group.get(symbol, 0.0) + number * times
        else:
            raise InputError(f"{shown(formula)}: unexpected {junk!r} at position {match.start() + 1}")
    if outer:
        raise InputError(f"{shown(formula)}: '{outer[-1][0]}' is never closed")
    for symbol, number in group.items():
        if not 0.0 < number < math.inf:
            raise InputError(f"{shown(formula)}: the amount of {symbol} is not a positive finite number")
    return group


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
    _require_amounts(amounts)
    return _formatted(tuple(sorted(amounts.items())))


def format_amount(amount: float) -> str:
    """Write an amount as it stands in a formula: nothing for 1, otherwise at most eight decimals."""
    text = f"{amount:.8f}".rstrip("0").rstrip(".")
    return "" if text == "1" else text


def atomic_fractions(amounts: Mapping[str, float]) -> dict[str, float]:
    """Return the fraction of each element among the atoms; the fractions sum to 1.

    Raises
    ------
    InputError
        If a symbol is not an element, or an amount is not a positive finite number.
    """
    _require_amounts(amounts)
    total = math.fsum(amounts.values())
    return {symbol: amount / total for symbol, amount in amounts.items()}


def check_charge_balance(amounts: Mapping[str, float]) -> str | None:
    """Explain why no oxidation states can make a composition neutral.

    The test is generous, since it is meant to find typing errors (``LiNbO33``) and not to judge chemistry. Each element
    may have any state between its lowest and its highest, and a composition is refused only if its charge cannot reach
    zero:

    * Groups 1 and 2 keep their positive states; other metals and metalloids go down to their lowest, or to 0.
    * O, S, Se, N, F, Cl, Br and I are anions, reduced at least as far as in the longest of their common chains
      (peroxide and superoxide, polysulfide up to S8, azide, triiodide); they are oxidised only by more electronegative
      nonmetals at least as numerous as themselves, as the S of a sulfate is. H, C and P take any of their states.
    * Compounds without a metal or without a nonmetal, and those with an element of unknown states, always pass.

    Parameters
    ----------
    amounts
        Amount of each element.

    Returns
    -------
    str or None
        None if the composition can be neutral, otherwise the reason in one line.

    Raises
    ------
    InputError
        If a symbol is not an element, or an amount is not a positive finite number.
    """
    _require_amounts(amounts)
    kinds = {element(symbol).kind == "nonmetal" for symbol in amounts}
    charge = charge_range(amounts)
    if len(kinds) == 1 or charge is None:
        return None
    least, most = charge
    if least <= AMOUNT_TOLERANCE and most >= -AMOUNT_TOLERANCE:
        return None
    formula = format_formula(amounts)
    units = sum(amounts.values()) / sum(parse_formula(formula).values())
    return (
        f"{formula}: no oxidation states balance it "
        f"(charge between {round(least / units, 2):g} and {round(most / units, 2):g})"
    )


def charge_range(
    amounts: Mapping[str, float], limits: Mapping[str, tuple[float, float]] | None = None
) -> tuple[float, float] | None:
    """Return the lowest and the highest charge that oxidation states can give a composition, in elementary charges.

    Parameters
    ----------
    amounts
        Amount of each element; the charges are the totals over these amounts.
    limits
        Lowest and highest state of some elements, in place of those that :func:`check_charge_balance` uses.

    Returns
    -------
    tuple of float or None
        None if the oxidation states of an element are unknown.
    """
    limits = limits or {}
    nonmetals = {symbol for symbol in amounts if element(symbol).kind == "nonmetal"}
    least = most = 0.0
    for symbol, amount in amounts.items():
        states = limits.get(symbol) or _states(symbol, amounts, nonmetals)
        if states is None:
            return None
        least += amount * states[0]
        most += amount * states[1]
    return least, most


def _states(symbol: str, amounts: Mapping[str, float], nonmetals: set[str]) -> tuple[float, float] | None:
    """Return the lowest and the highest state of an element in a compound of these amounts; None if unknown."""
    own = element(symbol)
    if own.lowest_state is None or own.highest_state is None:
        return None
    if own.kind == "s-block":
        return own.lowest_state, own.highest_state
    if symbol not in nonmetals:
        return min(0, own.lowest_state), own.highest_state
    oxidisers = (s for s in nonmetals if element(s).electronegativity > own.electronegativity)
    if symbol not in _LEAST_REDUCED or sum(amounts[s] for s in oxidisers) >= amounts[symbol]:
        return own.lowest_state, own.highest_state
    return own.lowest_state, _LEAST_REDUCED[symbol]


@lru_cache(maxsize=65536)
def _formatted(items: tuple[tuple[str, float], ...]) -> str:
    table = _elements()
    amounts = {symbol: amount for symbol, amount in items if amount >= AMOUNT_TOLERANCE}
    if not amounts:
        raise InputError("empty formula")

    def rank(symbol: str) -> tuple[float, str]:
        return table[symbol].electronegativity, symbol

    whole = {symbol: round(amount) for symbol, amount in amounts.items() if _is_whole(amount)}
    if len(whole) == len(amounts):
        symbols, factor = sorted(amounts, key=rank), math.gcd(*whole.values())
        formula = _joined(symbols, {symbol: number // factor for symbol, number in whole.items()})
        return _NOT_REDUCED.get(formula, formula)
    first = sorted((s for s in amounts if table[s].kind == "s-block"), key=rank)
    metals = sorted(
        (s for s in amounts if table[s].kind == "metal"),
        key=lambda s: (-round(amounts[s], 8), -table[s].electronegativity, s),
    )
    last = sorted((s for s in amounts if table[s].kind not in ("s-block", "metal")), key=rank)
    return _joined(first + metals + last, amounts)


def _joined(symbols: list[str], amounts: Mapping[str, float]) -> str:
    """Write the elements in the order given, with the last two in brackets if they form a polyanion."""
    head, tail = symbols, ""
    if len(symbols) >= 3:
        *others, a, b = symbols
        gap = _elements()[b].electronegativity - _elements()[a].electronegativity
        times = math.gcd(round(amounts[a]), round(amounts[b]))
        if gap < _POLYANION_GAP and times > 1 and _is_whole(amounts[a]) and _is_whole(amounts[b]):
            group = _joined([a, b], {a: round(amounts[a]) / times, b: round(amounts[b]) / times})
            head, tail = others, f"({group}){times}"
    return "".join(symbol + format_amount(amounts[symbol]) for symbol in head) + tail


def _is_whole(amount: float) -> bool:
    return abs(amount - round(amount)) < AMOUNT_TOLERANCE


def _amount(formula: str, what: str, digits: str) -> float:
    amount = float(digits) if digits else 1.0
    if not 0.0 < amount < math.inf:
        raise InputError(f"{shown(formula)}: the amount of {what} is not a positive finite number")
    return amount


def _require_amounts(amounts: Mapping[str, float]) -> None:
    if not amounts:
        raise InputError("empty formula")
    for symbol, amount in amounts.items():
        if symbol not in _SYMBOLS:
            raise InputError(f"no element {symbol}")
        if not 0.0 < amount < math.inf:
            raise InputError(f"the amount of {symbol} is not a positive finite number: {amount}")


def shown(text: str) -> str:
    """Return a text shortened to 60 characters, with unprintable characters escaped, for a one-line message."""
    short = text if len(text) <= 60 else f"{text[:57]}..."
    return short if short.isprintable() and short.strip() else repr(short)
