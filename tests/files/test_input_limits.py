"""Inputs that are small on disk and large in memory, or nested without end: one line and status 2, soon."""

from __future__ import annotations

import gzip
import io
import time
import tracemalloc
import zipfile

import numpy as np
import pytest
import yaml

from coatscreen.__main__ import execute
from screening.common.errors import InputError
from screening.database.stores import StoreLocation
from screening.energies.packaged.rows import unpack
from screening.files.content import DEEPEST, LARGEST_VARIABLE, parse_json, read_bytes
from screening.files.yaml_text import parse_yaml
from screening.structures.records import read_structures
from workflows.queue.site import Site

pytestmark = pytest.mark.usefixtures("own_folder")

DEEP_JSON = '{"entries": ' + "[" * 100_000
DEEP_YAML = ["a: " + "[" * 5_000, "- " * 5_000 + "1", "a: {" * 5_000]
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
YAML = [*DEEP_YAML, LAUGHS, "a: &a [*a]", "a: 1\na: 2", "a: 2026-13-45", "a: " + "9" * 5_000, "? [a]\n: 1"]


@pytest.fixture(scope="module")
def bomb(tmp_path_factory):
    """300 MB of JSON in 0.3 MB."""
    path = tmp_path_factory.mktemp("bomb") / "bomb.json.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(b"[")
        for _ in range(300):
            file.write(b"0," * 500_000)
        file.write(b"0]")
    assert path.stat().st_size < 500_000
    return path


def refused(capsys, *arguments):
    """Run the program, which refuses what it is given; return what it says."""
    assert execute([str(argument) for argument in arguments]) == 2, arguments
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


# -- large ------------------------------------------------------------------------------------------


def test_a_bomb_is_refused_before_it_is_large(bomb):
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(InputError, match=r"larger than 1000 MB or, unzipped, than 100 times its size: .* unzip it"):
        read_bytes(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6
    assert time.perf_counter() - began < 10


def test_a_bomb_of_several_parts_and_a_bomb_in_a_bomb(bomb, tmp_path):
    twice = tmp_path / "twice.gz"
    twice.write_bytes(bomb.read_bytes() * 2)
    with pytest.raises(InputError, match="larger than"):
        read_bytes(twice)
    nested = tmp_path / "nested.gz"
    nested.write_bytes(gzip.compress(bomb.read_bytes()))
    assert read_bytes(nested) == bomb.read_bytes()  # unzipped once


def test_every_verb_refuses_a_bomb(bomb, tmp_path, capsys):
    structure = tmp_path / "LiF.cif.gz"
    structure.write_bytes(bomb.read_bytes())
    description = tmp_path / "store.json"
    description.write_text(f'{{"@class": "JSONStore", "paths": ["{bomb}"]}}')
    for suffix in (".yaml", ".toml", ".csv", ".json"):
        (tmp_path / f"bomb{suffix}").write_bytes(bomb.read_bytes())
    for arguments in (
        ["stability", "Li", "--energies", bomb],
        ["run", "--config", "bomb.yaml"],
        ["run", "--config", "bomb.toml"],
        ["run", "--candidates", "bomb.csv"],
        ["run", "--candidates", "bomb.json"],
        ["run", "--catalogue", "bomb.yaml"],
        ["rank", "--store", "bomb.yaml"],
        ["interface", "--pairs", "bomb.csv"],
        ["energies", "add", structure],
        ["energies", "import", description],
        ["energies", "import", "bomb.json"],
        ["reference", "check", "--literature", bomb],
        ["reference", "check", "--against", bomb],
    ):
        assert "larger than 1000 MB or, unzipped, than 100 times its size" in refused(capsys, *arguments)


def test_the_limit_can_be_moved(tmp_path, monkeypatch, capsys):
    file = tmp_path / "table.json"
    file.write_bytes(b" " * 2_000_000)
    monkeypatch.setenv(LARGEST_VARIABLE, "1.5")
    with pytest.raises(InputError, match=rf"larger than 1.5 MB: if it is meant to be, set {LARGEST_VARIABLE} to more"):
        read_bytes(file)
    monkeypatch.setenv(LARGEST_VARIABLE, "2")
    assert len(read_bytes(file)) == 2_000_000
    for wrong in ("much", "-1", "0", "nan", "inf"):
        monkeypatch.setenv(LARGEST_VARIABLE, wrong)
        assert "must be a number of megabytes" in refused(capsys, "stability", "Li", "--energies", file)


def test_a_file_without_end(monkeypatch):
    monkeypatch.setenv(LARGEST_VARIABLE, "5")
    with pytest.raises(InputError, match="larger than 5 MB"):
        read_bytes("/dev/zero")


def test_a_line_without_end(tmp_path, bomb):
    with pytest.raises(InputError, match="line 1 is longer than"):
        list(read_structures(bomb))
    (tmp_path / "s.jsonl").write_text("\n" + "[" * 100_000 + "\n")
    with pytest.raises(InputError, match="line 2: not a JSON object"):
        list(read_structures(tmp_path / "s.jsonl"))


def columns(**changed):
    """Return the content of a table of energies whose columns say what they are not."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, header in changed.items():
            column = io.BytesIO()
            np.lib.format.write_array_header_1_0(column, header)
            archive.writestr(f"{name}.npy", column.getvalue())
    return file.getvalue()


def test_columns_that_are_not_as_large_as_they_say(monkeypatch):
    vast = {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
    with pytest.raises(ValueError, match=r"half of energies\.npy"):
        unpack(columns(energies=vast))
    monkeypatch.setenv(LARGEST_VARIABLE, "0.0001")
    with pytest.raises(ValueError, match=f"larger than 0.0001 MB unzipped: set {LARGEST_VARIABLE} to more"):
        unpack(columns(energies={**vast, "shape": (0,)}))


# -- deep -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [DEEPEST, 900, 5_000, 1_000_000])
def test_deep_json(depth):
    with pytest.raises(InputError, match=r"is nested more than 100 levels deep|is not JSON"):
        parse_json("[" * depth + "[1]" + "]" * depth, "x.json")
    assert parse_json("[" * 90 + "]" * 90, "x.json")


def test_every_verb_refuses_deep_json(tmp_path, capsys, monkeypatch):
    for name in ("deep.json", "deep-structure.json"):
        (tmp_path / name).write_text(DEEP_JSON)
    for arguments in (
        ["stability", "Li", "--energies", "deep.json"],
        ["run", "--candidates", "deep.json"],
        ["energies", "add", "deep-structure.json"],
        ["energies", "import", "deep.json"],
        ["reference", "check", "--literature", "deep.json"],
        ["query", "--filter", DEEP_JSON],
    ):
        said = refused(capsys, *arguments)
        assert any(words in said for words in ("is not JSON", "nested")), said
    monkeypatch.setenv("COATSCREEN_CRITERIA", DEEP_JSON)
    assert "lists and tables in environment variables are JSON" in refused(capsys, "run")


@pytest.mark.parametrize("text", YAML, ids=lambda text: text[:20])
def test_yaml_within_limits(text):
    with pytest.raises(yaml.YAMLError):
        parse_yaml(text)


def test_aliases_that_stand_for_little_are_read():
    assert parse_yaml("a: &a {x: 1}\nb: *a\nc: {<<: *a, y: 2}") == {"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1, "y": 2}}


@pytest.mark.parametrize("text", YAML, ids=lambda text: text[:20])
def test_every_reader_of_yaml_refuses_it_in_one_line(tmp_path, capsys, text):
    for name in ("bad.yaml", "structure.yaml", "site.yaml"):
        (tmp_path / name).write_text(text)
    for arguments in (
        ["run", "--config", "bad.yaml"],
        ["run", "--catalogue", "bad.yaml"],
        ["rank", "--store", "bad.yaml"],
        ["energies", "add", "structure.yaml"],
        ["energies", "import", "bad.yaml"],
        ["status", "--site", str(tmp_path)],
    ):
        assert len(refused(capsys, *arguments)) < 600
    for read in (lambda: StoreLocation("bad.yaml"), lambda: Site.read(tmp_path)):
        with pytest.raises(InputError):
            read()


def test_deep_toml(tmp_path, capsys):
    (tmp_path / "deep.toml").write_text("coatings = " + "[" * 5_000)
    assert "config file deep.toml is not TOML" in refused(capsys, "run", "--config", "deep.toml")
