"""Which form a file has is told by its content, and nothing but a clear refusal comes of a wrong one."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from fixtures_screening import energies_file, phase_set
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymatgen.entries.computed_entries import ComputedEntry, ConstantEnergyAdjustment

from screening.common.errors import InputError
from screening.energies.source import open_energies
from screening.energies.sources.detect import read_energies

WORDS = st.sampled_from(
    [
        *("scale", "phases", "entries", "systems", "sha256", "id", "formula", "energy_ev_per_atom", "name", "version"),
        *("@class", "@module", "energy", "composition", "correction", "energy_adjustments", "parameters", "data"),
        *(
            "ComputedEntry",
            "ComputedStructureEntry",
            "pymatgen.entries.computed_entries",
            "Li",
            "O",
            "Li-O",
            "structure",
        ),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | WORDS | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=20,
)


def read_or_refused(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    reason, table = "", None
    try:
        table = read_energies(path)
    except InputError as error:
        reason = str(error)
    assert len(reason.splitlines()) == 1 if table is None else len(table.phases) > 0


@given(VALUES)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json(tmp_path, value):
    read_or_refused(json.dumps(value).encode(), tmp_path / "any.json")


@given(st.binary(max_size=60))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes(tmp_path, content):
    read_or_refused(content, tmp_path / "any")
    read_or_refused(b"formula,formation_energy_ev_per_atom\nLi2O," + content, tmp_path / "any.csv")


ENTRY = ComputedEntry("Li2O", -14.4, entry_id="a", energy_adjustments=[ConstantEnergyAdjustment(-1.0)]).as_dict()


@given(st.sampled_from(sorted(ENTRY)), VALUES)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_entry_with_anything_in_it(tmp_path, key, value):
    read_or_refused(json.dumps([{**ENTRY, key: value}]).encode(), tmp_path / "any.json")


@given(st.sampled_from(["scale", "phases", "sha256", "systems"]), VALUES)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_set_with_anything_in_it(tmp_path, key, value):
    data = phase_set({"Li2O": -2.05}).as_dict()
    read_or_refused(json.dumps({**data, key: value}).encode(), tmp_path / "any.json")


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_set_with_an_energy_that_is_none(tmp_path, value):
    data = phase_set({"Li2O": -2.05}).as_dict()
    del data["sha256"]
    data["phases"]["energy_ev_per_atom"][2] = value
    path = tmp_path / "set.json"
    path.write_text(json.dumps(data))
    with pytest.raises(InputError, match="has no finite energy"):
        open_energies(str(path))


def test_names_of_files_do_not_matter(tmp_path):
    path = Path(energies_file(tmp_path))
    for name in ("energies.csv", "energies", "energies.json.gz"):
        (tmp_path / name).write_bytes(path.read_bytes())
        assert open_energies(str(tmp_path / name)) == open_energies(str(path))
    (tmp_path / "table.json").write_text("formula,formation_energy_ev_per_atom\nLi2O,-2.05\n")
    assert len(open_energies(str(tmp_path / "table.json"))) == 3


@pytest.mark.parametrize("package", ["emmet.core.vasp.calc_types.enums", "no_such_package"])
def test_a_run_type_may_be_an_enumeration(tmp_path, package):
    run_type = {"@module": package, "@class": "RunType", "value": "GGA+U"}
    path = tmp_path / "entries.json"
    path.write_text(json.dumps([ComputedEntry("Li", -1.9, parameters={"run_type": run_type}).as_dict()]))
    assert open_energies(str(path)).scale.functional == "PBE+U"
