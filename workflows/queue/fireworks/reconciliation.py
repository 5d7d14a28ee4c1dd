"""The states of a flow in FireWorks' database, put right after a process was killed while it wrote them.

FireWorks writes the state of a job into two collections, and then the states of the jobs that need it one by one, while
the flow is locked. A process killed in between leaves the lock, and states that contradict each other.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workflows.queue.fireworks.fireworks_internals import refresh_flow
from workflows.queue.flow_documents import QueuedJob

if TYPE_CHECKING:
    from fireworks import LaunchPad

LOCK_SECONDS = 20.0  # a living process holds the lock of a flow for some tenths of a second and writes meanwhile
_LOOK_SECONDS = 0.5


def unlock(launchpad: LaunchPad, flow: Mapping[str, Any], alive: bool) -> None:
    """Take the lock from a flow whose holder was killed.

    Parameters
    ----------
    launchpad
        FireWorks' database.
    flow
        The document of the flow.
    alive
        Whether a job of the flow is running. Its worker may hold the lock, so it is given time to release it.
    """
    if "locked" not in flow:
        return
    untouched = {"_id": flow["_id"], "locked": True, "updated_on": flow["updated_on"]}
    give_up = time.monotonic() + (LOCK_SECONDS if alive else 0.0)
    while time.monotonic() < give_up:
        if launchpad.workflows.find_one(untouched, {"_id": 1}) is None:
            return
        time.sleep(_LOOK_SECONDS)
    launchpad.workflows.update_one(untouched, {"$unset": {"locked": True}})


def reconcile(launchpad: LaunchPad, flow: Mapping[str, Any], jobs: Sequence[QueuedJob]) -> None:
    """Make the states of a flow that no worker is at consistent.

    The states in the document of the flow become those of its jobs. A job that waits for no other becomes ready. Two
    kinds of jobs run again: one that has ended although a job it needs has not, and one that failed because a job it
    needs had failed, where that job is completed now.
    """
    of_flow = {"fw_id": {"$in": flow["nodes"]}}
    written = {job["fw_id"]: job["state"] for job in launchpad.fireworks.find(of_flow, {"fw_id": 1, "state": 1})}
    if differing := {number: state for number, state in written.items() if flow["fw_states"].get(str(number)) != state}:
        right = {f"fw_states.{number}": state for number, state in differing.items()}
        launchpad.workflows.update_one({"_id": flow["_id"]}, {"$set": right})
    by_number = {int(job.job_id): job for job in jobs}
    needs: dict[int, list[QueuedJob]] = {number: [] for number in by_number}
    for parent, children in flow["links"].items():
        for child in children:
            needs[int(child)].append(by_number[int(parent)])
    for number, job in by_number.items():
        waits = any(not need.ended for need in needs[number])
        if job.state == "waiting" and not waits:
            refresh_flow(launchpad, number)
        elif job.ended and (waits or _failed_for_none(job, needs[number])):
            launchpad.rerun_fw(number)


def _failed_for_none(job: QueuedJob, needs: Sequence[QueuedJob]) -> bool:
    """Return whether a job failed because another had failed, and none that it needs has failed any more."""
    return job.failed_for_another and all(need.state != "failed" for need in needs)
