"""The part of a screening that takes samples of the energies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from jobflow import Job

from screening.coatings.drawn_contacts import Sampling
from screening.materials.material import Material
from screening.searches.screening_request import ScreeningPlan
from workflows.identity import named_by_content
from workflows.jobs import samples as jobs

Pair = tuple[str, str]  # names of a cathode and an electrolyte


@dataclass
class SampleJobs:
    """Wires the jobs that compute coatings in samples of the energies.

    A coating in all samples is the work of as many coatings, so they are taken in smaller batches than coatings with
    the energies as they are. Samples are random numbers by name, so that no job depends on which others there are.

    Parameters
    ----------
    plan
        What is screened.
    sampling
        Which samples.
    batch_size
        Coatings times samples in a job; at least one coating.
    states
        For each cathode the job that computes its states of charge.

    Attributes
    ----------
    made
        The jobs.
    """

    plan: ScreeningPlan
    sampling: Sampling
    batch_size: int
    states: Mapping[str, Job]
    made: list[Job] = field(default_factory=list)

    def __post_init__(self) -> None:
        source, plan = self.plan.energies, self.plan
        self._cathodes = {
            c.name: self._job(jobs.cathode_samples(source, self.sampling, c, self.states[c.name].output), c.name)
            for c in plan.cathodes
        }
        self._bare = {
            (c.name, e.name): self._job(
                jobs.bare_samples(source, self.sampling, self.states[c.name].output, e), f"{c.name}|{e.name}"
            )
            for c, e in product(plan.cathodes, plan.electrolytes)
        }

    def of(self, coatings: Sequence[Material]) -> dict[Pair, list[Any]]:
        """Wire the jobs of some coatings; return the outputs that hold them, by cathode and electrolyte."""
        together = max(1, self.batch_size // self.sampling.n_samples)
        joined: dict[Pair, list[Any]] = {pair: [] for pair in self._bare}
        for start in range(0, len(coatings), together):
            for pair, job in self._batch(coatings[start : start + together]).items():
                joined[pair].append(job.output)
        return joined

    def _batch(self, coatings: Sequence[Material]) -> dict[Pair, Job]:
        source, sampling, plan = self.plan.energies, self.sampling, self.plan
        materials = {coating.name: coating.reactant for coating in coatings}
        who = coatings[0].name if len(coatings) == 1 else f"{coatings[0].name} to {coatings[-1].name}"
        alone = self._job(jobs.material_samples(source, sampling, materials), who)
        on_cathode = {
            name: self._job(jobs.cathode_contact_samples(source, sampling, materials, cathode.output), f"{name}, {who}")
            for name, cathode in self._cathodes.items()
        }
        joined = {}
        for electrolyte in plan.electrolytes:
            closed = self._job(
                jobs.electrolyte_contact_samples(source, sampling, materials, electrolyte), f"{electrolyte.name}, {who}"
            )
            for name, cathode in self._cathodes.items():
                opened = self._job(
                    jobs.electrolyte_contact_samples(source, sampling, materials, electrolyte, cathode.output),
                    f"{electrolyte.name} at {name}, {who}",
                )
                pieces = {
                    "stability and window": alone.output,
                    "contacts with the cathode": on_cathode[name].output,
                    "contacts with the electrolyte": closed.output,
                    "open contacts with the electrolyte": opened.output,
                }
                pair = name, electrolyte.name
                join = jobs.join_samples(sampling, materials, pieces, self._bare[pair].output)
                joined[pair] = self._job(join, f"{', '.join(pair)}, {who}", needs_all=False)
        return joined

    def _job(self, job: Job, about: str, needs_all: bool = True) -> Job:
        self.made.append(named_by_content(job, about, needs_all))
        return self.made[-1]
