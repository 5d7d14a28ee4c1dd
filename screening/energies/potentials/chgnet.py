"""Energies from CHGNet.

CHGNet's own batched energy call is used rather than a static calculation per structure through atomate2's
force-field maker: only the energy is wanted, so forces, stress and moments (a backward pass each), a model loaded and
a job document for each structure are work thrown away. ``benchmarks/mlip_throughput.py`` measures both: 7 times the
structures per second (22 against 3.1 on one thread, 24 structures of 23 atoms), and the same energies to 1e-6 eV/atom.

References
----------
B. Deng et al., *CHGNet as a pretrained universal neural network potential for charge-informed
atomistic modelling*, Nat. Mach. Intell. 5, 1031 (2023).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from chgnet.model.model import CHGNet

if TYPE_CHECKING:
    from pymatgen.core import Structure


class ChgnetPotential:
    """CHGNet on the CPU.

    Parameters
    ----------
    weights
        CHGNet's name of them, such as ``"0.3.0"``.
    """

    def __init__(self, weights: str) -> None:
        self._model = CHGNet.load(model_name=weights, use_device="cpu", verbose=False)
        for parameter in self._model.parameters():
            parameter.requires_grad_(False)

    def graph(self, structure: Structure) -> Any:
        """Return CHGNet's graph of a structure."""
        return self._model.graph_converter(structure)

    def energies(self, graphs: Sequence[Any]) -> list[float]:
        """Return the energies of graphs, eV/atom."""
        with torch.no_grad():
            predictions = self._model.predict_graph(list(graphs), task="e", batch_size=len(graphs))
        if len(graphs) == 1:  # then CHGNet returns no list
            predictions = [predictions]
        return [float(prediction["e"]) for prediction in predictions]
