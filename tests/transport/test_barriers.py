"""Barriers of lithium: known values, symmetry, and what cannot be computed."""

from __future__ import annotations

import pytest
from pymatgen.core import Lattice, Structure

from screening.common.errors import CalculationError, InputError
from screening.structures.records import StructureRecord
from screening.transport.barriers import barrier_method, lithium_barriers, record_barriers

pytest.importorskip("bvlain", reason="needs the extra transport")


def lithium_fluoride(edge: float = 4.026) -> Structure:
    return Structure.from_spacegroup("Fm-3m", Lattice.cubic(edge), ["Li", "F"], [[0, 0, 0], [0.5, 0.5, 0.5]])


def lithium_niobate() -> Structure:
    """The crystal of R. Hsu et al., Acta Cryst. B 53, 420 (1997), its primitive cell."""
    cell = Lattice.hexagonal(5.1505, 13.8650)
    sites = [[0, 0, 0.2787], [0, 0, 0], [0.0477, 0.3433, 0.0633]]
    return Structure.from_spacegroup("R3c", cell, ["Li", "Nb", "O"], sites).get_primitive_structure()


class TestBarriers:
    def test_of_lithium_niobate_are_those_known(self) -> None:
        """2.7 to 2.8 eV from the bond-valence site energy: lithium is locked in the crystal."""
        found = lithium_barriers(lithium_niobate())
        assert found.three == pytest.approx(2.75, abs=0.15)
        assert found.oxidation_states == "bond valences"

    def test_of_a_cubic_crystal_are_the_same_in_all_directions(self) -> None:
        found = lithium_barriers(lithium_fluoride().get_primitive_structure())
        assert found.one == found.two == found.three
        assert found.three == pytest.approx(0.5, abs=0.1)

    def test_rise_with_the_directions_and_do_not_depend_on_the_cell(self) -> None:
        small = lithium_fluoride().get_primitive_structure()
        doubled = small.copy()
        doubled.make_supercell([2, 1, 1])
        one, two = lithium_barriers(small), lithium_barriers(doubled)
        assert one.three == pytest.approx(two.three, abs=0.05)
        assert two.one <= two.two <= two.three

    def test_states_come_from_the_composition_where_bonds_say_none(self) -> None:
        """There are no bond valences of gold; in LiAuO2 it has the state 3, as cobalt in LiCoO2."""
        cell, sites = Lattice.hexagonal(2.95, 14.8), [[0, 0, 0], [0, 0, 0.5], [0, 0, 0.26]]
        layered = Structure.from_spacegroup("R-3m", cell, ["Li", "Au", "O"], sites).get_primitive_structure()
        assert lithium_barriers(layered).oxidation_states == "composition"

    def test_states_that_a_structure_carries_are_taken(self) -> None:
        carried = lithium_fluoride().get_primitive_structure()
        carried.add_oxidation_state_by_element({"Li": 1, "F": -1})
        assert lithium_barriers(carried).oxidation_states == "structure"


class TestWhatHasNone:
    def test_without_lithium(self) -> None:
        with pytest.raises(InputError, match="NaF: barriers of lithium need lithium in a compound"):
            lithium_barriers(Structure(Lattice.cubic(4.6), ["Na", "F"], [[0, 0, 0], [0.5, 0.5, 0.5]]))

    def test_a_shared_site(self) -> None:
        shared = Structure(Lattice.cubic(3.0), [{"Li": 0.5, "Na": 0.5}, "F"], [[0, 0, 0], [0.5, 0.5, 0.5]])
        with pytest.raises(InputError, match="without shared sites"):
            lithium_barriers(shared)

    def test_a_metal(self) -> None:
        with pytest.raises(CalculationError, match="no oxidation states"):
            lithium_barriers(Structure(Lattice.cubic(3.2), ["Li", "Ag"], [[0, 0, 0], [0.5, 0.5, 0.5]]))

    def test_a_hydride_which_the_force_field_lacks(self) -> None:
        salt = Structure.from_spacegroup("Fm-3m", Lattice.cubic(4.08), ["Li", "H"], [[0, 0, 0], [0.5, 0.5, 0.5]])
        with pytest.raises(CalculationError, match="force field has no parameters"):
            lithium_barriers(salt.get_primitive_structure())

    def test_a_record_says_why_and_raises_nothing(self) -> None:
        record = StructureRecord(
            id="x", species=["Li", "O"], counts=[1, 1], sg=1, lattice=[[3, 0, 0], [0, 3, 0], [0, 0, 3]],
            coords=[[0, 0, 0], [0.01, 0, 0]],
        )  # fmt: skip
        found = record_barriers(record, barrier_method())
        assert found.error is not None
        assert "closer than 0.5 angstrom" in found.error
        assert found.barrier_3d_ev is None
