"""The forms in which results are printed besides tables for a terminal: for papers, and for other programs."""

from __future__ import annotations

import importlib.util
import io
import re
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from screening.common.errors import InputError
from screening.text.visible_text import cell, visible

if TYPE_CHECKING:
    from screening.common.provenance import EnergyProvenance


class Format(StrEnum):
    """The form in which results are printed."""

    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"
    latex = "latex"
    parquet = "parquet"
    xlsx = "xlsx"


TEXT_TABLES = (Format.markdown, Format.latex)
_WRITTEN_BY = {Format.parquet: "pyarrow", Format.xlsx: "openpyxl"}  # files, and the package that writes each
_MOST_XLSX_ROWS = 1_048_575  # of the format, below the heading
_UNITS = {  # the end of a field's name, and the unit as a heading has it
    "mev_per_closed_atom": "meV/closed atom",
    "mev_per_atom": "meV/atom",
    "ev_per_closed_atom": "eV/closed atom",
    "ev_per_atom": "eV/atom",
    "ev_per_formula_unit": "eV/f.u.",
    "kj_per_mol": "kJ/mol",
    "usd_per_kg": "$/kg",
    "s_per_cm": "S/cm",
    "ohm_cm2": "ohm cm²",
    "percent": "%",
    "a3": "Å³",
    "mev": "meV",
    "ev": "eV",
    "bar": "bar",
    "v": "V",
    "k": "K",
    "c": "°C",
}
_MARKDOWN = str.maketrans({"\\": "\\\\", "|": "\\|", "<": "&lt;", "*": "\\*", "_": "\\_", "`": "\\`"})
_NUMBER = re.compile(r"-\d[\d.]*")  # whose sign is a minus, and no hyphen
_ESCAPES = str.maketrans(
    {
        **{one: f"\\{one}" for one in "&%$#_{}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
    }
)


def usable(form: Format) -> Format:
    """Return the form, if results can be printed in it.

    Raises
    ------
    InputError
        If it is no text and would go to a terminal, or the package that writes it is not installed.
    """
    if form in _WRITTEN_BY:
        if sys.stdout.isatty():
            raise InputError(f"--format {form} is no text: send it into a file by ... > result.{form}")
        if importlib.util.find_spec(_WRITTEN_BY[form]) is None:
            raise InputError(
                f"--format {form} needs the package {_WRITTEN_BY[form]}: python -m pip install 'coatscreen[tables]'"
            )
    return form


def printed(
    form: Format,
    as_json: bool,
    document: Callable[[], Any],
    rows: Callable[[], Iterable[Mapping[str, Any]]],
    energies: EnergyProvenance | None,
) -> bool:
    """Print a result in another form than a table for a terminal, if one was asked for, and return whether.

    Parameters
    ----------
    form, as_json
        What was asked for.
    document
        Returns the result as JSON-compatible data.
    rows
        Returns it as rows.
    energies
        Where it comes from, which stands in each row, or below a table for a paper.
    """
    from coatscreen.output import print_json

    if as_json or form is Format.json:
        print_json(document())
        return True
    if form is Format.table:
        return False
    print_rows(form, rows(), energies)
    return True


def print_rows(form: Format, rows: Iterable[Mapping[str, Any]], energies: EnergyProvenance | None = None) -> None:
    """Print rows in any form but that of a terminal's table.

    What is an object in a row becomes columns with dotted names; a list, or an object of numbers such as amounts of
    products, becomes JSON in one cell, which tables for papers leave out.

    Parameters
    ----------
    form
        The form; numbers have five significant digits in a table for a paper, and all they have elsewhere.
    rows
        The rows.
    energies
        Where they come from; None where the rows say it.
    """
    if form in TEXT_TABLES:
        _print_for_paper(form, [_leaves(row, False) for row in rows], energies)
        return
    named = {} if energies is None else {"energies": _name(energies), "energies_sha256": energies.sha256}
    flat = ({**_leaves(row, True), **named} for row in rows)
    if form is Format.csv:
        from coatscreen.output import print_csv

        print_csv(flat)
    else:
        _print_file(form, flat)


def print_text_table(
    form: Format,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Collection[str] = (),
    energies: EnergyProvenance | None = None,
) -> None:
    """Print a table in Markdown or LaTeX, with the energies that it comes from below it.

    Parameters
    ----------
    form
        One of :data:`TEXT_TABLES`.
    columns
        Heads of the columns.
    rows
        Cells of each row.
    numeric
        Columns that are aligned right.
    energies
        Where the numbers come from.
    """
    write = _markdown if form is Format.markdown else _latex
    right = [head in numeric for head in columns]
    print(write([visible(head) for head in columns], [[visible(text) for text in row] for row in rows], right))
    if energies is not None:
        said = visible(f"Energies: {_name(energies)}, {energies.n_phases} phases; corrections: {energies.correction}")
        print(f"\n{said}" if form is Format.markdown else f"% {said}")


def heading(name: str) -> str:
    """Return the name of a field as the head of a column: ``mutual (eV/atom)`` for ``mutual_ev_per_atom``."""
    for end, unit in _UNITS.items():
        if name.endswith(f"_{end}"):
            return f"{name.removesuffix(f'_{end}').replace('_', ' ')} ({unit})"
    return name.replace("_", " ")


def _print_for_paper(form: Format, rows: list[dict[str, Any]], energies: EnergyProvenance | None) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    numbers = {name for name in names if all(type(row.get(name)) in (int, float, type(None)) for row in rows)}
    cells = [[_text(row.get(name)) for name in names] for row in rows]
    print_text_table(form, [heading(name) for name in names], cells, {heading(name) for name in numbers}, energies)


def _print_file(form: Format, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a file on stdout."""
    from screening.text.tabular import table_of
    from screening.text.terminal import Shown

    table = table_of({name: cell(value) for name, value in row.items()} for row in rows)
    file = io.BytesIO()
    if form is Format.parquet:
        table.to_parquet(file, index=False, engine="pyarrow")
    else:
        if len(table) > _MOST_XLSX_ROWS:
            raise InputError(f"{len(table)} rows are more than an xlsx file holds: take csv or parquet")
        table.to_excel(file, index=False, engine="openpyxl")
    Shown(sys.stdout).write_bytes(file.getvalue())


def _name(energies: EnergyProvenance) -> str:
    return f"{energies.name}, version {energies.version}"


def _leaves(row: Mapping[str, Any], whole: bool, above: str = "") -> dict[str, Any]:
    """Flatten a row; what is many numbers is JSON in one cell, or left out."""
    import orjson

    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and not all(isinstance(one, int | float) for one in value.values()):
            found.update(_leaves(value, whole, f"{above}{name}."))
        elif not isinstance(value, dict | list):
            found[above + name] = value
        elif whole:
            found[above + name] = orjson.dumps(value).decode()
    return found


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(text.translate(_MARKDOWN) for text in cells)} |"

    return "\n".join([line(columns), line("---:" if one else "---" for one in right), *map(line, rows)])


def _latex(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    def line(cells: Iterable[str]) -> str:
        return " & ".join(map(latex_text, cells)) + r" \\"

    begin = rf"\begin{{tabular}}{{{''.join('r' if one else 'l' for one in right)}}}"
    return "\n".join([begin, r"\hline", line(columns), r"\hline", *map(line, rows), r"\hline", r"\end{tabular}"])


def latex_text(text: str) -> str:
    """Return a text as LaTeX: formulas with subscripts, an arrow in a reaction, and nothing that LaTeX would obey."""
    from screening.chemistry.subscripts import subscripted

    if _NUMBER.fullmatch(text):
        return f"${text}$"
    signs = {"->": r"$\rightarrow$", "(g)": "(g)", "|": r"\textbar{}"}
    written = subscripted(text, lambda n: f"$_{{{n}}}$", lambda one: signs.get(one, one.translate(_ESCAPES)))
    return written.replace("°", r"$^\circ$").replace("Å³", r"\AA$^3$")
