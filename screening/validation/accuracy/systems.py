"""What a published value is of: materials as papers write them, resolved to formulas.

A paper's ``"NCM83 (half lithiated)|Li6PS5Cl, mu_Li = -3.66 eV"`` is two materials, a state of charge and a reservoir.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.materials.catalogue import Catalogue
from screening.materials.names import resolve_formula
from screening.phases.phase_set import PhaseSet

_POTENTIAL = re.compile(r"[\s,]*(?:\bat\s+)?\bmu_Li\b[^=]*=\s*(-?\d+(?:\.\d+)?)\s*eV\s*$")


class System(NamedTuple):
    """The materials of a published value."""

    formulas: tuple[str, ...]
    remarks: tuple[str, ...]  # what stood in brackets behind each and is not understood; "" if nothing
    mu_li_ev: float | None  # against lithium metal


def resolve_system(text: str, catalogue: Catalogue, phases: PhaseSet) -> System:
    """Resolve the materials of a published value.

    Parameters
    ----------
    text
        Materials with ``|`` between them, each a name or formula, with a remark in brackets behind it: a state of
        charge (``half lithiated``), a formula, or anything else; behind all of them the potential of lithium.

    Raises
    ------
    InputError
        If a material is neither a name nor a formula.
    """
    potential = _POTENTIAL.search(text)
    materials = (text[: potential.start()] if potential else text).split("|")
    resolved = [_material(material.strip(), catalogue, phases) for material in materials]
    return System(
        tuple(formula for formula, _ in resolved),
        tuple(remark for _, remark in resolved),
        float(potential[1]) if potential else None,
    )


def _material(text: str, catalogue: Catalogue, phases: PhaseSet) -> tuple[str, str]:
    """Return the formula of a material, and the remark behind it where it says something else."""
    found = re.fullmatch(r"(.+?)\s+\((.*)\)", text)
    if found is None:
        gas = re.fullmatch(r"(.+)\(g\)", text)
        return resolve_formula(gas[1] if gas else text, catalogue, phases), "g" if gas else ""
    name, remark = found[1], found[2].strip()
    for state in ("full", "half"):
        if re.match(rf"{state}(y\b|\b)", remark):
            return catalogue.cathode(name).formula(state), ""
    try:
        formula = resolve_formula(name, catalogue, phases)
    except InputError:
        try:
            parse_formula(remark)
        except InputError:
            raise InputError(f"unknown material {text!r}") from None
        return resolve_formula(remark, catalogue, phases), ""  # 'SE (Li6PS5Cl)'
    return formula, "" if remark.removeprefix("per ").strip() == name else remark
