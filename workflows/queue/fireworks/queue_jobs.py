"""The life of a queue job: it is launched and recorded, waits in the scheduler's queue, runs a worker, and ends.

The record is a collection in the job database, since another process asks later. A queue job is known there by the name
of its folder, which no other has, so it is recorded before the scheduler has given it an id; its worker notes there
that it has come up. The jobs that the worker has started are known by their folders, which lie in that of the queue
job.
"""

from __future__ import annotations

import getpass
import re
import socket
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from screening.common.errors import CalculationError
from workflows.queue.fireworks.launchpad import read_queue_adapter
from workflows.queue.flow_documents import QueueJobInVain
from workflows.queue.site import Site
from workflows.queue.site.queue_log import last_line
from workflows.queue.site.scheduler import how_ended, jobs_in_queue, submit_script

if TYPE_CHECKING:
    from fireworks import LaunchPad

_COLLECTION = "queue_jobs"
_TAKEN = {"job_id": {"$exists": True}}  # by the scheduler
_NO_FAULT_OF_THE_WORKER = re.compile(  # by the scheduler, or by the log where it has forgotten the queue job
    r"CANCELLED|PREEMPTED|NODE_FAIL|.*: \*\*\* JOB .* CANCELLED AT (?!.*DUE TO TIME LIMIT)"
)


def note_worker(launchpad: LaunchPad, folder: Path) -> None:
    """Record that the worker of a queue job has come up: it has its programs, and reaches the database."""
    launchpad.db[_COLLECTION].update_one({"_id": folder.name}, {"$set": {"worker": socket.gethostname()}})


class QueueJobs:
    """The queue jobs that this user launches for a site.

    Parameters
    ----------
    site
        The site.
    launchpad
        FireWorks' database, which has the record.
    """

    def __init__(self, site: Site, launchpad: LaunchPad) -> None:
        self.site, self.launchpad = site, launchpad
        self._record = launchpad.db[_COLLECTION]
        self._ours = {"site": str(site.folder), "user": getpass.getuser()}

    def launched(self) -> dict[str, str]:
        """Return the folders of all queue jobs launched so far, by the scheduler's ids."""
        with self.site.location.errors():
            found = self._record.find({**self._ours, **_TAKEN}, {"job_id": 1, "folder": 1}).sort("launched", 1)
            return {job["job_id"]: job["folder"] for job in found}

    def in_queue(self) -> dict[str, str] | None:
        """Return the user's jobs in the queue, as the scheduler has them; None where it gives no answer.

        On a machine without the scheduler's commands, say, only signs of life tell which jobs are lost.
        """
        try:
            return jobs_in_queue(self.site)
        except CalculationError:
            return None

    def in_vain(self) -> list[QueueJobInVain]:
        """Return the queue jobs that ended before their worker came up, since the last one whose worker did.

        Those that were cancelled while they waited, or whose node failed, are not meant. There are none where the
        scheduler gives no answer.
        """
        there = self.in_queue()
        if there is None:
            return []
        with self.site.location.errors():
            records = self._record.find({**self._ours, **_TAKEN}).sort("launched", -1)
            silent = list(takewhile(lambda job: "worker" not in job, records))
        found = []
        for job in (job for job in silent if job["job_id"] not in there):
            how, line = how_ended(self.site, job["job_id"]), last_line(Path(job["folder"]))
            why = ": ".join(filter(None, (how, line)))
            if not why or _NO_FAULT_OF_THE_WORKER.match(how or why):
                continue
            found.append(QueueJobInVain(job_id=job["job_id"], folder=job["folder"], why=why))
        return found

    def launch(self, number: int) -> list[str]:
        """Launch queue jobs until a number of them are in the queue, and return the ids of the new ones.

        Raises
        ------
        CalculationError
            If the scheduler does not answer or does not take one; the message says why.
        """
        there = jobs_in_queue(self.site)
        in_queue = sum(job_id in there for job_id in self.launched())
        return [self._launch_one() for _ in range(number - in_queue)]

    def _launch_one(self) -> str:
        """Launch a queue job in a new folder for its script, its log and its jobs, and record it."""
        site, now = self.site, datetime.now(UTC)
        folder = site.work_folder / "launches" / f"{now:%Y-%m-%d-%H-%M-%S}-{uuid4().hex[:8]}"
        script = folder / "worker.script"
        try:
            folder.mkdir(parents=True)
            script.write_text(read_queue_adapter(site).get_script_str(str(folder)), encoding="utf-8")
        except OSError as error:
            raise CalculationError(f"cannot write into the folder {folder}: {error.strerror}") from None
        record = {"_id": folder.name}
        with site.location.errors():
            self._record.insert_one({**record, **self._ours, "folder": str(folder), "launched": now.isoformat()})
        try:
            job_id = submit_script(site, script)
        except CalculationError:
            with site.location.errors():
                self._record.delete_one(record)
            raise
        with site.location.errors():
            self._record.update_one(record, {"$set": {"job_id": job_id}})
        return job_id
