"""A screening request, checked: every name resolved and every element covered before any work is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from screening.batch import EnergySource
from screening.candidate_documents import Selection
from screening.candidate_files import read_candidates
from screening.candidates import stable_compounds
from screening.catalogue import Catalogue
from screening.composition import atomic_fractions, check_charge_balance, parse_formula
from screening.criteria import Criterion, default_criteria
from screening.energies import REFERENCE, open_energies
from screening.errors import InputError
from screening.materials import Cathode, Material
from screening.phase_set import PhaseSet

E = TypeVar("E", Material, Cathode)
CATALOGUE = "catalogue"  # in place of a name: all entries of that role
ALL = "all"  # in place of a coating: every stable compound of lithium without transition metals
_SAME = 1e-6  # atomic fractions closer than this are the same composition


class ScreeningPlan(BaseModel):
    """What is to be screened."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    energies: EnergySource = Field(description="where the energies come from")
    coatings: tuple[Material, ...] = Field(description="the candidates")
    cathodes: tuple[Cathode, ...] = Field(description="each with its states of charge")
    electrolytes: tuple[Material, ...] = Field(description="the electrolytes")
    left_out: dict[str, str] = Field(
        default_factory=dict, description="candidates that are one of their neighbours, which is named"
    )


def energy_source(energies: str) -> EnergySource:
    """Open energies and say where they are, so that any process can open the same.

    Raises
    ------
    InputError
        If there are none.
    """
    source = energies if energies == REFERENCE else str(Path(energies).resolve())
    return EnergySource(source=source, sha256=open_energies(energies).sha256)


def plan_screening(
    coatings: Sequence[str],
    cathodes: Sequence[str],
    electrolytes: Sequence[str],
    energies: str = REFERENCE,
    catalogue: Sequence[str] = (),
    candidates: str | Path | None = None,
    criteria: Sequence[Criterion] | None = None,
) -> ScreeningPlan:
    """Resolve and check a request.

    Parameters
    ----------
    coatings, cathodes, electrolytes
        Names from the catalogue or formulas; ``"catalogue"`` for all its entries; as a coating ``"all"`` for every
        stable compound of lithium without transition metals or radioactive elements. One named twice is taken once.
    energies
        ``"reference"`` or a file of energies.
    catalogue
        YAML files of the user's own materials.
    candidates
        A file of further coatings; see :func:`~screening.candidate_files.read_candidates`.
    criteria
        The one on phase stability says what ``"all"`` takes; None for the packaged criteria.

    Raises
    ------
    InputError
        If a list is empty, a name is unknown, an element has no energies, or a coating that was named is its own
        neighbour.
    """
    known = Catalogue.load(*catalogue)
    phases = open_energies(energies)
    listed = _candidates(phases, known, coatings, candidates, default_criteria() if criteria is None else criteria)
    named = [name for name in coatings if name != ALL]
    if not named and not listed:
        raise InputError("no coating is given")
    chosen = _resolved("coating", named, known.coating, known.coatings) if named else ()
    plan = ScreeningPlan(
        energies=energy_source(energies),
        coatings=chosen,
        cathodes=_resolved("cathode", cathodes, known.cathode, known.cathodes),
        electrolytes=_resolved("electrolyte", electrolytes, known.electrolyte, known.electrolytes),
    )
    neighbours = [(e.name, parse_formula(e.formula)) for e in plan.electrolytes]
    neighbours += [(c.name, c.composition(state)) for c in plan.cathodes for state in c.lithiations]
    compositions = [(c.name, parse_formula(c.formula)) for c in plan.coatings]
    for name, composition in [*compositions, *neighbours]:
        try:
            phases.require(composition)
        except InputError as error:
            raise InputError(f"{name}: {error}") from None
    touched = [(name, atomic_fractions(composition)) for name, composition in neighbours]
    for coating in plan.coatings:
        if same := _same(coating, touched):
            raise InputError(f"the coating {coating.name} is the material it should protect or touch, {same}")
    left_out = {coating.name: same for coating in listed if (same := _same(coating, touched))}
    taken = {coating.name: coating for coating in (*chosen, *listed) if coating.name not in left_out}
    if not taken:
        raise InputError(f"no coating is left: {', '.join(left_out)} is what it should protect or touch")
    return plan.model_copy(update={"coatings": tuple(taken.values()), "left_out": left_out})


def _candidates(
    phases: PhaseSet,
    known: Catalogue,
    coatings: Sequence[str],
    file: str | Path | None,
    criteria: Sequence[Criterion],
) -> list[Material]:
    """Return the coatings that were not named one by one: those of a file, and all stable ones."""
    found = []
    for where, formula in read_candidates(file) if file is not None else []:
        try:
            composition = parse_formula(formula)
            phases.require(composition)
            if not phases.polymorphs(composition) and (reason := check_charge_balance(composition)):
                raise InputError(reason)
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
        found.append(formula)
    if ALL in coatings:
        found += stable_compounds(phases, Selection(), criteria)
    names = {_key(entry.fractions): entry for entry in known.coatings if entry.fractions}
    return [
        names.get(_key(atomic_fractions(parse_formula(formula))))
        or Material(name=formula, role="coating", formula=formula)
        for formula in found
    ]


def _key(fractions: dict[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted((element, round(fraction, 6)) for element, fraction in fractions.items()))


def _resolved(role: str, names: Sequence[str], find: Callable[[str], E], entries: Sequence[E]) -> tuple[E, ...]:
    if not names:
        raise InputError(f"no {role} is given")
    found = [entry for name in names for entry in (entries if name == CATALOGUE else [find(name)])]
    return tuple({entry.name: entry for entry in found}.values())


def _same(coating: Material, neighbours: Sequence[tuple[str, dict[str, float]]]) -> str | None:
    """Return the neighbour that has the composition of a coating, if one has."""
    fractions = atomic_fractions(parse_formula(coating.formula))
    for name, wanted in neighbours:
        if fractions.keys() == wanted.keys() and all(abs(fractions[e] - wanted[e]) < _SAME for e in wanted):
            return name
    return None
