"""Documents of finished calculations, as force fields and VASP leave them in a store."""

from __future__ import annotations

import json

from pymatgen.core import Structure

POTCARS = {"Li": "Li_sv", "F": "F", "O": "O", "S": "S", "Co": "Co", "P": "P", "Fe": "Fe_pv"}


def vasp(crystal, energy, run_type="GGA", task_type="Static", hubbards=None, state="successful", **changes):
    """A task document as emmet writes it, with what is read of it."""
    symbols = [el.symbol for el in crystal.composition.elements]
    body = {
        "state": state,
        "run_type": run_type,
        "task_type": task_type,
        "structure": json.loads(crystal.to_json()),
        "entry": {
            "@module": "pymatgen.entries.computed_entries",
            "@class": "ComputedEntry",
            "energy": energy,
            "composition": {el.symbol: n for el, n in crystal.composition.items()},
            "entry_id": None,
            "correction": 0.0,
            "energy_adjustments": [],
            "parameters": {
                "potcar_spec": [{"titel": f"PAW_PBE {POTCARS[el]} 01Jan2000", "hash": "0"} for el in symbols],
                "run_type": run_type,
                "is_hubbard": bool(hubbards),
                "hubbards": hubbards or {},
            },
            "data": {"aspherical": True},
        },
    }
    return {**body, **changes}


def force_field(structure, energy_per_atom, name="MLFF.CHGNet", version="0.4.2", state="successful", steps=1):
    """A force-field task document as atomate2 writes it."""
    return {
        "forcefield_name": name,
        "forcefield_version": version,
        "state": state,
        "structure": json.loads(structure.to_json()),
        "output": {"energy_per_atom": energy_per_atom, "energy": energy_per_atom * len(structure), "n_steps": steps},
    }


def job(uuid, output):
    return {"uuid": uuid, "index": 1, "output": output, "name": "any", "@class": "JobStoreDocument"}


def antifluorite(anion, edge):
    half = edge / 2
    sites = [[0, 0, 0], [0.25, 0.25, 0.25], [0.75, 0.75, 0.75]]
    return Structure([[0, half, half], [half, 0, half], [half, half, 0]], [anion, "Li", "Li"], sites)


def computed_entry(element, energy, **more):
    return {
        "@module": "pymatgen.entries.computed_entries",
        "@class": "ComputedEntry",
        "composition": {element: 1.0},
        "energy": energy,
        "correction": 0.0,
        "entry_id": element,
        "parameters": {"run_type": "GGA"},
        **more,
    }
