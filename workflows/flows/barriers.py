"""A table of lithium's barriers from a file of crystal structures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jobflow import Flow, Maker

from workflows.jobs.barriers import barrier_table, lithium_barriers


@dataclass
class LithiumBarriersMaker(Maker):  # type: ignore[misc]
    """Compute the barriers of lithium in compounds near the hull, once for each structure, and write them as a table.

    1. The barriers of each structure, into a journal; an interrupted run goes on from there.
    2. The table, with each structure's energy above the hull.

    Parameters
    ----------
    name
        Name of the flow.
    energies
        As for :func:`screening.energies.source.open_energies`; they hold the structures by id.
    above_hull_mev_per_atom
        How far above the hull a structure may lie, meV/atom.
    most_sites
        Sites of the largest cell.
    processes
        Worker processes.
    most
        How many structures at most, in their order: the catalogue's first, then small cells; None for all.
    partial
        Compute nothing more: the table holds what the journal does, and counts what is left out.

    Examples
    --------
    >>> flow = LithiumBarriersMaker(processes=2).make("mp_structures.jsonl.gz", "work", "barriers")
    """

    name: str = "barriers of lithium"
    energies: str = "reference"
    above_hull_mev_per_atom: float = 50.0
    most_sites: int = 100
    processes: int = 1
    most: int | None = None
    partial: bool = False

    def make(self, structures: str | Path, work: str | Path, output: str | Path) -> Flow:
        """Build the graph.

        Parameters
        ----------
        structures
            Structures file, see :func:`screening.structures.records.read_structures`.
        work
            Folder of the journal.
        output
            Folder of the table.
        """
        source, target = str(Path(structures).resolve()), str(Path(output).resolve())
        journal = str(Path(work).resolve() / "barriers.jsonl")
        which = (self.above_hull_mev_per_atom, self.most_sites)
        found = lithium_barriers(
            source, self.energies, journal, *which, self.processes, most=self.most, incomplete=self.partial
        )
        table = barrier_table(found.output, source, self.energies, target, *which)
        return Flow([found, table], output=table.output, name=self.name)
