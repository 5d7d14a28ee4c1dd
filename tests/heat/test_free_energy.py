"""Free energies of solids against pymatgen's, which they are meant to be."""

from __future__ import annotations

import numpy as np
import pytest
from pymatgen.core import Composition, Lattice, Structure
from pymatgen.entries.computed_entries import G_ELEMS, GibbsComputedStructureEntry

from screening.common.errors import InputError
from screening.heat.free_energy import formation_free_energies_ev, reduced_masses
from screening.phases.phase import PhaseColumns
from screening.phases.phase_table import PhaseTable
from screening.thermochemistry.element_gibbs import element_gibbs_ev

# formula, formation energy in eV/atom, volume in cubic angstrom per atom: two to five elements
COMPOUNDS = [
    ("Li2O", -2.03, 8.4),
    ("HfO2", -4.02, 11.4),
    ("Li3PS4", -1.03, 20.1),
    ("LiNbO3", -2.92, 10.7),
    ("Li7P3S11", -0.9, 21.5),
    ("Li6PS5Cl", -1.3, 19.6),
    ("LiNiCoMnO6", -1.5, 8.2),
]


def table(compounds=COMPOUNDS, volumes=None):
    n = len(compounds)
    return PhaseTable.from_columns(
        PhaseColumns(
            id=[f"phase {i}" for i in range(n)],
            formula=[formula for formula, *_ in compounds],
            energy_ev_per_atom=[0.0] * n,
            space_group=[None] * n,
            volume_a3_per_atom=volumes or [volume for *_, volume in compounds],
            origin=[None] * n,
        )
    )


def pymatgens(formula, energy, volume, kelvin):
    """eV/atom; the places of the atoms in the cell are of no account."""
    species = [str(e) for e, n in Composition(formula).items() for _ in range(int(n))]
    cell = Lattice.cubic((volume * len(species)) ** (1 / 3))
    places = [[i / len(species), 0, 0] for i in range(len(species))]
    entry = GibbsComputedStructureEntry(Structure(cell, species, places), energy, temp=kelvin)
    return entry.energy_per_atom


@pytest.mark.parametrize("kelvin", [300, 623.15, 700, 1234.5, 2000])
def test_as_pymatgen_has_them(kelvin):
    ours = formation_free_energies_ev(table(), np.array([energy for _, energy, _ in COMPOUNDS]), kelvin)
    theirs = [pymatgens(*compound, kelvin) for compound in COMPOUNDS]
    assert ours == pytest.approx(theirs, abs=1e-6)


def test_reduced_mass_of_two_elements_by_hand():
    lithium, oxygen = 6.94, 15.999  # both elements make the one pair, whose fractions sum to 1
    assert reduced_masses(table())[0] == pytest.approx(lithium * oxygen / (lithium + oxygen), rel=1e-3)


def test_elements_have_zero_and_polymorphs_their_distance():
    elements = table([("Li", 0.0, 20.0), ("P", 0.0, 17.0)], volumes=[None, None])
    assert formation_free_energies_ev(elements, np.array([0.0, 0.05]), 500.0).tolist() == [0.0, 0.05]


def test_room_temperature_lies_on_the_line_of_the_first_two_rows():
    first, second = (G_ELEMS[row]["S"] for row in ("300", "400"))
    assert element_gibbs_ev(["S"], 298.15)[0] == pytest.approx(first - 0.0185 * (second - first), abs=1e-9)


def test_a_compound_without_a_volume_is_named():
    phases = table(volumes=[None if formula == "Li3PS4" else volume for formula, _, volume in COMPOUNDS])
    with pytest.raises(InputError, match=r"1 of 7 have none, for example phase 2 \(Li3PS4\)"):
        formation_free_energies_ev(phases, np.zeros(7), 500.0)


def test_an_element_without_a_table_is_named():
    with pytest.raises(InputError, match="no Xe"):
        element_gibbs_ev(["Li", "Xe"], 500.0)


@pytest.mark.parametrize("kelvin", [298.0, 2000.5, float("nan")])
def test_temperatures_outside_the_tables(kelvin):
    with pytest.raises(InputError, match=r"outside the tables of free energies, 298\.15 to 2000 K"):
        formation_free_energies_ev(table(), np.zeros(7), kelvin)
