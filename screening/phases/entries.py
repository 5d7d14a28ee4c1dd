"""Phases from pymatgen entries, and the energy scale that the entries state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from screening.chemistry.amounts import format_amount
from screening.common.errors import InputError
from screening.common.provenance import NOT_STATED, EnergyScale
from screening.phases.phase import Phase

if TYPE_CHECKING:
    from pymatgen.analysis.phase_diagram import PDEntry
    from pymatgen.entries.computed_entries import ComputedEntry

_FUNCTIONALS = {"PBE": "GGA", "PBE+U": "GGA+U", "PBE_U": "GGA+U", "GGA_U": "GGA+U"}
_MIXING_SCHEME = "MaterialsProjectDFTMixingScheme"  # brings GGA(+U) and r2SCAN to one scale
_MP2020 = "MaterialsProject2020Compatibility"
_ALTERNATIVES = frozenset({"MaterialsProjectCompatibility", _MP2020, "MITCompatibility"})
PBE_AND_U = "PBE and PBE+U"  # with MP2020 corrections these two are one scale
MP2020 = "MP2020"
_WRITTEN = {"GGA": "PBE", "GGA+U": "PBE+U", "R2SCAN": "r2SCAN", "PBESOL": "PBEsol", _MP2020: MP2020}
_CORRECTED_ANIONS = ("O", "S")  # every scheme of the Materials Project corrects every oxide and every sulfide
# MP2020 corrects these, where they are the most electronegative element (pymatgen, MP2020Compatibility.yaml; Wang et
# al., Sci. Rep. 2021, 11, 15496)
_MP2020_ANIONS = ("O", "S", "F", "Cl", "Br", "I", "N", "Se", "Si", "Sb", "Te", "H")


def phases_from_entries(entries: Sequence[ComputedEntry | PDEntry]) -> list[Phase]:
    """Return entries as phases, with their corrected energies.

    Parameters
    ----------
    entries
        ComputedEntry, ComputedStructureEntry, GibbsComputedStructureEntry or PDEntry. An entry without an id is
        numbered.

    Raises
    ------
    InputError
        If the entries state functionals or corrections that show that they are not on one scale.
    """
    require_one_scale(entries)
    phases = []
    for number, entry in enumerate(entries):
        structure = getattr(entry, "structure", None)
        phases.append(
            Phase(
                id=_id(number, entry),
                formula="".join(f"{el.symbol}{format_amount(amount)}" for el, amount in entry.composition.items()),
                energy_ev_per_atom=float(entry.energy_per_atom),
                volume_a3_per_atom=None if structure is None else structure.volume / len(structure),
            )
        )
    return phases


def require_one_scale(entries: Sequence[ComputedEntry | PDEntry]) -> None:
    """Refuse entries on several energy scales, as far as the entries state their scale; a PDEntry states nothing.

    Parameters
    ----------
    entries
        The entries.

    Raises
    ------
    InputError
        If functionals differ and no scheme that mixes them was applied; if GGA and GGA+U stand side by side and a
        GGA+U energy was not corrected to the GGA scale; if energies were corrected by different schemes; if some
        compounds of an anion that the scheme corrects were corrected and others were not; or if Gibbs energies stand
        beside energies, or are of several temperatures.
    """
    said = [_said(number, entry) for number, entry in enumerate(entries)]
    mixed = any(_MIXING_SCHEME in entry.schemes for entry in said)
    functionals = {entry.functional: entry.name for entry in said if entry.functional}
    if len({functional.removesuffix("+U") for functional in functionals}) > 1 and not mixed:
        raise InputError(f"the entries mix functionals: {_listed(functionals)}")
    if {"GGA", "GGA+U"} <= functionals.keys():
        bare = [entry.name for entry in said if entry.functional == "GGA+U" and entry.corrected is False]
        if bare:
            raise InputError(f"the entries mix GGA and GGA+U, and {bare[0]} is GGA+U without a correction")
    temperatures = {"no temperature" if e.kelvin is None else f"{e.kelvin:g} K": e.name for e in said}
    if len(temperatures) > 1:
        raise InputError(f"the entries mix Gibbs energies: {_listed(temperatures)}")
    schemes = {scheme: entry.name for entry in said for scheme in entry.schemes & _ALTERNATIVES}
    if len(schemes) > 1:
        raise InputError(f"the entries mix correction schemes: {_listed(schemes)}")
    for anion in _MP2020_ANIONS if _MP2020 in schemes else _CORRECTED_ANIONS:
        found = {entry.corrected: entry.name for entry in said if entry.anion == anion and entry.corrected is not None}
        if len(found) > 1 and not mixed:
            raise InputError(
                f"the entries mix corrected and uncorrected compounds of {anion}: {found[True]} is corrected, "
                f"{found[False]} is not"
            )


def scale_of_entries(entries: Sequence[ComputedEntry | PDEntry], name: str, version: str) -> EnergyScale:
    """Return the scale that entries were computed with, as far as they state it.

    Parameters
    ----------
    entries
        Entries of one scale (see :func:`require_one_scale`).
    name, version
        Name and version of the set of energies.

    Returns
    -------
    EnergyScale
        The functional is taken from the entries' ``run_type``, the correction from their energy adjustments; either is
        "not stated" if an entry does not state it. MP2020 corrections bring PBE and PBE+U to one scale, which is named
        by both.
    """
    said = [_said(number, entry) for number, entry in enumerate(entries)]
    functionals = {entry.functional for entry in said}
    schemes = {scheme for entry in said for scheme in entry.schemes}
    if None in functionals:
        functional = NOT_STATED
    elif functionals <= {"GGA", "GGA+U"} and schemes == {_MP2020}:
        functional = PBE_AND_U
    else:
        functional = " and ".join(sorted(_WRITTEN.get(what, what) for what in functionals if what))
    if any(entry.corrected is None for entry in said) or "" in schemes:
        correction = NOT_STATED
    else:
        correction = " and ".join(sorted(_WRITTEN.get(scheme, scheme) for scheme in schemes)) or "none"
    if said and said[0].kelvin is not None:
        functional = f"{functional}, Gibbs energies of formation at {said[0].kelvin:g} K"
    return EnergyScale(name=name, version=version, functional=functional, correction=correction)


class _Said(NamedTuple):
    """What an entry states about its energy."""

    name: str
    functional: str | None
    schemes: frozenset[str]
    corrected: bool | None
    anion: str | None  # the most electronegative element of a compound; None for an element
    kelvin: float | None  # temperature of a Gibbs energy; None for an energy


def _said(number: int, entry: ComputedEntry | PDEntry) -> _Said:
    parameters = {**(getattr(entry, "data", None) or {}), **(getattr(entry, "parameters", None) or {})}
    run_type = parameters.get("run_type") or parameters.get("functional") or ""
    if isinstance(run_type, dict):  # an enumeration of a package that is not installed
        run_type = run_type.get("value", "")
    functional = str(run_type).upper()
    adjustments = getattr(entry, "energy_adjustments", None)
    elements = entry.composition.elements
    return _Said(
        name=f"{entry.composition.reduced_formula} ({_id(number, entry)})",
        functional=_FUNCTIONALS.get(functional, functional) if functional else None,
        schemes=frozenset(_scheme(adjustment.cls) for adjustment in adjustments or ()),
        corrected=None if adjustments is None else bool(adjustments),
        anion=max(elements, key=lambda element: float(element.X)).symbol if len(elements) > 1 else None,
        kelvin=getattr(entry, "temp", None),
    )


def _scheme(made_by: Any) -> str:
    """Return the class that made an energy adjustment, given as a dictionary or, after monty's loadfn, as an object."""
    return str((made_by or {}).get("@class", "")) if isinstance(made_by, dict | None) else type(made_by).__name__


def _id(number: int, entry: ComputedEntry | PDEntry) -> str:
    return str(getattr(entry, "entry_id", None) or f"entry-{number}")


def _listed(names: dict[str, str]) -> str:
    return ", ".join(f"{what} of {name}" for what, name in sorted(names.items()))
