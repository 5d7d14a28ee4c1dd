"""Oxygen vacancies from a request to a file of results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from jobflow import JobStore
from pydantic import Field

from screening.cathodes.ordering.disorder import lithiated_cathode
from screening.cathodes.vacancies.vacancy_documents import VacancyDocument
from screening.common.errors import CalculationError
from screening.database import StoreLocation
from screening.energies.packaged.packaged_table import PACKAGED_MODEL
from screening.materials.catalogue import Catalogue
from workflows.calculation_work import require_chgnet, run_beside
from workflows.outputs import output_of
from workflows.prepared import Collector, Prepared
from workflows.result_file import ResultFile, result_file, write_whole, writing

if TYPE_CHECKING:
    from workflows.flows.vacancies import VacancyMaker
    from workflows.local import Progress


class VacancyCollector(Collector):
    """Writes the oxygen vacancies of a cathode to a file.

    All of its jobs or none: each state of charge goes on from the one before, and the lowest vacancy of fewer
    environments would be another number.
    """

    kind = "vacancies"

    file: ResultFile = Field(description="JSON file; replaced if present")
    result: str = Field(description="id of the job whose output is the result")

    @property
    def target(self) -> str:
        """The file."""
        return str(self.file)

    def collect(self, jobs: JobStore, location: StoreLocation, failed: Mapping[str, str]) -> VacancyDocument:
        """Write the file; with a failed job it is not written, and the error names that job."""
        if failed:
            name, reason = next(iter(failed.items()))
            raise CalculationError(f"{name}: {reason.removeprefix('CalculationError: ')}")
        output = output_of(jobs, self.result)
        if output is None:
            raise CalculationError(f"the result for {self.file} is not in {location.name}")
        document = VacancyDocument.model_validate(output)
        with writing(self.file):
            write_whole(self.file, document.model_dump_json(indent=1) + "\n")
        return document


def prepare_vacancies(cathode: str, output: str | Path, maker: VacancyMaker | None = None) -> Prepared:
    """Check a request for the oxygen vacancies of a cathode, and build its graph.

    Parameters
    ----------
    cathode, output, maker
        As for :func:`compute_vacancies`.

    Raises
    ------
    InputError
        If the cathode is no layered oxide, the supercell does not hold it, CHGNet or atomate2 is not installed, or the
        file cannot be written.
    """
    entry = Catalogue.load().cathode(cathode)
    if maker is None:
        require_chgnet(PACKAGED_MODEL)  # without it the flow cannot even be imported
        from workflows.flows.vacancies import VacancyMaker

        maker = VacancyMaker()
    require_chgnet(maker.model)
    flow = maker.make(entry.name, lithiated_cathode(entry, entry.lithium("full")))
    collector = VacancyCollector(file=result_file(output), result=flow.output.uuid)
    about = f"oxygen vacancies of {entry.name}, 0 to {maker.most_lithium_vacancies} lithium taken out"
    return Prepared(about, flow, collector)


def compute_vacancies(
    cathode: str,
    output: str | Path,
    maker: VacancyMaker | None = None,
    workers: int = 1,
    progress: Progress = lambda finished, total, name: None,
) -> VacancyDocument:
    """Compute the oxygen vacancies of a cathode and write them to a file.

    What was computed is kept beside the file, in the folder ``OUTPUT.work``: an interrupted call goes on from there.

    Parameters
    ----------
    cathode
        Name in the catalogue, or formula of a layered oxide.
    output
        JSON file; replaced if present.
    maker
        How.
    workers
        Processes.
    progress
        Called with (finished jobs, all jobs, name of the last).

    Raises
    ------
    InputError
        As :func:`prepare_vacancies`, or if another process is writing the same file; nothing has been computed then.
    CalculationError
        If a job failed; what was finished is kept.
    StoreError
        If the folder or the file cannot be written.
    """
    prepared = prepare_vacancies(cathode, output, maker)
    document: VacancyDocument = run_beside(result_file(output), prepared, workers, progress)
    return document
