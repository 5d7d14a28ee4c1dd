"""The jobs that make a table of reference energies."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from screening.common.errors import CalculationError
from screening.common.progress import progress_bar
from screening.energies.packaged.build import select_structures, write_packaged
from screening.energies.packaged.evaluation import evaluate_structures
from screening.energies.packaged.journal import begun_with, read_journal
from screening.energies.packaged.packaged_documents import PackagedInfo
from screening.energies.packaged.seed import check_seed, read_seed
from workflows.jobs import as_job


class EvaluationSummary(BaseModel):
    """What an evaluation of structures came to; the energies are in its journal."""

    model_config = ConfigDict(extra="forbid")

    journal: str = Field(description="absolute path of the journal")
    n_structures: int = Field(description="structures asked for")
    n_computed: int = Field(description="of them computed now")
    n_seeded: int = Field(description="of them taken over from energies computed elsewhere")
    n_failed: int = Field(description="structures whose energy could not be computed")


@partial(as_job, output_schema=EvaluationSummary)
def evaluate(
    structures: str,
    elements: list[str] | None,
    journal: str,
    model: str,
    processes: int,
    chunk_size: int,
    seed: str | None = None,
    recheck: int = 0,
    incomplete: bool = False,
) -> EvaluationSummary:
    """Compute what a journal lacks of the energies of the structures in a file."""
    records = select_structures(structures, elements)
    already = read_journal(Path(journal)).keys() & {record.id for record in records}
    known: dict[str, float] = {}
    if seed is not None:
        known = read_seed(seed, [record for record in records if record.id not in already])
        check_seed(known, records, model, recheck)
    if incomplete:
        records = [record for record in records if record.id in already or record.id in known]
    with progress_bar("energies") as update:
        outcomes = evaluate_structures(
            records,
            Path(journal),
            model=model,
            known=known,
            processes=processes,
            chunk_size=chunk_size,
            advance=lambda done, total: update(done, total, ""),
        )
    return EvaluationSummary(
        journal=journal,
        n_structures=len(records),
        n_computed=len(records) - len(already) - len(known),
        n_seeded=len(known),
        n_failed=sum(outcome.energy_ev_per_atom is None for outcome in outcomes.values()),
    )


@partial(as_job, output_schema=PackagedInfo)
def write_table(
    evaluation: EvaluationSummary,
    structures: str,
    elements: list[str] | None,
    output: str,
    model: str,
    incomplete: bool = False,
) -> PackagedInfo:
    """Write the table of the energies in a journal, and the document that describes it."""
    journal = Path(evaluation.journal)
    outcomes, provenance = read_journal(journal), begun_with(journal)
    records = select_structures(structures, elements)
    not_computed = [record for record in records if record.id not in outcomes]
    if provenance is None or (not_computed and not incomplete):
        raise CalculationError(f"{journal} no longer holds every structure: run the same command again")
    return write_packaged(
        output,
        [outcomes[record.id] for record in records if record.id in outcomes],
        structures=structures,
        provenance=provenance,
        model=model,
        not_computed=not_computed,
    )
