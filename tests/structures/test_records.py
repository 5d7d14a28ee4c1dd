"""Structures files: what is read, and what is refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from pymatgen.core import Composition

from screening.common.errors import InputError
from screening.structures.records import StructureRecord, read_structures

SALT = {
    "id": "salt",
    "species": ["Li", "Cl"],
    "counts": [1, 1],
    "sg": 225,
    "lattice": [[0.0, 2.565, 2.565], [2.565, 0.0, 2.565], [2.565, 2.565, 0.0]],
    "coords": [[0.0, 0.0, 0.0], [0.5, 0.5, 0.5]],
}
METAL = {
    "id": "metal",
    "species": ["Li"],
    "counts": [1],
    "sg": 229,
    "lattice": [[-1.755, 1.755, 1.755], [1.755, -1.755, 1.755], [1.755, 1.755, -1.755]],
    "coords": [[0.0, 0.0, 0.0]],
}


def written(path: Path, *lines: object) -> Path:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["structures.jsonl", "structures.jsonl.gz"])
def test_reads_plain_and_gzipped_in_order(tmp_path: Path, name: str) -> None:
    records = list(read_structures(written(tmp_path / name, SALT, "", METAL)))
    assert [record.id for record in records] == ["salt", "metal"]
    assert [record.formula for record in records] == ["Li1Cl1", "Li1"]


def test_structure_is_the_one_described() -> None:
    structure = StructureRecord.model_validate(SALT).structure()
    assert structure.composition == Composition("LiCl")
    assert structure.volume == pytest.approx(5.13**3 / 4)  # rock salt: four formula units in the cube of edge 5.13
    assert structure.get_distance(0, 1) == pytest.approx(5.13 / 2)
    assert structure.get_space_group_info() == ("Fm-3m", 225)


def test_elements_select(tmp_path: Path) -> None:
    path = written(tmp_path / "s.jsonl", SALT, METAL)
    assert [r.id for r in read_structures(path, frozenset({"Li"}))] == ["metal"]
    assert [r.id for r in read_structures(path, frozenset({"Li", "Cl", "O"}))] == ["salt", "metal"]
    assert list(read_structures(path, frozenset({"Cl"}))) == []


def test_fields_that_are_not_known_are_ignored(tmp_path: Path) -> None:
    assert len(list(read_structures(written(tmp_path / "s.jsonl", {**SALT, "energy": 1.0})))) == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{not json", "line 2: not a JSON object"),
        ("[1, 2]", "line 2: Input should be a valid dictionary"),
        ({**METAL, "species": None}, "line 2: species: "),
        ({**METAL, "counts": [2]}, "line 2: Value error, species, counts and coords do not agree"),
        ({**METAL, "sg": 231}, "line 2: sg: "),
        ({**METAL, "id": ""}, "line 2: id: "),
        ({**METAL, "lattice": [[1.0, 0.0], [0.0, 1.0]]}, "line 2: Value error, lattice and coords are not rows"),
        ({**METAL, "coords": [[0.0, 0.0]]}, "line 2: Value error, lattice and coords are not rows"),
        ({**METAL, "coords": [[0.0, 0.0, float("nan")]]}, "line 2: coords: 0: 2: Input should be a finite number"),
        ({key: value for key, value in METAL.items() if key != "lattice"}, "line 2: lattice: Field required"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: object, message: str) -> None:
    path = written(tmp_path / "s.jsonl", SALT, line)
    with pytest.raises(InputError) as raised:
        list(read_structures(path))
    assert str(raised.value).startswith(f"{path} {message}")
    assert "\n" not in str(raised.value)


def test_a_bad_line_is_named_where_elements_are_chosen(tmp_path: Path) -> None:
    path = written(tmp_path / "s.jsonl", {**METAL, "species": None})
    with pytest.raises(InputError, match="line 1"):
        list(read_structures(path, frozenset({"Li"})))


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "s.jsonl.gz", *[{**SALT, "id": f"salt-{n}"} for n in range(200)])
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match=r"s\.jsonl\.gz cannot be read beyond line \d+: "):
        list(read_structures(path))


def test_a_corrupted_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "s.jsonl.gz", *[{**SALT, "id": f"salt-{n}"} for n in range(200)])
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match="line"):
        list(read_structures(path))


@pytest.mark.parametrize("content", [b"plain text\n", b"\xff\xfe\x00"])
def test_what_is_no_gzip_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(InputError, match="cannot be read beyond line 0"):
        list(read_structures(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.jsonl does not exist"):
        list(read_structures(tmp_path / "nothing.jsonl"))
