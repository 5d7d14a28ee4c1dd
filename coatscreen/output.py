"""Printing: JSON on stdout for programs, tables on stdout for people, notes on stderr."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from screening.text.terminal import console
from screening.text.visible_text import cell, visible

if TYPE_CHECKING:
    from pydantic import BaseModel

    from screening.common.provenance import EnergyProvenance
    from screening.uncertainty.uncertainty_documents import Uncertainty

_ORIGIN = ("energies", "software")
_INDENT = "  "
_LINES_TOGETHER = 1000
MOST_ROWS = 1000  # of a table; more are not for eyes


def document(
    result: BaseModel, uncertainty: BaseModel | None = None, doubtful: Sequence[BaseModel] | None = None
) -> dict[str, Any]:
    """Return a result as JSON-compatible data.

    Doubtful phases that enter it and its uncertainty, where they are given, stand after it, and where it comes from at
    the end.
    """
    data = result.model_dump(mode="json")
    if doubtful is not None:
        data["doubtful_phases"] = [phase.model_dump(mode="json") for phase in doubtful]
    if uncertainty is not None:
        data["uncertainty"] = uncertainty.model_dump(mode="json")
    return {**{k: v for k, v in data.items() if k not in _ORIGIN}, **{k: data[k] for k in _ORIGIN if k in data}}


def print_json(value: Any) -> None:
    """Print one JSON document."""
    sys.stdout.write(json_text(value) + "\n")


def json_text(value: Any, depth: int = 0) -> str:
    """Write JSON as it stands so deep inside a document."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode().replace("\n", "\n" + depth * _INDENT)


def print_json_list(values: Iterable[Any], depth: int = 0) -> None:
    """Print a list of JSON, one member after the other, so that many take no memory.

    Parameters
    ----------
    values
        The members.
    depth
        How deep inside a document the list stands.
    """
    between = "["
    for value in values:
        sys.stdout.write(f"{between}\n{(depth + 1) * _INDENT}{json_text(value, depth + 1)}")
        between = ","
    sys.stdout.write("[]" if between == "[" else f"\n{depth * _INDENT}]")


def note(text: str) -> None:
    """Print a note on stderr, a line."""
    print(visible(text), file=sys.stderr)


def say(text: str) -> None:
    """Print a sentence; in a terminal its lines are broken between words."""
    if sys.stdout.isatty():
        filled = textwrap.TextWrapper(
            shutil.get_terminal_size().columns, break_long_words=False, break_on_hyphens=False
        ).fill
        text = "\n".join(map(filled, text.split("\n")))
    print(text)


def print_energies(energies: EnergyProvenance, uncertainty: Uncertainty | None = None) -> None:
    """Say which energies a result came from, and what its intervals are."""
    say(
        f"Energies: {energies.name}, version {energies.version}, {energies.n_phases} phases; {energies.functional}; "
        f"corrections: {energies.correction}"
    )
    if uncertainty is not None:
        from screening.uncertainty.uncertainty_documents import ResultUncertainty

        say(
            f"In brackets: 5 to 95 % of {uncertainty.n_samples} samples of the energies, "
            f"error model {uncertainty.model.name} against {uncertainty.model.against}, seed {uncertainty.seed}"
        )
        if uncertainty.uncalibrated_elements:
            unknown = ", ".join(uncertainty.uncalibrated_elements)
            say(f"The error model was not calibrated on {unknown}; their errors are taken to be like those of others")
        if isinstance(uncertainty, ResultUncertainty) and uncertainty.far_above_hull:
            say(
                f"{', '.join(uncertainty.far_above_hull)}: further above the hull than what the error model was "
                "calibrated on, and so off by more than it says"
            )


def print_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    title: str = "",
    numeric: Collection[str] = (),
    importance: Sequence[str] = (),
    elsewhere: str = "--json",
) -> None:
    """Print a table; where a terminal is too narrow for all columns, those that matter most, or one block a row.

    Parameters
    ----------
    columns
        Heads of the columns.
    rows
        Cells of each row.
    title
        A line above.
    numeric
        Columns that are aligned right, besides those with a unit in brackets.
    importance
        Columns that are kept longest in a narrow terminal, the most important first; see
        :func:`coatscreen.table_layout.laid_out`.
    elsewhere
        The option that shows all columns.
    """
    from rich.table import Table

    from coatscreen.table_layout import laid_out

    columns, rows = [visible(head) for head in columns], [[visible(cell, "\n") for cell in row] for row in rows]
    rigid = {head for head in columns if head in numeric or "(" in head}
    drawn = console()
    room = drawn.width if drawn.is_terminal else None  # a file or a pipe takes what there is
    layout = laid_out(columns, rows, room, rigid, importance)
    if layout is None:
        _print_blocks(columns, rows, title)
        return
    if title:
        say(title)
    table = Table()
    for head, width in layout.widths.items():
        table.add_column(head, justify="right" if head in rigid else "left", width=width, overflow="fold")
    places = [columns.index(head) for head in layout.widths]
    for row in rows:
        table.add_row(*(row[place] for place in places))
    (console(width=layout.total) if room is None else drawn).print(table)
    if layout.dropped:
        say(f"no room for: {', '.join(layout.dropped)}; a wider terminal or {elsewhere} shows them")


def _print_blocks(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> None:
    """Print one block of lines for each row."""
    if title:
        say(title)
    for row in rows:
        print()
        for head, text in zip(columns, row, strict=True):
            if text:
                say(f"{head}: {text}" if head else text)


def print_csv(lines: Iterable[Mapping[str, Any]]) -> None:
    """Print lines as CSV, which a spreadsheet opens without computing anything.

    See :func:`screening.text.visible_text.cell`. They are printed as soon as all columns are known; until then each
    is kept as text, which takes little memory.
    """
    import csv
    import io

    columns: dict[str, None] = {}
    order: list[str] = []
    written: list[tuple[int, str]] = []
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="")
    for line in lines:
        names = list(line)
        if names != order:
            columns.update(dict.fromkeys(line))
            order = list(columns)
        values = line.values() if names == order else [line.get(name) for name in order]
        writer.writerow([cell(value) if type(value) is str else value for value in values])
        written.append((len(columns), text.getvalue()))
        text.seek(0)
        text.truncate()
    if columns:
        csv.writer(sys.stdout, lineterminator="\n").writerow(map(cell, columns))
    for place in range(0, len(written), _LINES_TOGETHER):
        part = written[place : place + _LINES_TOGETHER]
        sys.stdout.write("".join(f"{row}{',' * (len(columns) - n_known)}\n" for n_known, row in part))


def number(value: float | None, digits: int | None = 0, missing: str = "-") -> str:
    """Format a number, or a dash where there is none; without `digits` it has three significant ones."""
    if value is None:
        return missing
    if digits is None:
        return f"{value:.3g}"
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text


def numbers(option: str, text: str) -> list[float]:
    """Read a comma list of numbers, also fractions such as ``1/3``.

    Raises
    ------
    InputError
        If one is no number; the message names the option.
    """
    from screening.chemistry.amounts import read_number
    from screening.common.errors import InputError

    try:
        return [read_number(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise InputError(f"{option} takes numbers separated by commas, not {text!r}") from None
