"""The best coatings of one or two layers between a cathode and an electrolyte."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jobflow import Flow, Maker

from screening.cathodes.lithium_potentials import MuSource
from screening.searches.stacks.stack_documents import Ensemble
from screening.searches.stacks.stack_request import StackPlan, plan_stacks
from workflows.identity import named_by_content
from workflows.jobs import screening as screening_jobs
from workflows.jobs import stack as jobs


@dataclass
class StackMaker(Maker):  # type: ignore[misc]
    """Find the best stacks of coatings between a cathode and an electrolyte.

    Batch by batch of coatings their phase stability, electrochemical windows, and contacts with the cathode and the
    electrolyte, by the jobs of a screening: where a screening of the same batches has run into the same store, nothing
    of this is done again. Then one job compares all stacks of one and of two layers, computing the interfaces between
    layers that this needs.

    Parameters
    ----------
    name
        Name of the flow.
    ranked_by
        Which contacts count first, ``"closed"`` or ``"open"`` to lithium at the potentials of the cathode's states.
    top
        How many stacks of one and of two layers are wanted.
    batch_size
        Coatings in a job.
    prefer_mu
        Which lithium potential to use where the literature has one beside the computed one.

    Examples
    --------
    >>> flow = StackMaker(top=5).make(coatings=["LiNbO3", "Li3PO4"], cathode="NCM83", electrolyte="Li6PS5Cl")
    """

    name: str = "stacks"
    ranked_by: Ensemble = "closed"
    top: int = 10
    batch_size: int = 200
    prefer_mu: MuSource = "cited"

    def make(
        self,
        coatings: Sequence[str],
        cathode: str,
        electrolyte: str,
        energies: str = "reference",
        catalogue: Sequence[str] = (),
    ) -> Flow:
        """Build the graph; its output is that of the job that compares the stacks.

        Parameters
        ----------
        coatings, cathode, electrolyte
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
        return self.from_plan(plan_stacks(coatings, cathode, electrolyte, energies, catalogue))

    def from_plan(self, plan: StackPlan) -> Flow:
        """Build the graph of a checked request."""
        source, electrolyte = plan.energies, plan.electrolyte
        states = named_by_content(
            screening_jobs.cathode_states(source, plan.cathode, self.prefer_mu), plan.cathode.name
        )
        made, layers = [states], []
        batches = [plan.coatings[i : i + self.batch_size] for i in range(0, len(plan.coatings), self.batch_size)]
        for number, coatings in enumerate(batches, start=1):
            count = f"{number}/{len(batches)}"
            materials = {coating.name: coating.reactant for coating in coatings}
            parts = [
                named_by_content(screening_jobs.stability_of(source, materials), f"coatings {count}"),
                named_by_content(screening_jobs.windows_of(source, materials), f"coatings {count}"),
                named_by_content(
                    screening_jobs.contacts_with_cathode(source, materials, states.output),
                    f"{plan.cathode.name} {count}",
                ),
                named_by_content(
                    screening_jobs.contacts_with_electrolyte(source, materials, electrolyte),
                    f"{electrolyte.name} {count}",
                ),
                named_by_content(
                    screening_jobs.contacts_with_electrolyte(source, materials, electrolyte, states.output),
                    f"{electrolyte.name} at {plan.cathode.name} {count}",
                ),
            ]
            joined = jobs.layers_of(list(coatings), *(part.output for part in parts))
            layers.append(named_by_content(joined, count, needs_all=False))
            made += [*parts, layers[-1]]
        found = named_by_content(
            jobs.best_stacks(
                source,
                states.output,
                electrolyte,
                [batch.output for batch in layers],
                plan.criterion,
                self.ranked_by,
                self.top,
                plan.left_out,
            ),
            f"{plan.cathode.name}|{electrolyte.name}",
        )
        return Flow([*made, found], output=found.output, name=self.name)
