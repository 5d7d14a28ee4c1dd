"""Dividing materials among jobs so that nothing is computed twice.

A job that computes something of a batch of materials is named by its content, so a batch divided otherwise would be
other work. Each such job notes in its metadata what it computes, whatever the batch (its *scope*), and the batch.
Before new batches are made, those of the scope in a job store are looked for: a batch that holds a material wanted is
taken as it was, and is done; only materials that no batch holds are divided anew. So a coating added to a screening
runs its own jobs, and a second cathode runs nothing of the first again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from jobflow import Job, JobStore

from screening.coatings.ranking_request import BatchJob
from workflows.identity import by_content, named_by_content
from workflows.outputs import finished

SCOPE = "metadata.scope"


@dataclass
class Batches:
    """Makes jobs of batches, beside those that a job store holds.

    Parameters
    ----------
    size
        Materials in a new batch.
    store
        Where batches are looked for, connected; None: there are none.

    """

    size: int
    store: JobStore | None = None
    _made: dict[str, Job] = field(default_factory=dict)

    @property
    def made(self) -> list[Job]:
        """The jobs, those that are done included; each once, though two materials of one formula may ask for it."""
        return list(self._made.values())

    def add(self, job: Job, about: str, needs_all: bool = True) -> Job:
        """Take in a job that is of no batch; see :func:`workflows.identity.named_by_content`."""
        job = named_by_content(job, about, needs_all)
        return self._made.setdefault(job.uuid, job)

    def together(self, make: Callable[[list[str]], Job], materials: Sequence[str], about: str) -> Job:
        """Make the job that computes something of some materials, of these whatever batches there are.

        What refers to it is then the same work wherever it is planned, and of whatever size batches are.
        """
        return self._batch(make(list(materials)), _scope(make), list(materials), about)

    def divide(
        self, make: Callable[[list[str]], Job], materials: Sequence[str], about: str, smaller: int = 1
    ) -> list[Job]:
        """Make the jobs that compute something of some materials.

        Parameters
        ----------
        make
            Makes the job of a batch.
        materials
            By notation; one that occurs twice is taken once.
        about
            Added to the names of the jobs.
        smaller
            By how much a batch is smaller, where each material is more work.
        """
        wanted = list(dict.fromkeys(materials))
        scope = _scope(make)
        known = self._known(scope, set(wanted))
        left = [material for material in wanted if not any(material in batch for batch in known)]
        size = max(1, self.size // smaller)
        place = {material: number for number, material in enumerate(wanted)}
        batches = sorted(  # as their first material was named: the same again, once all of them are known
            [*known, *(left[start : start + size] for start in range(0, len(left), size))],
            key=lambda batch: min(place[material] for material in batch if material in place),
        )
        return [
            self._batch(make(batch), scope, batch, f"{about} {number}/{len(batches)}")
            for number, batch in enumerate(batches, start=1)
        ]

    def _batch(self, job: Job, scope: str, materials: list[str], about: str) -> Job:
        """Take in the job of a batch, which notes what it computes and of what."""
        job = self.add(job, about)
        job.metadata.update(scope=scope, materials=materials)
        return job

    def _known(self, scope: str, wanted: set[str]) -> list[list[str]]:
        """Return finished batches that hold what is wanted, each material once, the largest share first."""
        if self.store is None:
            return []
        docs = {doc["uuid"]: doc for doc in self.store.query({SCOPE: scope}, properties=["uuid", "metadata"])}
        done = finished(self.store, docs)
        there = sorted((docs[uuid]["metadata"]["materials"], uuid) for uuid in done)
        chosen = []
        for batch, _ in sorted(there, key=lambda one: -len(wanted.intersection(one[0]))):
            if taken := wanted.intersection(batch):
                chosen.append(batch)
                wanted -= taken
        return chosen


def _scope(make: Callable[[list[str]], Job]) -> str:
    """Name what a job computes, whatever its batch."""
    return str(by_content(make([])).uuid)


def batch_jobs(jobs: Sequence[Job]) -> list[BatchJob]:
    """Say which job computes which batch."""
    return [BatchJob(job=job.uuid, materials=job.metadata["materials"]) for job in jobs]
