"""``coatscreen candidates``: candidates in the energies, through a funnel of criteria."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.forms import Format
from coatscreen.options import (
    AsJson,
    Cathode,
    Doubtful,
    DoubtfulPhases,
    Electrolyte,
    Energies,
    Exclude,
    OutputFormat,
    Thresholds,
    Workers,
    chosen_energies,
    read_thresholds,
)

if TYPE_CHECKING:
    from screening.criteria.criteria import Criterion
    from screening.searches.candidates.candidate_documents import CandidatesDocument

_ROWS = 50  # of a table, unless asked


def candidates(
    without_lithium: Annotated[bool, typer.Option("--any", help="Compounds without lithium too.")] = False,
    transition_metals: Annotated[
        bool, typer.Option("--transition-metals", help="Compounds of transition metals too.")
    ] = False,
    radioactive: Annotated[bool, typer.Option("--radioactive", help="Compounds of radioactive elements too.")] = False,
    elements: Annotated[str | None, typer.Option(help="Comma list: only compounds of these elements.")] = None,
    exclude: Exclude = None,
    cathode: Cathode = None,
    electrolyte: Electrolyte = None,
    threshold: Thresholds = None,
    until: Annotated[str | None, typer.Option(help="Last criterion applied, by name.")] = None,
    output: Annotated[Path | None, typer.Option(help="CSV or JSON of what is left, for run --candidates.")] = None,
    top: Annotated[
        int | None, typer.Option(help="At most so many printed, 0 for all; 50 in a table, all in JSON.", min=0)
    ] = None,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
    workers: Workers = 1,
    form: OutputFormat = Format.table,
    as_json: AsJson = False,
) -> None:
    """Pass the compounds of the energies through criteria, and print how many each leaves.

    Without options: compounds of lithium without transition metals, on NCM83 against Li6PS5Cl, through the criteria a
    screening judges coatings by (stable, reduction, oxidation, cathode full, cathode half, electrolyte).

    Example: coatscreen candidates --transition-metals --elements Li,Ti,P,O --threshold oxidation=4.3

    Example: coatscreen candidates --any --elements Li,B,O,F --until stable --output candidates.csv
    """
    from coatscreen.forms import printed
    from coatscreen.output import document, note
    from screening.chemistry.formulas import parse_formula
    from screening.common.progress import progress_bar
    from screening.criteria.criteria import default_criteria, with_thresholds
    from screening.energies.source import energy_source
    from screening.materials.catalogue import Catalogue
    from screening.searches.candidates.candidate_documents import Neighbours, Selection
    from screening.searches.candidates.candidate_files import require_suffix, write_candidates
    from screening.searches.candidates.candidates import screen_candidates

    energies = chosen_energies(energies, doubtful)
    if output is not None:
        require_suffix(output)
    selection = Selection(
        any=without_lithium,
        transition_metals=transition_metals,
        radioactive=radioactive,
        elements=_symbols("--elements", elements),
        exclude=_symbols("--exclude", exclude) or (),
    )
    known = Catalogue.load()
    neighbours = Neighbours(
        cathode=known.cathode(cathode or known.defaults("cathode")[0]),
        electrolyte=known.electrolyte(electrolyte or known.defaults("electrolyte")[0]),
    )
    criteria = with_thresholds(default_criteria(), read_thresholds(threshold or []))
    met = (neighbours.cathode.composition("full"), parse_formula(neighbours.electrolyte.formula))
    systems = [{"Li", *selection.elements, *neighbour} for neighbour in met] if selection.elements else []
    source = energy_source(energies, systems)
    with progress_bar("candidates") as progress:
        found = screen_candidates(source, selection, criteria, neighbours, until, workers, progress)
    shown = found.model_copy(update={"candidates": found.candidates[: top or None]})
    if not printed(form, as_json, partial(document, shown), shown.rows, found.energies):
        _print(found, _ROWS if top is None else top)
    if not found.candidates:
        note(f"no candidate is left after {next(step.name for step in found.funnel if step.left == 0)!r}")
    if output is not None:
        write_candidates(found, output)


def _symbols(option: str, text: str | None) -> tuple[str, ...] | None:
    from screening.common.errors import InputError

    if text is None:
        return None
    symbols = tuple(part.strip() for part in text.split(",") if part.strip())
    if not symbols:
        raise InputError(f"{option} names no element")
    return symbols


def _print(found: CandidatesDocument, top: int) -> None:
    from coatscreen.output import note, number, print_energies, print_table
    from screening.criteria.quantities import quantity

    rows = []
    for step in found.funnel:
        kinds = ", ".join(f"{count} {name}" for name, count in list(step.by_class.items())[:4])
        anions = ", ".join(f"{count} {name}" for name, count in list(step.by_polyanion.items())[:4])
        rows.append([step.name, _threshold(step.criterion), str(step.left), kinds, anions])
    print_table(["step", "threshold", "left", "chemistry", "complex anions"], rows, numeric={"left"})
    met = list(dict.fromkeys(name for candidate in found.candidates for name in candidate.quantities))
    judged = [quantity(name) for name in met]
    shown = found.candidates[: top or None]
    lines = []
    for place, candidate in enumerate(shown, start=1):
        values = [
            "none"
            if one.compared is not None and candidate.quantities[one.name] is None
            else number(candidate.quantities[one.name], one.digits)
            for one in judged
        ]
        what = " ".join(candidate.polyanions) or candidate.chemistry_class
        lines.append([str(place), candidate.formula, candidate.source_id, what, *values])
    if lines:
        neighbours = f" on {found.cathode} against {found.electrolyte}" if found.cathode else ""
        print_table(
            ["", "candidate", "phase", "kind", *(one.label for one in judged)],
            lines,
            f"Candidates{neighbours}, the least reactive first; energies in meV/atom",
            numeric={"", *(one.label for one in judged)},
            importance=["candidate", *(one.label for one in judged), "phase"],
        )
    if len(shown) < len(found.candidates):
        note(f"{len(found.candidates) - len(shown)} more: --top 0 prints all, --output FILE writes them")
    for formula, why in found.failed.items():
        note(f"not computed: {formula}: {why}")
    print_energies(found.energies)


def _threshold(criterion: Criterion | None) -> str:
    """Write the threshold of a step; nothing for a choice by composition."""
    from coatscreen.rankings import limit

    return "" if criterion is None else limit(criterion)
