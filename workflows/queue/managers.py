"""Which job manager keeps the flows of a site."""

from __future__ import annotations

from workflows.queue.flow_queue import FlowQueue
from workflows.queue.site import Site


def open_queue(site: Site, lost_after_s: float | None = None) -> FlowQueue:
    """Open the flows of a site; the parameters are those of :class:`workflows.queue.flow_queue.FlowQueue`.

    Raises
    ------
    InputError, StoreError
        If the manager is not installed, the site's files cannot be read, or the database cannot be reached.
    """
    if site.manager == "fireworks":
        from workflows.queue.fireworks.fireworks_queue import FireworksQueue

        return FireworksQueue(site, lost_after_s)
    from workflows.queue.jobflow_remote.remote_queue import RemoteQueue

    return RemoteQueue(site, lost_after_s)
