"""A small atlas with energies that can be followed by hand."""

from __future__ import annotations

from pathlib import Path

from fixtures_screening import energies_file

from screening.atlas.atlas_documents import AtlasDocument, AtlasPlan
from screening.atlas.atlas_request import plan_atlas
from screening.atlas.parts import merge_parts, write_part

CATHODES, ELECTROLYTES, VOLTAGES = ["LiCoO2", "LiNiO2"], ["Li6PS5Cl", "Li3PS4"], [2.9, 4.3]


def small_plan(folder: Path, **changed: object) -> AtlasPlan:
    """Return a plan with the synthetic energies."""
    options: dict[str, object] = {"cathodes": CATHODES, "electrolytes": ELECTROLYTES, "voltages_v": VOLTAGES}
    return plan_atlas(energies_file(folder), **{**options, **changed})  # type: ignore[arg-type]


def small_atlas(folder: Path, plan: AtlasPlan | None = None, batch: int = 20) -> AtlasDocument:
    """Build the atlas of a plan in this process."""
    plan = plan or small_plan(folder)
    common = (plan.energies, plan.neighbours, plan.voltages_v)
    starts = range(0, len(plan.coatings), batch)
    parts = [write_part(*common, plan.coatings[k : k + batch], str(folder / "parts")) for k in starts]
    return merge_parts(*common, plan.left_out, parts, str(folder / "atlas.parquet"))
