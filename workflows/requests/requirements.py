"""What calculations need of the machine they run on: CHGNet and atomate2, or VASP and its pseudopotentials."""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from os.path import expandvars
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from screening.common.errors import InputError
from screening.energies.potentials.models import relaxing_model
from screening.energies.potentials.potential import model_provenance

if TYPE_CHECKING:
    from pymatgen.core import Structure

_ELSEWHERE = "or have it computed on a queue, where a site names them"


def require_potential(model: str) -> None:
    """Check that atomate2, a model and the model that relaxes structures for it are installed.

    Raises
    ------
    InputError
        If one is not; the message says how to install it.
    """
    for name in (model, relaxing_model(model).name):
        model_provenance(name)
    require_atomate2()


def require_atomate2() -> None:
    """Check that atomate2 is installed.

    Raises
    ------
    InputError
        If it is not; the message says how to install it.
    """
    if find_spec("atomate2") is None:
        raise InputError("atomate2 is not installed: python -m pip install 'coatscreen[mlip]'")


def require_vasp(structures: Sequence[Structure]) -> None:
    """Check that VASP can be started on this machine, and has the pseudopotentials of some structures.

    Raises
    ------
    InputError
        If a program in atomate2's command for VASP is not here, or a pseudopotential is missing.
    """
    from atomate2 import SETTINGS

    for setting in ("VASP_CMD", "VASP_GAMMA_CMD"):
        command = expandvars(getattr(SETTINGS, setting))
        words = shlex.split(command)
        programs = [word for n, word in enumerate(words) if n == 0 or Path(word).name.startswith("vasp")]
        absent = next((word for word in programs if which(word) is None), None)
        if not words or absent:
            raise InputError(
                f"VASP is not here: atomate2's setting {setting} is {command!r}, and there is no program "
                f"{absent or 'in it'!r}: name one in ~/.atomate2.yaml, {_ELSEWHERE}"
            )
    _require_pseudopotentials(structures)


def _require_pseudopotentials(structures: Sequence[Structure]) -> None:
    from pymatgen.core import SETTINGS

    from workflows.flows.energies import VaspEnergyMaker

    folder = SETTINGS.get("PMG_VASP_PSP_DIR")
    if not folder or not Path(folder).is_dir():
        raise InputError(
            f"the pseudopotentials of VASP are not here: PMG_VASP_PSP_DIR is {folder or 'not set'}: `pmg config -p` "
            f"makes such a folder, {_ELSEWHERE}"
        )
    generator = VaspEnergyMaker().static().input_set_generator
    for structure in structures:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                _ = generator.get_input_set(structure, potcar_spec=False).potcar
            except (OSError, ValueError, KeyError) as error:
                raise InputError(
                    f"a pseudopotential of {structure.composition.reduced_formula} is not in {folder}: "
                    f"{str(error).splitlines()[0]}"
                ) from None
