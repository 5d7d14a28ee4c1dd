"""The calculator with one backward pass, against CHGNet's own."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure
from pymatgen.io.ase import AseAtomsAdaptor

pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
pytest.importorskip("atomate2", reason="needs the extra 'mlip'")


@pytest.fixture(scope="module")
def model():
    from chgnet.model.model import CHGNet

    return CHGNet.load(use_device="cpu", verbose=False)


def crystal():
    structure = Structure.from_spacegroup(
        "R-3m", Lattice.hexagonal(2.75, 13.7), ["Li", "Co", "O"], [[0, 0, 0.5], [0, 0, 0], [0, 0, 0.24]]
    ).get_primitive_structure()
    structure.perturb(0.05, seed=1)
    return structure


def computed(calculator, structure):
    atoms = AseAtomsAdaptor.get_atoms(structure)
    atoms.calc = calculator
    return atoms.get_potential_energy(), atoms.get_forces(), atoms.get_stress(), atoms.get_magnetic_moments()


def test_chgnet_has_the_method_the_calculator_calls(model):
    changed = "CHGNet has changed: see workflows/chgnet_calculator.py"
    parameters = inspect.signature(model._compute).parameters
    assert next(iter(parameters)) == "g", changed
    assert parameters["compute_magmom"].kind is inspect.Parameter.KEYWORD_ONLY, changed


def test_it_gives_the_numbers_of_chgnets_own(model):
    from chgnet.model.dynamics import CHGNetCalculator

    from workflows.chgnet_calculator import OnePassCalculator

    structure = crystal()
    one, own = (computed(kind(model, use_device="cpu"), structure) for kind in (OnePassCalculator, CHGNetCalculator))
    for ours, theirs, tolerance in zip(one, own, (1e-4, 1e-4, 1e-5, 1e-5), strict=True):
        assert ours == pytest.approx(theirs, abs=tolerance)


def test_the_stress_is_the_slope_of_the_energy_in_cells_of_either_hand(model):
    from workflows.chgnet_calculator import OnePassCalculator

    calculator = OnePassCalculator(model, use_device="cpu")
    structure = crystal()
    mirrored = Structure(-structure.lattice.matrix, structure.species, structure.frac_coords)
    for one in (structure, mirrored):
        _, _, stress, _ = computed(calculator, one)
        energies = []
        for strain in (-0.004, 0.004):
            strained = one.copy()
            strained.apply_strain([strain] * 3)
            energies.append(computed(calculator, strained)[0])
        slope = (energies[1] - energies[0]) / 0.008 / one.volume
        assert np.sum(stress[:3]) == pytest.approx(slope, rel=0.05)
