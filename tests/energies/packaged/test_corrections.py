"""MP2020 corrections of structures, against pymatgen's numbers taken by hand from its table."""

from __future__ import annotations

import pytest
from pymatgen.analysis.compatibility import MP2020_COMPAT_CONFIG
from pymatgen.core import Lattice, Structure

from screening.energies.packaged.corrections import dft_elements, mp2020_correction

ANIONS = MP2020_COMPAT_CONFIG["Corrections"]["CompositionCorrections"]
METALS = MP2020_COMPAT_CONFIG["Corrections"]["GGAUMixingCorrections"]


def rock_salt(cation: str, anion: str, edge: float) -> Structure:
    return Structure.from_spacegroup("Fm-3m", Lattice.cubic(edge), [cation, anion], [[0, 0, 0], [0.5, 0.5, 0.5]])


@pytest.mark.parametrize(
    ("structure", "per_formula", "atoms"),
    [
        pytest.param(rock_salt("Mg", "O", 4.21), ANIONS["oxide"], 2, id="oxide"),
        pytest.param(rock_salt("Li", "Cl", 5.13), ANIONS["Cl"], 2, id="chloride"),
        pytest.param(rock_salt("Mg", "S", 5.2), ANIONS["S"], 2, id="sulfide"),
        pytest.param(rock_salt("Ni", "O", 4.18), ANIONS["oxide"] + METALS["O"]["Ni"], 2, id="oxide with U"),
        pytest.param(rock_salt("Ni", "S", 4.9), ANIONS["S"], 2, id="sulfide without U"),
        pytest.param(Structure(Lattice.cubic(3.44), ["Li"], [[0, 0, 0]]), 0.0, 1, id="element"),
        pytest.param(rock_salt("Ti", "Al", 4.0), 0.0, 2, id="intermetallic"),
    ],
)
def test_is_the_table_s(structure, per_formula, atoms):
    assert mp2020_correction(structure) == pytest.approx(per_formula / atoms, abs=1e-9)


def test_a_peroxide_is_told_by_its_distances():
    """O-O 1.49 angstrom in the pairs of a rock salt of O2 groups."""
    pair = 1.49 / 2 / 5.3 / 3**0.5
    peroxide = Structure.from_spacegroup(
        "Pa-3", Lattice.cubic(5.3), ["Ca", "O"], [[0, 0, 0], [0.5 - pair, 0.5 - pair, 0.5 - pair]]
    )
    assert peroxide.composition.reduced_formula == "CaO2"
    assert mp2020_correction(peroxide) == pytest.approx(2 / 3 * ANIONS["peroxide"], abs=1e-9)


def perchlorate() -> Structure:
    """Li beside ClO4 tetrahedra of 1.45 angstrom."""
    d = 1.45 / 5.0 / 3**0.5
    corners = [[d, d, d], [d, -d, -d], [-d, d, -d], [-d, -d, d]]
    return Structure(Lattice.cubic(5.0), ["Li", "Cl", "O", "O", "O", "O"], [[0.5, 0.5, 0.5], [0, 0, 0], *corners])


def test_chlorine_that_oxygen_oxidises_is_no_anion():
    assert mp2020_correction(perchlorate()) == pytest.approx(4 / 6 * ANIONS["oxide"], abs=1e-9)


def test_elements_of_dft_are_pymatgen_s():
    """PBE energies of the Materials Project, eV/atom: Li -1.909, O2 -4.948; unknown elements are absent."""
    found = dft_elements(frozenset(["Li", "O"]))
    assert found["Li"] == pytest.approx(-1.909, abs=2e-3)
    assert found["O"] == pytest.approx(-4.948, abs=2e-3)
    assert dft_elements(frozenset(["At"])) == {}
