"""Candidates for a coating among all compounds of a set of energies, through a funnel of named criteria.

After Y. Xiao, L. J. Miara, Y. Wang and G. Ceder, Joule 2019, 3, 1252: compounds of lithium, then phase stability, the
electrochemical window, and the reactions with both neighbours. A quantity is computed only for what the criteria before
it have left, so tens of thousands of compositions take seconds to minutes.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain
from typing import NamedTuple

from screening.chemistry.classes import RADIOACTIVE, TRANSITION_METALS, chemistry_class, polyanions
from screening.chemistry.economics import material_economics
from screening.chemistry.formulas import ELEMENTS, parse_formula
from screening.common.errors import CalculationError, CoatscreenError, InputError, nearest
from screening.common.processes import worker_pool
from screening.common.ties import ranks
from screening.criteria.criteria import Criterion
from screening.energies.source import EnergySource
from screening.energies.sources.fetched import FetchedPhaseSet
from screening.equilibrium.interface import Interface
from screening.equilibrium.reactant import clean
from screening.equilibrium.window import electrochemical_window
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet
from screening.searches.candidate_documents import Candidate, CandidatesDocument, Neighbours, Selection, Step

_DIGITS = 7  # atomic fractions equal to so many digits are one composition
_PART = 100  # candidates computed together: enough for one chemical system to serve many, few enough to share out
_STABILITY = "energy_above_hull_mev_per_atom"
_WINDOW = ("reduction_limit_v", "oxidation_limit_v")
_COST = "raw_material_cost_usd_per_kg"

Progress = Callable[[int, int, str], None]
Answer = tuple[dict[str, float | None], str | None]  # quantities by name, and why there are none


def select_compounds(phases: PhaseSet, selection: Selection) -> Iterator[tuple[str, list[int]]]:
    """Choose compounds by their composition, one choice after the other.

    Parameters
    ----------
    phases
        The energies.
    selection
        Which compounds.

    Yields
    ------
    tuple of str and list of int
        What was chosen, and what is left then: the lowest-energy phase of each composition, as its position, in the
        order of the chemical systems.

    Raises
    ------
    InputError
        If the selection names what is no element, or asks for one without energies.
    """
    for symbol in (*(selection.elements or ()), *selection.exclude):
        if symbol not in ELEMENTS:
            raise InputError(f"no element {symbol!r}{nearest(symbol, ELEMENTS)}")
    if selection.elements is None and isinstance(phases, FetchedPhaseSet):
        raise InputError(
            f"the energies {phases.scale.name!r} are fetched by chemical system: name the elements of the candidates"
        )
    phases.require(selection.elements or ())
    elements = {i: frozenset(phases.table.composition(i)) for i in _compounds(phases)}
    left = sorted(elements, key=lambda i: (sorted(elements[i]), i))
    yield "compounds in the energies", left
    choices: list[tuple[str, Callable[[frozenset[str]], bool]]] = []
    if not selection.any:
        choices.append(("with lithium", lambda held: "Li" in held))
    if selection.elements is not None:
        choices.append((f"of {', '.join(selection.elements)} alone", frozenset(selection.elements).issuperset))
    if selection.exclude:
        choices.append((f"without {', '.join(selection.exclude)}", frozenset(selection.exclude).isdisjoint))
    if not selection.radioactive:
        choices.append(("without radioactive elements", RADIOACTIVE.isdisjoint))
    if not selection.transition_metals:
        choices.append(("without transition metals", TRANSITION_METALS.isdisjoint))
    for name, suits in choices:
        left = [i for i in left if suits(elements[i])]
        yield name, left


def stable_compounds(phases: PhaseSet, selection: Selection, criteria: Sequence[Criterion]) -> list[str]:
    """Name the selected compounds that pass the criterion on phase stability.

    Raises
    ------
    InputError
        If there is no such criterion, or nothing is left.
    """
    stability = next((criterion for criterion in criteria if criterion.quantity == _STABILITY), None)
    if stability is None:
        raise InputError("there is no criterion on phase stability to choose coatings by")
    *_, (_, left) = select_compounds(phases, selection)
    stable = [i for i in left if stability.judge({_STABILITY: energy_above_hull_mev(phases, i)})]
    if not stable:
        raise InputError(f"no compound of the energies {phases.scale.name!r} is left as a coating")
    return [phases.formula(i) for i in stable]


def energy_above_hull_mev(phases: PhaseSet, position: int) -> float:
    """Return the energy above the hull of the phase at a position, meV/atom, never negative."""
    composition = phases.table.composition(position)
    mixture = phases.system(composition).mixture(composition)
    return round(1000.0 * max(0.0, clean(float(phases.formation_energies[position]) - mixture.energy)), 6)


def screen_candidates(
    energies: EnergySource,
    selection: Selection,
    criteria: Sequence[Criterion],
    neighbours: Neighbours,
    until: str | None = None,
    workers: int = 1,
    progress: Progress = lambda done, total, name: None,
) -> CandidatesDocument:
    """Pass the compounds of a set of energies through criteria, one after the other.

    A compound of which a quantity is unknown does not pass; if that is because it could not be computed, the document
    says why.

    Parameters
    ----------
    energies
        Where the energies come from; each process opens them for itself.
    selection
        Which compounds to begin with.
    criteria
        Applied in this order.
    neighbours
        Cathode and electrolyte, for the criteria on reactions.
    until
        Name of the last criterion applied; None for all.
    workers
        Processes.
    progress
        Called with (candidates done, candidates, name of the criterion).

    Raises
    ------
    InputError
        If `until` is no criterion, or an element has no energies.
    CalculationError
        If a worker dies.
    """
    criteria = _until(criteria, until)
    met = any(criterion.quantity in _mutuals(neighbours) for criterion in criteria)
    phases = energies.open()
    if met:
        _require_neighbours(phases, neighbours)
    steps: list[Step] = []
    left: dict[int, Candidate] = {}
    for name, found in select_compounds(phases, selection):
        left = {i: left.get(i) or _candidate(phases, i) for i in found}
        steps.append(_step(name, None, left.values()))
    failed: dict[str, str] = {}
    with _mapping(workers) as mapped:
        for criterion in criteria:
            todo = [i for i, candidate in left.items() if criterion.quantity not in candidate.quantities]
            parts = [
                _Part(energies, neighbours, criterion.quantity, todo[k : k + _PART]) for k in range(0, len(todo), _PART)
            ]
            done = 0
            for part, answers in zip(parts, mapped(_answers, parts), strict=True):
                for i, (quantities, why) in zip(part.positions, answers, strict=True):
                    left[i].quantities.update(quantities)
                    if why is not None:
                        failed[left[i].formula] = why
                done += len(part.positions)
                progress(done, len(todo), criterion.name)
            left = {i: candidate for i, candidate in left.items() if _passes(criterion, candidate)}
            steps.append(_step(criterion.name, criterion, left.values()))
    return CandidatesDocument(
        energies=phases.provenance,
        selection=selection,
        cathode=neighbours.cathode.name if met else None,
        electrolyte=neighbours.electrolyte.name if met else None,
        funnel=steps,
        candidates=_in_order(list(left.values())),
        failed=failed,
    )


class _Part(NamedTuple):
    """Candidates of which a process computes a quantity."""

    energies: EnergySource
    neighbours: Neighbours
    quantity: str
    positions: list[int]


def _answers(part: _Part) -> list[Answer]:
    """Compute a quantity of some candidates; in a worker process this is all that happens."""
    phases = part.energies.open()
    found: list[Answer] = []
    for position in part.positions:
        try:
            found.append((_quantities(phases, position, part.quantity, part.neighbours), None))
        except CoatscreenError as error:
            found.append(({}, str(error)))
    return found


def _quantities(phases: PhaseSet, position: int, quantity: str, neighbours: Neighbours) -> dict[str, float | None]:
    """Compute a quantity of a candidate, and what comes with it at no cost."""
    if quantity == _STABILITY:
        return {quantity: energy_above_hull_mev(phases, position)}
    formula = phases.formula(position)
    if quantity in _WINDOW:
        window = electrochemical_window(phases, formula)
        return {name: getattr(window, name) for name in _WINDOW}
    if quantity == _COST:
        return {quantity: material_economics(formula).raw_material_cost_usd_per_kg}
    neighbour = _mutuals(neighbours)[quantity]
    if neighbour is None:
        all_of_them = {name: met for name, met in _mutuals(neighbours).items() if met is not None}
        found = {name: mutual_mev(phases, formula, met) for name, met in all_of_them.items()}
        return {**found, quantity: min(found.values())}
    return {quantity: mutual_mev(phases, formula, neighbour)}


def mutual_mev(phases: PhaseSet, coating: str, neighbour: str, reservoir: Reservoir | None = None) -> float:
    """Return the mutual reaction energy of a coating with a neighbour, meV per atom, or per closed atom if open."""
    return round(1000.0 * clean(Interface(phases, coating, neighbour, reservoir).profile().mutual.min()), 6)


def _mutuals(neighbours: Neighbours) -> dict[str, str | None]:
    """Return the formula of the neighbour in each quantity that is a reaction energy; None: the worst of them."""
    states = {
        f"mutual_cathode_{state.replace(' ', '_')}_mev_per_atom": neighbours.cathode.formula(state)
        for state in neighbours.cathode.lithiations
    }
    electrolyte = {"mutual_electrolyte_mev_per_atom": neighbours.electrolyte.reactant}
    return {**states, **electrolyte, "worst_mutual_mev_per_atom": None}


def _require_neighbours(phases: PhaseSet, neighbours: Neighbours) -> None:
    """Check that the neighbours' elements have energies."""
    for name, formula in [
        (neighbours.electrolyte.name, neighbours.electrolyte.formula),
        *((neighbours.cathode.name, neighbours.cathode.formula(state)) for state in neighbours.cathode.lithiations),
    ]:
        try:
            phases.require(parse_formula(formula))
        except InputError as error:
            raise InputError(f"{name}: {error}") from None


