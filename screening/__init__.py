"""The science of coating screening: phase equilibria, stability, windows and interface reactions.

The public names are loaded when first used, so that importing the package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

PART_OF = "coatscreen"  # by which the package is told from others of its name
_PUBLIC = {
    "Annealing": "heat.annealing.anneal",
    "Atlas": "atlas.atlas",
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
    "anneal_scan": "heat.annealing.scan",
    "check_energies": "validation.accuracy.check",
    "electrochemical_window": "equilibrium.window",
    "lithium_staircase": "equilibrium.staircase",
    "lithium_states": "cathodes.lithium_potentials",
    "material_stability": "equilibrium.composite",
    "material_window": "equilibrium.composite",
    "missing_energies": "searches.missing.missing",
    "open_energies": "energies.source",
    "oxygen_document": "heat.oxygen.oxygen_contacts",
    "packaged_info": "energies.packaged.packaged_table",
    "phase_stability": "equilibrium.stability",
    "plan_atlas": "atlas.atlas_request",
    "plan_stacks": "searches.stacks.stack_request",
    "rank_coatings": "coatings.ranking",
    "read_energies": "energies.sources.detect",
    "reproduce": "validation.reproduction.reproduce",
    "resolve_formula": "materials.names",
    "screen_candidates": "searches.candidates.candidates",
    "voltage_sweep": "equilibrium.voltage_sweep",
}
__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"screening.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return __all__
