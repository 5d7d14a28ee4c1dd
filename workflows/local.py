"""Running a flow on this machine.

jobflow's ``run_locally`` runs a flow once, in one process, from its beginning, and keeps a failure's reason only
in its log. Here a flow is taken up where it stopped (jobs are named by their content, so one whose output is in
the store is done), runs on several processes, shows progress, and returns why each failed job failed. The jobs
themselves are run by jobflow.
"""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

from jobflow import Flow, JobStore, OnMissing
from monty.json import MontyDecoder
from pymongo.errors import PyMongoError

from screening.common.errors import CalculationError, StoreError
from screening.common.processes import worker_pool
from screening.common.progress import Progress
from screening.text.passwords import masked
from workflows.work_left import work_left

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Outcome:
    """What became of the jobs of a flow, by name."""

    done: list[str] = field(default_factory=list)
    already_done: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def run_local(
    flow: Flow,
    store: JobStore,
    workers: int = 1,
    progress: Progress = lambda finished, total, name: None,
    folder: Path | None = None,
) -> Outcome:
    """Run what is not yet done of a flow.

    Parameters
    ----------
    flow
        Jobs named by their content; jobs that return further jobs are not supported.
    store
        Holds the outputs; with more than one worker it must be safe for several writers.
    workers
        Processes.
    progress
        Called with (finished jobs, all jobs, name of the last).
    folder
        Where each job gets a folder of its own to work in, empty at its start; None: all work where this process does.

    Returns
    -------
    Outcome
        A failed job is named with the first line of its error, as is every job that needs it.

    Raises
    ------
    CalculationError
        If a worker process dies; what was finished is in the store.
    StoreError, PyMongoError
        If the store cannot be read or written.
    """
    left = work_left(flow, store)
    jobs, graph, todo = left.jobs, left.graph, left.todo
    outcome = Outcome(already_done=[jobs[uuid].name for uuid in jobs if uuid not in todo])
    progress(len(jobs) - len(todo), len(jobs), "")
    needs = {uuid: todo.intersection(graph.predecessors(uuid)) for uuid in jobs if uuid in todo}
    ready = deque(uuid for uuid, parents in needs.items() if not parents)
    failed: set[str] = set()
    running: dict[Future[None], str] = {}

    def finish(uuid: str, error: str | None) -> None:
        if error is None:
            outcome.done.append(jobs[uuid].name)
        else:
            failed.add(uuid)
            outcome.failed[jobs[uuid].name] = error
        for child in graph.successors(uuid):
            needs[child].discard(uuid)
            if not needs[child]:
                ready.append(child)
        progress(len(jobs) - len(todo) + len(outcome.done) + len(failed), len(jobs), jobs[uuid].name)

    with _executor(workers) as pool:
        try:
            while ready or running:
                while ready and len(running) < 2 * workers:
                    uuid = ready.popleft()
                    job, lost = jobs[uuid], failed.intersection(graph.predecessors(uuid))
                    if lost and job.config.on_missing_references == OnMissing.ERROR:
                        finish(uuid, f"needs {min(jobs[parent].name for parent in lost)}, which failed")
                        continue
                    for parent in lost:
                        store.remove_docs({"uuid": parent})
                    running[pool.submit(_run, job.to_json(), store, None if folder is None else folder / uuid)] = uuid
                if not running:
                    continue
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    uuid = running.pop(future)
                    error = future.exception()
                    if isinstance(error, BrokenProcessPool):
                        raise CalculationError(
                            f"a worker process died; {len(outcome.done)} jobs are finished: run the same command "
                            "again to go on"
                        )
                    if isinstance(error, StoreError | PyMongoError):
                        raise error
                    finish(uuid, None if error is None else masked(f"{type(error).__name__}: {error}".splitlines()[0]))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return outcome


def _run(job_json: str, store: JobStore, folder: Path | None) -> None:
    """Run one job, which this program has just written; in a worker process this is all that happens."""
    job = MontyDecoder().decode(job_json)
    store.connect()
    if folder is None:
        response = job.run(store=store)
    else:
        shutil.rmtree(folder, ignore_errors=True)  # what an interrupted attempt left
        folder.mkdir(parents=True)
        with chdir(folder):
            response = job.run(store=store)
    if response.replace is not None or response.detour is not None or response.addition is not None:
        raise CalculationError(f"the job {job.name} returned further jobs, which a local run does not take")


class _Inline(Executor):
    """Runs at once what is submitted, in this process."""

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a function and return its outcome."""
        future: Future[T] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def _executor(workers: int) -> Executor:
    if workers == 1:
        return _Inline()
    return worker_pool(workers)
