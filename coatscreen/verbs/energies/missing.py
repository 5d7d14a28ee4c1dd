"""``coatscreen energies missing``: what a screening needs that some energies do not hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen import options

if TYPE_CHECKING:
    from screening.searches.missing.missing_documents import MissingEnergies

_ROWS = 30  # of the table; a screening may lack hundreds


def missing(
    coatings: options.Coatings = None,
    candidates: options.Candidates = None,
    cathodes: options.Cathodes = None,
    electrolytes: options.Electrolytes = None,
    lithiation: options.Lithiation = None,
    catalogue: options.Catalogue = None,
    energies: Annotated[
        str | None,
        typer.Option(help="What is there already: a table that need not be whole, 'mp', or several joined by '+'."),
    ] = None,
    within_mev: Annotated[
        float | None,
        typer.Option(min=0, help="Take competing phases up to so many meV/atom above the packaged hull; default 10."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder to write the structures to, as CIF, that are to be had.")
    ] = None,
    structures: Annotated[
        Path | None, typer.Option(help="File of structures by identifier (.jsonl, .jsonl.gz) to take them from.")
    ] = None,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Fetch the others from the Materials Project: extra 'mp' and a key.")
    ] = False,
    deciding: Annotated[
        Path | None,
        typer.Option(help="File of coatscreen energies deciding: only these phases, in place of a screening's."),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """List the phases whose energies a screening needs and some energies lack, the most needed first.

    Elements, the materials themselves, and the phases that compete with them: on the hull of the packaged energies, or
    near it. What is written to --output can be computed with coatscreen energies add.

    Example: coatscreen energies missing --coatings LiNbO3 --output structures
    --structures mp_structures.jsonl.gz && coatscreen energies add structures/*.cif --calculator vasp
    --table vasp_energies.json.gz

    Example: coatscreen energies missing --coatings LiNbO3 --energies vasp_energies.json.gz --within-mev 25
    """
    from coatscreen.output import document, print_json
    from screening.common.errors import InputError
    from screening.energies.packaged.packaged_table import packaged_energies
    from screening.energies.source import open_table
    from screening.searches.deciding.decisions import read_decisions
    from screening.searches.missing.missing import absent_energies
    from screening.searches.missing.needed import contact_systems, default_within_mev, named_phases, needed_phases
    from screening.searches.screening_request import plan_screening
    from workflows.settings import load_settings

    if output is None and (structures is not None or fetch):
        raise InputError(f"--{'fetch' if fetch else 'structures'} needs --output, a folder to write structures to")
    within = default_within_mev() if within_mev is None else within_mev
    if deciding is not None:
        asked = (coatings, candidates, cathodes, electrolytes, lithiation, catalogue, within_mev)
        if any(option is not None for option in asked):
            raise InputError("--deciding names the phases itself: without options that say what is screened")
        found = read_decisions(deciding)
        systems = found.systems
        needed = named_phases(found.needed_for, packaged_energies())
    else:
        settings = load_settings(
            coatings=coatings,
            candidates=None if candidates is None else str(candidates),
            cathodes=cathodes,
            electrolytes=electrolytes,
            lithiation=lithiation,
            catalogue=catalogue,
        )
        plan = plan_screening(
            settings.coatings,
            settings.cathodes,
            settings.electrolytes,
            catalogue=settings.catalogue,
            candidates=settings.candidates,
            criteria=settings.criteria,
            lithiation=settings.lithiation,
        )
        systems = list(contact_systems(plan).values())
        needed = needed_phases(plan, packaged_energies(), within / 1000.0)
    given = None if energies is None else open_table(energies, systems)
    outcome = absent_energies(needed, systems, packaged_energies(), given, within, structures, output, fetch)
    if as_json:
        print_json(document(outcome))
    else:
        _print(outcome, output)


def _print(outcome: MissingEnergies, output: Path | None) -> None:
    from coatscreen.output import note, number, print_energies, print_table

    rows = outcome.missing
    print(
        f"{outcome.n_needed} phases are needed in {', '.join(outcome.systems)}; {outcome.n_present} are there, "
        f"{len(rows)} are missing"
    )
    if rows:
        print_table(
            ["id", "formula", "space group", "why", "for", "above hull (meV/atom)", "structure"],
            [
                [
                    one.id or "-",
                    one.formula,
                    str(one.space_group or "-"),
                    one.why,
                    one.needed_for[0] + (f" and {len(one.needed_for) - 1} more" if one.needed_for[1:] else ""),
                    number(
                        None if one.energy_above_hull_ev_per_atom is None else 1000 * one.energy_above_hull_ev_per_atom,
                        1,
                    ),
                    Path(one.file).name if one.file else one.structure_from or "-",
                ]
                for one in rows[:_ROWS]
            ],
        )
        if len(rows) > _ROWS:
            note(f"{len(rows) - _ROWS} more: --json lists all")
        if hint := next((one.hint for one in rows if one.hint), None):
            note(f"structures not had: {sum(one.hint is not None for one in rows)}; the first: {hint}")
    print_energies(outcome.energies)
    if output is not None and any(one.file for one in rows):
        print(f"compute them: coatscreen energies add {output}/*.cif --calculator vasp --table vasp_energies.json.gz")
