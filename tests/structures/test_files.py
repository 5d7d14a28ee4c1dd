"""The user's own structures: what is refused, and which are the same crystal."""

from __future__ import annotations

import re
import warnings

import pytest
from fixtures_structures import rock_salt, written
from pymatgen.core import Lattice, Structure

from screening.common.errors import InputError, InputWarning
from screening.structures.files import (
    describe_isolation,
    read_user_structure,
    same_structure,
    space_group,
    structure_digest,
)


@pytest.mark.parametrize("name", ["LiF.cif", "POSCAR", "LiF.vasp"])
def test_a_file_is_read_as_the_crystal_written(tmp_path, name):
    structure = rock_salt()
    read = read_user_structure(written(tmp_path, name, structure))
    assert read.composition == structure.composition
    assert read.volume == pytest.approx(structure.volume, rel=1e-5)
    assert same_structure(read, structure)


def test_oxidation_states_and_site_properties_are_left_out(tmp_path):
    structure = rock_salt()
    structure.add_oxidation_state_by_element({"Li": 1, "F": -1})
    read = read_user_structure(written(tmp_path, "LiF.cif", structure))
    assert [type(site.specie).__name__ for site in read] == ["Element", "Element"]
    assert read.site_properties == {}


OLD_POSCAR = "LiF\n1.0\n4 0 0\n0 4 0\n0 0 4\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("LiF.cif", "hello\n", "cannot be read as a crystal structure"),
        ("LiF.cif", "", "cannot be read as a crystal structure"),
        ("notes.txt", "hello\n", "Unrecognized extension"),
        ("POSCAR", OLD_POSCAR.replace("LiF", "mine"), "names no elements"),
        ("POSCAR", OLD_POSCAR.replace("LiF", "Li2F"), "names no elements"),
        ("POSCAR", OLD_POSCAR.replace("1 1\n", "Li Fx\n1 1\n"), "Fx"),
    ],
)
def test_an_unreadable_file_is_named_in_one_line(tmp_path, name, text, says):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError, match=says) as caught:
        read_user_structure(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("comment", ["LiF", "Li F", "Li1 F1", " Li  F ", "Li2F2"])
def test_an_old_poscar_with_its_symbols_in_the_comment(tmp_path, comment):
    path = tmp_path / "POSCAR"
    path.write_text(OLD_POSCAR.replace("LiF", comment))
    assert [site.specie.symbol for site in read_user_structure(path)] == ["Li", "F"]


def test_of_several_data_blocks_none_is_chosen(tmp_path):
    text = written(tmp_path, "LiF.cif", rock_salt()).read_text()
    path = tmp_path / "two.cif"
    path.write_text(text.replace("data_LiF", "data_first") + text.replace("data_LiF", "data_second"))
    with pytest.raises(InputError, match=r"two\.cif: 2 data blocks hold sites \(first, second\)"):
        read_user_structure(path)
    path.write_text("data_publication\n_publ_section_title 'none'\n" + text)  # a block without sites is no crystal
    assert same_structure(read_user_structure(path), rock_salt())


def test_a_formula_that_is_not_that_of_the_sites_is_refused(tmp_path):
    path = written(tmp_path, "LiF.cif", rock_salt())
    text = path.read_text()
    assert re.search("_chemical_formula_sum .*Li1 F1", text)
    path.write_text(re.sub("(_chemical_formula_sum +)'Li1 F1'", r"\1'Li2 Na2 F2'", text))
    with pytest.raises(InputError, match=r"its formula is Li2 Na2 F2 and its sites hold Li1 F1: add the missing sites"):
        read_user_structure(path)
    for same in ("'Li4 F4'", "'F2 Li2'", "?", "'not known'"):
        path.write_text(re.sub("(_chemical_formula_sum +)'Li1 F1'", rf"\1{same}", text))
        assert read_user_structure(path).composition == rock_salt().composition


def test_what_the_reader_says_is_passed_on(tmp_path):
    path = written(tmp_path, "LiF.cif", rock_salt())
    text = path.read_text()
    path.write_text(text.replace("0.50000000", "0.3333"))  # pymatgen takes it for a third, and says so
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        read_user_structure(path)
    with warnings.catch_warnings(record=True) as theirs:
        warnings.simplefilter("always")
        Structure.from_file(path)
    expected = {" ".join(str(w.message).split()) for w in theirs if w.category is UserWarning}
    assert any("rounded" in text for text in expected)
    assert {str(w.message) for w in said if w.category is InputWarning} == {f"{path}: {text}" for text in expected}


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(InputError, match=r"LiF\.cif does not exist"):
        read_user_structure(tmp_path / "LiF.cif")
    with pytest.raises(InputError, match="is a folder"):
        read_user_structure(tmp_path)


def test_partial_occupancies_are_refused(tmp_path):
    structure = Structure(Lattice.cubic(4), [{"Li": 0.5, "Na": 0.5}, "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    with pytest.raises(InputError, match=r"partial occupancies .*Li:0\.5"):
        read_user_structure(written(tmp_path, "mixed.cif", structure))


@pytest.mark.parametrize(("name", "apart"), [("LiF.vasp", 0.0), ("LiF.cif", 0.0), ("LiF.cif", 0.01)])
def test_two_atoms_on_one_place_are_refused(tmp_path, name, apart):
    structure = Structure(Lattice.cubic(4), ["Li", "F"], [[0, 0, 0], [apart, 0, 0]])
    with pytest.raises(InputError, match=r"two atoms (on one place|are on one place)"):
        read_user_structure(written(tmp_path, name, structure))


def test_a_free_atom_is_refused_and_a_metal_is_not(tmp_path):
    with pytest.raises(InputError, match="no other is within 6 angstrom of Li"):
        read_user_structure(written(tmp_path, "atom.cif", Structure(Lattice.cubic(12), ["Li"], [[0, 0, 0]])))
    metal = Structure.from_spacegroup("Im-3m", Lattice.cubic(3.44), ["Li"], [[0, 0, 0]]).get_primitive_structure()
    assert len(read_user_structure(written(tmp_path, "Li.cif", metal))) == 1


def test_one_atom_far_from_all_others_is_a_free_atom():
    far = Structure(Lattice.cubic(20), ["Li", "F", "Li"], [[0, 0, 0], [0.1, 0, 0], [0.5, 0.5, 0.5]])
    assert "free atom" in (describe_isolation(far) or "")
    assert describe_isolation(rock_salt()) is None


def test_the_same_crystal_in_another_cell_and_volume_is_the_same():
    primitive = rock_salt()
    conventional = rock_salt(4.3).to_conventional()
    conventional.translate_sites(range(len(conventional)), [0.1, 0.2, 0.3])
    assert same_structure(primitive, conventional)
    assert structure_digest(primitive) != structure_digest(conventional)


def test_other_crystals_are_not_the_same():
    caesium_chloride = Structure(Lattice.cubic(2.5), ["Li", "F"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    assert not same_structure(rock_salt(), caesium_chloride)
    assert not same_structure(rock_salt(), rock_salt(anion="Cl"))


def test_a_distorted_variant_is_another_crystal_though_the_matcher_fits_it():
    from pymatgen.core.structure_matcher import StructureMatcher

    cubic = Structure.from_spacegroup(
        "Pm-3m", Lattice.cubic(4.0), ["La", "Ti", "O"], [[0, 0, 0], [0.5, 0.5, 0.5], [0.5, 0.5, 0]]
    )
    polar = Structure.from_spacegroup(
        "P4mm",
        Lattice.tetragonal(4.0, 4.15),
        ["La", "Ti", "O", "O"],
        [[0, 0, 0], [0.5, 0.5, 0.54], [0.5, 0.5, 0.97], [0.5, 0, 0.47]],
    )
    assert StructureMatcher().fit(cubic, polar)
    assert (space_group(cubic), space_group(polar)) == (221, 99)
    assert not same_structure(cubic, polar)


def test_the_digest_is_that_of_cell_elements_and_places():
    structure = rock_salt()
    assert structure_digest(structure) == structure_digest(Structure.from_dict(structure.as_dict()))
    moved = structure.copy()
    moved.translate_sites([0], [0.001, 0, 0])
    assert structure_digest(moved) != structure_digest(structure)
    assert structure_digest(rock_salt(anion="Cl")) != structure_digest(structure)
    zero = Structure(structure.lattice.matrix - 1e-17, structure.species, structure.frac_coords - 1e-17)
    assert structure_digest(zero) == structure_digest(structure)  # minus zero


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2.03 2.03 1e400", "is not finite"),
        ("2.03 2.03 nan", "is not finite"),
        ("2.03 2.03 9999999999998", "a lattice vector of 1e+13 angstrom"),
        ("2.03 0.0 2.0300001", "a flat cell"),
        ("0 0 0", "a flat cell"),
    ],
)
def test_a_cell_that_no_crystal_has_is_refused_before_neighbours_are_looked_for(tmp_path, row, why):
    """The search took 60 TB of memory, or an overflow ended it."""
    path = tmp_path / "POSCAR"
    path.write_text(f"LiF\n1.0\n0 2.03 2.03\n2.03 0 2.03\n{row}\nLi F\n1 1\ndirect\n0 0 0\n0.5 0.5 0.5\n")
    with pytest.raises(InputError, match=re.escape(why)):
        read_user_structure(path)


def test_a_site_far_away_is_refused(tmp_path):
    path = tmp_path / "POSCAR"
    path.write_text("LiF\n1.0\n0 2.03 2.03\n2.03 0 2.03\n2.03 2.03 0\nLi F\n1 1\ndirect\n0 0 1e30\n0.5 0.5 0.5\n")
    with pytest.raises(InputError, match="cells away"):
        read_user_structure(path)
