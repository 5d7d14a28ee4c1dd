"""Resolution of materials as papers write them to formulas.

A paper's ``"NCM83 (half lithiated)|Li6PS5Cl, mu_Li = -3.66 eV"`` names two materials, a state of charge, a reservoir.
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
    """The materials that a published value belongs to."""

    formulas: tuple[str, ...]
    remarks: tuple[str, ...]  # text in brackets behind each material that was not understood; "" if none
    mu_li_ev: float | None  # chemical potential of lithium relative to the metal, eV


def resolve_system(text: str, catalogue: Catalogue, phases: PhaseSet) -> System:
    """Resolve the materials that a published value belongs to.

    Parameters
    ----------
    text
        Materials separated by ``|``. Each is a name or formula, with an optional remark in brackets behind it: a state
        of charge (``half lithiated``), a formula, or any text. The potential of lithium can follow all of them.

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
    """Return the formula of a material, and the remark behind it if the remark was not understood."""
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
