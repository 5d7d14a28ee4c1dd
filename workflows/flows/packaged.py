"""A table of reference energies from a file of crystal structures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jobflow import Flow, Maker

from screening.energies.packaged.packaged_table import PACKAGED_MODEL
from workflows.jobs.packaged import evaluate, write_table


@dataclass
class PackagedEnergiesMaker(Maker):  # type: ignore[misc]
    """Compute reference energies with a model, once for each structure, and write them as a table.

    1. The energy of each structure at its own geometry, into a journal; an interrupted run goes on from there.
    2. The table: phases that cannot be trusted are marked, and formation energies compared with DFT.

    Parameters
    ----------
    name
        Name of the flow.
    model
        One of :data:`screening.energies.potentials.models.MODELS`.
    processes
        Worker processes, one thread each.
    chunk_size
        Structures evaluated in one batched call.
    seed
        File of energies computed elsewhere with the same model (see :mod:`screening.energies.packaged.seed`).
    recheck
        How many of its energies are computed again; if one differs, all are refused.
    partial
        Compute nothing more: the table holds what the journal and the seed do, and counts what is left out.

    Examples
    --------
    >>> flow = PackagedEnergiesMaker(processes=2).make("mp_structures.jsonl.gz", ["Li", "O"], "work", "reference")
    """

    name: str = "reference energies"
    model: str = PACKAGED_MODEL
    processes: int = 1
    chunk_size: int = 8
    seed: str | None = None
    recheck: int = 100
    partial: bool = False

    def make(
        self, structures: str | Path, elements: Sequence[str] | None, work: str | Path, output: str | Path
    ) -> Flow:
        """Build the graph.

        Parameters
        ----------
        structures
            Structures file, see :func:`screening.structures.records.read_structures`.
        elements
            Take the structures made of these alone; None takes all.
        work
            Folder of the journal.
        output
            Folder of the table.
        """
        source, target = str(Path(structures).resolve()), str(Path(output).resolve())
        journal = str(Path(work).resolve() / f"{self.model}.jsonl")
        chosen = None if elements is None else sorted(set(elements))
        energies = evaluate(
            source,
            chosen,
            journal,
            self.model,
            self.processes,
            self.chunk_size,
            seed=str(Path(self.seed).resolve()) if self.seed else None,
            recheck=self.recheck,
            incomplete=self.partial,
        )
        table = write_table(energies.output, source, chosen, target, self.model, self.partial)
        return Flow([energies, table], output=table.output, name=self.name)
