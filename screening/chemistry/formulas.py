"""Reading chemical formulas, also those of hydrates and of solid solutions written as sums.

This module does not use pymatgen, because importing it takes longer than most calculations of this package. The
results are the same as pymatgen's; the tests compare the two.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache

from screening.chemistry.amounts import Exact, read_amount
from screening.chemistry.charges import charge_range
from screening.chemistry.compositions import AMOUNT_TOLERANCE, format_formula
from screening.chemistry.elements import element
from screening.chemistry.formula_units import read_unit
from screening.common.errors import InputError, shown
from screening.files.content import DATA

FRACTION_TOLERANCE = 1e-3  # written fractions may miss a sum of 1 by this much, since people round them
_NAMES_FILE = DATA / "catalogue" / "names_like_formulas.yaml"
_PLAIN = str.maketrans(
    {**dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"), **dict.fromkeys("\u2022\u2219\u22c5\u30fb\u2027", "·")}
    | {"\u2044": "/", "\u2215": "/"}
)
_CAPITALS = re.compile(r"([A-Z][a-z]*){3,}")  # what all of the names match, and most formulas do not
_SUPERSCRIPT = "<super>"
_AMOUNT = r"(?:\d+/\d+|\d+\.?\d*|\.\d+)"
_TERM = re.compile(rf"({_AMOUNT})?\s*(.+)", re.DOTALL)
_SPACED = re.compile(r"([A-Z][a-z]?(\d+\.?\d*)?)( +[A-Z][a-z]?(\d+\.?\d*)?)+")  # as pymatgen prints a composition
_CHARGE = re.compile(r".*[\w)\]}]\s*\^?\s*(\d*[+-]+|[+-]\d+)", re.DOTALL)
_POINT = re.compile(
    r"\.(\d+/\d+|\d+\.\d+|\d+)(?=[A-Z(\[{])"
)  # a decimal point, or the dot before a number of formula units
_DOT = re.compile(r"\.(?=[A-Z(\[{])")  # before a formula unit without a number, where no decimal point can stand
_WATER = "H2O"


def plain_text(text: str) -> str:
    """Return what a user typed without blanks around it and with plain digits, dashes, slashes and one kind of dot.

    Superscripts are marked by ``^``, since they are no amounts.
    """
    if text.isascii():
        return text.strip()
    marked = []
    for before, character in zip(f" {text}", text, strict=False):
        raised = unicodedata.decomposition(character).startswith(_SUPERSCRIPT)
        after_raised = unicodedata.decomposition(before).startswith(_SUPERSCRIPT)
        halves = unicodedata.decomposition(character).startswith("<fraction>") and before.isdigit()
        marked.append(f"{'^' if raised and not after_raised else ''}{' ' if halves else ''}{character}")
    return unicodedata.normalize("NFKC", "".join(marked)).translate(_PLAIN).strip()


def parse_formula(text: str) -> dict[str, float]:
    """Read a chemical formula into the amount of each element.

    Parameters
    ----------
    text
        Element symbols; amounts, as whole numbers, decimals (see :func:`screening.chemistry.amounts.read_amount`) or
        fractions such as ``1/3``; and round, square or curly brackets. Formulas joined by a dot, each with an amount
        in front, are added: a hydrate, or a solid solution. The form in which pymatgen prints a composition,
        ``Li6 P1 S5 Cl1``, is read too, and D as hydrogen.

    Returns
    -------
    dict
        Amount of each element in one formula unit, in the order of first appearance.

    Raises
    ------
    InputError
        If the text is not a formula, could be two, has a charge, or is a name; the message is one line that starts
        with the text.

    Examples
    --------
    >>> parse_formula("Li1.3Al0.3Ti1.7(PO4)3")
    {'Li': 1.3, 'Al': 0.3, 'Ti': 1.7, 'P': 3.0, 'O': 12.0}
    >>> parse_formula("0.5Li2MnO3·0.5LiNiO2")
    {'Li': 1.5, 'Mn': 0.5, 'O': 2.5, 'Ni': 0.5}
    >>> parse_formula("MgCl2.6H2O")
    {'Mg': 1.0, 'Cl': 2.0, 'H': 12.0, 'O': 6.0}
    """
    return dict(_parsed(plain_text(text)))


def require_formula(text: str) -> None:
    """Refuse a name that could be read as a formula, such as ``LiFSI`` or ``LiPSCl``.

    What a user types is to be checked for these. :func:`parse_formula` itself refuses only those that no program
    writes, whose elements do not stand in the usual order.

    Raises
    ------
    InputError
        If it is one of these names; the message says what it stands for.
    """
    if meant := names_like_formulas().get(plain_text(text)):
        raise InputError(f"{plain_text(text)} is a name, not a formula: {meant}")


def _is_written_by_rule(formula: str) -> bool:
    """Return whether a text is none of the names, or a program may have written it as a formula."""
    if not _CAPITALS.fullmatch(formula) or formula not in names_like_formulas():
        return True
    return format_formula({symbol: float(n) for symbol, n in read_unit(formula, whole=formula).items()}) == formula


@lru_cache(maxsize=65536)
def _parsed(formula: str) -> tuple[tuple[str, float], ...]:
    if not formula:
        raise InputError("empty formula")
    if not _is_written_by_rule(formula):
        require_formula(formula)
    if _CHARGE.fullmatch(formula):
        raise InputError(
            f"{shown(formula)}: an ion has no energy of its own here; write a neutral compound that holds it"
        )
    if _SPACED.fullmatch(formula) and any(character.isdigit() for character in formula):
        formula = formula.replace(" ", "")
    total: dict[str, Exact] = {}
    for times, unit in _terms(formula):
        for symbol, amount in read_unit(unit, whole=formula).items():
            total[symbol] = total.get(symbol, 0) + times * amount
    return tuple((symbol, _float(formula, symbol, amount)) for symbol, amount in total.items())


def _float(formula: str, symbol: str, amount: Exact) -> float:
    try:
        number = float(amount)
    except OverflowError:
        number = math.inf
    if not 0.0 < number < math.inf:
        raise InputError(f"{shown(formula)}: the amount of {symbol} is not a positive finite number")
    return number


def _terms(formula: str) -> list[tuple[Exact, str]]:
    """Divide a formula at its dots: the amount and the text of each formula unit."""
    parts = re.split(r"\s*[·*]\s*", formula)
    if len(parts) == 1:
        parts = [part for dotted in _DOT.split(formula) for part in _hydrate(dotted)]
    if len(parts) == 1:
        return [(1, formula)]
    terms: list[tuple[Exact, str]] = []
    for part in parts:
        found = _TERM.fullmatch(part)
        if found is None:
            raise InputError(f"{shown(formula)}: a formula is missing beside the dot")
        try:
            terms.append((read_amount(found[1]) if found[1] else 1, found[2]))
        except ZeroDivisionError:
            raise InputError(f"{shown(formula)}: {found[1]} divides by zero") from None
    amounts = [times for times, _ in terms]
    if all(times < 1 for times in amounts) and abs(float(sum(amounts)) - 1.0) > FRACTION_TOLERANCE:
        raise InputError(f"{shown(formula)}: the fractions sum to {float(sum(amounts)):.4g}, not to 1")
    return terms


def _hydrate(text: str) -> list[str]:
    """Divide ``MgCl2.6H2O`` into the compound and its water; refuse a point that could be a dot or a decimal point.

    The point is a dot if water alone stands behind it, and before it a complete compound: whole amounts, none of them
    a written 1, whose charges balance. The amount of oxygen of an oxide of metals may well be a decimal, so that
    ``MnO2.5H2O`` could be two things.
    """
    for point in reversed(list(_POINT.finditer(text))):
        head, amount, tail = text[: point.start()], point[1], text[point.end() :]
        if tail == _WATER and _is_complete(head) and not _is_metal_oxide(head):
            return [head, f"{amount}{tail}"]
        if tail == _WATER or (_is_complete(head) and _is_complete(tail)):
            raise InputError(
                f"{shown(text)} can be read in two ways: write {head}·{amount}{tail}"
                f"{_with_decimal_point(head, amount, tail)}"
            )
    return [text]


def _with_decimal_point(head: str, amount: str, tail: str) -> str:
    """Return how a point is written so that it is a decimal point, where that can be."""
    number = re.search(r"[A-Z][a-z]?\d+$", head)
    if not amount.isdecimal() or (number is None and head[-1:].isdecimal()):
        return ""
    written = f"{head[: number.start()]}({number[0]}.{amount})" if number else f"{head}0.{amount}"
    return f" or, with a decimal point, {written}{tail}"


def _is_complete(text: str) -> bool:
    """Return whether a text is a formula of whole amounts, none of them a written 1, whose charges balance."""
    if re.search(r"(?<!\d)1(?!\d)|\.", text):
        return False
    try:
        amounts = {symbol: float(amount) for symbol, amount in read_unit(text, whole=text).items()}
    except (InputError, OverflowError):
        return False
    charge = charge_range(amounts)
    return (
        any(element(symbol).kind == "nonmetal" for symbol in amounts)
        and len(amounts) > 1
        and (charge is None or (charge[0] <= AMOUNT_TOLERANCE and charge[1] >= -AMOUNT_TOLERANCE))
    )


def _is_metal_oxide(text: str) -> bool:
    kinds = {symbol: element(symbol).kind for symbol in read_unit(text, whole=text)}
    return {symbol for symbol, kind in kinds.items() if kind in ("nonmetal", "metalloid")} == {"O"}


@lru_cache(maxsize=1)
def names_like_formulas() -> dict[str, str]:
    """Return what each name that could be read as a formula may mean."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    rows = yaml.load(_NAMES_FILE.read_text(encoding="utf-8"), Loader=loader)
    return {name: f"{row['is']}; write {row.get('formula', 'the formula of the sample')}" for name, row in rows.items()}
