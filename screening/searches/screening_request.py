"""A screening request, checked: every name resolved and every element covered before any work is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.charges import check_charge_balance
from screening.chemistry.compositions import composition_key, same_composition
from screening.chemistry.formulas import parse_formula
from screening.chemistry.notation import composition_of
from screening.common.errors import InputError
from screening.criteria.criteria import Criterion, default_criteria
from screening.energies.source import REFERENCE, EnergySource, energy_source
from screening.energies.sources.fetched import FetchedPhaseSet
from screening.materials.catalogue import Catalogue
from screening.materials.cathode import Cathode
from screening.materials.material import Material
from screening.phases.phase_set import PhaseSet
from screening.searches.candidates.candidate_documents import Selection
from screening.searches.candidates.candidate_files import Listed, read_candidates
from screening.searches.candidates.selection import stable_compounds

E = TypeVar("E", Material, Cathode)
CATALOGUE = "catalogue"  # in place of a name: all entries of that role
ALL = "all"  # in place of a coating: every stable compound of lithium without transition metals
_ITSELF = "the material it should protect or touch"  # what cannot be a coating


class ScreeningPlan(BaseModel):
    """What is to be screened."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    energies: EnergySource = Field(description="where the energies come from")
    coatings: tuple[Material, ...] = Field(description="the candidates")
    cathodes: tuple[Cathode, ...] = Field(description="each with its states of charge")
    electrolytes: tuple[Material, ...] = Field(description="the electrolytes")
    failed: dict[str, str] = Field(default_factory=dict, description="candidates that cannot be screened, and why")
    columns: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="what a file of candidates says of coatings besides, by name and heading"
    )


def plan_screening(
    coatings: Sequence[str],
    cathodes: Sequence[str],
    electrolytes: Sequence[str],
    energies: str = REFERENCE,
    catalogue: Sequence[str] = (),
    candidates: str | Path | None = None,
    criteria: Sequence[Criterion] | None = None,
    lithiation: Sequence[float] = (),
    voltage: Sequence[float] = (),
) -> ScreeningPlan:
    """Resolve and check a request.

    Parameters
    ----------
    coatings, cathodes, electrolytes
        Names from the catalogue, formulas, glasses, and composites as coatings, in the notation of
        :mod:`screening.chemistry.notation`; ``"catalogue"`` for all entries of the catalogue; as a coating ``"all"``
        for every stable compound of lithium without transition metals or radioactive elements. One named twice is taken
        once.
    energies
        As for :func:`screening.energies.source.open_energies`.
    catalogue
        YAML files of the user's own materials.
    candidates
        A file of further coatings; see :func:`~screening.searches.candidates.candidate_files.read_candidates`.
    criteria
        The one on phase stability says what ``"all"`` takes; None for the packaged criteria.
    lithiation
        Further states of charge of every cathode: lithium atoms in a formula unit.
    voltage
        V against Li/Li+ at which contacts are opened to lithium, in place of the packaged ones.

    Raises
    ------
    InputError
        If a list is empty, names are unknown (all of them are said), a lithium content is out of range, an element of
        a cathode or electrolyte has no energies, no coating is left, or one that was named is its own neighbour. A
        coating with an element without energies stays: its document says what is missing.
    """
    known = Catalogue.load(*catalogue)
    named = [name for name in coatings if name != ALL]
    chosen = _resolved("coating", named, known.coating, known.coatings) if named else ()
    hosts = tuple(
        host.with_states(lithiation).with_voltages(voltage)
        for host in _resolved("cathode", cathodes, known.cathode, known.cathodes)
    )
    conductors = _resolved("electrolyte", electrolytes, known.electrolyte, known.electrolytes)
    listed_in_file = list(read_candidates(candidates)) if candidates is not None else []
    formulas = [coating.formula for coating in chosen] + [row.formula for row in listed_in_file]
    source = energy_source(energies, _systems(formulas, hosts, conductors))
    phases = source.open()
    if ALL in coatings and isinstance(phases, FetchedPhaseSet):
        raise InputError(
            f"the coatings {ALL!r} need every phase of the energies, and those of {energies!r} are fetched by chemical "
            "system: name the coatings or give a file of candidates"
        )
    criteria = default_criteria() if criteria is None else criteria
    failed = _unfit(phases, listed_in_file)
    fit = [row.formula for row in listed_in_file if row.formula not in failed]
    listed = _candidates(phases, known, coatings, fit, criteria)
    if not chosen and not listed:
        raise InputError("; ".join(failed.values()) or "no coating is given")
    plan = ScreeningPlan(energies=source, coatings=chosen, cathodes=hosts, electrolytes=conductors)
    neighbours = [(e.name, parse_formula(e.formula)) for e in plan.electrolytes]
    neighbours += [(c.name, c.composition(state)) for c in plan.cathodes for state in c.lithiations]
    for name, composition in neighbours:
        if reason := _lacking(phases, composition):
            raise InputError(f"{name}: {reason}")
    lacking = [(coating.name, _lacking(phases, parse_formula(coating.formula))) for coating in plan.coatings]
    if lacking and not listed and all(reason for _, reason in lacking):
        raise InputError("; ".join(f"{name}: {reason}" for name, reason in lacking))
    for coating in plan.coatings:
        if same := _same(coating, neighbours):
            raise InputError(f"the coating {coating.name} is {_ITSELF}, {same}")
    failed |= {coating.name: f"it is {_ITSELF}, {same}" for coating in listed if (same := _same(coating, neighbours))}
    taken = {coating.name: coating for coating in (*chosen, *listed) if coating.name not in failed}
    if not taken:
        raise InputError("no coating is left: " + "; ".join(f"{name}: {why}" for name, why in failed.items()))
    columns = _columns(known, listed_in_file, taken)
    return plan.model_copy(update={"coatings": tuple(taken.values()), "failed": failed, "columns": columns})


