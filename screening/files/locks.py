"""Files that one process at a time may write; a holder that is killed does not keep them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from screening.common.errors import StoreError

LOCK_SECONDS = 600.0  # one process waits so long for another


class Held(Exception):
    """Another process has held the lock all the time one would wait."""


@contextmanager
def file_lock(file: Path, seconds: float | None = None) -> Iterator[None]:
    """Hold a lock file; the system lets go of it when its holder ends, however that happens.

    Parameters
    ----------
    file
        The lock file, in a folder that is there.
    seconds
        How long to wait for another holder, negative for ever; :data:`LOCK_SECONDS` if None.

    Raises
    ------
    Held
        If another process holds it after that time.
    OSError
        If the file cannot be written.
    """
    lock = FileLock(file, timeout=LOCK_SECONDS if seconds is None else seconds)
    try:
        lock.acquire()
    except Timeout:
        raise Held from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a file of results while it is read and written anew, by a lock file beside it.

    Parameters
    ----------
    file
        The file; its folder is made.

    Raises
    ------
    StoreError
        If another process holds it for ten minutes, or it cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file_lock(file.with_name(f"{file.name}.lock")):
            yield
    except Held:
        raise StoreError(f"another process has been writing {file} for {LOCK_SECONDS / 60:g} minutes") from None
    except OSError as error:
        raise StoreError(f"{file} cannot be written: {error.strerror or error}") from None
