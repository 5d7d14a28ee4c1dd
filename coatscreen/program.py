"""The verbs of the program. One that is asked for is loaded alone, so that the program starts quickly."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer

from coatscreen.options import Version

_VERBS = {  # in the order of the help: a module of coatscreen.verbs, and its function or group of functions
    "run": "run:run",
    "submit": "submit:submit",
    "status": "status:status",
    "recover": "status:recover",
    "rank": "database:rank",
    "query": "database:query",
    "report": "report:report",
    "stability": "materials.stability:stability",
    "window": "materials.window:window",
    "interface": "materials.interface:interface",
    "cathode": "materials.cathode:cathode",
    "oxygen": "materials.oxygen:oxygen",
    "candidates": "candidates:candidates",
    "anneal": "materials.anneal:anneal",
    "reproduce": "reproduce:reproduce",
    "stack": "stack:stack",
    "doctor": "doctor:doctor",
    "reference": "reference.group:app",
    "energies": "energies.group:app",
    "atlas": "atlas:app",
    "site": "site:app",
    "runs": "runs:app",
    "store": "store:app",
    "plot": "plot:app",
    "catalogue": "catalogue:app",
}


def _program(version: Version = False) -> None:
    """Screen coatings that protect battery cathodes from sulfide electrolytes."""


def program(verb: str | None = None) -> typer.Typer:
    """Return the program with one verb, or with all if there is no such verb or none is named."""
    made = typer.Typer(
        name="coatscreen",
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    made.callback()(_program)
    for name in [verb] if verb in _VERBS else _VERBS:
        module, _, member = _VERBS[str(name)].partition(":")
        found: Any = getattr(import_module(f"coatscreen.verbs.{module}"), member)
        if isinstance(found, typer.Typer):
            made.add_typer(found, name=name)
        else:
            made.command(name)(found)
    return made
