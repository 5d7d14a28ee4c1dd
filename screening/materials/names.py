"""Resolution of what a user writes to a material: a catalogue name, a cathode at a state of charge, or a notation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from screening.chemistry.amounts import format_amount
from screening.chemistry.charges import check_charge_balance
from screening.chemistry.compositions import atomic_fractions, require_amounts
from screening.chemistry.formulas import plain_text, require_formula
from screening.chemistry.notation import (
    composition_of,
    read_composite,
    read_material,
    split_energy,
    split_polymorph,
    with_energy,
    with_polymorph,
)
from screening.common.errors import InputError, shown
from screening.materials.catalogue import Catalogue
from screening.materials.suggestions import nearest_material
from screening.phases.phase_set import PhaseSet

MaterialLike = str | Mapping[Any, float]  # what a user writes, or amounts by element: also a pymatgen Composition


def material_text(phases: PhaseSet, material: MaterialLike) -> str:
    """Return a material in the notation of :mod:`screening.chemistry.notation`, whatever a user gives for one.

    Parameters
    ----------
    phases
        The energies.
    material
        A text in that notation, which is returned as it is; a name of the packaged catalogue, or a cathode at a state
        of charge, as for :func:`resolve_material`; or amounts by element, such as a pymatgen Composition.

    Raises
    ------
    InputError
        If it is none of these.

    Examples
    --------
    >>> material_text(phases, "NCM83:half")  # doctest: +SKIP
    'Li0.5Ni0.83Co0.12Mn0.05O2'
    >>> material_text(phases, Composition("Li6PS5Cl"))  # doctest: +SKIP
    'Li6PS5Cl'
    """
    if isinstance(material, Mapping):
        amounts: dict[str, float] = {}
        for element, amount in material.items():
            symbol = str(getattr(element, "symbol", element))
            amounts[symbol] = amounts.get(symbol, 0.0) + float(amount)
        require_amounts(amounts)
        return "".join(symbol + format_amount(amount) for symbol, amount in amounts.items())
    try:
        composition_of(material)
    except InputError:
        return resolve_material(material, Catalogue.load(), phases)
    return material


def resolve_formula(text: str, catalogue: Catalogue, phases: PhaseSet) -> str:
    """Return one material in the notation that :class:`~screening.equilibrium.reactant.Reactant` reads.

    Parameters
    ----------
    text
        A name or alias from the catalogue; a cathode at a state of charge or lithium content, as in
        ``NCM83:half`` or ``NCM83:0.3`` (without either, fully lithiated); a formula; or a glass. An energy above the
        hull can follow each of them, as in ``LiNbO3@30meV``.
    catalogue
        The catalogue that holds the names.
    phases
        The energies. A formula that no oxidation states balance is accepted only if a phase of it is among them.

    Raises
    ------
    InputError
        If the text is none of these (the message suggests the nearest name), names several materials, or is a
        composite.
    """
    material = resolve_material(text, catalogue, phases)
    if parts := read_composite(material):
        raise InputError(
            f"{shown(plain_text(text))} is several phases, each with interfaces of its own: ask for "
            f"{' or '.join(parts)}, or screen it as a coating"
        )
    return material


def resolve_material(text: str, catalogue: Catalogue, phases: PhaseSet) -> str:
    """Return a material, or a composite of several, in the notation of :mod:`screening.chemistry.notation`.

    Parameters
    ----------
    text, catalogue, phases
        As for :func:`resolve_formula`; the text may also be a composite.

    Raises
    ------
    InputError
        As :func:`resolve_formula`, except that composites are accepted.
    """
    material, in_catalogue = _looked_up(text, catalogue)
    if not in_catalogue:
        composition = composition_of(material)
        if not phases.polymorphs(composition) and (reason := check_charge_balance(composition)):
            raise InputError(reason)
    return material


def elements_named(text: str, catalogue: Catalogue) -> frozenset[str]:
    """Return the elements of a material, so that energies can be fetched by chemical system before any are known.

    Parameters
    ----------
    text, catalogue
        As for :func:`resolve_material`.

    Raises
    ------
    InputError
        As :func:`resolve_material`, except that no charge balance is required.
    """
    return frozenset(composition_of(_looked_up(text, catalogue)[0]))


def _looked_up(text: str, catalogue: Catalogue) -> tuple[str, bool]:
    """Return a material in its notation, and whether its charges need no further check."""
    text = plain_text(text)
    materials = catalogue.materials
    if "+" in text and text.casefold() not in (known.casefold() for m in materials for known in m.names):
        return catalogue.coating(text).reactant, True
    base, polymorph = split_polymorph(text)
    base, above = split_energy(base)
    name, colon, state = (part.strip() for part in base.partition(":"))
    found = {
        f"the cathode {cathode.name}": cathode.formula(state if colon else "full")
        for cathode in catalogue.cathodes
        if name.casefold() in (known.casefold() for known in cathode.names)
    }
    if not colon:
        found |= {
            f"the {material.role} {material.name}": material.reactant if above is None else material.written
            for material in materials
            if name.casefold() in (known.casefold() for known in material.names)
        }
    if len({tuple(sorted(atomic_fractions(composition_of(formula)).items())) for formula in found.values()}) > 1:
        raise InputError(f"{base} means {' or '.join(found)}: write the formula")
    if found:
        material = next(iter(found.values()))
        if above is not None and read_composite(material):
            raise InputError(f"{shown(text)}: {base} is several phases; write the energy behind the one that has it")
        if polymorph is not None:
            return with_polymorph(material, polymorph), True
        return material if above is None else with_energy(material, above), True
    if colon:
        raise InputError(f"unknown cathode {name!r}{nearest_material(name, [c.name for c in catalogue.cathodes])}")
    try:
        require_formula(base)
        composition_of(text)
    except InputError as error:
        known = [name for entry in catalogue.entries for name in entry.names]
        raise InputError(f"{error}{nearest_material(base, known)}") from None
    return read_material(text).name, False
