"""CHGNet's energies: one graph or several give the same."""

from __future__ import annotations

import pytest
from pymatgen.core import Lattice, Structure

from screening.energies.potentials.potential import load_potential

SALT = Structure.from_spacegroup("Fm-3m", Lattice.cubic(5.13), ["Li", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])
METAL = Structure(Lattice.cubic(3.44), ["Li", "Li"], [[0, 0, 0], [0.5, 0.5, 0.5]])


def test_batched_as_alone(capfd):
    pytest.importorskip("chgnet", reason="needs the extra coatscreen[mlip]")
    potential = load_potential("chgnet-0.3.0")
    graphs = [potential.graph(structure) for structure in (SALT, METAL)]
    alone = [potential.energies([graph])[0] for graph in graphs]
    assert potential.energies(graphs) == pytest.approx(alone, abs=5e-6)
    assert potential.energies([graphs[0]])[0] < alone[1] - 1  # a salt is not a metal
    assert capfd.readouterr().out == ""
