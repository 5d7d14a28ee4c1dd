"""What a user means by a material: a name of the catalogue, a cathode at a state of charge, or a formula."""

from __future__ import annotations

from screening.catalogue import Catalogue
from screening.composition import atomic_fractions, check_charge_balance, parse_formula
from screening.errors import InputError, nearest
from screening.materials import clean_name
from screening.phase_set import PhaseSet


def resolve_formula(text: str, catalogue: Catalogue, phases: PhaseSet) -> str:
    """Return the formula of a material.

    Parameters
    ----------
    text
        A name or alias from the catalogue; a cathode at a state of charge or lithium content, as in
        ``NCM83:half`` or ``NCM83:0.3`` (fully lithiated without); or a formula.
    catalogue
        Where names are looked up.
    phases
        A formula that no oxidation states balance is accepted only if these hold a phase of it.

    Raises
    ------
    InputError
        If the text is none of these, where the message names the nearest name; or names more than one material.
    """
    formula, in_catalogue = _looked_up(text, catalogue)
    if not in_catalogue:
        composition = parse_formula(formula)
        if not phases.polymorphs(composition) and (reason := check_charge_balance(composition)):
            raise InputError(reason)
    return formula


def elements_named(text: str, catalogue: Catalogue) -> frozenset[str]:
    """Return the elements of a material, for energies that are fetched by chemical system.

    Parameters
    ----------
    text, catalogue
        As for :func:`resolve_formula`.

    Raises
    ------
    InputError
        As :func:`resolve_formula`, but that any formula passes.
    """
    return frozenset(parse_formula(_looked_up(text, catalogue)[0]))


def _looked_up(text: str, catalogue: Catalogue) -> tuple[str, bool]:
    """Return a material's formula, and whether it is in the catalogue."""
    text = clean_name(text)
    name, colon, state = (part.strip() for part in text.partition(":"))
    found = {
        f"the cathode {cathode.name}": cathode.formula(state if colon else "full")
        for cathode in catalogue.cathodes
        if name.casefold() in (known.casefold() for known in cathode.names)
    }
    if not colon:
        found |= {
            f"the {material.role} {material.name}": material.formula
            for material in (*catalogue.coatings, *catalogue.electrolytes)
            if name.casefold() in (known.casefold() for known in material.names)
        }
    if len({tuple(sorted(atomic_fractions(parse_formula(formula)).items())) for formula in found.values()}) > 1:
        raise InputError(f"{text} means {' or '.join(found)}: write the formula")
    if found:
        return next(iter(found.values())), True
    if colon:
        raise InputError(f"unknown cathode {name!r}{nearest(name, [c.name for c in catalogue.cathodes])}")
    try:
        parse_formula(text)
    except InputError as error:
        entries = (*catalogue.coatings, *catalogue.electrolytes, *catalogue.cathodes)
        raise InputError(f"{error}{nearest(text, [known for e in entries for known in e.names])}") from None
    return text, False
