"""Files of energies: what is written is read again, and what is damaged is refused with the reason."""

import gzip
import json

import pytest
from random_phases import SCALE

from screening.common.errors import InputError
from screening.phases.files import content_of, read_table, table_of, write_table
from screening.phases.phase import PhaseColumns


def columns(**changed):
    """One compound without its elements: a table need not be a complete set."""
    fields = {
        "id": ["one", "two"],
        "formula": ["Li3PS4", "Li6P2S8"],
        "energy_ev_per_atom": [-4.5, -4.25],
        "space_group": [31, None],
        "volume_a3_per_atom": [None, 20.5],
        "origin": [None, "by hand"],
    }
    return PhaseColumns(**{**fields, **changed})


@pytest.mark.parametrize("name", ["table.json", "table.json.gz"])
def test_what_is_written_is_read_again(tmp_path, name):
    write_table(tmp_path / name, SCALE, columns())
    assert read_table(tmp_path / name) == (SCALE, columns())
    raw = (tmp_path / name).read_bytes()
    assert (raw[:2] == b"\x1f\x8b") == name.endswith(".gz")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_table_may_have_further_keys(tmp_path):
    (tmp_path / "table.json").write_text(json.dumps({**content_of(SCALE, columns()), "cells": [1, 2]}))
    assert read_table(tmp_path / "table.json") == (SCALE, columns())


def test_an_edited_energy_is_found_by_the_hash(tmp_path):
    write_table(tmp_path / "table.json", SCALE, columns())
    text = (tmp_path / "table.json").read_text()
    (tmp_path / "table.json").write_text(text.replace("-4.25", "-4.35"))
    with pytest.raises(InputError, match=r"table\.json do not match their hash: damaged or edited"):
        read_table(tmp_path / "table.json")


def test_an_edited_scale_is_found_by_the_hash():
    content = content_of(SCALE, columns())
    content["scale"]["functional"] = "another"
    with pytest.raises(InputError, match="do not match their hash"):
        table_of(content, "given")


def test_a_table_without_a_hash_is_taken_as_it_is():
    content = content_of(SCALE, columns())
    del content["sha256"]
    assert table_of(content, "given") == (SCALE, columns())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"scale": None}, "no table of energies"),
        ({"phases": {"id": []}}, "no table of energies: formula: Field required"),
        ({"phases": columns().model_copy(update={"formula": ["LiF"]}).model_dump()}, "the columns differ in length"),
        ({"phases": {name: [] for name in PhaseColumns.model_fields}}, "holds no phase"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(change, reason):
    with pytest.raises(InputError, match=f"the energies in given .*{reason}"):
        table_of({**content_of(SCALE, columns()), **change}, "given")


@pytest.mark.parametrize("key", ["scale", "phases"])
def test_a_missing_key_is_named(key):
    content = content_of(SCALE, columns())
    del content[key]
    with pytest.raises(InputError, match=f"lacks '{key}'"):
        table_of(content, "given")


def test_half_a_file_is_refused(tmp_path):
    write_table(tmp_path / "table.json.gz", SCALE, columns())
    whole = (tmp_path / "table.json.gz").read_bytes()
    (tmp_path / "table.json.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="truncated or damaged"):
        read_table(tmp_path / "table.json.gz")
    (tmp_path / "table.json").write_bytes(gzip.decompress(whole)[:-20])
    with pytest.raises(InputError, match="not JSON"):
        read_table(tmp_path / "table.json")


def test_a_formula_that_cannot_be_read_is_not_written(tmp_path):
    with pytest.raises(InputError, match="no element Xx"):
        write_table(tmp_path / "table.json", SCALE, columns(formula=["Li3PS4", "Xx2O"]))
    assert list(tmp_path.iterdir()) == []
