"""The jobs that compute a structure's energy: atomate2's, with the CHGNet weights named, and the phase of it."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from atomate2.forcefields.jobs import ForceFieldRelaxMaker, ForceFieldStaticMaker
from atomate2.forcefields.utils import revert_default_dtype
from pymatgen.core import Structure

from screening.energies.packaged.packaged_table import PACKAGED_MODEL
from screening.energies.potentials.models import chgnet_model
from screening.energies.user import user_phase
from screening.energies.user.user_phase import UserPhase
from workflows.jobs import as_job

# no file in the working folder, and no frame of a trajectory in the store
QUIET: dict[str, Any] = {"relax_kwargs": {"final_atoms_object_file": None}, "ionic_step_data": None}


class _Weights:
    """Of a maker: the weights it was given compute, and its task documents name them."""

    model: str
    task_document_kwargs: dict[str, Any]

    def __post_init__(self) -> None:
        """Name the weights in the task document."""
        super().__post_init__()  # type: ignore[misc]
        self.task_document_kwargs["forcefield_name"] = chgnet_model(self.model).label

    def _get_calculator(self) -> Any:  # atomate2 calls it for the calculator of a maker
        return _calculator(self.model)


@dataclass
class ChgnetRelaxMaker(_Weights, ForceFieldRelaxMaker):  # type: ignore[misc]
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

    def relaxed(self, structure: Structure) -> Any:
        """Return atomate2's result of relaxing a structure; not as a job."""
        with revert_default_dtype():
            return self.run_ase(structure)


@dataclass
class ChgnetStaticMaker(_Weights, ForceFieldStaticMaker):  # type: ignore[misc]
    """Evaluate a structure as it is with CHGNet; the parameters are those of :class:`ChgnetRelaxMaker`."""

    name: str = "static"
    force_field_name: str = "CHGNet"
    model: str = PACKAGED_MODEL
    weights_sha256: str = ""


@lru_cache(maxsize=1)
def _calculator(model: str) -> Any:
    """Load CHGNet weights as an ASE calculator, once a process."""
    from chgnet.model.model import CHGNet

    from workflows.chgnet_calculator import OnePassCalculator

    with contextlib.redirect_stdout(io.StringIO()):  # CHGNet prints to stdout, where the caller's results go
        return OnePassCalculator(CHGNet.load(model_name=chgnet_model(model).weights, verbose=False))


relaxed_phase = as_job(user_phase.relaxed_phase, output_schema=UserPhase)
vasp_phase = as_job(user_phase.vasp_phase, output_schema=UserPhase)