def _columns(known: Catalogue, listed: Sequence[Listed], taken: Mapping[str, Material]) -> dict[str, dict[str, str]]:
    """Return the other columns of a file of candidates, by the names of the coatings that are taken."""
    names = {composition_key(entry.fractions): entry.name for entry in known.coatings if entry.fractions}
    said: dict[str, dict[str, str]] = {}
    for row in listed:
        if row.columns and row.fault is None:
            name = names.get(composition_key(parse_formula(row.formula)), row.formula)
            if name in taken:
                said.setdefault(name, row.columns)
    return said


def _candidates(
    phases: PhaseSet,
    known: Catalogue,
    coatings: Sequence[str],
    listed: Sequence[str],
    criteria: Sequence[Criterion],
) -> list[Material]:
    """Return the coatings that were not named one by one: those of a file, and all stable ones."""
    found = list(listed)
    if ALL in coatings:
        found += stable_compounds(phases, Selection(), criteria)
    # of one chemical system side by side, so that its phases are picked out once
    found.sort(key=lambda formula: sorted(parse_formula(formula)))
    names = {composition_key(entry.fractions): entry for entry in known.coatings if entry.fractions}
    return [
        names.get(composition_key(parse_formula(formula))) or Material(name=formula, role="coating", formula=formula)
        for formula in found
    ]


def _lacking(phases: PhaseSet, composition: dict[str, float]) -> str | None:
    """Return which element of a composition has no energies, as a message; None if all have."""
    try:
        phases.require(composition)
    except InputError as error:
        return str(error)
    return None


def _unfit(phases: PhaseSet, listed: Sequence[Listed]) -> dict[str, str]:
    """Return the candidates of a file that are no compounds, with the row and the reason."""
    failed = {}
    for where, formula, fault, _ in listed:
        reason = fault
        if reason is None:
            composition = parse_formula(formula)
            reason = None if phases.polymorphs(composition) else check_charge_balance(composition)
        if reason is not None:
            failed[formula or where] = f"{where}: {reason}"
    return failed


def _systems(
    coatings: Sequence[str], cathodes: Sequence[Cathode], electrolytes: Sequence[Material]
) -> Iterator[frozenset[str]]:
    """Yield the chemical systems of all contacts, with the lithium that open ones exchange."""
    hosts = [frozenset({"Li", *parse_formula(cathode.formula("full"))}) for cathode in cathodes]
    conductors = [frozenset({"Li", *parse_formula(electrolyte.formula)}) for electrolyte in electrolytes]
    yield from (host | conductor for host in hosts for conductor in conductors)
    for formula in coatings:
        with suppress(InputError):  # a formula that cannot be read is refused where its line is known
            yield from (neighbour | frozenset(parse_formula(formula)) for neighbour in (*hosts, *conductors))


def _resolved(role: str, names: Sequence[str], find: Callable[[str], E], entries: Sequence[E]) -> tuple[E, ...]:
    if not names:
        raise InputError(f"no {role} is given")
    found: list[E] = []
    faults: list[str] = []
    for name in names:
        try:
            found += entries if name == CATALOGUE else [find(name)]
        except InputError as error:
            faults.append(str(error))
    if faults:
        raise InputError("; ".join(faults))
    return tuple({entry.name: entry for entry in found}.values())


def _same(coating: Material, neighbours: Sequence[tuple[str, dict[str, float]]]) -> str | None:
    """Return the neighbour that has the composition of a coating, or of a phase of a composite, if one has."""
    parts = [composition_of(part) for part in coating.mole_fractions or (coating.formula,)]
    for (name, composition), part in product(neighbours, parts):
        if same_composition(part, composition):
            return name
    return None
