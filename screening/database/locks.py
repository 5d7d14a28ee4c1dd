"""One process at a time: locks on a database that a killed holder does not keep."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

LOCK_SECONDS = 600.0  # one waits so long for another
LEASE_SECONDS = 60.0  # on a server, a holder that has not renewed its lock for so long is dead
_RENEWALS = 6  # in a lease


class Held(Exception):
    """Another process has held the lock all the time one would wait."""


@contextmanager
def file_lock(file: Path) -> Iterator[None]:
    """Hold a file; the system lets go of it when its holder ends, however that happens.

    Raises
    ------
    Held
        After :data:`LOCK_SECONDS`.
    OSError
        If the file cannot be written.
    """
    lock = FileLock(file, timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout:
        raise Held from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def leased_lock(locks: Any, name: str) -> Iterator[None]:
    """Hold a document of a collection that says until when; the holder renews it, and one past its time is anybody's.

    The clocks of two machines must not differ by a lease.

    Parameters
    ----------
    locks
        A collection of pymongo.
    name
        Of the lock.

    Raises
    ------
    Held
        After :data:`LOCK_SECONDS`.
    PyMongoError
        If the server cannot be asked.
    """
    from pymongo.errors import DuplicateKeyError, PyMongoError

    holder, give_up, done = uuid.uuid4().hex, time.monotonic() + LOCK_SECONDS, threading.Event()
    while True:
        with suppress(DuplicateKeyError):
            locks.delete_many({"_id": name, "until": {"$lt": time.time()}})
            locks.insert_one({"_id": name, "holder": holder, "until": time.time() + LEASE_SECONDS})
            break
        if time.monotonic() > give_up:
            raise Held
        time.sleep(0.2)

    def renew() -> None:
        while not done.wait(LEASE_SECONDS / _RENEWALS):
            with suppress(PyMongoError):  # the next time, or the lease runs out
                locks.update_one({"_id": name, "holder": holder}, {"$set": {"until": time.time() + LEASE_SECONDS}})

    renewing = threading.Thread(target=renew, daemon=True)
    renewing.start()
    try:
        yield
    finally:
        done.set()
        renewing.join()
        with suppress(PyMongoError):  # it runs out by itself
            locks.delete_one({"_id": name, "holder": holder})
