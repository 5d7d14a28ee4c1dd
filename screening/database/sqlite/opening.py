"""What is looked at when an embedded database is opened: whether its filesystem has locks, and whether it is whole."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

from screening.common.errors import StoreError
from screening.database.sqlite.damage import damaged
from screening.database.sqlite.integrity import damages

CHECKED_WHOLE = 8_000_000  # bytes: a larger file takes too long; its documents are checked as they are read
LOCK = "aggregating.lock"
_TAKEN = (errno.EAGAIN, errno.EACCES)  # by another process, and so there are locks


def require_locks(folder: Path, read_only: bool = False) -> None:
    """Try whether files in a folder can be locked, on the lock file that is or will be there.

    SQLite takes a missing lock service for another process's lock, and would wait for minutes.

    Parameters
    ----------
    folder
        The database's.
    read_only
        Make no lock file where there is none; then nothing can be tried.

    Raises
    ------
    StoreError
        If they cannot.
    """
    try:
        probe = os.open(folder / LOCK, os.O_RDONLY | (0 if read_only else os.O_CREAT), 0o666)
    except OSError:
        return  # what else there is to say of the folder is said where the file is opened
    try:
        fcntl.lockf(probe, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _TAKEN:
            raise StoreError(
                f"the filesystem of {folder} has no file locks ({error.strerror}; NFS without its lock service?), and "
                "without them two processes would damage the database: choose a folder on another one with --store"
            ) from None
    finally:
        os.close(probe)


def require_whole(file: Path) -> None:
    """Check a database that is small enough to be read whole.

    Raises
    ------
    DamagedError
        Naming the first thing that is damaged.
    """
    if file.stat().st_size <= CHECKED_WHOLE:
        for damage in damages(str(file)):
            raise damaged(str(file), str(damage))
