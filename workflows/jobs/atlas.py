"""The jobs of an atlas: its parts, and their joining."""

from __future__ import annotations

from functools import partial

from screening.atlas import parts
from screening.atlas.atlas_documents import AtlasDocument, AtlasNeighbour, AtlasPart
from screening.energies.source import EnergySource
from workflows.jobs import as_job


@partial(as_job, output_schema=AtlasPart)
def atlas_part(
    energies: EnergySource, neighbours: list[AtlasNeighbour], voltages_v: list[float], coatings: list[str], folder: str
) -> AtlasPart:
    """Compute the contacts of some coatings with all neighbours into a file of their own."""
    return parts.write_part(energies, neighbours, voltages_v, coatings, folder)


@partial(as_job, output_schema=AtlasDocument)
def merged_atlas(
    energies: EnergySource,
    neighbours: list[AtlasNeighbour],
    voltages_v: list[float],
    left_out: dict[str, str],
    made: list[AtlasPart],
    file: str,
) -> AtlasDocument:
    """Join the parts to one file."""
    return parts.merge_parts(energies, neighbours, voltages_v, left_out, made, file)
