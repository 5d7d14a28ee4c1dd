"""What a long calculation with CHGNet keeps beside the file of its results, so that it can be taken up again."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from screening.common.errors import InputError
from screening.database import StoreLocation
from screening.energies.packaged.model import model_provenance
from workflows.local import Progress, run_local
from workflows.outputs import job_store

if TYPE_CHECKING:
    from jobflow import JobStore

    from workflows.prepared import Prepared


def require_chgnet(model: str) -> None:
    """Check that CHGNet, these weights and atomate2 are there.

    Raises
    ------
    InputError
        If one is not; the message says how to install it.
    """
    model_provenance(model)
    require_atomate2()


def require_atomate2() -> None:
    """Check that atomate2 is there.

    Raises
    ------
    InputError
        If it is not; the message says how to install it.
    """
    if find_spec("atomate2") is None:
        raise InputError("atomate2 is not installed: python -m pip install 'coatscreen[mlip]'")


def run_beside(path: Path, prepared: Prepared, workers: int, progress: Progress) -> Any:
    """Run a request on this machine and collect its result, with the finished jobs kept in the folder ``PATH.work``.

    Parameters
    ----------
    path
        Absolute path of the file the result goes to.
    prepared
        The request.
    workers
        Processes.
    progress
        Called with (finished jobs, all jobs, name of the last).

    Returns
    -------
    Any
        What its collector returns.

    Raises
    ------
    InputError
        If another process computes for this file.
    CalculationError
        If a worker dies, or too little is there to collect; what was finished is kept.
    StoreError
        If the folder or the file cannot be written.
    """
    with calculation_work(path) as (location, jobs), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of atomate2 and torch about their own insides
        outcome = run_local(prepared.flow, jobs, workers, progress)
        return prepared.collector.collect(jobs, location, outcome.failed)


@contextmanager
def calculation_work(path: Path) -> Iterator[tuple[StoreLocation, JobStore]]:
    """Open the folder ``PATH.work`` beside a file of results, for which no other process may then compute.

    Parameters
    ----------
    path
        Absolute path of the file.

    Raises
    ------
    InputError
        If another process computes for this file.
    StoreError
        If the folder cannot be written.
    """
    location = StoreLocation(path.with_name(f"{path.name}.work"))
    store = job_store(location)
    lock = FileLock(path.with_name(f"{path.name}.work") / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        store.close()
        raise InputError(f"another process is computing {path.name}: {lock.lock_file} is held") from None
    try:
        with location.errors():
            yield location, store
    finally:
        store.close()
        lock.release()
