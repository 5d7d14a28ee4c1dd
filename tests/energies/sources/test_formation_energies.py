"""A CSV of formation energies per atom."""

from __future__ import annotations

import gzip

import pytest
from fixtures_screening import FORMATION, synthetic

from screening.common.errors import InputError
from screening.energies.source import open_energies
from screening.equilibrium.interface import Interface
from screening.phases.phase_set import PhaseSet

HEADER = "formula,formation_energy_ev_per_atom\n"


@pytest.fixture
def csv(tmp_path):
    """Write a file and return its path."""

    def write(text, name="mine.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def test_the_same_reactions_as_with_energies_that_have_elements(csv):
    phases = open_energies(csv(HEADER + "".join(f"{formula},{e}\n" for formula, e in FORMATION.items())))
    assert set(phases.elements) == set(synthetic().elements)
    for a, b in (("LiNbO3", "Li6PS5Cl"), ("LiCoO2", "Li6PS5Cl")):
        expected = Interface(synthetic(), a, b).reaction()
        found = Interface(phases, a, b).reaction()
        assert found.mutual.energy_ev == pytest.approx(expected.mutual.energy_ev, abs=1e-9)
        assert found.total.energy_ev == pytest.approx(expected.total.energy_ev, abs=1e-9)


def test_scale(csv):
    first = open_energies(csv(HEADER + "Li2O,-2.05\n")).scale
    assert first.name == "mine.csv"
    assert (first.functional, first.correction) == ("not stated", "not stated")
    second = open_energies(csv(HEADER + "Li2O,-2.06\n")).scale
    assert first.version != second.version


def test_all_columns_in_another_order_and_an_odd_name(csv):
    text = (
        "\ufeffid, space_group ,formation_energy_ev_per_atom,volume_a3_per_atom,formula\r\n"
        "mine-1,225,-2.05,8.2,Li2O\r\n,,0.1,,O2\r\n\r\n mine-3 ,,0,,Li4\r\n"
    )
    phases = open_energies(csv(gzip.compress(text.encode()), "table.txt"))
    known = {p.id: (p.formula, p.energy_ev_per_atom, p.space_group, p.volume_a3_per_atom) for p in phases.phases}
    assert known == {
        "mine-1": ("Li2O", -2.05, 225, 8.2),
        "line-3": ("O2", 0.1, None, None),  # a form of oxygen above the stable one, which is added
        "mine-3": ("Li4", 0.0, None, None),
        "element-O": ("O", 0.0, None, None),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "formula,formation_energy_kj_per_mol\nLi2O,-598\n",
            "is kJ/mol; .* by 96.485 and by the number of atoms",
        ),
        ("formula,dHf (kJ/mol-atom)\nLi2O,-198\n", "is kJ/mol of atoms; .*: divide by 96.485$"),
        (
            "formula,formation_energy_ev_per_formula\nLi2O,-6\n",
            "is eV per formula unit; .* divide by the number",
        ),
        ("formula,energy_ev_per_fu\nLi2O,-6\n", "is eV per formula unit"),
        ("formula,E (eV/f.u.)\nLi2O,-6\n", "is eV per formula unit"),
        ("formula,formation_energy_mev_per_atom\nLi2O,-2050\n", "is meV; .* divide by 1000"),
        ("formula,kcal_per_mol\nLi2O,-143\n", "is kcal/mol; .* 23.061"),
        ("formula,energy\nLi2O,-2\n", "unknown column 'energy'"),
        ("formula,formation_energy_ev_per_atm\nLi2O,-2\n", r"did you mean formation_energy_ev_per_atom\?"),
        ("Formula,formation_energy_ev_per_atom\nLi2O,-2\n", r"unknown column 'Formula' \(did you mean formula\?\)"),
        (HEADER.replace("\n", ",spacegroup\n") + "Li2O,-2,1\n", r"did you mean space_group\?"),
        ("formula\nLi2O\n", "there is no column 'formation_energy_ev_per_atom', only formula"),
        ("formation_energy_ev_per_atom\n-2\n", "there is no column 'formula'"),
        ("formula,formula,formation_energy_ev_per_atom\nLi2O,Li2O,-2\n", "the column 'formula' occurs twice"),
        ("Li2O,-2.05\nLiF,-3.1\n", "unknown column 'Li2O'"),
        (HEADER, "holds no phase"),
        ("not a table at all", "unknown column 'not a table at all'"),
    ],
)
def test_columns_that_are_unfit(csv, text, message):
    with pytest.raises(InputError, match=f"mine.csv.*{message}") as caught:
        open_energies(csv(text))
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("LiF,", "line 3: the formation energy of LiF is missing"),
        ("LiF,much", "line 3: the formation energy of LiF is not a number: 'much'"),
        ("LiF,nan", "line 3: the formation energy of LiF is not finite"),
        ("LiF,-inf", "line 3: the formation energy of LiF is not finite"),
        ("LiF,0", "line 3: LiF is a compound with a formation energy of zero"),
        ("LiF,-0.0", "line 3: LiF is a compound with a formation energy of zero"),
        ("Li,-0.3", "line 3: Li is an element, and its formation energy is below zero"),
        ("LiXx,-3.1", "line 3: LiXx: no element Xx"),
        (",-3.1", "line 3: empty formula"),
        ("LiF", "line 3: 1 values for 2 columns: half written"),
        ("LiF,-3.1,225", "line 3: 3 values for 2 columns"),
        ("Li2O,-2.05", "line-2 and line-3 are the same phase, Li2O"),
        ("Li4O2,-2.05", "line-2 and line-3 are the same phase, Li4O2"),
        ('LiF,"-3.1', "is not CSV"),
    ],
)
def test_rows_that_are_unfit(csv, row, message):
    with pytest.raises(InputError, match=f"mine.csv.*{message}"):
        open_energies(csv(f"{HEADER}Li2O,-2.05\n{row}\n"))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("b,Li2O,-2.06,225,8.2\na,LiF,-3.1,,\na,LiCl,-2,,", "the id 'a' occurs twice"),
        ("a,LiF,-3.1,231,", "'231' is no number of a space group"),
        ("a,LiF,-3.1,Fm-3m,", "'Fm-3m' is no number of a space group"),
        ("a,LiF,-3.1,,0", "the volume of LiF is not positive"),
        ("a,LiF,-3.1,,big", "the volume of LiF is not a number"),
    ],
)
def test_optional_values_that_are_unfit(csv, values, message):
    with pytest.raises(InputError, match=message):
        open_energies(csv("id,formula,formation_energy_ev_per_atom,space_group,volume_a3_per_atom\n" + values + "\n"))


