"""The jobs that compute a structure's energy: its relaxation by atomate2, its energy, and the phase of it."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from atomate2.forcefields.jobs import ForceFieldRelaxMaker
from atomate2.forcefields.utils import revert_default_dtype
from jobflow import Maker, job
from pydantic import BaseModel, ConfigDict, Field
from pymatgen.core import Structure

from screening.energies.packaged.packaged_table import PACKAGED_MODEL
from screening.energies.packaged.scale_energies import scale_energies
from screening.energies.potentials.models import model_named, relaxing_model
from screening.energies.potentials.potential import model_provenance
from screening.energies.user import user_phase
from screening.energies.user.user_phase import UserPhase
from workflows.jobs import as_job

# no file in the working folder, and no frame of a trajectory in the store
QUIET: dict[str, Any] = {"relax_kwargs": {"final_atoms_object_file": None}, "ionic_step_data": None}


@dataclass
class ChgnetRelaxMaker(ForceFieldRelaxMaker):  # type: ignore[misc]
    """Relax a structure, its cell too, with CHGNet.

    Parameters
    ----------
    model
        A model of CHGNet, ``"chgnet-0.3.0"`` or ``"chgnet-r2scan"``; the task document names them.
    weights_sha256
        Hash of the weights, by which the work is known: with other weights it is other work.
    """

    name: str = "relax"
    force_field_name: str = "CHGNet"
    model: str = PACKAGED_MODEL
    weights_sha256: str = ""

    def __post_init__(self) -> None:
        """Name the weights in the task document."""
        super().__post_init__()
        self.task_document_kwargs["forcefield_name"] = model_named(self.model).label

    def _get_calculator(self) -> Any:  # atomate2 calls it for the calculator of a maker
        return _calculator(self.model)

    def relaxed(self, structure: Structure) -> Any:
        """Return atomate2's result of relaxing a structure; not as a job."""
        with revert_default_dtype():
            return self.run_ase(structure)


class StructureEnergy(BaseModel):
    """The energy of a structure as it is."""

    model_config = ConfigDict(extra="forbid")

    energy_ev_per_atom: float = Field(description="on the scale of the packaged table of the model, eV/atom")


@dataclass
class ScaleEnergyMaker(Maker):  # type: ignore[misc]
    """Evaluate a structure as it is, on the scale of a packaged table.

    Parameters
    ----------
    model
        The model of the table.
    weights_sha256
        Hash of its weights, by which the work is known.
    """

    name: str = "energy"
    model: str = PACKAGED_MODEL
    weights_sha256: str = ""

    @job(output_schema=StructureEnergy)
    def make(self, structure: Structure) -> StructureEnergy:
        """Compute the energy."""
        (energy,) = scale_energies([structure], self.model)
        return StructureEnergy(energy_ev_per_atom=energy)


@lru_cache(maxsize=1)
def _calculator(model: str) -> Any:
    """Load CHGNet weights as an ASE calculator, once a process."""
    from chgnet.model.model import CHGNet

    from workflows.chgnet_calculator import OnePassCalculator

    with contextlib.redirect_stdout(io.StringIO()):  # CHGNet prints to stdout, where the caller's results go
        return OnePassCalculator(CHGNet.load(model_name=model_named(model).weights, verbose=False))


def weights_of(model: str) -> dict[str, Any]:
    """Return which weights relax structures for a model, and which their energies are from, as `Relaxation` has it."""
    own, relaxing = model_provenance(model), relaxing_model(model).name
    return {"model": model_provenance(relaxing), "energy_model": None if relaxing == model else own}


def relaxing_weights(model: str) -> dict[str, Any]:
    """Return the same as the arguments of a maker that relaxes orderings."""
    relaxing = relaxing_model(model).name
    return {
        "model": relaxing,
        "weights_sha256": model_provenance(relaxing).weights_sha256,
        "energy_model": model,
        "energy_weights_sha256": model_provenance(model).weights_sha256,
    }


relaxed_phase = as_job(user_phase.relaxed_phase, output_schema=UserPhase)
vasp_phase = as_job(user_phase.vasp_phase, output_schema=UserPhase)
