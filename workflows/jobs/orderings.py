"""The jobs that find the lowest-energy ordering of a disordered material."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from jobflow import job
from pymatgen.core import Structure

from screening.cathodes.ordering.ordered_cell import (
    DrawnOrderings,
    OrderedCell,
    RelaxedOrdering,
    candidates_of,
    lowest_of_single_points,
    lowest_ordering,
)
from screening.cathodes.ordering.ordered_cell import ordered_cell as make_ordered_cell
from screening.cathodes.ordering.orderings import Draw
from screening.cathodes.ordering.supercell import Supercell
from screening.energies.packaged.packaged_table import PACKAGED_MODEL
from screening.energies.packaged.scale_energies import scale_energies
from screening.files.plain_data import structure_of
from screening.structures.files import describe_isolation
from workflows.jobs import as_job
from workflows.jobs.energies import ChgnetRelaxMaker

logger = logging.getLogger(__name__)


@dataclass
class OrderingRelaxMaker(ChgnetRelaxMaker):
    """Relax one of several orderings with CHGNet, and if that fails once more with another optimizer.

    Parameters
    ----------
    second_optimizer
        ASE's name of the optimizer of the second try; slower, and rarely led astray.
    energy_model
        The model whose energies the relaxed orderings have, on the scale of its packaged table.
    energy_weights_sha256
        Hash of its weights.
    """

    name: str = "relax ordering"
    second_optimizer: str = "FIRE"
    energy_model: str = PACKAGED_MODEL
    energy_weights_sha256: str = ""
    optimizer_kwargs: dict[str, Any] = field(default_factory=lambda: {"optimizer": "BFGS"})

    @job(output_schema=RelaxedOrdering)
    def make(self, drawn: DrawnOrderings, number: int) -> RelaxedOrdering:
        """Relax the ordering of a number; there is nothing to do where there are fewer."""
        if number >= len(drawn.orderings):
            return RelaxedOrdering(number=number, ordering=None, why_missing="there are fewer orderings")
        return self.relax(drawn.structure(number), number, drawn.orderings[number])

    @job(output_schema=RelaxedOrdering)
    def finish(self, relaxed: list[RelaxedOrdering | None], name: str) -> RelaxedOrdering:
        """Relax the lowest of several further, to the tolerance of this maker."""
        lowest = lowest_ordering([one for one in relaxed if one is not None], name)
        return self.relax(structure_of(lowest.structure or {}), lowest.number, lowest.ordering or [])

    def relax(self, structure: Structure, number: int, ordering: list[str]) -> RelaxedOrdering:
        """Relax a structure, with two tries; not as a job."""
        _ = self.calculator  # where CHGNet is missing the job fails, and the ordering is not left out for that
        reasons = []
        for optimizer in dict.fromkeys((str(self.optimizer_kwargs["optimizer"]), self.second_optimizer)):
            maker = replace(self, optimizer_kwargs={"optimizer": optimizer})
            try:
                result = maker.relaxed(structure)
            except Exception as error:  # whatever an optimizer stumbles on
                reasons.append(
                    f"{optimizer}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
                )
                continue
            relaxed, steps = result.final_mol_or_struct, len(result.trajectory) - 1
            if not result.converged:
                reasons.append(f"{optimizer}: not converged in {self.steps} steps")
                continue
            if apart := describe_isolation(relaxed):
                reasons.append(f"{optimizer}: it fell apart: {apart}")
                continue
            atoms = maker.calculator.results
            energy = float(atoms["energy"]) / len(relaxed)
            if self.energy_model != self.model:
                (energy,) = scale_energies([relaxed], self.energy_model)
            return RelaxedOrdering(
                number=number,
                ordering=ordering,
                energy_ev_per_atom=energy,
                volume_a3_per_atom=relaxed.volume / len(relaxed),
                magnetic_moments_mu_b=[float(moment) for moment in atoms["magmoms"]],
                steps=steps,
                optimizer=optimizer,
                structure=json.loads(Structure(relaxed.lattice, relaxed.species, relaxed.frac_coords).to_json()),
                why_missing=None,
            )
        logger.warning("ordering %s is left out: %s", number, "; ".join(reasons))
        return RelaxedOrdering(number=number, ordering=ordering, why_missing="; ".join(reasons))


@partial(as_job, output_schema=DrawnOrderings)
def draw(
    cell: Supercell, how: Draw, n_relaxed: int, model: str, framework: OrderedCell | None, free: list[str]
) -> DrawnOrderings:
    """Draw orderings, and keep those that are lowest before relaxing where fewer are to be relaxed."""
    drawn = candidates_of(cell, how, framework, free)
    if len(drawn.orderings) <= n_relaxed:
        return drawn
    energies = scale_energies([drawn.structure(i) for i in range(len(drawn.orderings))], model)
    return lowest_of_single_points(drawn, energies, n_relaxed)


ordered_cell = as_job(make_ordered_cell, output_schema=OrderedCell)
