"""The verbs of the program. One that is asked for is loaded alone, so that the program starts quickly."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer

from coatscreen.options import Version
from coatscreen.verb_groups import VerbGroup

_GROUPS = {  # in the order of the help: a module of coatscreen.verbs, and its function or group of functions
    "Screen coatings": {
        "run": "run:run",
        "candidates": "candidates:candidates",
        "stack": "stack:stack",
        "reproduce": "reproduce:reproduce",
    },
    "Ask about a material": {
        "stability": "materials.stability:stability",
        "window": "materials.window:window",
        "interface": "materials.interface:interface",
        "cathode": "materials.cathode:cathode",
        "oxygen": "materials.oxygen:oxygen",
        "anneal": "materials.anneal:anneal",
        "air": "materials.air:air",
        "atlas": "atlas:app",
    },
    "Results and names": {
        "rank": "database:rank",
        "query": "database:query",
        "report": "report:report",
        "serve": "serve:serve",
        "plot": "plot:app",
        "runs": "runs:app",
        "store": "store:app",
        "catalogue": "catalogue:app",
    },
    "Energies": {
        "reference": "reference.group:app",
        "energies": "energies.group:app",
    },
    "Cluster": {
        "submit": "submit:submit",
        "status": "status:status",
        "recover": "status:recover",
        "doctor": "doctor:doctor",
        "site": "site:app",
    },
}
_VERBS = {name: (place, heading) for heading, verbs in _GROUPS.items() for name, place in verbs.items()}


def _program(version: Version = False) -> None:
    """Screen coatings that protect battery cathodes from sulfide electrolytes."""


def program(verb: str | None = None) -> typer.Typer:
    """Return the program with one verb, or with all if there is no such verb or none is named."""
    made = typer.Typer(name="coatscreen", cls=VerbGroup, rich_markup_mode=None, pretty_exceptions_enable=False)
    made.callback()(_program)
    for name in [verb] if verb in _VERBS else _VERBS:
        place, heading = _VERBS[str(name)]
        module, _, member = place.partition(":")
        found: Any = getattr(import_module(f"coatscreen.verbs.{module}"), member)
        if isinstance(found, typer.Typer):
            made.add_typer(found, name=name, rich_help_panel=heading)
        else:
            made.command(name, rich_help_panel=heading)(found)
    return made
