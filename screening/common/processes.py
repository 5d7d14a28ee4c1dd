"""Worker processes that do not outlive the process they work for."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, ProcessPoolExecutor, wait
from itertools import islice
from typing import Any, TypeVar

_Result = TypeVar("_Result")


def worker_pool(workers: int, initialize: Any = None, *arguments: Any) -> ProcessPoolExecutor:
    """Return a pool of worker processes, begun afresh, that end when this process does, even when it is killed.

    Parameters
    ----------
    workers
        How many.
    initialize, arguments
        Called in each worker before its first work; None for nothing.
    """
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start, (initialize, *arguments))


def as_finished(
    pool: Executor, work: Callable[..., _Result], arguments: Iterable[tuple[Any, ...]], ahead: int
) -> Iterator[_Result]:
    """Do work in a pool and give each result when it is there, in no order.

    Parameters
    ----------
    pool
        The workers; what waits is given up when this ends early.
    work, arguments
        What is called, and with what, once for each.
    ahead
        How many are handed to the pool at a time.
    """
    queue = iter(arguments)
    try:
        pending = {pool.submit(work, *one) for one in islice(queue, ahead)}
        while pending:
            ready, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in ready:
                yield future.result()
            pending |= {pool.submit(work, *one) for one in islice(queue, len(ready))}
    finally:
        pool.shutdown(cancel_futures=True)


def _start(initialize: Any, *arguments: Any) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if initialize is not None:
        initialize(*arguments)


def _end_with_parent() -> None:
    """End this worker when its parent is gone: it would go on, or wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
