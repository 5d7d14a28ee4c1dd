"""The main job: screen coatings between cathodes and electrolytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from jobflow import Flow, Job, Maker, OnMissing

from screening.batch import EnergySource
from screening.cathode import MuSource
from screening.criteria import Criterion, default_criteria
from screening.materials import Material
from screening.plan import ScreeningPlan, plan_screening
from workflows.identity import by_content
from workflows.jobs import screening as jobs


@dataclass
class CoatingScreeningMaker(Maker):  # type: ignore[misc]
    """Screen coatings between cathodes and electrolytes.

    For every material its phase stability and electrochemical window; for every cathode its states of charge
    and their lithium potentials; then each interface, closed and open to lithium at each state's potential:
    the bare cathode|electrolyte, coating|cathode at each state, coating|electrolyte. Then the coatings are ranked
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

    Examples
    --------
    >>> flow = CoatingScreeningMaker().make(coatings=["LiNbO3"], cathodes=["NCM83"], electrolytes=["Li6PS5Cl"])
    """

    name: str = "coating screening"
    batch_size: int = 200
    prefer_mu: MuSource = "cited"
    criteria: tuple[Criterion, ...] | None = None

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
            Names from the catalogue, or formulas.
        energies
            As for :func:`screening.energies.open_energies`.
        catalogue
            YAML files of the user's own materials.

        Raises
        ------
        InputError
            If a name is unknown, a list is empty, or an element has no energies.
        """
        return self.from_plan(plan_screening(coatings, cathodes, electrolytes, energies, catalogue))

    def from_plan(self, plan: ScreeningPlan) -> Flow:
        """Build the graph of a checked request."""
        source, criteria = plan.energies, list(self.criteria or default_criteria())
        batches = [plan.coatings[i : i + self.batch_size] for i in range(0, len(plan.coatings), self.batch_size)]
        states = {c.name: _job(jobs.cathode_states(source, c, self.prefer_mu), c.name) for c in plan.cathodes}
        neighbours = {e.formula: e.formula for e in plan.electrolytes}
        neighbours |= {c.formula(state): c.formula(state) for c in plan.cathodes for state in c.lithiations}
        stability = _job(jobs.stability_of(source, neighbours), "neighbours")
        windows = _job(jobs.windows_of(source, neighbours), "neighbours")
        made = [*states.values(), stability, windows]
        bare = {}
        for cathode, electrolyte in product(plan.cathodes, plan.electrolytes):
            one = _job(
                jobs.bare_interface(source, states[cathode.name].output, electrolyte, stability.output, windows.output),
                f"{cathode.name}|{electrolyte.name}",
            )
            bare[cathode.name, electrolyte.name] = one
            made.append(one)
        records: dict[tuple[str, str], list[Job]] = {pair: [] for pair in bare}
        for number, coatings in enumerate(batches, start=1):
            made += self._batch(source, f"{number}/{len(batches)}", plan, coatings, states, records)
        for (cathode_name, electrolyte_name), parts in records.items():
            ranking = jobs.rank([j.output for j in parts], bare[cathode_name, electrolyte_name].output, criteria)
            made.append(_job(ranking, f"{cathode_name}, {electrolyte_name}", needs_all=False))
        return Flow(made, name=self.name)

    def _batch(
        self,
        source: EnergySource,
        number: str,
        plan: ScreeningPlan,
        coatings: Sequence[Material],
        states: dict[str, Job],
        records: dict[tuple[str, str], list[Job]],
    ) -> list[Job]:
        """Wire the jobs of one batch of coatings."""
        formulas = {coating.name: coating.formula for coating in coatings}
        stability = _job(jobs.stability_of(source, formulas), f"coatings {number}")
        windows = _job(jobs.windows_of(source, formulas), f"coatings {number}")
        on_cathode = {
            c.name: _job(jobs.contacts_with_cathode(source, formulas, states[c.name].output), f"{c.name} {number}")
            for c in plan.cathodes
        }
        closed = {
            e.name: _job(jobs.contacts_with_electrolyte(source, formulas, e), f"{e.name} {number}")
            for e in plan.electrolytes
        }
        made = [stability, windows, *on_cathode.values(), *closed.values()]
        for cathode, electrolyte in product(plan.cathodes, plan.electrolytes):
            where = f"{electrolyte.name} at {cathode.name} {number}"
            opened = _job(
                jobs.contacts_with_electrolyte(source, formulas, electrolyte, states[cathode.name].output), where
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
            )
            made += [opened, _job(record, f"{cathode.name}, {electrolyte.name} {number}", needs_all=False)]
            records[cathode.name, electrolyte.name].append(made[-1])
        return made


def _job(job: Job, about: str, needs_all: bool = True) -> Job:
    """Name a job by what it is about, and identify it by its content."""
    job.name = f"{job.name}: {about}"
    if not needs_all:
        job.config.on_missing_references = OnMissing.NONE
    return by_content(job)
