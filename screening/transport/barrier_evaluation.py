"""Barriers of lithium in many structures: which, in which order, and computing them into a journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures.process import BrokenProcessPool
from fractions import Fraction
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from screening.chemistry.compositions import composition_key
from screening.chemistry.formulas import parse_formula
from screening.common.errors import CalculationError, InputError
from screening.common.processes import as_finished, worker_pool
from screening.equilibrium.survey import Survey
from screening.files.content import write_whole
from screening.files.journal import append, cut_half_line, held_journal, read_outcomes
from screening.phases.phase_set import PhaseSet
from screening.structures.records import StructureRecord, read_structures
from screening.transport.barriers import ANIONS, BarrierMethod, LithiumBarriers, barrier_method, record_barriers


def lithium_structures(
    path: str | Path,
    phases: PhaseSet,
    first: Iterable[str] = (),
    *,
    above_hull_ev_per_atom: float = 0.05,
    most_sites: int = 100,
) -> list[StructureRecord]:
    """Read the structures of lithium with an anion that lie near the hull, in the order barriers are computed in.

    Parameters
    ----------
    path
        Structures file, see :func:`screening.structures.records.read_structures`; its ids are those of `phases`.
    phases
        The energies; a structure without an energy is left out.
    first
        Formulas whose structures come first; of these the lowest is taken however far above the hull it lies.
    above_hull_ev_per_atom
        How far above the hull a structure may lie, eV/atom.
    most_sites
        Sites of the largest cell.

    Returns
    -------
    list of StructureRecord
        Those of `first`, then the lowest structure of each composition, then the others; small cells first in each.

    Raises
    ------
    InputError
        If the file is unfit or holds no such structure.
    """
    records = {
        record.id: record
        for record in read_structures(path)
        if "Li" in record.species and not ANIONS.isdisjoint(record.species) and len(record.coords) <= most_sites
    }
    places = [number for number, phase in enumerate(phases.phases) if phase.id in records]
    formulas = [phases.formula(number) for number in places]
    hull = Survey([phases]).hull_energies(formulas)[:, 0] if places else np.empty(0)
    above = phases.formation_energies[places] - hull
    chosen = {composition_key(parse_formula(formula)) for formula in first}
    lowest: dict[tuple[tuple[str, Fraction], ...], float] = {}
    keys = [composition_key(parse_formula(formula)) for formula in formulas]
    for key, energy in zip(keys, above.tolist(), strict=True):
        lowest[key] = min(energy, lowest.get(key, np.inf))
    order = [
        (
            0 if key in chosen else 1 if energy == lowest[key] else 2,
            len(records[phases.phase(number).id].coords),
            number,
        )
        for number, key, energy in zip(places, keys, above.tolist(), strict=True)
        if energy <= above_hull_ev_per_atom or (key in chosen and energy == lowest[key])
    ]
    if not order:
        raise InputError(
            f"{path} holds no compound of lithium within {1000 * above_hull_ev_per_atom:g} meV/atom of the hull"
        )
    return [records[phases.phase(number).id] for _, _, number in sorted(order)]


def evaluate_barriers(
    records: Sequence[StructureRecord],
    journal: Path,
    *,
    processes: int = 1,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, LithiumBarriers]:
    """Compute the barriers of structures in their order, each written to a journal when it is there.

    A call with the journal of an interrupted one goes on where that stopped.

    Parameters
    ----------
    records
        The structures.
    journal
        JSON-lines file, created if absent. One process at a time may hold it.
    processes
        Worker processes.
    advance
        Called with (done, total) after each structure.

    Returns
    -------
    dict of str to LithiumBarriers
        The outcome of each structure, in the order of `records`.

    Raises
    ------
    InputError
        If the library is not installed, the journal is damaged, was begun with another version or other settings, holds
        another structure of an id, or is held by another process.
    CalculationError
        If worker processes die (out of memory, say); what was finished is in the journal.
    """
    method = barrier_method()
    with held_journal(journal):
        _claim(journal, method)
        cut_half_line(journal)
        done = read_outcomes(journal, LithiumBarriers)
        for record in records:
            if record.id in done and done[record.id].n_sites != len(record.coords):
                raise InputError(f"{journal} holds another structure {record.id}: use another folder")
        todo = [(record, method) for record in records if record.id not in done]
        finished = len(records) - len(todo)
        advance(finished, len(records))
        with worker_pool(processes) as pool:
            try:
                for outcome in as_finished(pool, record_barriers, todo, 2 * processes):
                    append(journal, [outcome])
                    done[outcome.id] = outcome
                    finished += 1
                    advance(finished, len(records))
            except BrokenProcessPool:
                raise CalculationError(
                    f"a worker process died; {finished} of {len(records)} structures are in {journal}: "
                    "run the same command again to go on (with fewer processes if memory ran out)"
                ) from None
            except OSError as error:
                raise CalculationError(f"{journal} cannot be written: {error.strerror}") from None
    return {record.id: done[record.id] for record in records}


def read_barriers(journal: Path) -> tuple[BarrierMethod | None, dict[str, LithiumBarriers]]:
    """Return how the barriers of a journal were computed, None if it was not begun, and what it holds.

    Raises
    ------
    InputError
        If it is damaged.
    """
    return _begun_with(journal), read_outcomes(journal, LithiumBarriers)


def _begun_with(journal: Path) -> BarrierMethod | None:
    header = journal.with_suffix(".method.json")
    if not header.exists():
        return None
    try:
        return BarrierMethod.model_validate_json(header.read_bytes())
    except ValidationError:
        raise InputError(f"{header} does not say how {journal.name} was computed: use another folder") from None


def _claim(journal: Path, method: BarrierMethod) -> None:
    """Tie a journal to the settings it is begun with."""
    begun = _begun_with(journal)
    if begun is None:
        write_whole(journal.with_suffix(".method.json"), method.model_dump_json(indent=1) + "\n")
    elif begun != method:
        raise InputError(f"{journal} was begun with {begun.package} or other settings, not with {method.package}")
