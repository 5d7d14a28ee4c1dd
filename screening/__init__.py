"""The science of coating screening: phase equilibria, stability, windows and interface reactions.

The public names are loaded when first used, so that importing the package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "Annealing": "heat.annealing.anneal",
    "Atmosphere": "heat.annealing.atmosphere",
    "CalculationError": "common.errors",
    "Catalogue": "materials.catalogue",
    "CoatingDatabase": "database",
    "CoatscreenError": "common.errors",
    "EnergyScale": "common.provenance",
    "InputError": "common.errors",
    "Interface": "equilibrium.interface",
    "Phase": "phases.phase",
    "PhaseSet": "phases.phase_set",
    "Reservoir": "hull.reservoir",
    "StoreError": "common.errors",
    "electrochemical_window": "equilibrium.window",
    "open_energies": "energies.source",
    "lithium_states": "cathodes.lithium_potentials",
    "phase_stability": "equilibrium.stability",
    "rank_coatings": "coatings.ranking",
}
__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"screening.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return __all__
