"""A table of energies from the finished calculations of a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import Field

from screening.chemistry.elements import element
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError, nearest
from screening.common.provenance import EnergyScale, Result
from screening.energies.user.task_documents import FinishedCalculation, calculation_of
from screening.phases.phase import Phase, PhaseColumns
from screening.structures.files import same_structure


class Gathered(NamedTuple):
    """The phases of finished calculations on one scale."""

    scale: EnergyScale
    columns: PhaseColumns
    failed: dict[str, str]  # why, by id
    repeated: dict[str, str]  # another calculation of the same crystal, whose energy counts
    elsewhere: int  # calculations with other elements


class ImportedEnergies(Result):
    """What was written. The energies named are those of the table."""

    table: str = Field(description="absolute path of the table")
    n_calculations: int = Field(description="finished and unfinished calculations that were read")
    elements: list[str] = Field(description="elements of the phases")
    missing_references: list[str] = Field(description="elements of which there is no phase alone")
    use_as: str | None = Field(description="the energies for --energies; null where nothing has the missing elements")
    failed: dict[str, str] = Field(description="calculations not taken, and why, by id")
    repeated: dict[str, str] = Field(description="calculations of a crystal that another calculated better, by id")


def gather(
    documents: Iterable[Mapping[str, Any]], elements: Iterable[str] | None = None, functional: str | None = None
) -> Gathered:
    """Read the finished calculations among documents.

    Of several calculations of one crystal, as a relaxation and the single point after it, one is kept: a single point
    if there is one, and the lowest in energy of these.

    Parameters
    ----------
    documents
        Task documents, or job documents with task documents as their outputs; others are passed over.
    elements
        Take the phases made of these alone; None takes all.
    functional
        Take the calculations with this functional or model alone; needed where there are several.

    Raises
    ------
    InputError
        If there is no finished calculation, there are several functionals and none is chosen, or the chosen one is
        not among them.
    """
    wanted = None if elements is None else frozenset(elements)
    for symbol in sorted(wanted or ()):
        element(symbol)
    by_functional: dict[str, list[FinishedCalculation]] = {}
    failed: dict[str, str] = {}
    for document in documents:
        try:
            if (found := calculation_of(document)) is not None:
                by_functional.setdefault(found.scale.functional, []).append(found)
        except InputError as error:
            name, _, reason = str(error).partition(": ")
            failed[name] = reason
    if not by_functional:
        first = next(iter(failed.items()), None)
        reason = f"none of {len(failed)} can be used; {first[0]}: {first[1]}" if first else "there is none"
        raise InputError(f"no finished calculation: {reason}")
    found_all = by_functional[_chosen(by_functional, functional)]
    inside = [one for one in found_all if wanted is None or wanted.issuperset(parse_formula(one.phase.formula))]
    if not inside:
        raise InputError(f"none of {len(found_all)} finished calculations is made of {' '.join(sorted(wanted or ()))}")
    kept, repeated = _best(inside)
    columns = PhaseColumns(**{name: [getattr(phase, name) for phase in kept] for name in Phase.model_fields})
    return Gathered(inside[0].scale, columns, failed, repeated, len(found_all) - len(inside))


def _chosen(by_functional: Mapping[str, list[FinishedCalculation]], functional: str | None) -> str:
    if functional is None:
        if len(by_functional) > 1:
            listed = "; ".join(f"{name} ({len(found)})" for name, found in sorted(by_functional.items()))
            raise InputError(f"calculations with several functionals, never mixed: {listed}: choose by --functional")
        return next(iter(by_functional))
    fits = [name for name in by_functional if name.casefold().startswith(functional.casefold())]
    exact = [name for name in fits if name.casefold() == functional.casefold()]
    if len(exact or fits) != 1:
        raise InputError(
            f"no one functional {functional!r}{nearest(functional, by_functional)}; "
            f"there are {'; '.join(by_functional)}"
        )
    return (exact or fits)[0]


def _best(calculations: Iterable[FinishedCalculation]) -> tuple[list[Phase], dict[str, str]]:
    """Keep one calculation of each crystal; ids that occur twice are numbered."""
    kept: dict[str, list[FinishedCalculation]] = {}
    repeated: dict[str, str] = {}
    for one in sorted(calculations, key=lambda one: (not one.static, one.phase.energy_ev_per_atom, one.phase.id)):
        alike = kept.setdefault(one.phase.formula, [])
        same = next((other for other in alike if same_structure(one.structure, other.structure)), None)
        if same is None:
            alike.append(one)
        elif same.phase.id != one.phase.id:
            repeated[one.phase.id] = same.phase.id
    phases, taken = [], set()
    for one in (one for alike in kept.values() for one in alike):
        name, number = one.phase.id, 1
        while name in taken:
            number += 1
            name = f"{one.phase.id}-{number}"
        taken.add(name)
        phases.append(one.phase.model_copy(update={"id": name}))
    return phases, repeated
