"""Measured formation enthalpies, counted from the most stable form of each element."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from screening.chemistry.compositions import format_formula
from screening.chemistry.formulas import parse_formula
from screening.files.content import DATA

SOURCE = "measured formation enthalpies packaged with pymatgen (exp_compounds)"
_REFERENCES = DATA / "measured" / "references.yaml"


@cache
def reference_steps() -> dict[str, float]:
    """Return how far the most stable form of an element lies above the form its compounds are counted from, eV/atom."""
    import yaml

    rows = yaml.safe_load(_REFERENCES.read_text(encoding="utf-8"))
    return {row["element"]: float(row["enthalpy_ev_per_atom"]) for row in rows}


def measured_enthalpies() -> dict[str, float]:
    """Return the formation enthalpies of compounds at 298 K that pymatgen packages, eV/atom, by reduced formula.

    Of one composition the lowest is taken. They are counted from black phosphorus, as computed energies are, and not
    from white phosphorus as in the tables.

    References
    ----------
    A. Wang et al., Sci. Rep. 11, 15496 (2021), who collected them to fit the MP2020 corrections.
    """
    found: dict[str, float] = {}
    for row in _packaged():
        composition = parse_formula(row["formula"])
        if len(composition) > 1:
            steps = sum(step * composition.get(symbol, 0.0) for symbol, step in reference_steps().items())
            value = (row["exp energy"] - steps) / sum(composition.values())
            formula = format_formula(composition)
            found[formula] = min(value, found.get(formula, value))
    return found


def stated_uncertainty() -> float:
    """Return the uncertainty that is stated of a measured formation enthalpy, eV/atom: the median where one is."""
    found = [
        row["uncertainty"] / sum(parse_formula(row["formula"]).values())
        for row in _packaged()
        if row["uncertainty"] is not None
    ]
    return float(np.nanmedian(found))


def _packaged() -> list[dict[str, Any]]:
    import pymatgen.analysis.compatibility as package

    path = Path(package.__file__).parent / "exp_compounds.json.gz"
    rows: list[dict[str, Any]] = json.loads(gzip.decompress(path.read_bytes()))
    return rows
