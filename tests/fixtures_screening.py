"""A small set of phases with plausible energies, and requests small enough to run in a test."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from screening.chemistry.formulas import parse_formula
from screening.phases.phase_set import EnergyScale, Phase, PhaseSet

SCALE = EnergyScale(name="synthetic", version="1", functional="rounded thermochemistry", correction="none")

# eV per atom; the elements are not at zero, so that a reference left out somewhere shows
ELEMENTS = {
    "Li": -1.9,
    "Ni": -5.8,
    "Co": -7.1,
    "Mn": -9.0,
    "O": -4.9,
    "P": -5.4,
    "S": -4.1,
    "Cl": -1.8,
    "Nb": -10.1,
    "Ta": -11.9,
    "Hf": -9.9,
}
FORMATION = {  # eV per atom
    "Li2O": -2.05,
    "Li2O2": -1.64,
    "NiO": -1.25,
    "NiO2": -0.70,
    "LiNiO2": -1.54,
    "CoO": -1.23,
    "Co3O4": -1.35,
    "CoO2": -0.95,
    "LiCoO2": -1.76,
    "MnO": -2.00,
    "Mn2O3": -1.99,
    "MnO2": -1.80,
    "LiMn2O4": -2.05,
    "Li2MnO3": -2.13,
    "P2O5": -2.20,
    "LiPO3": -2.53,
    "Li4P2O7": -2.65,
    "Li3PO4": -2.72,
    "Li3P": -0.87,
    "Li2S": -1.54,
    "P2S5": -0.30,
    "Li3PS4": -1.10,
    "Li6PS5Cl": -1.32,
    "LiCl": -2.12,
    "SO2": -1.02,
    "SO3": -1.15,
    "Li2SO4": -2.12,
    "NiSO4": -1.50,
    "CoSO4": -1.53,
    "NiS": -0.45,
    "Ni3S2": -0.43,
    "CoS": -0.43,
    "Co9S8": -0.50,
    "MnS": -1.11,
    "NiCl2": -1.05,
    "CoCl2": -1.08,
    "MnCl2": -1.66,
    "Ni2P": -0.55,
    "CoP": -0.60,
    "NbO2": -2.75,
    "Nb2O5": -2.81,
    "LiNb3O8": -2.83,
    "LiNbO3": -2.82,
    "Li3NbO4": -2.65,
    "NbS2": -1.20,
    "Ta2O5": -3.03,
    "LiTaO3": -2.95,
    "Li3TaO4": -2.77,
    "TaS2": -1.20,
    "HfO2": -3.95,
    "Li2HfO3": -3.20,
    "HfS2": -1.80,
}

COATINGS = ["LiNbO3", "LiTaO3", "HfO2", "Li2SO4", "Li3PO4"]
SMALL = {"coatings": ["LiNbO3", "Li3PO4", "HfO2"], "cathodes": ["LiCoO2"], "electrolytes": ["Li6PS5Cl"]}


def phase(formula: str, formation: float = 0.0, name: str | None = None, space_group: int = 1) -> Phase:
    """One phase of a formation energy, eV/atom, on the synthetic scale."""
    amounts = parse_formula(formula)
    elements = sum(n * ELEMENTS[element] for element, n in amounts.items()) / sum(amounts.values())
    return Phase(
        id=name or f"syn-{formula}", formula=formula, energy_ev_per_atom=elements + formation, space_group=space_group
    )


def phase_set(formation: dict[str, float], scale: EnergyScale = SCALE) -> PhaseSet:
    """Phases of the given formation energies, and the elements they consist of."""
    elements = sorted({element for formula in formation for element in parse_formula(formula)})
    return PhaseSet(scale, [*(phase(e) for e in elements), *(phase(f, e) for f, e in formation.items())])


@cache
def synthetic() -> PhaseSet:
    """The whole set."""
    return phase_set(FORMATION)


def energies_file(folder: Path, **changed: float) -> str:
    """Write the whole set, with some formation energies changed, and return the path."""
    phases = phase_set({**FORMATION, **changed})
    path = folder / f"energies-{phases.sha256[:8]}.json"
    phases.to_file(path)
    return str(path)


def without(documents: Any, *names: str) -> Any:
    """Copy documents without some fields, at any depth."""
    if isinstance(documents, dict):
        return {k: without(v, *names) for k, v in documents.items() if k not in names}
    return [without(v, *names) for v in documents] if isinstance(documents, list) else documents


def settings_for(folder: Path, **changed: Any) -> Any:
    """Return the settings of a small screening with the synthetic energies into a database of its own."""
    from workflows.settings import load_settings

    return load_settings(**{**SMALL, "energies": energies_file(folder), "store": str(folder / "db"), **changed})


def contents(store: str | Path) -> dict[str, list[dict[str, Any]]]:
    """Return all that a database says of coatings, without when and by which jobs it was written."""
    from screening.database import StoreLocation

    found: dict[str, list[dict[str, Any]]] = {}
    for collection, key in (("coatings", "key"), ("rankings", "ranking_id")):
        opened = StoreLocation(store).open(collection, read_only=True)
        docs = [without(doc, "_id", "built_at", "source_jobs", "stamp") for doc in opened.query({})]
        found[collection] = sorted(docs, key=lambda doc: doc[key])
        opened.close()
    return found


def job_times(store: str | Path) -> dict[str, str]:
    """Return when each job in a database was finished, by its id."""
    from screening.database import StoreLocation

    jobs = StoreLocation(store).open("jobs", read_only=True)
    try:
        return {doc["uuid"]: doc["completed_at"] for doc in jobs.query({}, ["uuid", "completed_at"])}
    finally:
        jobs.close()
