"""A lock on a database server: one process at a time, and a holder that is killed does not keep it."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from screening.files import locks as files
from screening.files.locks import Held

LEASE_SECONDS = 60.0  # on a server, a holder that has not renewed its lock for so long is dead
_RENEWALS = 6  # in a lease


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
        After :data:`screening.files.locks.LOCK_SECONDS`.
    PyMongoError
        If the server cannot be asked.
    """
    from pymongo.errors import DuplicateKeyError, PyMongoError

    holder, give_up, done = uuid.uuid4().hex, time.monotonic() + files.LOCK_SECONDS, threading.Event()
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
