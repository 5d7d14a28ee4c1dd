"""The lowest-energy orderings of a disordered material: a cathode at its states of charge, or a solid solution."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jobflow import Flow, Job, Maker

from screening.cathodes.ordering.disorder import DisorderedCrystal
from screening.cathodes.ordering.orderings import Draw
from screening.cathodes.ordering.supercell import CellSize, Supercell, choose_matrix
from screening.energies.packaged.packaged_table import PACKAGED_MODEL
from screening.energies.user.user_phase import Relaxation
from workflows.identity import named_by_content
from workflows.jobs.energies import QUIET, relaxing_weights, weights_of
from workflows.jobs.orderings import OrderingRelaxMaker, draw, ordered_cell

LITHIUM = "Li"  # the group lithium leaves


@dataclass
class OrderingMaker(Maker):  # type: ignore[misc]
    """Find the lowest-energy ordering of a disordered material with CHGNet.

    1. One supercell that holds every composition asked for.
    2. Orderings of the first composition, drawn with a seed; where fewer are to be relaxed than drawn, those of the
       lowest energy before relaxing.
    3. The relaxation of each, atoms and cell; one that fails is tried again with another optimizer, then left out.
    4. The lowest relaxed further.
    5. The same for each further composition, of which lithium alone is arranged anew: the metals of a cathode stay
       where they are when lithium leaves (30 random orderings of the metals: Wang et al., Adv. Energy Mater. 2021).

    Parameters
    ----------
    name
        Name of the flow.
    model
        The model of the energies; SevenNet's are of structures that CHGNet relaxed.
    drawing
        How orderings are drawn.
    n_relaxed
        How many are relaxed; None: all.
    size
        How large the supercell may be.
    first_tolerance_ev_per_angstrom, force_tolerance_ev_per_angstrom
        Largest force, and stress times volume, at the end of each relaxation, and of that of the lowest.
    most_steps
        Steps after which a relaxation has failed.

    Examples
    --------
    >>> crystals = {1.0: lithiated_cathode(cathode, 1.0), 0.5: lithiated_cathode(cathode, 0.5)}
    >>> flow = OrderingMaker().make("NCM83", crystals)
    """

    name: str = "orderings"
    model: str = PACKAGED_MODEL
    drawing: Draw = field(default_factory=Draw)
    n_relaxed: int | None = None
    size: CellSize = field(default_factory=CellSize)
    first_tolerance_ev_per_angstrom: float = 0.1
    force_tolerance_ev_per_angstrom: float = 0.05
    most_steps: int = 300

    def make(self, material: str, crystals: dict[float, DisorderedCrystal] | DisorderedCrystal) -> Flow:
        """Build the graph.

        Parameters
        ----------
        material
            Name of the material.
        crystals
            What it is; for a cathode by lithium content, the one with all lithium sites filled first.

        Raises
        ------
        InputError
            If no supercell holds every composition, or CHGNet is not installed.
        """
        states: list[tuple[float | None, DisorderedCrystal]] = (
            list(crystals.items()) if isinstance(crystals, dict) else [(None, crystals)]
        )
        matrix = choose_matrix([crystal for _, crystal in states], self.size)
        framework: Job | None = None
        jobs: list[Job] = []
        found: list[Job] = []
        for lithium, crystal in states:
            made = self._state(material, lithium, Supercell(crystal=crystal, matrix=matrix), framework)
            jobs += made
            found.append(made[-1])
            framework = framework or made[-1]
        return Flow(jobs, output=[job.output for job in found], name=f"{self.name}: {material}")

    def _state(self, material: str, lithium: float | None, cell: Supercell, framework: Job | None) -> list[Job]:
        """Wire the jobs of one composition; the last one's output is its lowest ordering."""
        what = material if lithium is None else f"{material} with {lithium:g} Li"
        n_relaxed = self.drawing.n_orderings if self.n_relaxed is None else self.n_relaxed
        kept = None if framework is None else framework.output
        drawn = named_by_content(draw(cell, self.drawing, n_relaxed, self.model, kept, [LITHIUM]), what)
        first, last = (
            self._relax_maker(tolerance)
            for tolerance in (self.first_tolerance_ev_per_angstrom, self.force_tolerance_ev_per_angstrom)
        )
        relaxed = [named_by_content(first.make(drawn.output, i), f"{i} of {what}") for i in range(n_relaxed)]
        outputs = [job.output for job in relaxed]
        final = named_by_content(last.finish(outputs, what), f"lowest of {what}", needs_all=False)
        document = named_by_content(
            ordered_cell(material, lithium, drawn.output, outputs, final.output, self.relaxation), what, needs_all=False
        )
        return [drawn, *relaxed, final, document]

    @property
    def relaxation(self) -> Relaxation:
        """How the lowest is relaxed to its end."""
        return Relaxation(
            **weights_of(self.model),
            optimizer=str(OrderingRelaxMaker().optimizer_kwargs["optimizer"]),
            force_tolerance_ev_per_angstrom=self.force_tolerance_ev_per_angstrom,
            most_steps=self.most_steps,
        )

    def _relax_maker(self, tolerance: float) -> OrderingRelaxMaker:
        quiet: dict[str, Any] = {**QUIET, "relax_kwargs": {**QUIET["relax_kwargs"], "fmax": tolerance}}
        return OrderingRelaxMaker(
            **relaxing_weights(self.model),
            steps=self.most_steps,
            **quiet,
        )
