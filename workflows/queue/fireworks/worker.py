"""The worker of a queue job: FireWorks' rocket launcher, with what a failing database does to it put right.

Run as ``python -m workflows.queue.fireworks.worker`` in the folder of a queue job. FireWorks' own ``rlaunch`` stops
giving signs of life for a job at the first one that does not come through, records a job as failed that could not
reach the database, so that the flow goes on without it, and cannot record the error of a job that it cannot print.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any, TextIO

from fireworks import FWAction, LaunchPad
from fireworks.core.rocket_launcher import rapidfire
from pymongo.errors import ConnectionFailure, PyMongoError

from workflows.queue.fireworks.firework_jobs import LOST, stacktrace
from workflows.queue.fireworks.launchpad import read_fworker
from workflows.queue.fireworks.queue_jobs import note_worker
from workflows.queue.site import Site, site_folder
from workflows.queue.tracebacks import database_fault

_PATIENCE_S = 300.0  # how long a worker waits at its start for a database that does not answer
_PAUSE_S = 5.0


class WorkerLaunchPad(LaunchPad):  # type: ignore[misc]
    """FireWorks' database as a worker uses it."""

    def ping_launch(self, launch_id: int, ptime: Any = None, checkpoint: Any = None) -> None:
        """Give a sign of life of a job. One that does not come through is no harm: the next follows."""
        with suppress(PyMongoError):
            super().ping_launch(launch_id, ptime, checkpoint)

    def complete_launch(self, launch_id: int, action: FWAction | None = None, state: str = "COMPLETED") -> Any:
        """Record the end of a job; one that the database failed is lost, and what needs it waits for a recovery."""
        fault = database_fault(stacktrace(action.to_dict())) if action is not None and state == "FIZZLED" else None
        if fault is None:
            return super().complete_launch(launch_id, action, state)
        self.launches.update_one({"launch_id": launch_id}, {"$set": {LOST: fault}})
        return None


class Printed:
    """A stream on which a full disk loses what is written, and nothing else.

    FireWorks prints the error of a job before it records it and before it ends the thread of the signs of life: an
    error of the stream would leave the job without a reason, and the worker without an end.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text, or lose it."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Write what waits to be written, or lose it."""
        with suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def work(site: Site, timeout_s: int, max_loops: int) -> None:
    """Take jobs of a site one after another.

    Parameters
    ----------
    site
        The site.
    timeout_s
        No job is taken after so long, s.
    max_loops
        How often to look again for jobs where none is ready and some wait for others.
    """
    launchpad = site.made_from("my_launchpad.yaml", lambda options: WorkerLaunchPad(**options))
    give_up = time.monotonic() + min(_PATIENCE_S, timeout_s)
    while True:
        try:
            note_worker(launchpad, Path.cwd())
            break
        except ConnectionFailure:  # the database may be starting again
            if time.monotonic() > give_up:
                raise
            time.sleep(_PAUSE_S)
    with redirect_stdout(Printed(sys.stdout)), redirect_stderr(Printed(sys.stderr)):
        rapidfire(launchpad, read_fworker(site), timeout=timeout_s, max_loops=max_loops)


def main(arguments: Sequence[str] | None = None) -> None:
    """Take jobs of the site that COATSCREEN_SITE names."""
    parser = argparse.ArgumentParser(description="Take jobs of the site that COATSCREEN_SITE names.")
    parser.add_argument("--timeout", type=int, required=True, help="take no job after so many seconds")
    parser.add_argument("--max-loops", type=int, required=True, help="looks for jobs where none is ready")
    given = parser.parse_args(arguments)
    work(Site.read(site_folder()), given.timeout, given.max_loops)


if __name__ == "__main__":
    main()
