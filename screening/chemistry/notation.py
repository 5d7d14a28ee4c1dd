"""The notation of materials: compounds, glasses, materials at a given energy, and composites.

==============================  ========================================================================
``LiNbO3``                      a compound: the lowest-energy phase known of it
``1.5Li2S-0.5P2S5-LiI``         a glass or an off-stoichiometric compound: one material of the overall
                                composition of these moles, with the energy of the hull there
``LiNbO3@30meV``                a material 30 meV/atom above the hull at its composition, whether or not
                                a phase of it is known; so is ``1.5Li2S-0.5P2S5-LiI@30meV``
``LiFePO4#mp-19017``            the phase of this id among those of the composition
``0.5Li2CO3+0.5LiNbO3``         a composite: several materials side by side, each a phase of its own
==============================  ========================================================================

Amounts are moles, 1 where none is written. Where all of them lie below 1 they are fractions, and must sum to 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from screening.chemistry.compositions import format_formula
from screening.chemistry.elements import is_element
from screening.chemistry.formulas import FRACTION_TOLERANCE, parse_formula
from screening.common.errors import InputError, shown

_ENERGY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))\s*meV(?:/atom)?", re.IGNORECASE)
_TERM = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)?)\s*\*?\s*(.+)", re.DOTALL)


class Written(NamedTuple):
    """One material, read from its notation."""

    name: str  # as written, without blanks around it
    formula: str  # the formula, or that of the overall composition
    above_hull_ev: float | None  # given energy above the hull, eV/atom; None: that of the phase, if one is known
    polymorph: str | None = None  # id of the phase that was named; None: the lowest in energy


def read_material(text: str) -> Written:
    """Read one material: a formula or a glass, with or without an energy above the hull, or a formula and a phase's id.

    Raises
    ------
    InputError
        If it cannot be read, its energy is negative, or its fractions do not sum to 1.

    Examples
    --------
    >>> read_material("1.5Li2S-0.5P2S5-LiI@30meV")
    Written(name='1.5Li2S-0.5P2S5-LiI@30meV', formula='Li4PS4I', above_hull_ev=0.03, polymorph=None)
    """
    name = text.strip()
    base, polymorph = split_polymorph(name)
    if polymorph is not None:
        return Written(name, base, None, polymorph)
    base, above_mev = split_energy(name)
    parts = read_glass(base)
    if parts is None:
        return Written(name, base, None if above_mev is None else above_mev / 1000.0)
    return Written(name, format_formula(overall(parts)), (above_mev or 0.0) / 1000.0)


def split_energy(text: str) -> tuple[str, float | None]:
    """Split ``LiNbO3@30meV`` into the material and its energy above the hull in meV/atom (None if none is written).

    Raises
    ------
    InputError
        If the text behind the @ is not an energy, or the energy is negative.
    """
    base, at, energy = (part.strip() for part in text.partition("@"))
    if not at:
        return text.strip(), None
    found = _ENERGY.fullmatch(energy)
    if found is None:
        raise InputError(
            f"{shown(text.strip())}: behind @ stands an energy above the hull, such as 30meV, not {energy!r}"
        )
    if float(found[1]) < 0.0:
        raise InputError(
            f"{shown(text.strip())}: no material lies below the hull; give an energy of 0 or more behind @"
        )
    return base, float(found[1])


def split_polymorph(text: str) -> tuple[str, str | None]:
    """Split ``LiFePO4#mp-19017`` into the formula and the id of a phase (None if none is written).

    Raises
    ------
    InputError
        If there is no id behind the #, or an energy stands beside it, which a phase has of its own.
    """
    base, mark, polymorph = (part.strip() for part in text.partition("#"))
    if not mark:
        return text.strip(), None
    if "@" in text:
        raise InputError(f"{shown(text.strip())}: write either a phase behind # or an energy above the hull behind @")
    if not base or not polymorph:
        raise InputError(f"{shown(text.strip())}: a formula stands before # and the id of a phase behind it")
    return base, polymorph


def with_energy(text: str, above_mev: float) -> str:
    """Write an energy above the hull, in meV/atom, behind a material."""
    return f"{text}@{above_mev:.10g}meV"


def with_polymorph(text: str, polymorph: str) -> str:
    """Write the id of a phase behind a formula.

    Raises
    ------
    InputError
        If the material is several phases, a glass, or has an energy above the hull: no one phase is of it.
    """
    if "+" in text or "-" in text or "@" in text:
        raise InputError(f"{shown(text)} is no one phase that could be {polymorph}")
    return f"{text}#{polymorph}"


def read_glass(text: str) -> dict[str, float] | None:
    """Read ``1.5Li2S-0.5P2S5-LiI`` as formulas and their moles; return None if the text is not such a list.

    Raises
    ------
    InputError
        If an amount is not positive, fractions do not sum to 1, or a formula cannot be read or occurs twice.
    """
    if "-" not in text:
        return None
    parts = _terms(text, "-")
    if all(is_element(formula) and moles == 1.0 for formula, moles in parts.items()):
        raise InputError(f"{shown(text)} is a chemical system, not one material: write a formula of these elements")
    for formula in parts:
        parse_formula(formula)
    return parts


def read_composite(text: str) -> dict[str, float] | None:
    """Read ``0.5Li2CO3+0.5LiNbO3`` as materials and their moles; return None if the text is not such a list.

    Raises
    ------
    InputError
        If an amount is not positive, fractions do not sum to 1, or a material occurs twice.
    """
    return _terms(text, "+") if "+" in text else None


def write_terms(moles: Mapping[str, float], sign: str) -> str:
    """Write materials with their moles in front, joined by a sign: ``-`` for a glass, ``+`` for a composite."""
    return sign.join(f"{'' if amount == 1.0 else f'{amount:.10g}'}{material}" for material, amount in moles.items())


def mole_fractions(moles: Mapping[str, float]) -> dict[str, float]:
    """Return mole fractions, which sum to 1; an empty mapping for no materials."""
    total = sum(moles.values())
    return {material: amount / total for material, amount in moles.items()}


def require_amounts(text: str, moles: Mapping[str, float]) -> None:
    """Check the amounts of the parts of a glass or a composite.

    Raises
    ------
    InputError
        If one is not positive, or all are below 1 and do not sum to 1; the message starts with `text`.
    """
    for material, amount in moles.items():
        if not amount > 0.0:
            raise InputError(f"{shown(text)}: the amount of {shown(material)} must be positive, not {amount:g}")
    total = sum(moles.values())
    if moles and all(amount < 1.0 for amount in moles.values()) and abs(total - 1.0) > FRACTION_TOLERANCE + 1e-9:
        raise InputError(
            f"{shown(text)}: the fractions sum to {total:.4g}, not to 1; for moles in another ratio write at least "
            "one as 1 or more"
        )


def overall(moles: Mapping[str, float]) -> dict[str, float]:
    """Return the overall composition: the amount of each element in the given moles of materials."""
    total: dict[str, float] = {}
    for material, amount in moles.items():
        for element, number in composition_of(material).items():
            total[element] = total.get(element, 0.0) + amount * number
    return total


def composition_of(text: str) -> dict[str, float]:
    """Return the amount of each element in a material, or in all the moles of a composite together.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    parts = read_composite(text)
    return parse_formula(read_material(text).formula) if parts is None else overall(parts)


def composition_of_one(text: str) -> dict[str, float] | None:
    """Return the amount of each element in one material; None for several side by side, and what cannot be read."""
    try:
        return None if read_composite(text) is not None else composition_of(text)
    except InputError:
        return None


def _terms(text: str, sign: str) -> dict[str, float]:
    terms: dict[str, float] = {}
    # a sign before a number that follows another sign belongs to the number: "LiF+-0.5LiCl"
    for term in re.split(rf"(?<![+-])\{sign}", text.strip()):
        found = _TERM.fullmatch(term.strip())
        if found is None:
            charge = "; a charge cannot be given, since energies are those of neutral compounds"
            ion = charge if text.rstrip().endswith(sign) else ""
            raise InputError(f"{shown(text.strip())}: a material is missing beside {sign!r}{ion}")
        amount, material = found[1], found[2].strip()
        if material in terms:
            raise InputError(f"{shown(text.strip())}: {shown(material)} occurs twice")
        terms[material] = float(amount) if amount not in ("", "+", "-") else float(f"{amount}1")
    require_amounts(text.strip(), terms)
    return terms
