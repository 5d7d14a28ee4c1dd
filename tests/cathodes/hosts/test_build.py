"""Families of structures, from crystals made by hand."""

from __future__ import annotations

import json

import pytest
from pymatgen.core import Lattice, Structure

from screening.cathodes.hosts import build

OCTAHEDRA = Structure.from_spacegroup(
    "P-3m1", Lattice.hexagonal(3.4, 5.7), ["Ti", "S"], [[0, 0, 0], [1 / 3, 2 / 3, 0.25]]
)
PYRITE = Structure.from_spacegroup("Pa-3", Lattice.cubic(5.6), ["Ti", "S"], [[0, 0, 0], [0.385, 0.385, 0.385]])


def with_ion(host: Structure, ion: str, where: list[float], stretch: float = 1.0) -> Structure:
    found = host.copy()
    found.append(ion, where)
    found.scale_lattice(found.volume * stretch)
    return found


def row(name: str, structure: Structure) -> str:
    species = sorted({str(s) for s in structure.species})
    ordered = [site for symbol in species for site in structure if str(site.specie) == symbol]
    return json.dumps(
        {
            "id": name,
            "species": species,
            "counts": [sum(str(site.specie) == symbol for site in ordered) for symbol in species],
            "lattice": structure.lattice.matrix.tolist(),
            "coords": [site.frac_coords.tolist() for site in ordered],
        }
    )


@pytest.fixture
def structures(tmp_path):
    """LiTiS2 and TiS2 in layers, pyrite of the same composition, and a host without a metal that gives up lithium."""
    file = tmp_path / "structures.jsonl"
    zinc = OCTAHEDRA.copy()
    zinc.replace_species({"Ti": "Zn"})
    rows = [
        row("intercalated", with_ion(OCTAHEDRA, "Li", [0, 0, 0.5], 1.08)),
        row("layers", OCTAHEDRA * (2, 1, 1)),
        row("pyrite", PYRITE),
        row("sodium", with_ion(OCTAHEDRA, "Na", [0, 0, 0.5], 1.2)),
        row("zinc", zinc),
        row("zinc-lithium", with_ion(zinc, "Li", [0, 0, 0.5])),
    ]
    file.write_text("\n".join(rows))
    return file


def test_a_family_differs_by_the_ion_alone(structures):
    made = build.table(structures)
    assert made["families"]["Li"] == {"TiS2": [["intercalated", "layers"]]}
    assert made["families"]["Na"] == {"TiS2": [["sodium", "layers"]]}
    assert made["families"]["K"] == made["families"]["Mg"] == {}


def test_the_text_is_the_table(structures):
    made = build.table(structures)
    assert json.loads(build.text(made)) == made
    assert '      "TiS2": [["intercalated", "layers"]]' in build.text(made).split("\n")


def test_the_packaged_table_names_the_settings_it_was_made_with():
    packaged = json.loads(build.TABLE.read_text(encoding="utf-8"))
    assert packaged["source"] == build.SOURCE
    assert build.text(packaged) == build.TABLE.read_text(encoding="utf-8")
