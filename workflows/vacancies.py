"""Oxygen vacancies from a request to a file of results."""

from __future__ import annotations

import warnings
from pathlib import Path

from screening.catalogue import Catalogue
from screening.errors import CalculationError
from screening.ordering.disorder import lithiated_cathode
from screening.vacancies.documents import VacancyDocument
from workflows.calculation_work import calculation_work, require_chgnet
from workflows.flows.vacancies import VacancyMaker
from workflows.local import Progress, run_local


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
        If the cathode is no layered oxide, the supercell does not hold it, CHGNet or atomate2 is not installed, or
        another process is writing the same file; nothing has been computed then.
    CalculationError
        If a job failed; what was finished is kept.
    StoreError
        If the folder or the file cannot be written.
    """
    maker = maker or VacancyMaker()
    entry = Catalogue.load().cathode(cathode)
    require_chgnet(maker.model)
    flow = maker.make(entry.name, lithiated_cathode(entry, entry.lithium("full")))
    path = Path(output).resolve()
    with calculation_work(path) as work, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of atomate2 and torch about their own insides
        outcome = run_local(flow, work.store, workers, progress)
        if outcome.failed:
            name, reason = next(iter(outcome.failed.items()))
            raise CalculationError(f"{name}: {reason.removeprefix('CalculationError: ')}")
        document = VacancyDocument.model_validate(work.output(flow.output.uuid))
        part = path.with_name(f".{path.name}.part")
        part.write_text(document.model_dump_json(indent=1) + "\n", encoding="utf-8")
        part.replace(path)
    return document
