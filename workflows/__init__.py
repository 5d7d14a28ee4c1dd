"""Jobflow workflows: jobs, flows and the builder of the coating-screening database."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "CoatingBuilder": "builders",
    "CoatingScreeningMaker": "flows.screening",
    "PackagedEnergiesMaker": "flows.packaged",
    "StackMaker": "flows.stack",
    "find_stacks": "stack",
    "run_screening": "run",
}
__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"workflows.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return __all__
