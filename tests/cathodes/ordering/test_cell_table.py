"""Tables of ordered cells: the energies of the materials they represent, by hand, and the file."""

from __future__ import annotations

import pytest
from fixtures_cells import cell

from screening.cathodes.ordering.cell_table import (
    cell_id,
    elements_energy,
    material_formula,
    mixing_energy_ev_per_atom,
    phase_of_cell,
    phases_of_cells,
    read_cells,
    relaxation_ev_per_atom,
    write_cells,
)
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.energies.packaged.packaged_table import PACKAGED, read_packaged
from screening.equilibrium.reactant import Reactant
from screening.phases.files import read_table


@pytest.fixture(scope="module")
def plain():
    """The packaged energies without cells."""
    return read_packaged(PACKAGED)


def test_a_cell_of_the_materials_own_composition_keeps_its_energy(plain):
    phase = phase_of_cell(cell("NMC532", "Li20Ni10Mn6Co4O40", -6.509, 1.0), -0.009, plain)
    assert (phase.id, phase.formula) == ("cell-NMC532-Li1", "LiNi0.5Mn0.3Co0.2O2")
    assert phase.energy_ev_per_atom == -6.5
    assert phase.origin.startswith("cell Li20Ni10Mn6Co4O40, lowest of 2 relaxed of 3 orderings; CHGNet 0.3.0")


def test_a_cell_of_another_composition_hands_on_its_energy_above_the_hull(plain):
    held = Reactant(plain, "Li24Ni20Co3MnO48")
    elements = {"Li": 24, "Ni": 20, "Co": 3, "Mn": 1, "O": 48}
    references = dict(zip(plain.elements, plain.references.tolist(), strict=True))
    from_elements = sum(n * references[e] for e, n in elements.items()) / 96
    phase = phase_of_cell(
        cell("NCM83", "Li24Ni20Co3Mn1O48", held.mixture.energy + from_elements + 0.012, 1.0), 0.0, plain
    )
    nominal = {"Li": 1, "Ni": 0.83, "Co": 0.12, "Mn": 0.05, "O": 2}
    formation = phase.energy_ev_per_atom - sum(n * references[e] for e, n in nominal.items()) / 4
    hull = Reactant(plain, "LiNi0.83Co0.12Mn0.05O2").mixture.energy
    assert formation - hull == pytest.approx(0.012, abs=2e-6)
    assert "its energy above the hull at its own composition" in phase.origin


def test_cells_are_raised_by_what_relaxing_lowers_the_same_crystals(plain):
    known = {plain.table.id(i): float(plain.energies[i]) for i in plain.polymorphs({"Li": 1, "Co": 1, "O": 2})}
    nickelate = {plain.table.id(i): float(plain.energies[i]) for i in plain.polymorphs({"Li": 1, "Ni": 1, "O": 2})}
    cells = [
        cell("LiCoO2", "Li12Co12O24", known["mp-22526"] - 0.010, 1.0),
        cell("LiNiO2", "Li12Ni12O24", nickelate["mp-25411"] - 0.006, 1.0),
        cell("LiCoO2", "Li6Co12O24", -6.5, 0.5),
        cell("NMC532", "Li20Ni10Mn6Co4O40", -6.5, 1.0),
    ]
    assert relaxation_ev_per_atom("NMC532", cells, plain) == pytest.approx(-0.008)
    phases = {phase.id: phase for _, phase in phases_of_cells(cells, plain)}
    assert phases["cell-NMC532-Li1"].energy_ev_per_atom == pytest.approx(-6.492)
    assert "raised by 8.0 meV/atom" in phases["cell-NMC532-Li1"].origin
    with pytest.raises(InputError, match="is told from LiCoO2 or LiNiO2: order one of them too"):
        relaxation_ev_per_atom("NMC532", cells[3:], plain)
    with pytest.raises(InputError, match="is told from LiNbO3 or LiTaO3"):
        relaxation_ev_per_atom("LiNb0.5Ta0.5O3", cells, plain)


def test_an_end_member_that_is_a_known_phase_gets_no_second_one(plain):
    cells = [cell("LiNbO3", "Li10Nb10O30", -8.25), cell("LiNb0.5Ta0.5O3", "Li10Nb5Ta5O30", -8.54)]
    assert [phase.id for _, phase in phases_of_cells(cells, plain)] == ["cell-LiNb0.5Ta0.5O3"]


