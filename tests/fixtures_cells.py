"""An ordered cell."""

from __future__ import annotations

from screening.cathodes.ordering.ordered_cell import OrderedCell


def cell(material, formula, energy, lithium=None):
    return OrderedCell(
        material=material,
        lithium_per_formula_unit=lithium,
        formula=formula,
        energy_ev_per_atom=energy,
        volume_a3_per_atom=9.0,
        magnetic_moments_mu_b={},
        matrix=[[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        ordering=[],
        draw={},
        n_drawn=3,
        relaxed_ev_per_atom=[energy, energy + 0.01],
        failed={},
        relaxation={
            "model": {"model": "CHGNet 0.3.0", "package": "chgnet", "torch": "2", "weights_sha256": "0" * 64},
            "optimizer": "BFGS",
            "force_tolerance_ev_per_angstrom": 0.05,
            "most_steps": 300,
        },
        structure=None,
    )
