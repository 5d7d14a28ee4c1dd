"""Tables that people keep in spreadsheets: CSV with commas, semicolons or tabs, and decimal points or commas."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

from screening.common.errors import InputError
from screening.files.content import read_text

_DELIMITERS = (";", "\t", ",")  # a semicolon in the header means that commas are decimal commas


class Table(NamedTuple):
    """A table as text."""

    columns: list[str]  # the headings as written, without blanks around them
    rows: list[tuple[int, list[str]]]  # the number of each row as a spreadsheet counts it, and its cells


def read_table(path: str | Path, what: str) -> Table:
    """Read a table; rows without content are left out.

    Parameters
    ----------
    path
        The file. Cells are separated by semicolons, tabs or commas: the first of these that the heading has.
    what
        What the file is called in messages.

    Raises
    ------
    InputError
        If the file cannot be read, is no CSV, or a heading occurs twice, in whatever case.
    """
    text = read_text(path, what)
    heading = text.partition("\n")[0]
    delimiter = next((mark for mark in _DELIMITERS if mark in heading), ",")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        columns = [name.strip() for name in next(lines, [])]
        rows = [(lines.line_num, [cell.strip() for cell in row]) for row in lines if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError(f"{what} {path} is not CSV: row {lines.line_num}: {error}") from None
    lower = [name.casefold() for name in columns if name]
    if twice := next((name for name in lower if lower.count(name) > 1), None):
        raise InputError(f"{what} {path} has the column {twice!r} twice")
    return Table(columns, rows)


def column(table: Table, *names: str) -> int | None:
    """Return the place of the first column that has one of these names, in upper or lower case; None without one."""
    lower = [name.casefold() for name in table.columns]
    return next((lower.index(name.casefold()) for name in names if name.casefold() in lower), None)


def decimal(text: str) -> float:
    """Read a number with a decimal point or a decimal comma.

    Raises
    ------
    ValueError
        If it is none.
    """
    return float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
