"""``coatscreen energies import``: energies of finished calculations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.options import AsJson, Elements

if TYPE_CHECKING:
    from screening.energies.user.imported import ImportedEnergies


def import_(
    store: Annotated[
        str, typer.Argument(help="Description of a maggma store (.json, .yaml), mongodb:// address, or folder.")
    ],
    output: Annotated[Path, typer.Option(help="The table to write; replaced if present.")] = Path(
        "imported_energies.json.gz"
    ),
    elements: Elements = None,
    functional: Annotated[
        str | None,
        typer.Option(help="Take calculations with this functional or model alone."),
    ] = None,
    collection: Annotated[str, typer.Option(help="Collection of a MongoDB database.")] = "jobs",
    as_json: AsJson = False,
) -> None:
    """Write the finished calculations of a store as a table of energies.

    Reads task documents of atomate2: force-field ones (CHGNet), and VASP ones, whose PBE and PBE+U energies get MP2020
    corrections. Calculations that are not finished, or are on no known scale, are named and not taken.

    Example: coatscreen energies import mongodb://host/database --collection outputs --elements Li,P,S
    """
    from coatscreen.output import document, print_json
    from workflows.requests.imported_energies import import_energies

    chosen = None if elements is None else elements.replace(",", " ").split()
    outcome = import_energies(store, output, chosen, functional, collection)
    if as_json:
        print_json(document(outcome))
    else:
        _print_imported(outcome)


def _print_imported(outcome: ImportedEnergies) -> None:
    from coatscreen.output import note, print_energies

    for name, reason in outcome.failed.items():
        note(f"not taken: {name}: {reason}")
    print(
        f"{outcome.energies.n_phases} phases of {' '.join(outcome.elements)} in {outcome.table}; "
        f"{len(outcome.repeated)} calculations repeat a crystal, {len(outcome.failed)} were not taken"
    )
    print_energies(outcome.energies)
    if outcome.missing_references:
        print(f"lacks phases of elements alone, which formation energies need: {' '.join(outcome.missing_references)}")
    if outcome.use_as:
        print(f"use them in any verb: --energies {outcome.use_as}")
    else:
        print("not usable before calculations of these elements are imported too")
