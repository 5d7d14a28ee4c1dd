"""``coatscreen reference check``: how far the energies are from experiment, DFT and published values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.options import AsJson

if TYPE_CHECKING:
    from screening.validation.accuracy.check import AccuracyDocument
    from screening.validation.accuracy.formation import FormationErrors
    from screening.validation.accuracy.literature_check import LiteratureErrors
    from screening.validation.accuracy.replacement import ReplacementTest
    from screening.validation.accuracy.statistics import Errors


def check(
    energies: Annotated[
        list[str] | None,
        typer.Option(help="Energies to check, as for the other verbs; may be repeated. Default: all packaged."),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="CSV of formation energies: columns formula and formation_energy_..._ev_per_atom."),
    ] = None,
    literature: Annotated[
        Path | None,
        typer.Option(help="JSON list of published values: quantity, system, value, unit, definition, source."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder to write accuracy.md and its parity plots (accuracy/*.png) to.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say how wrong the energies are, by chemistry class, against measured, DFT and published values.

    Measured formation enthalpies and some DFT entries come with pymatgen; --against and --literature add to them. With
    a table on the MP2020 scale (mp2020 in the name of its column) it takes some minutes more, and also answers whether
    replacing single energies by DFT values would help.

    Example: coatscreen reference check --against formation_energies.csv.gz --literature published.json --output docs
    """
    from coatscreen.output import note, print_json
    from screening.common.errors import InputError
    from screening.energies.source import open_energies, with_doubtful_phases
    from screening.materials.catalogue import Catalogue
    from screening.validation.accuracy.check import check_energies
    from screening.validation.accuracy.formation_tables import read_formation_tables
    from screening.validation.accuracy.literature import read_literature

    if output is not None and output.exists() and not output.is_dir():
        raise InputError(f"{output} is a file; --output names a folder")
    tables = read_formation_tables(against) if against else []
    published = read_literature(literature) if literature else None
    sets = [open_energies(with_doubtful_phases(source)) for source in energies or _packaged()]
    checked = check_energies(sets, Catalogue.load(), tables, published, note)
    if output is not None:
        from screening.validation.accuracy.page import write_page

        given: list[tuple[str, Path | None]] = [("energies", Path(source)) for source in energies or ()]
        given += [("against", against), ("literature", literature), ("output", output)]
        command = " ".join(["coatscreen reference check", *(f"--{what} {path.name}" for what, path in given if path)])
        note(f"written: {write_page(checked, output, command)}")
    if as_json:
        print_json(checked.document.model_dump(mode="json"))
    else:
        _print(checked.document)


def _packaged() -> list[str]:
    from screening.energies.packaged.packaged_table import PACKAGED, document_path
    from screening.energies.potentials.models import SOURCES

    return [source for source, model in SOURCES.items() if document_path(PACKAGED, model).is_file()]


def _print(document: AccuracyDocument) -> None:
    from coatscreen.output import print_energies

    for found in document.sets:
        print_energies(found.energies)
        for table in found.formation:
            _print_formation(table, "Formation energies at 0 K")
        if found.literature is not None:
            _print_literature(found.literature)
        for test in found.replacement:
            _print_replacement(test)
    _print_formation(document.dft_against_measured, "DFT values packaged with pymatgen, themselves,")


def _print_formation(table: FormationErrors, what: str) -> None:
    from coatscreen.output import print_table

    rows = [
        [name, *_numbers(errors, 1000.0, 0), ", ".join(f"{w.name} {1000 * w.error:+.0f}" for w in errors.worst)]
        for name, errors in (*table.by_class_ev_per_atom.items(), ("all", table.all_ev_per_atom))
        if errors is not None
    ]
    columns = ["class", "compounds", "mean (meV/atom)", "MAE (meV/atom)", "median", "90 %", "worst"]
    title = (
        f"{what} less {table.compared_with}: {table.kind}; "
        f"{table.n_without_phase} of its {table.n_table} compounds are not among these energies"
    )
    print_table(columns, rows, title, numeric=("compounds", "median", "90 %"))


def _print_literature(found: LiteratureErrors) -> None:
    from coatscreen.output import number, print_table

    rows = [
        [
            value.quantity,
            value.system,
            *(
                f"{v:.{2 if value.unit.startswith('V') else 0}f}"
                for v in (value.published, value.ours, value.difference)
            ),
            value.unit,
            value.source,
            value.note or "",
        ]
        for value in found.compared
    ]
    values = ("published", "ours", "difference")
    print_table(["quantity", "system", *values, "unit", "source", "note"], rows, found.file, values)
    rows = [
        [group.quantity, group.source, group.unit, *_numbers(group.errors, 1.0, 2), number(group.rank_correlation, 3)]
        for group in found.by_source
    ]
    numeric = ("values", "mean", "MAE", "median", "90 %", "rank correlation")
    columns = ["quantity", "source", "unit", *numeric]
    print_table(columns, rows, "Published values by quantity and source, ours less published", numeric)
    rows = [[value.quantity, value.system, value.why_missing] for value in found.not_compared]
    print_table(["quantity", "system", "reason"], rows, "Not compared")


def _print_replacement(test: ReplacementTest) -> None:
    from coatscreen.output import number, print_table

    rows = []
    for group in test.held_out:
        single = next(s for s in test.one_by_one if s.quantity == group.quantity)
        rows.append(
            [
                group.quantity,
                group.group,
                str(group.before_mev_per_atom.n),
                number(group.before_mev_per_atom.mean_absolute_error, 2),
                number(group.after_mev_per_atom.mean_absolute_error, 2),
                number(group.rank_correlation_before, 4),
                number(group.rank_correlation_after, 4),
                f"{single.change_mev_per_atom:+.2f} ± {single.standard_error_mev_per_atom:.2f}"
                if group.group == "all"
                else "",
            ]
        )
    title = (
        f"Would replacing {len(test.replaced)} energies by packaged DFT values help? {'Yes' if test.helps else 'No'}. "
        f"Held-out values against {test.compared_with}"
    )
    columns = ["held out", "of them", "values", "MAE (meV/atom)", "replaced (meV/atom)"]
    columns += ["rank correlation", "rank, replaced", "each alone (meV/atom)"]
    print_table(columns, rows, title, numeric=("values", "rank correlation", "rank, replaced"))


def _numbers(errors: Errors, factor: float, digits: int) -> list[str]:
    from coatscreen.output import number

    values = (
        errors.mean_error,
        errors.mean_absolute_error,
        errors.median_absolute_error,
        errors.absolute_error_90_percent,
    )
    return [str(errors.n), *(number(factor * value, digits) for value in values)]
