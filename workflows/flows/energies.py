"""The energy of a structure of the user's own, on the scale of the packaged energies."""

from __future__ import annotations

from dataclasses import dataclass

from jobflow import Flow, Job, Maker
from pymatgen.core import Structure

from screening.mlip import model_provenance
from screening.own_phase import Relaxation
from screening.reference import PACKAGED_MODEL
from workflows.identity import by_content
from workflows.jobs.energies import QUIET, ChgnetRelaxMaker, ChgnetStaticMaker, own_phase


@dataclass
class OwnEnergyMaker(Maker):  # type: ignore[misc]
    """Relax a structure with CHGNet and evaluate it.

    1. The energy of the structure as it is given.
    2. Its relaxation: atoms and cell.
    3. The energy of the relaxed structure.
    4. A phase of it all, for a table of one's own.

    Parameters
    ----------
    name
        Name of the flow.
    model
        CHGNet weights, ``"0.3.0"`` or ``"r2scan"``.
    force_tolerance_ev_per_angstrom
        Relaxed when no force is larger, nor the stress times the volume.
    most_steps
        Steps after which a relaxation is given up.
    optimizer
        ASE's name of it. FIRE, since BFGS may leave the basin of the structure given.

    Examples
    --------
    >>> flow = OwnEnergyMaker().make(Structure.from_file("LiF.cif"), "LiF")
    """

    name: str = "own energy"
    model: str = PACKAGED_MODEL
    force_tolerance_ev_per_angstrom: float = 0.05
    most_steps: int = 500
    optimizer: str = "FIRE"

    def make(self, structure: Structure, phase_id: str) -> Flow:
        """Build the graph.

        Parameters
        ----------
        structure
            Ordered; see :func:`screening.own_structures.read_own_structure`.
        phase_id
            Identifier of the phase.

        Raises
        ------
        InputError
            If CHGNet is not installed, or has no such weights.
        """
        provenance = model_provenance(self.model)
        relaxation = Relaxation(
            model=provenance,
            optimizer=self.optimizer,
            force_tolerance_ev_per_angstrom=self.force_tolerance_ev_per_angstrom,
            most_steps=self.most_steps,
        )
        static = ChgnetStaticMaker(model=self.model, weights_sha256=provenance.weights_sha256, **QUIET)
        as_given = by_content(static.make(structure))
        relaxed = by_content(self.relax_maker(provenance.weights_sha256).make(structure))
        final = by_content(static.make(relaxed.output.structure))
        phase = by_content(
            own_phase(
                phase_id,
                structure,
                relaxed.output.structure,
                as_given.output.output.energy_per_atom,
                final.output.output.energy_per_atom,
                relaxed.output.state,
                relaxed.output.output.n_steps,
                relaxation,
            )
        )
        made: list[Job] = [as_given, relaxed, final, phase]
        return Flow(made, output=phase.output, name=f"{self.name}: {phase_id}")

    def relax_maker(self, weights_sha256: str) -> ChgnetRelaxMaker:
        """Return the maker of the relaxation."""
        quiet = {**QUIET, "relax_kwargs": {**QUIET["relax_kwargs"], "fmax": self.force_tolerance_ev_per_angstrom}}
        return ChgnetRelaxMaker(
            model=self.model,
            weights_sha256=weights_sha256,
            steps=self.most_steps,
            optimizer_kwargs={"optimizer": self.optimizer},
            **quiet,
        )
