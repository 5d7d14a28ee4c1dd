"""SevenNet's energies: those of its own calculator, batched."""

from __future__ import annotations

import pytest
from pymatgen.core import Lattice, Structure

from screening.energies.potentials.potential import load_potential, model_provenance, single_point_energies

MODEL = "sevennet-l3i5"
SALT = Structure.from_spacegroup("Fm-3m", Lattice.cubic(5.13), ["Li", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])
METAL = Structure(Lattice.cubic(3.44), ["Li", "Li"], [[0, 0, 0], [0.5, 0.5, 0.5]])
OXIDE = Structure(
    Lattice.orthorhombic(2.9, 3.0, 4.2),
    ["Mg", "Mg", "O", "O"],
    [[0, 0, 0], [0.5, 0.5, 0.5], [0.52, 0.5, 0], [0, 0, 0.5]],
)


@pytest.fixture(scope="module")
def calculator():
    pytest.importorskip("sevenn", reason="needs sevenn, of the extra coatscreen[mlip]")
    from sevenn.calculator import SevenNetCalculator

    return SevenNetCalculator("7net-l3i5", device="cpu")


def test_are_those_of_its_own_calculator(calculator):
    structures = [SALT, METAL, OXIDE]
    found = single_point_energies(structures, MODEL)
    for structure, energy in zip(structures, found, strict=True):
        atoms = structure.to_ase_atoms(msonable=False)
        atoms.calc = calculator
        assert energy == pytest.approx(atoms.get_potential_energy() / len(atoms), abs=5e-6)


def test_a_structure_of_atoms_far_apart_is_refused(calculator):
    potential = load_potential(MODEL)
    with pytest.raises(ValueError, match="no atom has another within the model's cutoff"):
        potential.graph(Structure(Lattice.cubic(20), ["Li"], [[0, 0, 0]]))


def test_its_weights_are_those_of_its_package(calculator):
    provenance = model_provenance(MODEL)
    assert provenance.model == "SevenNet-l3i5"
    assert provenance.package.startswith("sevenn ")
    assert len(provenance.weights_sha256) == 64
