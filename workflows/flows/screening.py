"""The main job: screen coatings between cathodes and electrolytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from jobflow import Flow, Job, JobStore, Maker

from screening.coatings.ranking_request import (
    ON_CATHODE,
    ON_ELECTROLYTE,
    OPEN_ON_ELECTROLYTE,
    PROPERTIES,
    PieceJobs,
    RankingRequest,
    ScreenedCoating,
)
from screening.coatings.samples import Sampling
from screening.criteria.criteria import Criterion, default_criteria
from screening.searches.screening_request import ScreeningPlan, plan_screening
from screening.transport.film import Film
from screening.uncertainty.energy_errors import Against
from workflows.batches import Batches, batch_jobs
from workflows.identity import digest
from workflows.jobs import screening as jobs

Pair = tuple[str, str]  # names of a cathode and an electrolyte


@dataclass
class CoatingScreeningMaker(Maker):  # type: ignore[misc]
    """Screen coatings between cathodes and electrolytes.

    For every material its phase stability and electrochemical window; for every cathode its states of charge
    and their lithium potentials; then each interface, closed and open to lithium at each state's potential:
    the bare cathode|electrolyte, coating|cathode at each state, coating|electrolyte, and any two phases of a composite
    coating (Zhao et al., ACS Nano, eqs 1-5). A job for each cathode and electrolyte says which coatings are ranked
    together and where their pieces are; it comes first, so that what is finished can be ranked while the rest goes on.
    :class:`workflows.builders.CoatingBuilder` ranks them, by criteria after Xiao et al., Joule 2019.

    Coatings are computed in batches, so that a thousand of them are some tens of jobs. A material or a job that
    fails is named in the results and does not stop the others.

    Parameters
    ----------
    name
        Name of the flow.
    batch_size
        Coatings in a job; of jobs that take samples of the energies, coatings times samples.
    criteria
        What coatings are judged by; None for the packaged criteria.
    samples
        In how many samples of the energies to compute all again, for intervals and probabilities; None: in none. The
        jobs with the energies as they are stay the same.
    seed
        Names another set of samples.
    against
        What the errors of the energies are counted from, ``"DFT"`` or ``"measurement"``; None: DFT where there is such
        an error model.
    film
        How thick the coatings are, and on which area; None for the packaged film.

    Examples
    --------
    >>> flow = CoatingScreeningMaker().make(coatings=["LiNbO3"], cathodes=["NCM83"], electrolytes=["Li6PS5Cl"])
    """

    name: str = "coating screening"
    batch_size: int = 200
    criteria: tuple[Criterion, ...] | None = None
    samples: int | None = None
    seed: int = 0
    against: Against | None = None
    film: Film | None = None

    def make(
        self,
        coatings: Sequence[str],
        cathodes: Sequence[str],
        electrolytes: Sequence[str],
        energies: str = "reference",
        catalogue: Sequence[str] = (),
        lithiation: Sequence[float] = (),
        voltage: Sequence[float] = (),
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
        lithiation, voltage
            Further states of charge of every cathode, as lithium atoms in a formula unit, and the voltages at which
            contacts are opened to lithium; see :func:`~screening.searches.screening_request.plan_screening`.

        Raises
        ------
        InputError
            If a name is unknown, a list is empty, or an element has no energies.
        """
        plan = plan_screening(
            coatings, cathodes, electrolytes, energies, catalogue, lithiation=lithiation, voltage=voltage
        )
        return self.from_plan(plan)

    def from_plan(self, plan: ScreeningPlan, store: JobStore | None = None) -> Flow:
        """Build the graph of a checked request.

        Parameters
        ----------
        plan
            The request.
        store
            A job store, connected: what it holds of the work is taken from there; see :mod:`workflows.batches`.

        Raises
        ------
        InputError
            If samples are wanted and the energies have no error model.
        """
        wiring = _Wiring(plan, Batches(self.batch_size, store))
        nominal, sampling = wiring.nominal(), None
        sampled: dict[Pair, PieceJobs] = {}
        if self.samples is not None:
            sampling = Sampling.of(plan.energies.open(), self.samples, self.seed, self.against)
            sampled = wiring.sampled(sampling)
        film = self.film or Film()
        criteria, provenance = list(self.criteria or default_criteria()), plan.energies.open().provenance
        for (cathode, electrolyte), pieces in nominal.items():
            rests_on = {
                "states": wiring.states[cathode].uuid,
                "bare": pieces.bare_interface,
                "electrolyte": electrolyte,
                "sampling": None if sampling is None else sampling.model_dump(),
                "criteria": [criterion.model_dump() for criterion in criteria],
                **({} if film == Film() else {"film": film.model_dump()}),  # so that earlier rankings are found again
            }
            request = RankingRequest(
                energies=provenance,
                ranking_id=digest(rests_on)[:32],
                cathode=cathode,
                electrolyte=electrolyte,
                criteria=criteria,
                sampling=sampling,
                film=film,
                coatings=[ScreenedCoating.of(coating, plan.columns.get(coating.name)) for coating in plan.coatings],
                nominal=pieces,
                sampled=sampled.get((cathode, electrolyte)),
            )
            job = wiring.batches.add(jobs.ranking_request(request), f"{cathode}|{electrolyte}")
            job.metadata.update(ranking=request.ranking_id)
        made = sorted(wiring.batches.made, key=lambda job: "ranking" not in job.metadata)
        return Flow(made, name=self.name)


