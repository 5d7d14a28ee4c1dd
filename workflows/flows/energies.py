"""The energy of a structure of the user's own: one graph, for a force field and for VASP."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from atomate2.vasp.flows.mp import MPGGADoubleRelaxStaticMaker
from jobflow import Flow, Job, Maker
from pymatgen.core import Structure

from screening.energies.packaged.packaged_table import PACKAGED_MODEL
from screening.energies.potentials.models import relaxing_model
from screening.energies.potentials.potential import model_provenance
from screening.energies.user.user_phase import Relaxation
from workflows.identity import named_by_content
from workflows.jobs.energies import QUIET, ChgnetRelaxMaker, ScaleEnergyMaker, relaxed_phase, vasp_phase, weights_of


class EnergyMaker(Maker, ABC):  # type: ignore[misc]
    """Relax a structure and evaluate it, with whatever computes energies.

    1. The energy of the structure as it is given, where that costs little.
    2. Its relaxation, atoms and cell, in one or several steps.
    3. The energy of the relaxed structure.
    4. A phase of it all, for a table of one's own.
    """

    name: str
    evaluates_given: ClassVar[bool]
    reads_folders: ClassVar[bool]  # whether a job begins from the files of the one before it
    workers: ClassVar[dict[str, str]] = {}  # what the calculations ask of the workers of a queue

    def make(self, structure: Structure, phase_id: str) -> Flow:
        """Build the graph.

        Parameters
        ----------
        structure
            Ordered; see :func:`screening.structures.files.read_user_structure`.
        phase_id
            Identifier of the phase.

        Raises
        ------
        InputError
            If what computes is not installed, or has no such weights.
        """
        as_given = named_by_content(self.static().make(structure), phase_id) if self.evaluates_given else None
        relaxed: list[Job] = []
        at_rest: Any = structure
        link: dict[str, Any] = {}
        makers = self.relaxations()
        for number, maker in enumerate(makers, start=1):
            job = named_by_content(maker.make(at_rest, **link), phase_id)
            job.name = job.name.replace(":", f" {number}:", 1) if len(makers) > 1 else job.name
            relaxed.append(job)
            at_rest = job.output.structure
            link = {"prev_dir": job.output.dir_name} if self.reads_folders else {}
        final = named_by_content(self.static().make(at_rest, **link), phase_id)
        for job in (*relaxed, final):
            job.config.manager_config = dict(self.workers)
        phase = named_by_content(self.phase(phase_id, structure, as_given, relaxed, final), phase_id)
        made = [*([as_given] if as_given else []), *relaxed, final, phase]
        return Flow(made, output=phase.output, name=f"{self.name}: {phase_id}")

    @abstractmethod
    def relaxations(self) -> list[Maker]:
        """Return the makers of the relaxation, each going on from the one before it."""

    @abstractmethod
    def static(self) -> Maker:
        """Return the maker of a single point."""

    @abstractmethod
    def phase(
        self, phase_id: str, structure: Structure, as_given: Job | None, relaxed: Sequence[Job], final: Job
    ) -> Job:
        """Return the job that makes the phase."""


@dataclass
class UserEnergyMaker(EnergyMaker):
    """Relax a structure with CHGNet and evaluate it, on the scale of a packaged table.

    Parameters
    ----------
    name
        Name of the flow.
    model
        The model of the table; SevenNet's energies are of structures that CHGNet relaxed.
    force_tolerance_ev_per_angstrom
        Relaxed when no force is larger, nor the stress times the volume.
    most_steps
        Steps after which a relaxation is given up.
    optimizer
        ASE's name of it. FIRE, since BFGS may leave the basin of the structure given.

    Examples
    --------
    >>> flow = UserEnergyMaker().make(Structure.from_file("LiF.cif"), "LiF")
    """

    evaluates_given: ClassVar[bool] = True
    reads_folders: ClassVar[bool] = False

    name: str = "user energy"
    model: str = PACKAGED_MODEL
    force_tolerance_ev_per_angstrom: float = 0.05
    most_steps: int = 500
    optimizer: str = "FIRE"

    def relaxations(self) -> list[Maker]:
        """Return the maker of the relaxation."""
        return [self.relax_maker()]

    def static(self) -> Maker:
        """Return the maker of a single point."""
        return ScaleEnergyMaker(model=self.model, weights_sha256=model_provenance(self.model).weights_sha256)

    def phase(
        self, phase_id: str, structure: Structure, as_given: Job | None, relaxed: Sequence[Job], final: Job
    ) -> Job:
        """Return the job that makes the phase."""
        assert as_given is not None  # see evaluates_given
        (relaxation,) = relaxed
        return relaxed_phase(
            phase_id,
            structure,
            relaxation.output.structure,
            as_given.output.energy_ev_per_atom,
            final.output.energy_ev_per_atom,
            relaxation.output.state,
            relaxation.output.output.n_steps,
            Relaxation(
                **weights_of(self.model),
                optimizer=self.optimizer,
                force_tolerance_ev_per_angstrom=self.force_tolerance_ev_per_angstrom,
                most_steps=self.most_steps,
            ),
        )

    def relax_maker(self) -> ChgnetRelaxMaker:
        """Return the maker of the relaxation."""
        model = relaxing_model(self.model).name
        quiet = {**QUIET, "relax_kwargs": {**QUIET["relax_kwargs"], "fmax": self.force_tolerance_ev_per_angstrom}}
        return ChgnetRelaxMaker(
            model=model,
            weights_sha256=model_provenance(model).weights_sha256,
            steps=self.most_steps,
            optimizer_kwargs={"optimizer": self.optimizer},
            **quiet,
        )


def _mp_calculations() -> MPGGADoubleRelaxStaticMaker:
    """Return atomate2's calculations, none of which asks the one before it for its wavefunction.

    As made they ask for the WAVECAR, which ``MPRelaxSet`` does not have written (LWAVE), and fail where there is none;
    without it VASP does not read the CHGCAR either.
    """
    made = MPGGADoubleRelaxStaticMaker()
    for maker in (made.relax_maker.relax_maker2, made.static_maker):
        maker.copy_vasp_kwargs = {}
    return made


@dataclass
class VaspEnergyMaker(EnergyMaker):
    """Relax a structure with VASP twice and evaluate it, as the Materials Project does, with MP2020 corrections.

    The calculations are those of atomate2's ``MPGGADoubleRelaxStaticMaker``: PBE, and PBE+U for the transition metals
    of oxides and fluorides, with the inputs of pymatgen's ``MPRelaxSet`` and ``MPStaticSet``. Only PBE and PBE+U are
    offered: MP2020 corrections are for these, and r2SCAN energies of VASP share a scale with no energies here.

    Parameters
    ----------
    name
        Name of the flow.
    calculations
        Atomate2's flow, of which the two relaxations and the single point are taken.

    Examples
    --------
    >>> flow = VaspEnergyMaker().make(Structure.from_file("LiNbO3.cif"), "LiNbO3")
    """

    evaluates_given: ClassVar[bool] = False
    reads_folders: ClassVar[bool] = True
    workers: ClassVar[dict[str, str]] = {"_category": "vasp"}  # in FireWorks' words; those of a site with VASP

    name: str = "VASP energy"
    calculations: MPGGADoubleRelaxStaticMaker = field(default_factory=_mp_calculations)

    def relaxations(self) -> list[Maker]:
        """Return the makers of both relaxations."""
        double = self.calculations.relax_maker
        return [double.relax_maker1, double.relax_maker2]

    def static(self) -> Maker:
        """Return the maker of a single point."""
        return self.calculations.static_maker

    def phase(
        self, phase_id: str, structure: Structure, as_given: Job | None, relaxed: Sequence[Job], final: Job
    ) -> Job:
        """Return the job that makes the phase."""
        task = final.output
        document = {
            "state": task.state,
            "run_type": task.run_type,
            "task_type": task.task_type,
            "structure": task.structure,
            "entry": task.entry,
            "vasp_version": task.vasp_version,
            "dir_name": task.dir_name,
            "incar": task.input.incar,
        }
        return vasp_phase(
            phase_id,
            structure,
            document,
            [job.output.state for job in relaxed],
            [job.output.calcs_reversed[0].output.ionic_steps for job in relaxed],
        )
