"""The jobs that make a table of lithium's barriers."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from screening.common.errors import CalculationError
from screening.common.progress import progress_bar
from screening.energies.source import open_energies
from screening.materials.catalogue import Catalogue
from screening.structures.records import StructureRecord
from screening.transport.barrier_evaluation import evaluate_barriers, lithium_structures, read_barriers
from screening.transport.barrier_table import BarrierInfo, write_barriers
from workflows.jobs import as_job


class BarrierSummary(BaseModel):
    """What an evaluation of barriers came to; they are in its journal."""

    model_config = ConfigDict(extra="forbid")

    journal: str = Field(description="absolute path of the journal")
    n_structures: int = Field(description="structures asked for")
    n_computed: int = Field(description="of them computed now")
    n_failed: int = Field(description="structures without barriers")


def _wanted(structures: str, energies: str, above_hull_mev_per_atom: float, most_sites: int) -> list[StructureRecord]:
    """Return the structures, those of the catalogue's coatings and electrolytes first."""
    catalogue = Catalogue.load()
    return lithium_structures(
        structures,
        open_energies(energies),
        [material.formula for material in (*catalogue.coatings, *catalogue.electrolytes)],
        above_hull_ev_per_atom=above_hull_mev_per_atom / 1000.0,
        most_sites=most_sites,
    )


@partial(as_job, output_schema=BarrierSummary)
def lithium_barriers(
    structures: str,
    energies: str,
    journal: str,
    above_hull_mev_per_atom: float,
    most_sites: int,
    processes: int,
    most: int | None = None,
    incomplete: bool = False,
) -> BarrierSummary:
    """Compute what a journal lacks of the barriers in the structures of a file."""
    records = _wanted(structures, energies, above_hull_mev_per_atom, most_sites)[:most]
    already = read_barriers(Path(journal))[1].keys() & {record.id for record in records}
    if incomplete:
        records = [record for record in records if record.id in already]
    with progress_bar("barriers") as update:
        outcomes = evaluate_barriers(
            records, Path(journal), processes=processes, advance=lambda done, total: update(done, total, "")
        )
    return BarrierSummary(
        journal=journal,
        n_structures=len(records),
        n_computed=len(records) - len(already),
        n_failed=sum(outcome.error is not None for outcome in outcomes.values()),
    )


@partial(as_job, output_schema=BarrierInfo)
def barrier_table(
    evaluation: BarrierSummary,
    structures: str,
    energies: str,
    output: str,
    above_hull_mev_per_atom: float,
    most_sites: int,
) -> BarrierInfo:
    """Write the table of the barriers in a journal, and the document that describes it."""
    method, outcomes = read_barriers(Path(evaluation.journal))
    if method is None:
        raise CalculationError(f"{evaluation.journal} is gone: run the same command again")
    records = _wanted(structures, energies, above_hull_mev_per_atom, most_sites)
    return write_barriers(
        output,
        {record.id: outcomes[record.id] for record in records if record.id in outcomes},
        open_energies(energies),
        method,
        structures,
        above_hull_mev_per_atom=above_hull_mev_per_atom,
        n_not_computed=sum(record.id not in outcomes for record in records),
    )
