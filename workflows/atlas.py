"""An atlas from request to file: plan, run, join."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jobflow import JobStore
from pydantic import Field

from screening.atlas.atlas_documents import AtlasDocument, AtlasPlan
from screening.atlas.columns import arrow
from screening.atlas.parts import is_as_written
from screening.common.errors import CalculationError
from screening.common.progress import Progress
from screening.database import StoreLocation
from workflows.flows.atlas import AtlasMaker
from workflows.local import Outcome
from workflows.outputs import job_store, output_of
from workflows.requests.flow_request import FlowRequest, ResultCollector
from workflows.requests.result_file import ResultFile, result_file
from workflows.requests.run_request import run_request


class AtlasCollector(ResultCollector[AtlasDocument]):
    """Checks the file that the jobs have written, and clears its parts away."""

    kind = "atlas"

    file: ResultFile = Field(description="the atlas")
    parts: ResultFile = Field(description="folder of the parts")
    result: str = Field(description="id of the job that joins the parts")

    @property
    def target(self) -> str:
        """The atlas."""
        return str(self.file)

    def begin(self, location: StoreLocation) -> None:
        """Let the parts be joined again where the atlas is no longer as it was written."""
        with location.errors():
            jobs = job_store(location)
            try:
                found = output_of(jobs, self.result)
                if found is not None and not is_as_written(AtlasDocument.model_validate(found)):
                    jobs.remove_docs({"uuid": self.result})
            finally:
                jobs.close()

    def collect(self, jobs: JobStore, location: StoreLocation, failed: Mapping[str, str]) -> AtlasDocument:
        """Return what the file holds."""
        with location.errors():
            found = output_of(jobs, self.result)
        if found is None:
            reasons = sorted(f"{name}: {why}" for name, why in failed.items() if not why.startswith("needs "))
            raise CalculationError(reasons[0] if reasons else f"the atlas is not in {location.name}")
        document = AtlasDocument.model_validate(found)
        if not is_as_written(document):
            raise CalculationError(f"{document.file} is not as it was written: coatscreen atlas build writes it again")
        for part in self.parts.glob("*.parquet"):
            part.unlink(missing_ok=True)
        return document


def prepare_atlas(plan: AtlasPlan, output: str | Path, batch_size: int | None = None) -> FlowRequest[AtlasCollector]:
    """Build the graph of a checked request.

    Parameters
    ----------
    plan, output, batch_size
        As for :func:`build_atlas`.

    Raises
    ------
    InputError
        If the file cannot be written, or pyarrow is not installed.
    """
    arrow()
    file = result_file(output)
    parts = file.with_name(f"{file.name}.work") / "parts"
    maker = AtlasMaker() if batch_size is None else AtlasMaker(batch_size=batch_size)
    flow = maker.make(plan, file, parts)
    about = f"{len(plan.coatings)} coatings, {len(plan.neighbours)} neighbours, {plan.n_contacts} contacts"
    return FlowRequest(about, flow, AtlasCollector(file=file, parts=parts, result=flow.output.uuid))


def build_atlas(
    plan: AtlasPlan,
    output: str | Path,
    batch_size: int | None = None,
    workers: int = 1,
    progress: Progress = lambda finished, total, name: None,
) -> tuple[AtlasDocument, Outcome]:
    """Compute an atlas on this machine. The same call goes on with an interrupted one.

    Parameters
    ----------
    plan
        The request.
    output
        The file. What is finished is kept in the folder ``OUTPUT.work`` beside it.
    batch_size
        Coatings in a job; None for that of :class:`~workflows.flows.atlas.AtlasMaker`.
    workers
        Processes.
    progress
        Called with (finished jobs, all jobs, name of the last).

    Raises
    ------
    InputError
        If the file cannot be written, another process builds it, or pyarrow is not installed.
    CalculationError
        If a job fails or a worker dies; what was finished stays.
    StoreError
        If the disk is full or fails.
    """
    return run_request(prepare_atlas(plan, output, batch_size), None, workers, progress)
