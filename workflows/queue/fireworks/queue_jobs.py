"""The life of a queue job: it is launched and recorded, waits in the scheduler's queue, runs a worker, and ends.

The record is a collection in the job database, since another process asks later. The jobs that a queue job's worker
has started are known by their folders, which lie in the folder of the queue job; a queue job may also end without
having started any.
"""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from screening.common.errors import CalculationError
from workflows.queue.fireworks.launchpad import read_queue_adapter
from workflows.queue.site import Site
from workflows.queue.site.scheduler import jobs_in_queue, submit_script

if TYPE_CHECKING:
    from fireworks import LaunchPad

_COLLECTION = "queue_jobs"


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
            return {job["_id"]: job["folder"] for job in self._record.find(self._ours)}

    def ended(self) -> dict[str, str]:
        """Return the folders of the queue jobs that have ended, by their ids; none where the scheduler gives no answer.

        On a machine without the scheduler's commands, say, only signs of life tell which jobs are lost.
        """
        launched = self.launched()
        try:
            there = jobs_in_queue(self.site) if launched else {}
        except CalculationError:
            return {}
        return {job_id: folder for job_id, folder in launched.items() if job_id not in there}

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
        site = self.site
        folder = site.work_folder / "launches" / f"{datetime.now(UTC):%Y-%m-%d-%H-%M-%S}-{uuid4().hex[:8]}"
        script = folder / "worker.script"
        try:
            folder.mkdir(parents=True)
            script.write_text(read_queue_adapter(site).get_script_str(str(folder)), encoding="utf-8")
        except OSError as error:
            raise CalculationError(f"cannot write into the folder {folder}: {error.strerror}") from None
        job_id = submit_script(site, script)
        with site.location.errors():
            record = {**self._ours, "folder": str(folder)}
            self._record.replace_one({"_id": job_id}, record, upsert=True)
        return job_id
