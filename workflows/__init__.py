"""Jobflow workflows: jobs, flows and the builder of the coating-screening database."""

from __future__ import annotations

from importlib import import_module
from typing import Any

PART_OF = "coatscreen"  # by which the package is told from others of its name
_PUBLIC = {
    "AtlasMaker": "flows.atlas",
    "CoatingBuilder": "builders",
    "CoatingScreeningMaker": "flows.screening",
    "FlowRequest": "requests.flow_request",
    "PackagedEnergiesMaker": "flows.packaged",
    "ScreeningSettings": "settings",
    "StackMaker": "flows.stack",
    "build_atlas": "atlas",
    "find_stacks": "stack",
    "import_energies": "requests.imported_energies",
    "load_settings": "settings",
    "prepare_orderings": "requests.ordered_materials",
    "prepare_user_energies": "requests.user_energies",
    "prepare_vacancies": "requests.oxygen_vacancies",
    "run_request": "requests.run_request",
    "run_screening": "run",
}
__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"workflows.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return __all__