@contextmanager
def _mapping(workers: int) -> Iterator[Callable[..., Iterable[list[Answer]]]]:
    """Give a ``map`` that computes in this process, or in several."""
    if workers == 1:
        yield map
        return
    with worker_pool(workers) as pool:
        try:
            yield pool.map
        except BrokenProcessPool:
            raise CalculationError("a worker process died; run the same command again") from None
        finally:
            pool.shutdown(cancel_futures=True)


def _compounds(phases: PhaseSet) -> list[int]:
    """Return the lowest-energy phase of each composition of two or more elements, as positions.

    Ordered cells are left out: they stand for materials that are known, most of them cathodes.
    """
    table, cells = phases.table, set(phases.cells)
    lowest: dict[tuple[tuple[int, float], ...], int] = {}
    fractions = table.fractions.round(_DIGITS).tolist()
    numbers, starts = table.numbers.tolist(), table.starts.tolist()
    for i in phases.lowest_first(range(len(phases))).tolist():
        start, stop = starts[i], starts[i + 1]
        if stop - start > 1 and i not in cells:
            lowest.setdefault(tuple(sorted(zip(numbers[start:stop], fractions[start:stop], strict=True))), i)
    return list(lowest.values())


def _candidate(phases: PhaseSet, position: int) -> Candidate:
    composition = phases.table.composition(position)
    return Candidate(
        formula=phases.formula(position),
        source_id=phases.table.id(position),
        space_group=phases.table.space_group(position),
        chemistry_class=chemistry_class(composition),
        polyanions=polyanions(composition),
        quantities={},
    )


