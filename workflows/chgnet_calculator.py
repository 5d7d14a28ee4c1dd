"""CHGNet's ASE calculator with one backward pass a step.

CHGNet's own takes two, one for the forces and one for the stress, each of them recorded for a third, which only
training needs. Taken together and not recorded they cost less than half, and give the same numbers, but in a
left-handed cell: there CHGNet's own stress has the wrong sign.
"""

from __future__ import annotations

from typing import Any

import torch
from ase.calculators.calculator import Calculator, all_changes
from chgnet.model.dynamics import CHGNetCalculator
from chgnet.model.model import BatchedGraph
from pymatgen.io.ase import AseAtomsAdaptor


class OnePassCalculator(CHGNetCalculator):  # type: ignore[misc]
    """Energy, forces, stress and magnetic moments of a structure."""

    implemented_properties = ("energy", "forces", "stress", "magmoms")

    def calculate(
        self, atoms: Any = None, properties: list[str] | None = None, system_changes: list[str] | None = None
    ) -> None:
        """Compute all properties of the atoms; see ASE's Calculator."""
        Calculator.calculate(self, atoms, properties or ["energy"], system_changes or all_changes)  # type: ignore[no-untyped-call]
        model = self.model
        model.eval()
        crystal = model.graph_converter(AseAtomsAdaptor.get_structure(atoms)).to(self.device)
        graph = BatchedGraph.from_graphs(
            [crystal],
            bond_basis_expansion=model.bond_basis_expansion,
            angle_basis_expansion=model.angle_basis_expansion,
            compute_stress=True,
        )
        found = model._compute(graph, compute_magmom=True)
        n_atoms = len(atoms)
        gradients = torch.autograd.grad(found["e"].sum() * n_atoms, [graph.atom_positions[0], graph.strains[0]])
        if model.composition_model is not None:
            found["e"] = found["e"] + model.composition_model([crystal])
        energy = float(found["e"].detach()[0]) * n_atoms
        self.results = {
            "energy": energy,
            "free_energy": energy,
            "forces": -gradients[0].cpu().numpy(),
            "stress": (gradients[1] / graph.volumes[0].abs()).cpu().numpy(),  # negative in a left-handed cell
            "magmoms": found["m"][0].detach().cpu().numpy(),
        }
