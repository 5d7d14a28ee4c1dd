"""Jobs and flows on a queue, and a queue that keeps them in memory."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from screening.database import StoreLocation
from workflows.outputs import job_store
from workflows.queue.flow_documents import FlowLabel, QueuedFlow, QueuedJob, QueueJobInVain


def queued(job_id: int, state: str, **fields: Any) -> QueuedJob:
    """Return a job of a flow."""
    given = {"uuid": f"uuid {job_id}", "name": f"job {job_id}", "attempts": 1, **fields}
    return QueuedJob(job_id=str(job_id), state=state, **given)


def flow_of(*jobs: QueuedJob, name: str = "mine", **fields: Any) -> QueuedFlow:
    """Return a flow."""
    given = {"flow_id": f"id of {name}", "kind": "screening", "about": "two coatings", "version": "0.1.0", **fields}
    label = FlowLabel(name=name, **{"submitted": "2026-01-01T00:00:00", "done_before": 0, **given})
    return QueuedFlow(label=label, jobs=list(jobs))


def site_in(folder: Any, **fields: Any) -> Any:
    """Return what stands for a site with an embedded database."""
    location = StoreLocation(folder / "db")
    given = {"manager": "fireworks", "scheduler": "slurm", "max_jobs": 10, **fields}
    return SimpleNamespace(location=location, job_store=lambda: job_store(location), **given)


class QueueInMemory:
    """A queue that notes what is asked of it, in order; running a job again makes it ready, giving it up failed."""

    def __init__(self, site: Any, *flows: QueuedFlow) -> None:
        self.site, self.kept, self.asked = site, list(flows), []
        self.in_queue: dict[str, str] = {}
        self.died: list[QueueJobInVain] = []

    def flows(self, names: Any = (), flow_id: str | None = None) -> list[QueuedFlow]:
        named = [flow for flow in self.kept if not names or flow.label.name in names]
        return [flow for flow in named if flow_id in (None, flow.label.flow_id)]

    def labels(self) -> list[FlowLabel]:
        return [flow.label for flow in self.kept]

    def queue_jobs(self) -> dict[str, str]:
        return self.in_queue

    def in_vain(self) -> list[QueueJobInVain]:
        return self.died

    def useful(self, flows: list[QueuedFlow]) -> int:
        return sum(job.state in ("ready", "running") for flow in flows for job in flow.jobs)

    def runner_at_work(self) -> bool | None:
        return None

    def add(self, label: FlowLabel, left: Any, collector: Any) -> int:
        self.asked.append(("add", label.name, sorted(left.todo)))
        self.kept.insert(0, QueuedFlow(label=label, jobs=[]))
        return len(left.todo) + 1

    def remove_interrupted(self) -> list[str]:
        self.asked.append(("remove_interrupted",))
        return ["half"]

    def repair(self, names: Any = ()) -> None:
        self.asked.append(("repair", *names))

    def resume(self, jobs: Any) -> None:
        self._become("resume", jobs, "ready")

    def forget_archived(self, flow_id: str) -> bool:
        (flow,) = self.flows(flow_id=flow_id)
        return any(job.state == "archived" for job in flow.jobs)

    def rerun(self, jobs: Any) -> None:
        self._become("rerun", jobs, "ready")

    def give_up(self, jobs: Any) -> None:
        self._become("give_up", jobs, "failed")

    def launch(self, useful: int, max_jobs: int | None = None) -> list[str]:
        self.asked.append(("launch", useful, max_jobs))
        return ["7"]

    def _become(self, what: str, jobs: Any, state: str) -> None:
        ids = [job.job_id for job in jobs]
        self.asked.append((what, ids))
        self.kept = [
            flow.model_copy(
                update={
                    "jobs": [job.model_copy(update={"state": state}) if job.job_id in ids else job for job in flow.jobs]
                }
            )
            for flow in self.kept
        ]
