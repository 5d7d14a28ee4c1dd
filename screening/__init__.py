"""The science of coating screening: phase equilibria, stability, windows and interface reactions.

The public names are loaded when first used, so that importing the package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "Annealing": "annealing.anneal",
    "Atmosphere": "annealing.atmosphere",
    "CalculationError": "errors",
    "Catalogue": "catalogue",
    "CoatingDatabase": "database",
    "CoatscreenError": "errors",
    "EnergyScale": "phase",
    "InputError": "errors",
    "Interface": "interface",
    "Phase": "phase",
    "PhaseSet": "phase_set",
    "Reservoir": "reservoir",
    "StoreError": "errors",
    "electrochemical_window": "window",
    "lithium_states": "cathode",
    "phase_stability": "stability",
    "rank_coatings": "ranking",
}
__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"screening.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return __all__
