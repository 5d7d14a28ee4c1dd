"""What a user means by a material: a name of the catalogue, a cathode at a state of charge, or what notation writes."""

from __future__ import annotations

from screening.chemistry.formulas import atomic_fractions, check_charge_balance, shown
from screening.chemistry.notation import composition_of, read_composite, read_material, split_energy, with_energy
from screening.common.errors import InputError, nearest
from screening.materials.catalogue import Catalogue
from screening.materials.material import clean_name
from screening.phases.phase_set import PhaseSet


def resolve_formula(text: str, catalogue: Catalogue, phases: PhaseSet) -> str:
    """Return one material as :class:`~screening.equilibrium.reactant.Reactant` reads it: its formula, mostly.

    Parameters
    ----------
    text
        A name or alias from the catalogue; a cathode at a state of charge or lithium content, as in
        ``NCM83:half`` or ``NCM83:0.3`` (fully lithiated without); a formula; or a glass. Behind each an energy above
        the hull may stand, as in ``LiNbO3@30meV``.
    catalogue
        Where names are looked up.
    phases
        A formula that no oxidation states balance is accepted only if these hold a phase of it.

    Raises
    ------
    InputError
        If the text is none of these, where the message names the nearest name; or names more than one material; or is
        a composite.
    """
    material = resolve_material(text, catalogue, phases)
    if parts := read_composite(material):
        raise InputError(
            f"{shown(clean_name(text))} is several phases, each with interfaces of its own: ask for "
            f"{' or '.join(parts)}, or screen it as a coating"
        )
    return material


def resolve_material(text: str, catalogue: Catalogue, phases: PhaseSet) -> str:
    """Return a material, or a composite of several, in the notation of :mod:`screening.chemistry.notation`.

    Parameters
    ----------
    text, catalogue, phases
        As for :func:`resolve_formula`; or a composite.

    Raises
    ------
    InputError
        As :func:`resolve_formula`, but for the composite.
    """
    material, in_catalogue = _looked_up(text, catalogue)
    if not in_catalogue:
        composition = composition_of(material)
        if not phases.polymorphs(composition) and (reason := check_charge_balance(composition)):
            raise InputError(reason)
    return material


def elements_named(text: str, catalogue: Catalogue) -> frozenset[str]:
    """Return the elements of a material, for energies that are fetched by chemical system.

    Parameters
    ----------
    text, catalogue
        As for :func:`resolve_material`.

    Raises
    ------
    InputError
        As :func:`resolve_material`, but that any formula passes.
    """
    return frozenset(composition_of(_looked_up(text, catalogue)[0]))


def _looked_up(text: str, catalogue: Catalogue) -> tuple[str, bool]:
    """Return a material in its notation, and whether it, or each phase of a composite, is known to make sense."""
    text = clean_name(text)
    materials = (*catalogue.coatings, *catalogue.electrolytes)
    if "+" in text and text.casefold() not in (known.casefold() for m in materials for known in m.names):
        return catalogue.coating(text).reactant, True
    base, above = split_energy(text)
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
        return material if above is None else with_energy(material, above), True
    if colon:
        raise InputError(f"unknown cathode {name!r}{nearest(name, [c.name for c in catalogue.cathodes])}")
    try:
        composition_of(text)
    except InputError as error:
        entries = (*materials, *catalogue.cathodes)
        raise InputError(f"{error}{nearest(base, [known for e in entries for known in e.names])}") from None
    return read_material(text).name, False
