"""Many materials at once in samples of the energies: what one job computes, as in :mod:`screening.coatings.tasks`."""

from __future__ import annotations

from collections.abc import Mapping

from screening.cathodes.lithium_potentials import CathodeDocument
from screening.coatings.drawn_contacts import (
    CoatingSamples,
    SampledCathode,
    SampledMaterial,
    Samples,
    Sampling,
    sample_bare_contacts,
    sample_cathode,
    sample_cathode_contacts,
    sample_electrolyte_contacts,
    sample_material,
)
from screening.coatings.tasks import Batch, CoatingSamplesBatch, each
from screening.energies.source import EnergySource
from screening.materials.material import Cathode, Material


class SampledBatch(Batch[SampledMaterial]):
    """What was computed of a batch in every sample."""


def cathode_samples(
    energies: EnergySource, sampling: Sampling, cathode: Cathode, document: CathodeDocument
) -> SampledCathode:
    """Compute a cathode's lithium potentials in every sample."""
    return sample_cathode(energies.open(), sampling, cathode, document)


def bare_samples(
    energies: EnergySource, sampling: Sampling, cathode: CathodeDocument, electrolyte: Material
) -> SampledMaterial:
    """Compute the unprotected interface in every sample."""
    return sample_bare_contacts(energies.open(), sampling, cathode, electrolyte.reactant)


def material_samples(energies: EnergySource, sampling: Sampling, coatings: Mapping[str, str]) -> SampledBatch:
    """Compute stability and window of a batch of coatings in every sample."""
    phases = energies.open()
    results, failed = each(coatings, lambda coating: sample_material(phases, sampling, coating))
    return SampledBatch(results=results, failed=failed)


def cathode_contact_samples(
    energies: EnergySource, sampling: Sampling, coatings: Mapping[str, str], cathode: SampledCathode
) -> SampledBatch:
    """Compute a batch of coatings against a cathode in every sample."""
    phases = energies.open()
    results, failed = each(coatings, lambda coating: sample_cathode_contacts(phases, sampling, coating, cathode))
    return SampledBatch(results=results, failed=failed)


def electrolyte_contact_samples(
    energies: EnergySource,
    sampling: Sampling,
    coatings: Mapping[str, str],
    electrolyte: Material,
    cathode: SampledCathode | None = None,
) -> SampledBatch:
    """Compute a batch of coatings against an electrolyte in every sample: closed, or open at a cathode's potentials."""
    phases = energies.open()
    results, failed = each(
        coatings,
        lambda coating: sample_electrolyte_contacts(phases, sampling, coating, electrolyte.reactant, cathode),
    )
    return SampledBatch(results=results, failed=failed)


def join_samples(
    sampling: Sampling,
    coatings: Mapping[str, str],
    pieces: Mapping[str, SampledBatch | None],
    bare: SampledMaterial | None,
) -> CoatingSamplesBatch:
    """Join what was computed of a batch of coatings in every sample.

    Parameters
    ----------
    coatings
        By name.
    pieces
        Batches by what they hold; None where the job failed.
    bare
        The unprotected interface in the same samples; None where the job failed.
    """
    results, failed = {}, {}
    for name in coatings:
        values: Samples = {}
        strange: set[str] = set()
        missing: list[str | None] = []
        if bare is None:
            missing.append("the job computing samples of the bare interface failed")
        found = [] if bare is None else [bare]
        for what, batch in pieces.items():
            if batch is None:
                missing.append(f"the job computing samples of {what} failed")
            elif name in batch.failed:
                missing.append(f"{what}: {batch.failed[name]}")
            else:
                found.append(batch.results[name])
        for piece in found:
            values |= piece.values
            strange.update(piece.uncalibrated_elements)
            missing.append(piece.why_missing)
        results[name] = CoatingSamples(sampling=sampling, uncalibrated_elements=sorted(strange), values=values)
        if reasons := "; ".join(dict.fromkeys(filter(None, missing))):
            failed[name] = reasons
    return CoatingSamplesBatch(results=results, failed=failed)
