"""What a screening lacks: which phases, in which order, and where their structures come from."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest
from fixtures_missing import ASK, asked
from fixtures_structures import rock_salt
from pymatgen.core import Composition, Structure

from coatscreen.__main__ import execute
from screening.cathodes.ordering.cell_table import cell_id, read_cells
from screening.chemistry.compositions import atomic_fractions
from screening.chemistry.formulas import parse_formula
from screening.energies.packaged.packaged_table import PACKAGED_MODEL, cells_path, packaged_energies
from screening.energies.sources.materials_project import scale_of
from screening.phases.files import write_table
from screening.phases.phase import PhaseColumns
from screening.searches.missing.missing import _write, cell_structure


def test_the_packaged_energies_lack_nothing(capsys):
    out = asked(capsys, "--energies", "reference")
    assert out["missing"] == []
    assert out["n_present"] == out["n_needed"] > 100
    assert out["given"]["sha256"] == packaged_energies().sha256


def test_what_is_there_is_known_by_identifier_or_by_composition_and_space_group(tmp_path, capsys):
    everything = asked(capsys)["missing"]
    hull = [one for one in everything if one["why"] == "on the hull" and one["space_group"]]
    by_id, by_crystal, other_crystal = hull[:3]
    element = next(one for one in everything if one["why"] == "element")
    cell = next(one for one in everything if (one["id"] or "").startswith("cell-NCM111-Li0.5"))
    rows = [
        (by_id["id"], by_id["formula"], None),
        ("own-1", by_crystal["formula"], by_crystal["space_group"]),
        ("own-2", other_crystal["formula"], other_crystal["space_group"] % 230 + 1),
        ("own-3", element["formula"], 1),
        ("own-4", "Li6Ni4Co4Mn4O24", 1),
    ]
    names, formulas, groups = map(list, zip(*rows, strict=True))
    nothing = [None] * len(rows)
    table = tmp_path / "some.json"
    columns = PhaseColumns(id=names, formula=formulas, energy_ev_per_atom=[-5.0] * len(rows), space_group=groups,
                           volume_a3_per_atom=nothing, origin=nothing)  # fmt: skip
    write_table(table, scale_of("1"), columns)  # no whole set: it lacks elements
    left = asked(capsys, "--energies", table)
    assert left["n_present"] == 4
    gone = {one["id"] for one in everything} - {one["id"] for one in left["missing"]}
    assert gone == {by_id["id"], by_crystal["id"], element["id"], cell["id"]}


def test_structures_are_written_from_the_file_and_from_the_cells(tmp_path, capsys):
    salt = {"species": ["Li", "O"], "counts": [2, 1], "sg": 225,
            "lattice": [[0, 2.3, 2.3], [2.3, 0, 2.3], [2.3, 2.3, 0]],
            "coords": [[0.25, 0.25, 0.25], [0.75, 0.75, 0.75], [0, 0, 0]]}  # fmt: skip
    known = packaged_energies()
    oxide = known.table.id(known.polymorphs({"Li": 2, "O": 1})[0])
    file, folder = tmp_path / "structures.jsonl.gz", tmp_path / "cifs"
    file.write_bytes(gzip.compress("\n".join(json.dumps({**salt, "id": name}) for name in (oxide, "mp-0")).encode()))
    out = asked(capsys, "--structures", file, "--output", folder)
    had = {one["id"]: one for one in out["missing"] if one["file"]}
    assert {one["structure_from"] for one in had.values()} == {"structures file", "packaged cell"}
    assert Structure.from_file(had[oxide]["file"]).composition.reduced_formula == "Li2O"
    assert sorted(str(path) for path in folder.iterdir()) == sorted(one["file"] for one in had.values())
    half = Structure.from_file(had["cell-NCM111-Li0.5"]["file"])
    assert half.composition == Composition("Li6Ni4Co4Mn4O24")
    rest = [one for one in out["missing"] if not one["file"]]
    assert all(one["hint"] and one["structure_from"] is None for one in rest)
    assert not any(one["hint"] for one in had.values())


@pytest.mark.parametrize("name", ["cell-NCM83-Li1", "cell-NCM111-Li0", "cell-LiNb0.5Ta0.5O3"])
def test_a_packaged_cell_is_built_on_the_sites_of_its_parent(name):
    cell = next(cell for cell in read_cells(cells_path(PACKAGED_MODEL)) if cell_id(cell) == name)
    structure = cell_structure(cell)
    expected, held = atomic_fractions(parse_formula(cell.formula)), structure.composition.fractional_composition
    assert {el.symbol: x for el, x in held.items()} == pytest.approx(expected)
    distances = structure.distance_matrix + 100 * np.eye(len(structure))
    oxygen = np.array([site.specie.symbol == "O" for site in structure])
    assert oxygen[distances[~oxygen].argmin(axis=1)].all()  # every cation is beside oxygen
    assert 1.8 < distances.min() < 2.2
    if name == "cell-NCM83-Li1":  # of alpha-NaFeO2 type, oxygen lies nearer the metals than lithium
        lithium = np.array([site.specie.symbol == "Li" for site in structure])
        assert distances[lithium][:, oxygen].min() > 1.05 * distances[~lithium & ~oxygen][:, oxygen].min()


def test_structures_without_a_folder_are_refused(tmp_path, capsys):
    for option in (["--fetch"], ["--structures", str(tmp_path / "x.jsonl")]):
        assert execute([*ASK, *option]) == 2
        assert "needs --output" in capsys.readouterr().err


@pytest.mark.slow
def test_structures_are_fetched_from_the_materials_project(tmp_path, capsys, monkeypatch):
    client_module = pytest.importorskip(
        "screening.energies.sources.materials_project_client", reason="needs the extra 'mp'"
    )
    from materials_project_server import KEY, materials_project
    from mp_api.client.core import settings as client_settings

    monkeypatch.setattr(client_module, "_MOST_IDS", 40)  # several requests
    known = packaged_energies()
    oxide = known.table.id(known.polymorphs({"Li": 2, "O": 1})[0])
    crystal = Structure([[0, 2.3, 2.3], [2.3, 0, 2.3], [2.3, 2.3, 0]], ["Li", "Li", "O"],
                        [[0.25] * 3, [0.75] * 3, [0, 0, 0]])  # fmt: skip
    monkeypatch.setenv("MP_API_KEY", KEY)
    with materials_project([]) as running:
        running.structures[oxide] = json.loads(crystal.to_json())
        monkeypatch.setattr(client_settings.MAPI_CLIENT_SETTINGS, "ENDPOINT", running.address)
        out = asked(capsys, "--fetch", "--output", tmp_path / "cifs")
    (one,) = [one for one in out["missing"] if one["structure_from"] == "Materials Project"]
    assert one["id"] == oxide
    assert Structure.from_file(one["file"]).matches(crystal)
    monkeypatch.delenv("MP_API_KEY")
    monkeypatch.setitem(__import__("pymatgen.core", fromlist=["SETTINGS"]).SETTINGS, "PMG_MAPI_KEY", "")
    assert execute([*ASK, "--fetch", "--output", str(tmp_path / "cifs")]) == 2
    assert "needs an API key" in capsys.readouterr().err


def test_people_read_a_table(tmp_path, capsys):
    command = [*ASK[:-1], "--cathodes", "NCM111", "--output", str(tmp_path / "cifs")]
    assert execute(command) == 0
    out, err = capsys.readouterr()
    assert "phases are needed in" in out
    assert "compute them: coatscreen energies add" in out
    assert "structures not had" in err


def test_the_id_of_a_phase_leads_nowhere_else(tmp_path):
    ids = ["mp-1", "../../escaped", "/etc/escaped", "a/b", "a_b", "a b", "\x1b[31m", "x" * 300, ".."]
    files = _write({name: ("structures file", rock_salt()) for name in ids}, tmp_path / "out")
    paths = [Path(file) for file in files.values()]
    assert {path.parent for path in paths} == {tmp_path / "out"}
    assert len(set(paths)) == len(ids)
    assert Path(files["mp-1"]).name == "mp-1.cif"
    assert all(re.fullmatch(r"[\w.-]+", path.name, re.ASCII) for path in paths)
