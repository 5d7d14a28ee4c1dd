"""Candidates for a coating among all compounds of a set of energies, through a funnel of named criteria.

After Y. Xiao, L. J. Miara, Y. Wang and G. Ceder, Joule 2019, 3, 1252: compounds of lithium, then phase stability, the
electrochemical window, and the reactions with both neighbours. A quantity is computed only for what the criteria before
it have left, so tens of thousands of compositions take seconds to minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain
from typing import NamedTuple

from screening.chemistry.classes import chemistry_class, polyanions
from screening.chemistry.formulas import parse_formula
from screening.common.errors import CalculationError, CoatscreenError, InputError, nearest
from screening.common.processes import worker_pool
from screening.common.progress import Progress
from screening.common.ties import ranks
from screening.criteria.contact_names import is_contact
from screening.criteria.criteria import Criterion
from screening.criteria.quantities import GAIN, OXIDATION, REDUCTION, STABILITY, WORST, WORST_CONTACT, quantity
from screening.energies.source import EnergySource
from screening.phases.phase_set import PhaseSet
from screening.searches.candidates.candidate_documents import (
    Candidate,
    CandidatesDocument,
    Neighbours,
    Selection,
    Step,
)
from screening.searches.candidates.compound import Compound, closed_neighbours
from screening.searches.candidates.selection import select_compounds

_WINDOW = (REDUCTION, OXIDATION)
_PART = 100  # candidates computed together: enough for one chemical system to serve many, few enough to share out

Values = dict[str, tuple[float | None, float | None]]  # by quantity: a value, and what it is compared as


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
    met = any(_meets_neighbours(criterion.quantity) for criterion in criteria)
    for criterion in criteria:
        of_contacts = is_contact(criterion.quantity) or criterion.quantity == WORST_CONTACT
        if of_contacts and criterion.quantity not in closed_neighbours(neighbours):
            raise InputError(
                f"criterion {criterion.name!r}: candidates are judged by closed contacts, "
                f"{', '.join(closed_neighbours(neighbours))}, not by {criterion.quantity}"
            )
    phases = energies.open()
    if met:
        _require_neighbours(phases, neighbours)
    steps: list[Step] = []
    left: dict[int, Candidate] = {}
    for name, found in select_compounds(phases, selection):
        left = {i: left.get(i) or _candidate(phases, i) for i in found}
        steps.append(_step(name, None, left.values()))
    failed: dict[str, str] = {}
    compared: dict[int, dict[str, float | None]] = {i: {} for i in left}
    with _mapping(workers) as mapped:
        for criterion in criteria:
            name = criterion.quantity
            todo = [i for i in left if name not in compared[i]]
            parts = [
                _Part(energies, neighbours, criterion.quantity, todo[k : k + _PART]) for k in range(0, len(todo), _PART)
            ]
            done = 0
            for part, answers in zip(parts, mapped(_answers, parts), strict=True):
                for i, answer in zip(part.positions, answers, strict=True):
                    if isinstance(answer, str):
                        failed[left[i].formula] = answer
                        continue
                    left[i].quantities |= {name: value for name, (value, _) in answer.items()}
                    compared[i] |= {name: number for name, (_, number) in answer.items()}
                done += len(part.positions)
                progress(done, len(todo), criterion.name)
            left = {i: candidate for i, candidate in left.items() if criterion.judge(compared[i])}
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


def _answers(part: _Part) -> list[Values | str]:
    """Compute a quantity of some candidates; in a worker process this is all that happens."""
    phases = part.energies.open()
    found: list[Values | str] = []
    for position in part.positions:
        try:
            compound = Compound(phases, position, part.neighbours)
            names = _WINDOW if part.quantity in _WINDOW else (part.quantity,)  # both limits for the work of one
            computed = [quantity(name) for name in names]
            found.append({one.name: (one.value(compound), one.compare(compound)) for one in computed})
        except CoatscreenError as error:
            found.append(str(error))
    return found


def _meets_neighbours(name: str) -> bool:
    """Return whether a quantity needs the neighbours."""
    return is_contact(name) or name in (WORST, GAIN)


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
def _mapping(workers: int) -> Iterator[Callable[..., Iterable[list[Values | str]]]]:
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
    higher = ranks([candidate.quantities.get(STABILITY) or 0.0 for candidate in candidates]).tolist()
    order = sorted(range(len(candidates)), key=lambda i: (worse[i], higher[i], candidates[i].formula))
    return [candidates[i] for i in order]
