"""The main job: screen coatings between cathodes and electrolytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from jobflow import Flow, Job, Maker

from screening.cathodes.lithium_potentials import MuSource
from screening.coatings.drawn_contacts import Sampling
from screening.criteria.criteria import Criterion, default_criteria
from screening.energies.source import EnergySource
from screening.materials.material import Material
from screening.searches.screening_request import ScreeningPlan, plan_screening
from workflows.flows.samples import SampleJobs
from workflows.identity import named_by_content
from workflows.jobs import screening as jobs


@dataclass
class CoatingScreeningMaker(Maker):  # type: ignore[misc]
    """Screen coatings between cathodes and electrolytes.

    For every material its phase stability and electrochemical window; for every cathode its states of charge
    and their lithium potentials; then each interface, closed and open to lithium at each state's potential:
    the bare cathode|electrolyte, coating|cathode at each state, coating|electrolyte, and any two phases of a composite
    coating. Then the coatings are ranked
    for each cathode and electrolyte (Zhao et al., ACS Nano, eqs 1-5; criteria after Xiao et al., Joule 2019).

    Coatings are computed in batches, so that a thousand of them are some tens of jobs. A material or a job that
    fails is named in the results and does not stop the others.

    Parameters
    ----------
    name
        Name of the flow.
    batch_size
        Coatings in a job.
    prefer_mu
        Which lithium potential to use where the literature has one beside the computed one.
    criteria
        What coatings are judged by; None for the packaged criteria.
    samples
        In how many samples of the energies to compute all again, for intervals and probabilities; None: in none. The
        jobs with the energies as they are stay the same.
    seed
        Names another set of samples.

    Examples
    --------
    >>> flow = CoatingScreeningMaker().make(coatings=["LiNbO3"], cathodes=["NCM83"], electrolytes=["Li6PS5Cl"])
    """

    name: str = "coating screening"
    batch_size: int = 200
    prefer_mu: MuSource = "cited"
    criteria: tuple[Criterion, ...] | None = None
    samples: int | None = None
    seed: int = 0

    def make(
        self,
        coatings: Sequence[str],
        cathodes: Sequence[str],
        electrolytes: Sequence[str],
        energies: str = "reference",
        catalogue: Sequence[str] = (),
    ) -> Flow:
        """Build the graph.

        Parameters
        ----------
        coatings, cathodes, electrolytes
            Names from the catalogue, or materials.
        energies
            As for :func:`screening.energies.source.open_energies`.
        catalogue
            YAML files of the user's own materials.

        Raises
        ------
        InputError
            If a name is unknown, a list is empty, or an element has no energies.
        """
        return self.from_plan(plan_screening(coatings, cathodes, electrolytes, energies, catalogue))

    def from_plan(self, plan: ScreeningPlan) -> Flow:
        """Build the graph of a checked request.

        Raises
        ------
        InputError
            If samples are wanted and the energies have no error model.
        """
        source, criteria = plan.energies, list(self.criteria or default_criteria())
        batches = [plan.coatings[i : i + self.batch_size] for i in range(0, len(plan.coatings), self.batch_size)]
        states = {
            c.name: named_by_content(jobs.cathode_states(source, c, self.prefer_mu), c.name) for c in plan.cathodes
        }
        neighbours = {e.reactant: e.reactant for e in plan.electrolytes}
        neighbours |= {c.formula(state): c.formula(state) for c in plan.cathodes for state in c.lithiations}
        stability = named_by_content(jobs.stability_of(source, neighbours), "neighbours")
        windows = named_by_content(jobs.windows_of(source, neighbours), "neighbours")
        made = [*states.values(), stability, windows]
        sampled = None
        if self.samples is not None:
            sampling = Sampling.of(source.open(), self.samples, self.seed)
            sampled = SampleJobs(plan, sampling, self.batch_size, states)
        bare = {}
        for cathode, electrolyte in product(plan.cathodes, plan.electrolytes):
            one = named_by_content(
                jobs.bare_interface(source, states[cathode.name].output, electrolyte, stability.output, windows.output),
                f"{cathode.name}|{electrolyte.name}",
            )
            bare[cathode.name, electrolyte.name] = one
            made.append(one)
        judged: dict[tuple[str, str], list[Job]] = {pair: [] for pair in bare}
        for number, coatings in enumerate(batches, start=1):
            count = f"{number}/{len(batches)}"
            samples = {} if sampled is None else sampled.of(coatings)
            records = self._batch(source, count, plan, coatings, states, samples, made)
            for pair, job in records.items():
                judging = jobs.judge_records(job.output, bare[pair].output, criteria)
                judged[pair].append(named_by_content(judging, f"{', '.join(pair)} {count}", needs_all=False))
                made.append(judged[pair][-1])
        for pair, parts in judged.items():
            made.append(named_by_content(jobs.rank([j.output for j in parts]), ", ".join(pair), needs_all=False))
        return Flow(made + (sampled.made if sampled is not None else []), name=self.name)

    def _batch(
        self,
        source: EnergySource,
        number: str,
        plan: ScreeningPlan,
        coatings: Sequence[Material],
        states: dict[str, Job],
        samples: dict[tuple[str, str], list[Any]],
        made: list[Job],
    ) -> dict[tuple[str, str], Job]:
        """Wire the jobs of one batch of coatings, and return those of its records by cathode and electrolyte."""
        materials = {coating.name: coating.reactant for coating in coatings}
        stability = named_by_content(jobs.stability_of(source, materials), f"coatings {number}")
        windows = named_by_content(jobs.windows_of(source, materials), f"coatings {number}")
        on_cathode = {
            c.name: named_by_content(
                jobs.contacts_with_cathode(source, materials, states[c.name].output), f"{c.name} {number}"
            )
            for c in plan.cathodes
        }
        closed = {
            e.name: named_by_content(jobs.contacts_with_electrolyte(source, materials, e), f"{e.name} {number}")
            for e in plan.electrolytes
        }
        made += [stability, windows, *on_cathode.values(), *closed.values()]
        records = {}
        for cathode, electrolyte in product(plan.cathodes, plan.electrolytes):
            where = f"{electrolyte.name} at {cathode.name} {number}"
            opened = named_by_content(
                jobs.contacts_with_electrolyte(source, materials, electrolyte, states[cathode.name].output), where
            )
            record = jobs.assemble_records(
                source,
                list(coatings),
                cathode.name,
                electrolyte.name,
                stability.output,
                windows.output,
                {
                    "contacts with the cathode": on_cathode[cathode.name].output,
                    "contacts with the electrolyte": closed[electrolyte.name].output,
                    "open contacts with the electrolyte": opened.output,
                },
                **({"samples": samples[cathode.name, electrolyte.name]} if samples else {}),
            )
            records[cathode.name, electrolyte.name] = named_by_content(
                record, f"{cathode.name}, {electrolyte.name} {number}", needs_all=False
            )
            made += [opened, records[cathode.name, electrolyte.name]]
        return records
