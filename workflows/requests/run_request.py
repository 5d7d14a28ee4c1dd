"""Running a request on this machine: what is finished stays, so that an interrupted run can be taken up again."""

from __future__ import annotations

import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from screening.common.errors import InputError
from screening.common.progress import Progress
from screening.database import StoreLocation
from screening.files.locks import Held, file_lock
from workflows.local import Outcome, run_local
from workflows.outputs import job_store
from workflows.requests.flow_request import FlowRequest, ResultCollector

R = TypeVar("R")


def run_request(
    request: FlowRequest[ResultCollector[R]],
    location: StoreLocation | None = None,
    workers: int = 1,
    progress: Progress = lambda finished, total, name: None,
) -> tuple[R, Outcome]:
    """Run the jobs of a request that are not finished, and collect its result.

    Parameters
    ----------
    request
        The request.
    location
        The database that keeps the finished jobs. None for a request whose result is a file: they are kept beside it in
        the folder ``FILE.work``, for which no other process may compute at the same time.
    workers
        Number of processes.
    progress
        Called with (finished jobs, all jobs, name of the last).

    Returns
    -------
    tuple
        What the collector returns, and what became of the jobs.

    Raises
    ------
    InputError
        If another process computes for the same file, or this machine lacks a program that the jobs start.
    CalculationError
        If a worker process dies, or too little is there to collect; what is finished stays.
    StoreError
        If the database or the file cannot be written.
    """
    request.check_here()
    with ExitStack() as opened:
        if location is None:
            location = _work_folder(Path(request.collector.target), opened)
            opened.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore")  # CHGNet, atomate2 and pymatgen warn of their own insides
        jobs = job_store(location)
        opened.callback(jobs.close)
        request.collector.begin(location)
        opened.enter_context(location.errors())
        folder = (location.folder or Path.cwd()) / "launches" if request.in_folders else None
        there_are_jobs = bool(request.flow.jobs)  # networkx makes no graph of none
        outcome = run_local(request.flow, jobs, workers, progress, folder) if there_are_jobs else Outcome()
        return request.collector.collect(jobs, location, outcome.failed), outcome


def _work_folder(file: Path, opened: ExitStack) -> StoreLocation:
    """Return the database in the folder ``FILE.work``, which is made and held until `opened` is closed."""
    folder = file.with_name(f"{file.name}.work")
    location = StoreLocation(folder)
    with location.errors():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            opened.enter_context(file_lock(folder / "lock", 0.0))
        except Held:
            raise InputError(f"another process is computing {file.name}: {folder / 'lock'} is held") from None
    return location
