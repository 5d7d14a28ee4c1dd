"""What a structure file says besides its sites: the data blocks and formula of a CIF, the symbols of an old POSCAR."""

from __future__ import annotations

import re
from collections.abc import Mapping

from screening.chemistry.amounts import Exact
from screening.chemistry.compositions import same_composition
from screening.chemistry.elements import is_element
from screening.chemistry.formula_units import read_unit
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError

_BLOCK = re.compile(r"^data_(\S*)", re.MULTILINE | re.IGNORECASE)
_SITES = re.compile(r"^\s*_atom_site_(?:fract_x|cartn_x)\b", re.MULTILINE | re.IGNORECASE)
_FORMULA = re.compile(
    r"""^\s*_chemical_formula_sum\s+(?:'([^']*)'|"([^"]*)"|(\S+))\s*$""", re.MULTILINE | re.IGNORECASE
)
_COUNTS = re.compile(r"\s*\d+(\s+\d+)*\s*")
_WORD = re.compile(r"([A-Z][a-z]?)(\d*)")


def require_one_block(text: str) -> None:
    """Check that a CIF describes one crystal.

    Raises
    ------
    InputError
        If several of its data blocks hold sites.
    """
    parts = _BLOCK.split(text)
    named = [name or "without name" for name, body in zip(parts[1::2], parts[2::2], strict=True) if _SITES.search(body)]
    if len(named) > 1:
        listed = ", ".join(named[:5]) + (" ..." if len(named) > 5 else "")
        raise InputError(f"{len(named)} data blocks hold sites ({listed}): write each crystal in a file of its own")


def require_formula(text: str, sites: Mapping[str, float]) -> None:
    """Check that the formula a CIF states is that of its sites.

    Parameters
    ----------
    text
        The CIF.
    sites
        Atoms of each element on the sites.

    Raises
    ------
    InputError
        If the two are different compositions.
    """
    found = _FORMULA.search(text)
    written = next((part for part in found.groups() if part), "") if found else ""
    try:
        stated = parse_formula(written)
    except InputError:
        return  # '?' and free text state nothing
    if not same_composition(stated, sites):
        there = " ".join(f"{symbol}{amount:g}" for symbol, amount in sites.items())
        raise InputError(
            f"its formula is {written} and its sites hold {there}: add the missing sites, or mend or remove "
            "_chemical_formula_sum if the sites are right"
        )


def with_symbols(text: str) -> str:
    """Return a POSCAR of VASP 4 with the line of symbols that VASP 5 has, taken from its comment line if that has them.

    Anything else is returned as it is. The comment has them if it is symbols, with or without their numbers, or a
    formula, and fits the line of counts.
    """
    lines = text.splitlines()
    if len(lines) < 7 or not _COUNTS.fullmatch(lines[5]):
        return text
    counts = [int(count) for count in lines[5].split()]
    symbols = _symbols(lines[0], counts)
    return text if symbols is None else "\n".join([*lines[:5], " ".join(symbols), *lines[5:]]) + "\n"


def _symbols(comment: str, counts: list[int]) -> list[str] | None:
    words = [_WORD.fullmatch(word) for word in comment.split()]
    if len(words) == len(counts) and all(word and is_element(word[1]) for word in words):
        named = [(word[1], word[2]) for word in words if word]
        fits = all(not number or int(number) == count for (_, number), count in zip(named, counts, strict=True))
        return [symbol for symbol, _ in named] if fits or _in_ratio([int(n or 1) for _, n in named], counts) else None
    try:
        unit = read_unit(comment.strip(), whole=comment)
    except InputError:
        return None
    return list(unit) if _in_ratio(list(unit.values()), counts) else None


def _in_ratio(amounts: list[int] | list[Exact], counts: list[int]) -> bool:
    return len(amounts) == len(counts) and all(
        amount * counts[0] == count * amounts[0] for amount, count in zip(amounts, counts, strict=True)
    )
