"""What is asked of a job manager: the flows of a site in its database, whichever manager keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from workflows.queue.documents import FlowLabel, QueuedFlow, QueuedJob
from workflows.queue.site import Site
from workflows.requests.flow_request import ResultCollector
from workflows.work_left import WorkLeft

COLLECTING = "collect the result"  # the name of the last job of a flow


class FlowQueue(Protocol):
    """The flows of a site, as its manager keeps them."""

    site: Site

    def prepare(self) -> None:
        """Make the manager's collections ready for jobs where they are not; what is there stays."""

    def labels(self) -> list[FlowLabel]:
        """Return the labels of all flows, the last submitted first."""

    def flows(self, flow_id: str | None = None) -> list[QueuedFlow]:
        """Return flows with their jobs, the last submitted first.

        Parameters
        ----------
        flow_id
            Of the one that is wanted; None: all.
        """

    def started_jobs(self) -> dict[str, str]:
        """Return the folders of the queue jobs that run the jobs of this site, by their ids."""

    def runner_at_work(self) -> bool | None:
        """Return whether the process that starts the queue jobs is at work; None where there need not be one."""

    def add(self, label: FlowLabel, left: WorkLeft, collector: ResultCollector[Any]) -> int:
        """Put what is left of a flow into the database, and the collection of its result as its last job.

        Returns
        -------
        int
            The number of jobs added.
        """

    def remove_unfinished(self) -> list[str]:
        """Remove flows whose submission was interrupted, some of whose jobs are not there; return their names."""

    def rerun(self, jobs: Sequence[QueuedJob]) -> None:
        """Put jobs back, to run again; those that need them run again too."""

    def give_up(self, jobs: Sequence[QueuedJob]) -> None:
        """Count lost jobs as failed; those that cannot do without them then fail too."""

    def mend(self) -> None:
        """Bring flows in order whose workers or runner were killed while they wrote."""


def open_queue(site: Site, lost_after_s: float | None = None) -> FlowQueue:
    """Open the flows of a site.

    Parameters
    ----------
    site
        The site.
    lost_after_s
        What runs is lost after so long without a sign of life; None: what the site says.

    Raises
    ------
    InputError, StoreError
        If the manager is not installed, the site's files cannot be read, or the database cannot be reached.
    """
    if site.manager == "fireworks":
        from workflows.queue.launchpad import FireworksQueue

        return FireworksQueue(site, lost_after_s)
    from workflows.queue.remote import RemoteQueue

    return RemoteQueue(site, lost_after_s)
