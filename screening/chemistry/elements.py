"""The elements: their symbols, and what is needed of them to write formulas and to balance charges.

This module does not use pymatgen, because importing it takes longer than most calculations of this package. The values
are pymatgen's; the tests compare the two.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from screening.common.errors import InputError
from screening.files.content import DATA

_PERIODIC_TABLE = """
    H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr
    Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu
    Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr
    Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og
"""
ELEMENTS: tuple[str, ...] = tuple(_PERIODIC_TABLE.split())
_SYMBOLS = frozenset(ELEMENTS)
_ELEMENTS_FILE = DATA / "catalogue" / "elements.yaml"


class Element(NamedTuple):
    """The properties of an element that are needed to write a formula and to check its charges."""

    electronegativity: float
    lowest_state: int | None
    highest_state: int | None
    kind: str


@lru_cache(maxsize=1)
def _table() -> dict[str, Element]:
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
    require_element(symbol)
    return _table()[symbol]


def require_element(symbol: str) -> None:
    """Check that a text is the symbol of an element.

    Raises
    ------
    InputError
        If it is not; the message suggests one that differs in upper and lower case.
    """
    if symbol not in _SYMBOLS:
        meant = symbol.strip().capitalize()
        raise InputError(f"no element {symbol}{f' (did you mean {meant}?)' if meant in _SYMBOLS else ''}")


def is_element(symbol: str) -> bool:
    """Return whether a text is the symbol of an element."""
    return symbol in _SYMBOLS
