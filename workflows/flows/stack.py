"""The best coatings of one or two layers between a cathode and an electrolyte."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jobflow import Flow, JobStore, Maker

from screening.searches.stacks.stack_documents import Ensemble
from screening.searches.stacks.stack_request import StackPlan, plan_stacks
from workflows.batches import Batches
from workflows.jobs import screening
from workflows.jobs.stack import best_stacks


@dataclass
class StackMaker(Maker):  # type: ignore[misc]
    """Find the best stacks of coatings between a cathode and an electrolyte.

    Batch by batch of coatings their phase stability, electrochemical windows, and contacts with the cathode and the
    electrolyte, by the jobs of a screening: what a screening has computed into the same store is not done again. Then
    one job compares all stacks of one and of two layers, computing the interfaces between
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

    Examples
    --------
    >>> flow = StackMaker(top=5).make(coatings=["LiNbO3", "Li3PO4"], cathode="NCM83", electrolyte="Li6PS5Cl")
    """

    name: str = "stacks"
    ranked_by: Ensemble = "closed"
    top: int = 10
    batch_size: int = 200

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

    def from_plan(self, plan: StackPlan, store: JobStore | None = None) -> Flow:
        """Build the graph of a checked request.

        Parameters
        ----------
        plan
            The request.
        store
            A job store, connected: what it holds of the work is taken from there; see :mod:`workflows.batches`.
        """
        source, electrolyte, batches = plan.energies, plan.electrolyte, Batches(self.batch_size, store)
        states = batches.add(screening.cathode_states(source, plan.cathode), plan.cathode.name)
        materials = [coating.reactant for coating in plan.coatings]

        def against(about: str, cathode: Any = None, met: str | None = None) -> list[Any]:
            def one(batch: list[str]) -> Any:
                return screening.coating_contacts(source, batch, cathode, met)

            return [job.output for job in batches.divide(one, materials, about)]

        alone = batches.divide(lambda batch: screening.material_properties(source, batch), materials, "coatings")
        found = batches.add(
            best_stacks(
                source,
                states.output,
                electrolyte,
                list(plan.coatings),
                [job.output for job in alone],
                against(plan.cathode.name, states.output),
                against(electrolyte.name, met=electrolyte.reactant),
                against(f"{electrolyte.name} at {plan.cathode.name}", states.output, electrolyte.reactant),
                plan.criterion,
                self.ranked_by,
                self.top,
                plan.failed,
            ),
            f"{plan.cathode.name}|{electrolyte.name}",
            needs_all=False,
        )
        return Flow(batches.made, output=found.output, name=self.name)
