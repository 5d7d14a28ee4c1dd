"""The jobs of a coating screening that take samples of the energies."""

from __future__ import annotations

from jobflow import job

from screening.cathodes.lithium_potentials import CathodeDocument
from screening.coatings import drawn_tasks as sample_batch
from screening.coatings.drawn_contacts import SampledCathode, SampledMaterial, Sampling
from screening.coatings.tasks import CoatingSamplesBatch
from screening.energies.source import EnergySource
from screening.materials.material import Cathode, Material


@job(output_schema=SampledCathode)
def cathode_samples(
    energies: EnergySource, sampling: Sampling, cathode: Cathode, document: CathodeDocument
) -> SampledCathode:
    """Compute a cathode's lithium potentials in every sample."""
    return sample_batch.cathode_samples(energies, sampling, cathode, document)


@job(output_schema=SampledMaterial)
def bare_samples(
    energies: EnergySource, sampling: Sampling, cathode: CathodeDocument, electrolyte: Material
) -> SampledMaterial:
    """Compute the unprotected cathode against the electrolyte in every sample."""
    return sample_batch.bare_samples(energies, sampling, cathode, electrolyte)


@job(output_schema=sample_batch.SampledBatch, data=["results"])
def material_samples(energies: EnergySource, sampling: Sampling, coatings: dict[str, str]) -> sample_batch.SampledBatch:
    """Compute stability and window of a batch of coatings in every sample."""
    return sample_batch.material_samples(energies, sampling, coatings)


@job(output_schema=sample_batch.SampledBatch, data=["results"])
def cathode_contact_samples(
    energies: EnergySource, sampling: Sampling, coatings: dict[str, str], cathode: SampledCathode
) -> sample_batch.SampledBatch:
    """Compute a batch of coatings against a cathode, closed and open, in every sample."""
    return sample_batch.cathode_contact_samples(energies, sampling, coatings, cathode)


@job(output_schema=sample_batch.SampledBatch, data=["results"])
def electrolyte_contact_samples(
    energies: EnergySource,
    sampling: Sampling,
    coatings: dict[str, str],
    electrolyte: Material,
    cathode: SampledCathode | None = None,
) -> sample_batch.SampledBatch:
    """Compute a batch of coatings against an electrolyte in every sample: closed, or open at a cathode's potentials."""
    return sample_batch.electrolyte_contact_samples(energies, sampling, coatings, electrolyte, cathode)


@job(output_schema=CoatingSamplesBatch, data=["results"])
def join_samples(
    sampling: Sampling,
    coatings: dict[str, str],
    pieces: dict[str, sample_batch.SampledBatch | None],
    bare: SampledMaterial | None,
) -> CoatingSamplesBatch:
    """Join what was computed of a batch of coatings in every sample; a missing piece is named."""
    return sample_batch.join_samples(sampling, coatings, pieces, bare)
