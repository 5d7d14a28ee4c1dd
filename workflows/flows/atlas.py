"""The contacts of all coatings there could be with all known neighbours, as a graph of jobs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jobflow import Flow, Maker

from screening.atlas.atlas_documents import AtlasPlan
from workflows.identity import named_by_content
from workflows.jobs.atlas import atlas_part, merged_atlas


@dataclass
class AtlasMaker(Maker):  # type: ignore[misc]
    """Compute an atlas: one job for each part of the coatings, which writes a file, and one that joins the files.

    Parameters
    ----------
    name
        Name of the flow.
    batch_size
        Coatings in a part.

    Examples
    --------
    >>> flow = AtlasMaker().make(plan_atlas("reference"), "atlas.parquet", "atlas.parquet.work/parts")  # doctest: +SKIP
    """

    name: str = "atlas"
    batch_size: int = 1000

    def make(self, plan: AtlasPlan, file: str | Path, folder: str | Path) -> Flow:
        """Build the graph; its output is that of the job that joins the parts.

        Parameters
        ----------
        plan
            The request.
        file
            The atlas.
        folder
            Where the parts go; every job that computes or joins them must reach it by this path.
        """
        neighbours, voltages = list(plan.neighbours), list(plan.voltages_v)
        place, atlas = str(Path(folder).resolve()), str(Path(file).resolve())
        starts = range(0, len(plan.coatings), self.batch_size)
        made = []
        for number, start in enumerate(starts, start=1):
            coatings = list(plan.coatings[start : start + self.batch_size])
            job = atlas_part(plan.energies, neighbours, voltages, coatings, place)
            made.append(named_by_content(job, f"coatings {number}/{len(starts)}"))
        outputs = [job.output for job in made]
        merged = merged_atlas(plan.energies, neighbours, voltages, plan.left_out, outputs, atlas)
        joined = named_by_content(merged, Path(file).name)
        return Flow([*made, joined], output=joined.output, name=self.name)
