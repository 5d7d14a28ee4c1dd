"""The jobs that make a table of reference energies."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from screening.common.errors import CalculationError
from screening.common.progress import progress_bar
from screening.energies.packaged.build import select_structures, write_packaged
from screening.energies.packaged.journal import begun_with, read_journal
from screening.energies.packaged.model import evaluate_structures
from screening.energies.packaged.packaged_documents import PackagedInfo
from workflows.jobs import as_job


class EvaluationSummary(BaseModel):
    """What an evaluation of structures came to; the energies are in its journal."""

    model_config = ConfigDict(extra="forbid")

    journal: str = Field(description="absolute path of the journal")
    n_structures: int = Field(description="structures asked for")
    n_computed: int = Field(description="of them computed now, the others were in the journal")
    n_failed: int = Field(description="structures whose energy could not be computed")


@partial(as_job, output_schema=EvaluationSummary)
def evaluate(
    structures: str, elements: list[str] | None, journal: str, model: str, processes: int, chunk_size: int
) -> EvaluationSummary:
    """Compute what a journal lacks of the energies of the structures in a file."""
    records = select_structures(structures, elements)
    already = read_journal(Path(journal)).keys() & {record.id for record in records}
    with progress_bar("energies") as update:
        outcomes = evaluate_structures(
            records,
            Path(journal),
            model=model,
            processes=processes,
            chunk_size=chunk_size,
            advance=lambda done, total: update(done, total, ""),
        )
    return EvaluationSummary(
        journal=journal,
        n_structures=len(records),
        n_computed=len(records) - len(already),
        n_failed=sum(outcome.energy_ev_per_atom is None for outcome in outcomes.values()),
    )


@partial(as_job, output_schema=PackagedInfo)
def write_table(
    evaluation: EvaluationSummary, structures: str, elements: list[str] | None, output: str, model: str
) -> PackagedInfo:
    """Write the table of the energies in a journal, and the document that describes it."""
    journal = Path(evaluation.journal)
    outcomes, provenance = read_journal(journal), begun_with(journal)
    ids = [record.id for record in select_structures(structures, elements)]
    if provenance is None or not outcomes.keys() >= set(ids):
        raise CalculationError(f"{journal} no longer holds every structure: run the same command again")
    return write_packaged(output, [outcomes[i] for i in ids], structures=structures, provenance=provenance, model=model)
