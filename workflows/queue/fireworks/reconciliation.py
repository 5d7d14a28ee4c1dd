"""Flows in FireWorks' database brought in order whose workers were killed while they wrote.

FireWorks writes the state of a job into two collections, and those of the jobs that need it after it, one by one, while
the flow is locked. Who is killed between leaves the lock, and states that do not go together.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from screening.database import StoreLocation
from screening.errors import StoreError
from workflows.queue.flow_documents import QueuedJob
from workflows.queue.tasks import NEEDS

if TYPE_CHECKING:
    from fireworks import LaunchPad

LOCK_SECONDS = 20.0  # who lives holds the lock of a flow for some tenths of a second, and writes when
_LOOK_SECONDS = 0.5
_ENDED = ("completed", "failed")


@contextmanager
def flow_errors(location: StoreLocation) -> Iterator[None]:
    """Turn what FireWorks raises where it cannot write the states of a flow into a StoreError.

    Raises
    ------
    StoreError
        Without any password.
    """
    from fireworks.core.launchpad import LockedWorkflowError

    with location.errors():
        try:
            yield
        except LockedWorkflowError:
            raise StoreError(f"{location.name}: a flow stays locked by another process; try again") from None
        except RuntimeError as error:  # holds the whole stack trace
            last = str(error).strip().splitlines()[-1].partition(":")[0]
            raise StoreError(f"{location.name}: the state of a flow could not be written ({last}); try again") from None


def release(launchpad: LaunchPad, flow: Mapping[str, Any], alive: bool) -> None:
    """Take the lock from a flow whose holder was killed.

    Parameters
    ----------
    launchpad
        FireWorks' database.
    flow
        The document of the flow.
    alive
        Whether a job of it is running, so that the lock may be that of its worker: it is waited for then.
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


def agree(launchpad: LaunchPad, flow: Mapping[str, Any], jobs: Sequence[QueuedJob]) -> None:
    """Make the states of a flow, at which no worker is, go together.

    A job that waits for none becomes ready. One that has ended although one it needs has not was to run again with it,
    as was one that failed for want of one that is completed.
    """
    written = {job["fw_id"]: job["state"] for job in launchpad.fireworks.find(_of(flow), {"fw_id": 1, "state": 1})}
    if differing := {number: state for number, state in written.items() if flow["fw_states"].get(str(number)) != state}:
        right = {f"fw_states.{number}": state for number, state in differing.items()}
        launchpad.workflows.update_one({"_id": flow["_id"]}, {"$set": right})
    states = {int(job.job_id): job.state for job in jobs}
    parents: dict[int, list[int]] = {}
    for parent, children in flow["links"].items():
        for child in children:
            parents.setdefault(int(child), []).append(int(parent))
    for job in jobs:
        number = int(job.job_id)
        needs = [states[parent] for parent in parents.get(number, [])]
        waits = any(state not in _ENDED for state in needs)
        if job.state == "waiting" and not waits:
            launchpad._refresh_wf(number)
        elif job.state in _ENDED and (waits or _in_want(job, needs)):
            launchpad.rerun_fw(number)


def _in_want(job: QueuedJob, needs: Sequence[str]) -> bool:
    return job.state == "failed" and (job.error or "").startswith(NEEDS) and "failed" not in needs


def _of(flow: Mapping[str, Any]) -> dict[str, Any]:
    return {"fw_id": {"$in": flow["nodes"]}}
