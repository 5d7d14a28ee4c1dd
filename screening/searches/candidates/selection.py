"""Which compounds of a set of energies may be candidates: by their composition, and by their stability."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from screening.chemistry.classes import RADIOACTIVE, TRANSITION_METALS
from screening.chemistry.elements import ELEMENTS
from screening.common.errors import InputError, nearest
from screening.criteria.criteria import Criterion
from screening.criteria.quantities import STABILITY
from screening.energies.sources.fetched import FetchedPhaseSet
from screening.equilibrium.reactant import clean
from screening.equilibrium.survey import Survey
from screening.phases.phase_set import PhaseSet
from screening.searches.candidates.candidate_documents import Selection


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


def _compounds(phases: PhaseSet) -> list[int]:
    """Return the lowest-energy phase of each composition of two or more elements, as positions.

    Ordered cells are left out: they stand for materials that are known, most of them cathodes.
    """
    wanted = np.diff(phases.table.starts) > 1
    wanted[list(phases.cells)] = False
    return [int(i) for i in phases.lowest_among(np.flatnonzero(wanted))]
