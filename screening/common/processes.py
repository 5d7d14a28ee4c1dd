"""Worker processes that do not outlive the process they work for."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from typing import Any


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
