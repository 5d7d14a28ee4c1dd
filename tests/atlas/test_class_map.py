"""Medians of classes, against the rows of the file."""

import statistics

import pytest
from fixtures_atlas import small_atlas, small_plan

pytest.importorskip("pyarrow", reason="the extra [atlas] is not installed")

import pyarrow.parquet as pq

from screening.atlas.class_map import class_map
from screening.atlas.columns import AtlasFile
from screening.chemistry.classes import chemistry_class
from screening.chemistry.formulas import parse_formula


def test_medians(tmp_path):
    document = small_atlas(tmp_path, small_plan(tmp_path, cathodes=["LiCoO2"], electrolytes=["Li6PS5Cl"]))
    rows = pq.read_table(document.file).to_pylist()
    with AtlasFile(document.file) as atlas:
        found = {None: class_map(atlas, least=4), 4.3: class_map(atlas, 4.3, least=4)}
        with pytest.raises(ValueError, match=r"3\.9"):
            class_map(atlas, 3.9)
    assert found[None].neighbours == ["LiCoO2 full", "LiCoO2 half", "Li6PS5Cl"]
    assert {"halide", "transition-metal oxide"} <= set(found[None].classes)
    assert "thiophosphate" not in found[None].classes  # fewer than four
    for voltage, medians in found.items():
        for k, kind in enumerate(medians.classes):
            met = [
                1000.0 * row["mutual_ev_per_closed_atom"]
                for row in rows
                if row["neighbour"] == "Li6PS5Cl"
                and row["voltage_v"] == voltage
                and chemistry_class(parse_formula(row["coating"].partition("@")[0])) == kind
            ]
            assert len(met) == medians.n_coatings[k]
            assert medians.mutual_mev[k, 2] == pytest.approx(statistics.median(met), abs=1e-6)