def test_a_cathode_whose_phases_the_catalogue_names_gets_no_second_one_but_tells_how_far_relaxing_goes(plain):
    known = {plain.table.id(i): float(plain.energies[i]) for i in plain.polymorphs(parse_formula("LiFePO4"))}
    cells = [
        cell("LiFePO4", "Li8Fe8P8O32", known["mp-19017"] - 0.012, 1.0),
        cell("LiMn0.8Fe0.2PO4", "Li20Mn16Fe4P20O80", -7.75, 1.0),
    ]
    [(_, phase)] = phases_of_cells(cells, plain)
    assert phase.id == "cell-LiMn0.8Fe0.2PO4-Li1"
    assert phase.energy_ev_per_atom == pytest.approx(-7.738)


def test_the_energy_of_mixing_is_counted_from_the_end_members():
    cells = {
        "LiNb0.5Ta0.5O3": cell("LiNb0.5Ta0.5O3", "Li4Nb2Ta2O12", -8.60),
        "LiNbO3": cell("LiNbO3", "Li2Nb2O6", -8.20),
        "LiTaO3": cell("LiTaO3", "Li2Ta2O6", -9.04),
    }
    assert mixing_energy_ev_per_atom(cells, "LiNb0.5Ta0.5O3") == pytest.approx(0.02)
    assert mixing_energy_ev_per_atom(cells, "LiNbO3") is None
    del cells["LiTaO3"]
    assert mixing_energy_ev_per_atom(cells, "LiNb0.5Ta0.5O3") is None


@pytest.mark.parametrize(
    ("material", "lithium", "formula", "identifier"),
    [
        ("NCM83", 1.0, "LiNi0.83Co0.12Mn0.05O2", "cell-NCM83-Li1"),
        ("NCM83", 0.25, "Li0.25Ni0.83Co0.12Mn0.05O2", "cell-NCM83-Li0.25"),
        ("NCM83", 0.0, "Ni0.83Co0.12Mn0.05O2", "cell-NCM83-Li0"),
        ("LiNb0.5Ta0.5O3", None, "LiNb0.5Ta0.5O3", "cell-LiNb0.5Ta0.5O3"),
    ],
)
def test_a_cell_stands_for_a_material_at_a_lithium_content(material, lithium, formula, identifier):
    assert material_formula(material, lithium) == formula
    assert cell_id(cell(material, formula, -6.0, lithium)) == identifier


def test_the_elements_of_a_composition_unreacted(plain):
    references = dict(zip(plain.elements, plain.references.tolist(), strict=True))
    assert elements_energy(plain, {"Li": 2, "O": 1}) == pytest.approx((2 * references["Li"] + references["O"]) / 3)


def table(plain, path, **options):
    cells = [cell("NMC532", "Li20Ni10Mn6Co4O40", -6.5, 1.0), cell("LiCoO2", "Li12Co12O24", -6.4, 1.0)]
    with_structure = cells[0].model_copy(update={"structure": {"kept": True}})
    write_cells(path, [with_structure, cells[1]], plain, **options)
    return [with_structure, cells[1]]


def test_a_table_is_a_file_of_energies_with_the_cells_beside_them(plain, tmp_path):
    cells = table(plain, tmp_path / "cells.json.gz")
    assert read_cells(tmp_path / "cells.json.gz") == cells
    scale, columns = read_table(tmp_path / "cells.json.gz")
    assert columns.id == ["cell-NMC532-Li1", "cell-LiCoO2-Li1"]
    assert (scale.functional, scale.correction) == (plain.scale.functional, plain.scale.correction)
    assert scale.name == f"{plain.scale.name}, ordered cells"


def test_structures_can_be_left_out_and_the_energies_stay(plain, tmp_path):
    table(plain, tmp_path / "with.json")
    table(plain, tmp_path / "bare.json", with_structures=False)
    assert [found.structure for found in read_cells(tmp_path / "bare.json")] == [None, None]
    assert read_table(tmp_path / "bare.json") == read_table(tmp_path / "with.json")


def test_damaged_tables_are_named(plain, tmp_path):
    path = tmp_path / "cells.json"
    path.write_text("{")
    with pytest.raises(InputError, match=r"cells\.json is not JSON, or was only half written"):
        read_cells(path)
    table(plain, path)
    path.write_text(path.read_text().replace('"material"', '"matrial"', 1))
    with pytest.raises(InputError, match=r"cells\.json is damaged: cells\.material: Field required"):
        read_cells(path)
    table(plain, path)
    path.write_text(path.read_text().replace("LiNi0.5Mn0.3Co0.2O2", "LiNi0.5Mn0.2Co0.3O2", 1))
    with pytest.raises(InputError, match=r"cells\.json do not match their hash: damaged or edited"):
        read_cells(path)
    plain.within(["Li", "O"]).to_file(path)
    with pytest.raises(InputError, match=r"cells\.json is no table of ordered cells: lacks cells"):
        read_cells(path)