class _Wiring:
    """Makes the jobs of a screening: those of one cathode, one electrolyte or one coating once for all pairs."""

    def __init__(self, plan: ScreeningPlan, batches: Batches) -> None:
        self.plan = plan
        self.batches = batches
        self.coatings = [coating.reactant for coating in plan.coatings]
        self.states = {c.name: batches.add(jobs.cathode_states(plan.energies, c), c.name) for c in plan.cathodes}

    def nominal(self) -> dict[Pair, PieceJobs]:
        """Make the jobs with the energies as they are."""
        source, together, divide = self.plan.energies, self.batches.together, self.batches.divide

        def alone(materials: list[str]) -> Job:
            return jobs.material_properties(source, materials)

        neighbours = {
            **{c.name: together(alone, [c.formula(s) for s in c.lithiations], c.name) for c in self.plan.cathodes},
            **{e.name: together(alone, [e.reactant], e.name) for e in self.plan.electrolytes},
        }
        bare = {}
        for c, e in product(self.plan.cathodes, self.plan.electrolytes):
            met = [neighbours[c.name].output, neighbours[e.name].output]
            one = jobs.bare_interface(source, self.states[c.name].output, e, met)
            bare[c.name, e.name] = self.batches.add(one, f"{c.name}|{e.name}")
        return self._pieces(
            bare,
            divide(alone, self.coatings, "coatings"),
            lambda materials, cathode, electrolyte: jobs.coating_contacts(source, materials, cathode, electrolyte),
            self.states,
        )

    def sampled(self, sampling: Sampling) -> dict[Pair, PieceJobs]:
        """Make the jobs that compute the same in samples of the energies."""
        source = self.plan.energies
        cathodes = {
            c.name: self.batches.add(jobs.sampled_cathode(source, sampling, c, self.states[c.name].output), c.name)
            for c in self.plan.cathodes
        }
        bare = {
            (c.name, e.name): self.batches.add(
                jobs.sampled_bare_interface(source, sampling, self.states[c.name].output, e), f"{c.name}|{e.name}"
            )
            for c, e in product(self.plan.cathodes, self.plan.electrolytes)
        }
        return self._pieces(
            bare,
            self.batches.divide(
                lambda materials: jobs.sampled_properties(source, sampling, materials),
                self.coatings,
                "coatings",
                sampling.n_samples,
            ),
            lambda materials, cathode, electrolyte: jobs.sampled_contacts(
                source, sampling, materials, cathode, electrolyte
            ),
            cathodes,
            sampling.n_samples,
        )

    def _pieces(
        self,
        bare: Mapping[Pair, Job],
        properties: Sequence[Job],
        contacts: Callable[[list[str], Any, str | None], Job],
        cathodes: Mapping[str, Job],
        smaller: int = 1,
    ) -> dict[Pair, PieceJobs]:
        """Make the jobs of contacts, and say which jobs hold the pieces of each cathode and electrolyte.

        Parameters
        ----------
        contacts
            Makes the job of a batch of coatings against a cathode, an electrolyte, or an electrolyte at a cathode's
            potentials.
        cathodes
            The job whose output is the cathode that contacts are computed with, by its name.
        """
        plan, coatings, divide = self.plan, self.coatings, self.batches.divide

        def against(about: str, cathode: Any = None, electrolyte: str | None = None) -> list[Job]:
            return divide(lambda materials: contacts(materials, cathode, electrolyte), coatings, about, smaller)

        on_cathode = {c.name: against(c.name, cathodes[c.name].output) for c in plan.cathodes}
        closed = {e.name: against(e.name, electrolyte=e.reactant) for e in plan.electrolytes}
        pieces = {}
        for c, e in product(plan.cathodes, plan.electrolytes):
            opened = against(f"{e.name} at {c.name}", cathodes[c.name].output, e.reactant)
            pieces[c.name, e.name] = PieceJobs(
                bare_interface=bare[c.name, e.name].uuid,
                batches={
                    PROPERTIES: batch_jobs(properties),
                    ON_CATHODE: batch_jobs(on_cathode[c.name]),
                    ON_ELECTROLYTE: batch_jobs(closed[e.name]),
                    OPEN_ON_ELECTROLYTE: batch_jobs(opened),
                },
            )
        return pieces
