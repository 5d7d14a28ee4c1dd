"""What a long calculation with CHGNet keeps beside the file of its results, so that it can be taken up again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from screening.database import StoreLocation
from screening.errors import InputError
from screening.mlip import model_provenance
from workflows.outputs import job_store, output_of

if TYPE_CHECKING:
    from jobflow import JobStore


@dataclass
class CalculationWork:
    """The store of finished jobs beside a file of results."""

    store: JobStore

    def output(self, uuid: str) -> dict[str, Any] | None:
        """Return the plain output of a job; None if it is not finished."""
        return output_of(self.store, uuid)


def require_chgnet(model: str) -> None:
    """Check that CHGNet, these weights and atomate2 are there.

    Raises
    ------
    InputError
        If one is not; the message says how to install it.
    """
    model_provenance(model)
    if find_spec("atomate2") is None:
        raise InputError("atomate2 is not installed: python -m pip install 'coatscreen[mlip]'")


@contextmanager
def calculation_work(path: Path) -> Iterator[CalculationWork]:
    """Open the folder ``PATH.work`` beside a file of results, which no other process may then write.

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
            yield CalculationWork(store)
    finally:
        store.close()
        lock.release()
