"""A potential in this process: the graph of a structure, and the energies of several graphs in one call."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from screening.common.errors import InputError
from screening.energies.potentials.models import ModelProvenance, model_named

if TYPE_CHECKING:
    from pymatgen.core import Structure

_BATCH = 4  # structures of a hundred atoms in one call: more do not fit the caches


class Potential(Protocol):
    """A model that is loaded."""

    def graph(self, structure: Structure) -> Any:
        """Return a structure in the form that the model takes."""

    def energies(self, graphs: Sequence[Any]) -> list[float]:
        """Return the energies of one or more graphs in one batched call, eV/atom."""


@lru_cache(maxsize=2)
def load_potential(model: str) -> Potential:
    """Load a model into this process, once.

    Raises
    ------
    InputError
        If there is no such model.
    """
    known = model_named(model)
    with contextlib.redirect_stdout(io.StringIO()):  # they print to stdout, where the caller's results go
        if known.package == "chgnet":
            from screening.energies.potentials.chgnet import ChgnetPotential

            return ChgnetPotential(known.weights)
        from screening.energies.potentials.sevennet import SevennetPotential

        return SevennetPotential(weights_file(model))


def model_provenance(model: str) -> ModelProvenance:
    """Identify the installed weights of a model by version and hash.

    Raises
    ------
    InputError
        If there is no such model, or its package is not installed or has no such weights.
    """
    file, known = weights_file(model), model_named(model)
    return ModelProvenance(
        model=known.label,
        package=f"{known.package} {version(known.package)}",
        torch=version("torch"),
        weights_sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
    )


def weights_file(model: str) -> Path:
    """Return the installed file of a model's weights.

    Raises
    ------
    InputError
        As :func:`model_provenance`.
    """
    known = model_named(model)
    try:
        package = importlib.import_module(known.package)
    except ImportError:
        raise InputError(f"{known.package} is not installed: python -m pip install 'coatscreen[mlip]'") from None
    files = sorted(Path(str(package.__file__)).parent.glob(known.weights_file))
    if len(files) != 1:
        raise InputError(f"the installed {known.package} has no single weights file for {known.label}")
    return files[0]


def single_point_energies(structures: Sequence[Structure], model: str) -> list[float]:
    """Compute the energies of structures as they are, in this process, eV/atom; without corrections.

    Raises
    ------
    InputError
        If the model is not installed.
    """
    model_provenance(model)
    potential = load_potential(model)
    graphs = [potential.graph(structure) for structure in structures]
    return [energy for i in range(0, len(graphs), _BATCH) for energy in potential.energies(graphs[i : i + _BATCH])]