@pytest.mark.parametrize(
    ("factor", "message"),
    [(96.485, "very likely kJ/mol or eV per formula unit"), (1000.0, "very likely")],
    ids=["kJ/mol", "meV"],
)
def test_values_in_another_unit(csv, factor, message):
    rows = "".join(f"{formula},{factor * energy}\n" for formula, energy in FORMATION.items())
    with pytest.raises(InputError, match=f"cannot be eV/atom: {message}"):
        open_energies(csv(HEADER + rows))


def test_one_value_far_off(csv):
    rows = "".join(f"{formula},{energy}\n" for formula, energy in FORMATION.items())
    with pytest.raises(InputError, match=r"LiF has -31, which cannot be eV/atom: an error \(1 of \d+ values"):
        open_energies(csv(f"{HEADER}{rows}LiF,-31\n"))


def test_polymorphs_with_ids_may_have_one_energy(csv):
    text = "id,formula,formation_energy_ev_per_atom\na,HfO2,-3.9\nb,HfO2,-3.9\n"
    assert len(open_energies(csv(text)).polymorphs({"Hf": 1, "O": 2})) == 2


@pytest.mark.parametrize("content", [b"\xff\xfe\x00f", b"\x80\x81\x82,\x83\n", b"\x1f", b"for\x00mula,"])
def test_bytes_that_are_no_text(csv, content):
    with pytest.raises(InputError, match="is not CSV"):
        open_energies(csv(content))


def test_headings_of_the_materials_project(tmp_path):
    path = tmp_path / "summary.csv"
    path.write_text(
        "material_id,formula_pretty,nsites,volume,energy_above_hull,formation_energy_per_atom,symmetry.number,band_gap\n"
        "mp-1138,LiF,2,16.5,0.0,-3.18,225,8.7\n"
        "mp-1960,Li2O,3,25.2,0.0,-2.06,225,5.0\n"
        "mp-135,Li,1,20.1,0.0,0.0,229,0.0\n"
    )
    phases = PhaseSet.from_file(path)
    position = phases.polymorphs({"Li": 1, "F": 1})[0]
    phase = phases.phase(position)
    assert (phase.id, phase.space_group, phase.volume_a3_per_atom) == ("mp-1138", 225, 8.25)
    assert phases.formation_energies[position] == pytest.approx(-3.18)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("mp-1,LiF,0,16.5,-3.18", "nsites is 0"),
        ("mp-1,LiF,2,16.5,", "the formation energy of LiF is missing"),
        ("mp-1,LiF,2,16.5,-6.18", "a formation energy of -6.18 eV/atom is beyond those of all compounds"),
    ],
)
def test_bad_rows_of_the_materials_project(tmp_path, row, message):
    path = tmp_path / "summary.csv"
    path.write_text(f"material_id,formula_pretty,nsites,volume,formation_energy_per_atom\n{row}\n")
    with pytest.raises(InputError, match=message):
        PhaseSet.from_file(path)
