"""Energies of further structures on the scale of a packaged table."""

from __future__ import annotations

import json

import pytest
from fixtures_structures import rock_salt
from pymatgen.core import Lattice, Structure

from screening.energies.packaged.packaged_table import PACKAGED
from screening.energies.packaged.scale_energies import scale_energies
from screening.energies.potentials.potential import single_point_energies

METAL = Structure(Lattice.cubic(3.44), ["Li", "Li"], [[0, 0, 0], [0.5, 0.5, 0.5]])


def test_of_chgnet_they_are_its_own():
    pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
    structures = [rock_salt(), METAL]
    assert scale_energies(structures, "chgnet-0.3.0") == single_point_energies(structures, "chgnet-0.3.0")


def test_of_sevennet_they_are_corrected_and_elements_moved():
    """-0.462 eV for each F and -0.687 eV for each O of an oxide: Wang et al., Sci. Rep. 11, 15496 (2021), table 1."""
    pytest.importorskip("sevenn", reason="needs the extra 'mlip'")
    structures = [rock_salt(), rock_salt(4.21, "Mg", "O"), METAL]
    bare = single_point_energies(structures, "sevennet-l3i5")
    added = [on_scale - own for on_scale, own in zip(scale_energies(structures, "sevennet-l3i5"), bare, strict=True)]
    assert added[:2] == pytest.approx([-0.462 / 2, -0.687 / 2], abs=1e-6)
    document = json.loads((PACKAGED / "sevennet-l3i5.json").read_bytes())
    assert added[2] == pytest.approx(document["elements_from_dft_ev_per_atom"]["Li"], abs=1e-9)
    assert added[2] != 0
