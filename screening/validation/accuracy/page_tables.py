"""The tables of the page on errors, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from screening.chemistry.classes import CHEMISTRY_CLASSES
from screening.validation.accuracy.check import AccuracyDocument, SetAccuracy
from screening.validation.accuracy.formation import FormationErrors
from screening.validation.accuracy.literature_check import Compared, LiteratureErrors, SourceErrors
from screening.validation.accuracy.replacement import ReplacementTest
from screening.validation.accuracy.statistics import Errors

_NONE = "-"


def markdown_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; a bar in a cell is escaped."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def mev(energy_ev: float) -> str:
    """Return an energy as text in whole meV."""
    return _rounded(1000 * energy_ev, 0)


def formation_summary(document: AccuracyDocument) -> str:
    """Return mean absolute errors by class against each table, meV/atom, for each set and for DFT itself."""
    compared = [
        (f"{tables[0].label}: {found.energies.name}", table)
        for tables in zip(*(found.formation for found in document.sets), strict=True)
        for found, table in zip(document.sets, tables, strict=True)
    ]
    compared.append((f"{document.dft_against_measured.label}: packaged DFT itself", document.dft_against_measured))
    groups = [{"all": t.all_ev_per_atom, **dict(t.by_class_ev_per_atom.items())} for _, t in compared]

    def cell(errors: Errors | None) -> str:
        return f"{mev(errors.mean_absolute_error)} ({errors.n})" if errors else _NONE

    names = [name for name in (*CHEMISTRY_CLASSES, "all") if any(group.get(name) for group in groups)]
    rows = [[name, *(cell(group.get(name)) for group in groups)] for name in names]
    return markdown_table(["class", *(column for column, _ in compared)], rows)


def formation_table(table: FormationErrors) -> str:
    """Return the errors of one set against one table, by class, in meV/atom."""
    rows = [
        [
            name,
            str(errors.n),
            mev(errors.mean_error),
            mev(errors.mean_absolute_error),
            mev(errors.median_absolute_error),
            mev(errors.absolute_error_90_percent),
            ", ".join(f"{worst.name} {1000 * worst.error:+.0f}" for worst in errors.worst),
        ]
        for name, errors in (*table.by_class_ev_per_atom.items(), ("all", table.all_ev_per_atom))
        if errors is not None
    ]
    return markdown_table(["class", "n", "mean error", "mean absolute", "median", "90 %", "worst"], rows)


def literature_summary(sets: Sequence[SetAccuracy]) -> str:
    """Return the errors of each set by quantity and source."""
    columns = ["quantity", "source", "unit"]
    for found in sets:
        columns += [f"{found.energies.name}: {name}" for name in ("n", "mean error", "mean absolute", "median", "rank")]
    by_set = [
        {(group.quantity, group.source, group.unit): group for group in literature.by_source}
        for literature in _literature(sets)
    ]
    keys = list(dict.fromkeys(key for groups in by_set for key in groups))
    rows = [[*key, *(cell for groups in by_set for cell in _source_cells(groups.get(key)))] for key in keys]
    return markdown_table(columns, rows)


def _source_cells(group: SourceErrors | None) -> list[str]:
    if group is None:
        return [_NONE] * 5
    digits = _digits(group.unit)
    errors = (group.errors.mean_error, group.errors.mean_absolute_error, group.errors.median_absolute_error)
    rank = _NONE if group.rank_correlation is None else f"{group.rank_correlation:.2f}"
    return [str(group.errors.n), *(_rounded(value, digits) for value in errors), rank]


def literature_table(sets: Sequence[SetAccuracy]) -> str:
    """Return every published value that a set could be compared with, and the value of each set."""
    rows: dict[tuple[str, ...], dict[int, Compared]] = {}
    for number, literature in enumerate(_literature(sets)):
        for value in literature.compared:
            star = "" if value.verified else " *"
            published = _rounded(value.published, _digits(value.unit)) + star
            key = (value.quantity, value.system, value.unit, value.source, published)
            rows.setdefault(key, {})[number] = value
    columns = ["quantity", "system", "unit", "source", "published"]
    for found in sets:
        columns += [found.energies.name, "note"]
    lines = []
    for cells, values in rows.items():
        line = list(cells)
        for number in range(len(sets)):
            known = values.get(number)
            line += [_rounded(known.ours, _digits(known.unit)), known.note or ""] if known else [_NONE, ""]
        lines.append(line)
    return markdown_table(columns, lines)


def not_compared(sets: Sequence[SetAccuracy]) -> str:
    """Return the values that were not compared, grouped by the reason."""
    reasons: dict[tuple[str, str], dict[str, None]] = {}
    for literature in _literature(sets):
        for value in literature.not_compared:
            reasons.setdefault((value.why_missing, value.quantity), {})[value.system] = None
    rows = [[quantity, ", ".join(systems), reason] for (reason, quantity), systems in reasons.items()]
    return markdown_table(["quantity", "systems", "reason"], rows)


def replacement_table(test: ReplacementTest) -> str:
    """Return the held-out errors without and with replaced energies, in meV/atom."""
    rows = []
    for group in test.held_out:
        before, after = group.before_mev_per_atom, group.after_mev_per_atom
        single = next(s for s in test.one_by_one if s.quantity == group.quantity)
        alone = (
            f"{single.change_mev_per_atom:+.2f} ± {single.standard_error_mev_per_atom:.2f} "
            f"({single.n_lower} lower it, {single.n_raise} raise it)"
        )
        rows.append(
            [
                group.quantity,
                group.group,
                str(before.n),
                f"{before.mean_absolute_error:.2f}",
                f"{after.mean_absolute_error:.2f}",
                f"{before.median_absolute_error:.2f}",
                f"{after.median_absolute_error:.2f}",
                _NONE if group.rank_correlation_before is None else f"{group.rank_correlation_before:.4f}",
                _NONE if group.rank_correlation_after is None else f"{group.rank_correlation_after:.4f}",
                alone if group.group == "all" else "",
            ]
        )
    columns = ["held out", "of them", "n", "mean absolute", "replaced", "median", "replaced", "rank", "replaced"]
    return markdown_table([*columns, "one at a time"], rows)


def _literature(sets: Sequence[SetAccuracy]) -> list[LiteratureErrors]:
    return [found.literature for found in sets if found.literature is not None]


def _digits(unit: str) -> int:
    return 2 if unit.startswith("V ") else 0


def _rounded(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text
