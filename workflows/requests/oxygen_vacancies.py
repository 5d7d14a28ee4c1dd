"""Oxygen vacancies from a request to a file of results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from jobflow import JobStore
from pydantic import Field

from screening.cathodes.ordering.disorder import lithiated_cathode, structure_type
from screening.cathodes.vacancies.vacancy_documents import VacancyDocument
from screening.chemistry.compositions import format_formula
from screening.common.errors import CalculationError, InputError
from screening.database import StoreLocation
from screening.energies.packaged.packaged_table import PACKAGED_MODEL
from screening.files.content import write_whole
from screening.files.locks import locked
from screening.materials.catalogue import Catalogue
from workflows.outputs import output_of
from workflows.requests.flow_request import FlowRequest, ResultCollector
from workflows.requests.requirements import require_potential
from workflows.requests.result_file import ResultFile, result_file

if TYPE_CHECKING:
    from workflows.flows.vacancies import VacancyMaker

_LAYERED = "layered"


class VacancyCollector(ResultCollector[VacancyDocument]):
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
        with locked(self.file):
            write_whole(self.file, document.model_dump_json(indent=1) + "\n")
        return document


def prepare_vacancies(
    cathode: str, output: str | Path, maker: VacancyMaker | None = None
) -> FlowRequest[VacancyCollector]:
    """Prepare computing the oxygen vacancies of a cathode, for a file of results.

    Parameters
    ----------
    cathode
        Name in the catalogue, or formula of a layered oxide.
    output
        JSON file, replaced if present.
    maker
        How they are computed.

    Raises
    ------
    InputError
        If the cathode is no layered oxide, the supercell does not hold it, the model or atomate2 is not installed, or
        the file cannot be written.
    """
    entry = Catalogue.load().cathode(cathode)
    if structure_type(entry) != _LAYERED:  # the sites beside an oxygen are counted as in layered oxides
        raise InputError(f"{entry.name}: the host {format_formula(entry.host)} is not a layered oxide MO2 of one metal")
    if maker is None:
        require_potential(PACKAGED_MODEL)  # without it the flow cannot even be imported
        from workflows.flows.vacancies import VacancyMaker

        maker = VacancyMaker()
    require_potential(maker.model)
    flow = maker.make(entry.name, lithiated_cathode(entry, entry.lithium("full")))
    collector = VacancyCollector(file=result_file(output), result=flow.output.uuid)
    about = f"oxygen vacancies of {entry.name}, 0 to {maker.most_lithium_vacancies} lithium taken out"
    return FlowRequest(about, flow, collector)
