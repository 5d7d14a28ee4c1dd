"""Energies of crystal structures from a machine-learned potential: batched, in several processes, journalled."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screening.common.errors import CalculationError, InputError
from screening.common.processes import as_finished, worker_pool
from screening.energies.packaged.corrections import mp2020_correction
from screening.energies.packaged.journal import StructureEnergy, claim, read_journal
from screening.energies.packaged.packaged_table import PACKAGED_MODEL
from screening.energies.potentials.models import model_named
from screening.energies.potentials.potential import Potential, load_potential, model_provenance
from screening.files.journal import append, cut_half_line, held_journal
from screening.structures.records import StructureRecord

if TYPE_CHECKING:
    from pymatgen.core import Structure

_potential: Potential
_mp2020: bool


def _start_worker(model: str) -> None:
    """Make this process a worker with the model loaded; one thread, since the processes share the cores."""
    import torch

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # models print to stdout, where the caller's results go
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    load_model(model)


def load_model(model: str) -> None:
    """Load a model into this process, for :func:`evaluate_chunk`."""
    global _potential, _mp2020
    _potential, _mp2020 = load_potential(model), model_named(model).mp2020


def evaluate_chunk(
    records: Sequence[StructureRecord], known: Mapping[str, float] | None = None
) -> list[StructureEnergy]:
    """Evaluate a chunk in one batched call; if that fails, one by one, to name what failed.

    Parameters
    ----------
    records
        The structures.
    known
        Energies that are known already and not computed again, by id, eV/atom.
    """
    known = known or {}
    outcomes: list[StructureEnergy] = []
    ready: list[tuple[StructureRecord, Structure]] = []
    graphs: list[Any] = []
    for record in records:
        try:
            structure = record.structure()
            if not structure.is_valid(tol=0.5):
                raise ValueError("two atoms are closer than 0.5 angstrom")
            if record.id in known:
                outcomes.append(_outcome(record, known[record.id], structure))
                continue
            graphs.append(_potential.graph(structure))
            ready.append((record, structure))
        except Exception as error:  # whatever one structure provokes must not stop the others
            outcomes.append(_outcome(record, error=error))
    try:
        energies = _potential.energies(graphs) if graphs else []
    except Exception:
        energies = []
    for number, (record, structure) in enumerate(ready):
        try:
            energy = energies[number] if energies else _potential.energies([graphs[number]])[0]
            if not math.isfinite(energy):
                raise ValueError("the model returned no finite energy")
            outcomes.append(_outcome(record, energy, structure))
        except Exception as error:
            outcomes.append(_outcome(record, error=error))
    return outcomes


def _outcome(
    record: StructureRecord,
    energy: float | None = None,
    structure: Structure | None = None,
    error: Exception | None = None,
) -> StructureEnergy:
    correction = mp2020_correction(structure) if _mp2020 and structure is not None else None
    return StructureEnergy(
        id=record.id,
        formula=record.formula,
        n_sites=len(record.coords),
        space_group=record.sg,
        energy_ev_per_atom=None if energy is None else round(energy, 6),
        correction_ev_per_atom=None if correction is None else round(correction, 6),
        volume_a3_per_atom=None if structure is None else round(structure.volume / len(structure), 4),
        error=None if error is None else f"{type(error).__name__}: {error}".splitlines()[0][:200],
    )


def evaluate_structures(
    records: Iterable[StructureRecord],
    journal: Path,
    *,
    model: str = PACKAGED_MODEL,
    known: Mapping[str, float] | None = None,
    processes: int = 1,
    chunk_size: int = 8,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, StructureEnergy]:
    """Compute each structure's energy once, writing every finished chunk to a journal.

    A call with a journal of an interrupted one goes on where that stopped: what is in the journal is
    not computed again, and a line that a kill cut off is.

    Parameters
    ----------
    records
        The structures; a repeated id is an error.
    journal
        JSON-lines file, created if absent. One process at a time may hold it.
    model
        One of :data:`screening.energies.potentials.models.MODELS`.
    known
        Energies known already, by id, eV/atom: they go into the journal as they are, with what else it holds.
    processes
        Worker processes, one thread each.
    chunk_size
        Structures evaluated in one batched call.
    advance
        Called with (done, total) after each chunk.

    Returns
    -------
    dict of str to StructureEnergy
        The outcome of each structure, in the order of `records`.

    Raises
    ------
    InputError
        If the model is not installed, an id repeats, the journal is damaged or begun with other weights, or
        another process holds it.
    CalculationError
        If worker processes die (out of memory, say); what was finished is in the journal.
    """
    provenance, known = model_provenance(model), known or {}
    wanted: dict[str, StructureRecord] = {}
    for record in records:
        if record.id in wanted:
            raise InputError(f"structure id {record.id} occurs twice")
        wanted[record.id] = record
    with held_journal(journal):
        claim(journal, provenance)
        cut_half_line(journal)
        done = read_journal(journal)
        for i in done.keys() & wanted.keys():
            if (done[i].formula, done[i].n_sites) != (wanted[i].formula, len(wanted[i].coords)):
                raise InputError(f"{journal} holds another structure {i}, of {done[i].formula}: use another folder")
        # big cells first, and like sizes together: no core is left with one long chunk at the end
        todo = sorted((r for i, r in wanted.items() if i not in done), key=lambda r: (-len(r.coords), r.id))
        chunks = [todo[i : i + chunk_size] for i in range(0, len(todo), chunk_size)]
        finished = len(wanted) - len(todo)
        advance(finished, len(wanted))

        work = [(chunk, {r.id: known[r.id] for r in chunk if r.id in known}) for chunk in chunks]
        with worker_pool(processes, _start_worker, model) as pool:
            try:
                for outcomes in as_finished(pool, evaluate_chunk, work, 2 * processes):
                    append(journal, outcomes)
                    done.update((outcome.id, outcome) for outcome in outcomes)
                    finished += len(outcomes)
                    advance(finished, len(wanted))
            except BrokenProcessPool:
                raise CalculationError(
                    f"a worker process died; {finished} of {len(wanted)} structures are in {journal}: "
                    "run the same command again to go on (with fewer processes if memory ran out)"
                ) from None
            except OSError as error:
                raise CalculationError(f"{journal} cannot be written: {error.strerror}") from None
    return {i: done[i] for i in wanted}
