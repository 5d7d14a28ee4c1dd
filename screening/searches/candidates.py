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
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import numpy as np

from screening.chemistry.classes import RADIOACTIVE, TRANSITION_METALS, chemistry_class, polyanions
from screening.chemistry.economics import EconomicsDocument, material_economics
from screening.chemistry.elements import ELEMENTS
from screening.chemistry.formulas import parse_formula
from screening.common.errors import CalculationError, CoatscreenError, InputError, nearest
from screening.common.processes import worker_pool
from screening.common.progress import Progress
from screening.common.ties import ranks
from screening.criteria.criteria import Criterion
from screening.criteria.quantities import (
    GAIN,
    OXIDATION,
    REDUCTION,
    STABILITY,
    WORST,
    WORST_CONTACT,
    contact_quantity,
    is_contact,
    quantity,
)
from screening.energies.source import EnergySource
from screening.energies.sources.fetched import FetchedPhaseSet
from screening.equilibrium.interface import Interface
from screening.equilibrium.reactant import clean
from screening.equilibrium.survey import Survey
from screening.equilibrium.window import WindowDocument, electrochemical_window
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet
from screening.searches.candidate_documents import Candidate, CandidatesDocument, Neighbours, Selection, Step

_DIGITS = 7  # atomic fractions equal to so many digits are one composition
_WINDOW = (REDUCTION, OXIDATION)
_PART = 100  # candidates computed together: enough for one chemical system to serve many, few enough to share out

Values = dict[str, tuple[float | None, float | None]]  # by quantity: a value, and what it is compared as


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
    stability = next((criterion for criterion in criteria if criterion.quantity == STABILITY), None)
    if stability is None:
        raise InputError("there is no criterion on phase stability to choose coatings by")
    *_, (_, left) = select_compounds(phases, selection)
    above = energies_above_hull_mev(phases, left)
    stable = [i for i, energy in zip(left, above, strict=True) if stability.judge({STABILITY: energy})]
    if not stable:
        raise InputError(f"no compound of the energies {phases.scale.name!r} is left as a coating")
    return [phases.formula(i) for i in stable]


def energies_above_hull_mev(phases: PhaseSet, positions: Sequence[int]) -> list[float]:
    """Return the energies above the hull of the phases at some positions, meV/atom, never negative."""
    hull = Survey([phases]).mixture_energies([phases.table.composition(i) for i in positions])[:, 0]
    own = phases.formation_energies[np.array(positions, dtype=np.intp)]
    return [round(1000.0 * max(0.0, clean(energy)), 6) for energy in own - hull]


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
        if of_contacts and criterion.quantity not in _closed_neighbours(neighbours):
            raise InputError(
                f"criterion {criterion.name!r}: candidates are judged by closed contacts, "
                f"{', '.join(_closed_neighbours(neighbours))}, not by {criterion.quantity}"
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
            compound = _Compound(phases, position, part.neighbours)
            names = _WINDOW if part.quantity in _WINDOW else (part.quantity,)  # both limits for the work of one
            computed = [quantity(name) for name in names]
            found.append({one.name: (one.value(compound), one.compare(compound)) for one in computed})
        except CoatscreenError as error:
            found.append(str(error))
    return found


class _Compound:
    """A compound of the energies between two neighbours, as the registry of quantities reads it.

    Each part is computed when it is asked for, so that a quantity costs no more than it needs.
    See :class:`screening.criteria.quantities.Coating`.
    """

    def __init__(self, phases: PhaseSet, position: int, neighbours: Neighbours) -> None:
        self.phases = phases
        self.position = position
        self.neighbours = neighbours
        self.formula = phases.formula(position)

    @cached_property
    def stability(self) -> _HullEnergy:
        """Phase stability."""
        return _HullEnergy(energies_above_hull_mev(self.phases, [self.position])[0] / 1000.0)

    @cached_property
    def window(self) -> WindowDocument:
        """Electrochemical window."""
        return electrochemical_window(self.phases, self.formula)

    @cached_property
    def economics(self) -> EconomicsDocument:
        """What its elements cost."""
        return material_economics(self.formula)

    @cached_property
    def worst_mutual(self) -> float:
        """Lowest closed mutual energy with either neighbour, meV/atom."""
        return min(self._mutual(formula) for formula in _closed_neighbours(self.neighbours).values())

    @cached_property
    def bare_worst_mutual(self) -> float:
        """The same of the neighbours with each other, meV/atom."""
        cathode, electrolyte = self.neighbours.cathode, self.neighbours.electrolyte.reactant
        return min(mutual_mev(self.phases, cathode.formula(s), electrolyte) for s in cathode.lithiations)

    @property
    def worst_contact_energy(self) -> None:
        """Unknown: only closed contacts are computed of candidates."""

    def mutual(self, quantity: str) -> float:
        """Return the closed mutual energy with the neighbour that a quantity names."""
        return self._mutual(_closed_neighbours(self.neighbours)[quantity])

    def _mutual(self, neighbour: str) -> float:
        if neighbour not in self._met:
            self._met[neighbour] = mutual_mev(self.phases, self.formula, neighbour)
        return self._met[neighbour]

    @cached_property
    def _met(self) -> dict[str, float]:
        return {}


class _HullEnergy(NamedTuple):
    """What is asked of a compound's stability."""

    energy_above_hull_ev_per_atom: float


def mutual_mev(phases: PhaseSet, coating: str, neighbour: str, reservoir: Reservoir | None = None) -> float:
    """Return the mutual reaction energy of a coating with a neighbour, meV per atom, or per closed atom if open."""
    return round(1000.0 * clean(Interface(phases, coating, neighbour, reservoir).profile().mutual.min()), 6)


def _closed_neighbours(neighbours: Neighbours) -> dict[str, str]:
    """Return the formula of the neighbour in each closed contact, by the quantity that is its mutual energy."""
    cathode = neighbours.cathode
    return {
        **{contact_quantity(f"cathode {state}"): cathode.formula(state) for state in cathode.lithiations},
        contact_quantity("electrolyte"): neighbours.electrolyte.reactant,
    }


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
