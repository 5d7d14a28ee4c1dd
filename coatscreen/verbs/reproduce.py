"""``coatscreen reproduce``: the computed results and the claims of the source papers, beside ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.options import AsJson, Doubtful, DoubtfulPhases, Energies, chosen_energies
from screening.common.sampling_defaults import LEAST_SAMPLES, N_SAMPLES, SEED

if TYPE_CHECKING:
    from screening.validation.reproduction.reproduction_documents import ReproducedPaper, ReproductionDocument

_FOLDER = Path("results")


def reproduce(
    paper: Annotated[str | None, typer.Argument(help="Number or first author of one paper; default: all.")] = None,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Folder for reproduction.json, reproduction.md and the figures. Default: results, where all papers "
            "are computed with the packaged energies; otherwise nothing is written without it."
        ),
    ] = None,
    samples: Annotated[
        int,
        typer.Option(min=0, help=f"Samples of the energies, for the intervals: 0 or {LEAST_SAMPLES} and more."),
    ] = N_SAMPLES,
    seed: Annotated[int, typer.Option(min=0, help="Which samples.")] = SEED,
    as_json: AsJson = False,
) -> None:
    """Compute every result of the source papers again, and check what they claim without numbers.

    Each published number stands beside ours in every convention (mutual; total with the reactants' own energies or
    the hull's), with 5 to 95 % of samples of the energies, the difference, and what explains it. A claim that our
    numbers contradict is shown as contradicted.

    Example: coatscreen reproduce 000
    """
    from coatscreen.output import document, note, print_json
    from screening.common.errors import InputError
    from screening.energies.source import REFERENCE, open_energies
    from screening.materials.catalogue import Catalogue
    from screening.validation.reproduction.files import check_folder, write_reproduction
    from screening.validation.reproduction.papers import find_paper, packaged_papers
    from screening.validation.reproduction.reproduce import reproduce as reproduce_papers
    from screening.validation.reproduction.study import elements_of

    energies = chosen_energies(energies, doubtful)
    if 0 < samples < LEAST_SAMPLES:
        raise InputError(f"--samples {samples}: of fewer than {LEAST_SAMPLES} none lies below 5 %; 0 takes none")
    chosen = packaged_papers() if paper is None else (find_paper(packaged_papers(), paper),)
    if output is None and paper is None and energies == REFERENCE:
        output = _FOLDER
    if output is not None:
        check_folder(output)
    catalogue = Catalogue.load()
    systems = [elements_of(one.materials, catalogue) | {"Li"} for one in chosen]
    phases = open_energies(energies, systems=systems)
    found = reproduce_papers(phases, catalogue, chosen, samples, seed, note)
    if output is not None:
        name = "reproduction" if paper is None else f"reproduction-{chosen[0].key}"
        for path in write_reproduction(found, output, name):
            note(f"written: {path}")
    if as_json:
        print_json(document(found))
    else:
        _print(found)


def _print(found: ReproductionDocument) -> None:
    from coatscreen.output import print_energies

    for paper in found.papers:
        print(f"{paper.key} {paper.citation}")
        _print_quantities(paper)
        _print_claims(paper)
    print_energies(found.energies)
    if found.samples is not None:
        print(
            f"In brackets: 5 to 95 % of {found.samples.n_samples} samples of the energies, "
            f"error model {found.samples.model.name}, seed {found.samples.seed}"
        )
    else:
        print(f"No intervals: {found.why_missing}")


def _print_quantities(paper: ReproducedPaper) -> None:
    from coatscreen.output import print_table
    from screening.validation.reproduction.page import difference_text, system_text, value_text

    rows = [
        [
            system_text(quantity),
            quantity.unit,
            f"{quantity.published:g}",
            "\n".join(f"{value.convention} {value_text(quantity, value)}" for value in quantity.values)
            or f"not computed: {quantity.why_missing}",
            difference_text(quantity),
            "\n".join(quantity.explanation),
        ]
        for quantity in paper.quantities
    ]
    if rows:
        columns = ["system", "unit", "published", "ours", "difference", "what explains it"]
        print_table(columns, rows, numeric=("published", "difference"))


def _print_claims(paper: ReproducedPaper) -> None:
    from coatscreen.output import print_table
    from screening.validation.reproduction.page import rests_on, samples_text

    rows = [[claim.claim, claim.verdict, samples_text(claim), rests_on(claim)] for claim in paper.claims]
    if rows:
        print_table(["claim", "verdict", "samples", "rests on"], rows)