def _passes(criterion: Criterion, candidate: Candidate) -> bool:
    compared = dict(candidate.quantities)
    if "oxidation_limit_v" in compared and compared["oxidation_limit_v"] is None:
        compared["oxidation_limit_v"] = math.inf  # without lithium it is never oxidised
    return criterion.judge(compared) is True


def _step(name: str, criterion: Criterion | None, left: Iterable[Candidate]) -> Step:
    kept = list(left)
    return Step(
        name=name,
        criterion=criterion,
        left=len(kept),
        by_class=dict(Counter(candidate.chemistry_class for candidate in kept).most_common()),
        by_polyanion=dict(Counter(chain.from_iterable(candidate.polyanions for candidate in kept)).most_common()),
    )


def _until(criteria: Sequence[Criterion], until: str | None) -> Sequence[Criterion]:
    if until is None:
        return criteria
    names = [criterion.name for criterion in criteria]
    if until not in names:
        raise InputError(f"no criterion {until!r}{nearest(until, names)}; there are {', '.join(names)}")
    return criteria[: names.index(until) + 1]


def _in_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Sort by the worst reaction computed, then by the energy above the hull, then by name."""
    reactions = [
        [v for name, v in candidate.quantities.items() if "mutual" in name and v is not None]
        for candidate in candidates
    ]
    worse = ranks([-min(energies, default=0.0) for energies in reactions]).tolist()
    higher = ranks([candidate.quantities.get(_STABILITY) or 0.0 for candidate in candidates]).tolist()
    order = sorted(range(len(candidates)), key=lambda i: (worse[i], higher[i], candidates[i].formula))
    return [candidates[i] for i in order]
