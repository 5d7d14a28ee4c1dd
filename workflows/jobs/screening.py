"""The jobs of a coating screening."""

from __future__ import annotations

from jobflow import job

from screening.cathodes.lithium_potentials import CathodeDocument, MuSource
from screening.coatings import tasks as batch
from screening.coatings.coating_documents import BareInterface
from screening.coatings.ranking import JudgedBatch, RankingSummary, summarise_ranking
from screening.common.errors import CalculationError
from screening.criteria.criteria import Criterion
from screening.energies.source import EnergySource
from screening.materials.material import Cathode, Material


@job(output_schema=CathodeDocument)
def cathode_states(energies: EnergySource, cathode: Cathode, prefer: MuSource) -> CathodeDocument:
    """Compute a cathode's states of charge and their lithium potentials."""
    return batch.cathode_states(energies, cathode, prefer)


@job(output_schema=batch.StabilityBatch)
def stability_of(energies: EnergySource, materials: dict[str, str]) -> batch.StabilityBatch:
    """Compute the phase stability of a batch of materials."""
    return batch.stability_of(energies, materials)


@job(output_schema=batch.WindowBatch)
def windows_of(energies: EnergySource, materials: dict[str, str]) -> batch.WindowBatch:
    """Compute the electrochemical windows of a batch of materials."""
    return batch.windows_of(energies, materials)


@job(output_schema=BareInterface)
def bare_interface(
    energies: EnergySource,
    cathode: CathodeDocument,
    electrolyte: Material,
    stability: batch.StabilityBatch,
    windows: batch.WindowBatch,
) -> BareInterface:
    """Compute the unprotected cathode against the electrolyte."""
    return batch.bare_interface(energies, cathode, electrolyte, stability, windows)


@job(output_schema=batch.ContactBatch, data=["results"])
def contacts_with_cathode(
    energies: EnergySource, coatings: dict[str, str], cathode: CathodeDocument
) -> batch.ContactBatch:
    """Compute a batch of coatings against a cathode, and the interfaces inside composites, closed and open."""
    return batch.contacts_with_cathode(energies, coatings, cathode)


@job(output_schema=batch.ContactBatch, data=["results"])
def contacts_with_electrolyte(
    energies: EnergySource,
    coatings: dict[str, str],
    electrolyte: Material,
    cathode: CathodeDocument | None = None,
) -> batch.ContactBatch:
    """Compute a batch of coatings against an electrolyte: closed, or open at a cathode's potentials."""
    return batch.contacts_with_electrolyte(energies, coatings, electrolyte, cathode)


@job(output_schema=batch.RecordBatch, data=["records", "samples"])
def assemble_records(
    energies: EnergySource,
    coatings: list[Material],
    cathode: str,
    electrolyte: str,
    stability: batch.StabilityBatch | None,
    windows: batch.WindowBatch | None,
    contacts: dict[str, batch.ContactBatch | None],
    samples: list[batch.CoatingSamplesBatch | None] | None = None,
) -> batch.RecordBatch:
    """Join what was computed of a batch of coatings; a missing piece is named in the records."""
    return batch.assemble_records(energies, coatings, cathode, electrolyte, stability, windows, contacts, samples)


@job(output_schema=JudgedBatch)
def judge_records(
    records: batch.RecordBatch | None, bare: BareInterface | None, criteria: list[Criterion]
) -> JudgedBatch:
    """Judge the records of a batch by the criteria."""
    if records is None:
        raise CalculationError("the records of the batch are missing")
    return batch.judge_records(records, bare, criteria)


@job(output_schema=RankingSummary)
def rank(batches: list[JudgedBatch | None]) -> RankingSummary:
    """Rank all coatings of one cathode and one electrolyte."""
    judged = [part for part in batches if part is not None]
    if not judged:
        raise CalculationError("no coating was computed: every batch failed")
    return summarise_ranking(judged, missing_batches=len(batches) - len(judged))
