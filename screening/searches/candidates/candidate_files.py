"""Files of candidates: written at the end of a funnel, read as the coatings of a screening."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError, nearest
from screening.files.content import parse_json, read_text
from screening.files.spreadsheets import column, read_table
from screening.searches.candidates.candidate_documents import Candidate, CandidatesDocument
from screening.text.visible_text import cell

_SUFFIXES = (".csv", ".json")
_FORMULA = "formula"
_Row = tuple[str, str, dict[str, str]]  # where, the formula, the other columns


def write_candidates(document: CandidatesDocument, path: str | Path) -> None:
    """Write what a funnel left: the whole document as JSON, or one row a candidate as CSV, by the file's name.

    Raises
    ------
    InputError
        If the name ends in neither, nothing is left, or the file cannot be written.
    """
    path = Path(path)
    require_suffix(path)
    if not document.candidates:
        raise InputError(f"no candidate is left, so {path} is not written")
    try:
        if path.suffix == ".json":
            path.write_text(document.model_dump_json(indent=1) + "\n", encoding="utf-8")
            return
        rows = [_row(candidate) for candidate in document.candidates]
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from None


class Listed(NamedTuple):
    """One row of a file of candidates."""

    where: str  # for messages
    formula: str
    fault: str | None  # why it is none; None where the formula can be read
    columns: dict[str, str]  # what else a table has in that row, by heading


def read_candidates(path: str | Path) -> list[Listed]:
    """Read the formulas of a file of candidates. A row that holds none is kept, with the reason.

    Parameters
    ----------
    path
        A CSV with a column ``formula``, in upper or lower case, separated by commas, semicolons or tabs; a text file
        with a formula a line, where ``#`` begins a comment; or JSON: a list of formulas, or of objects with a key
        ``formula``, alone or under ``candidates``. The other columns of a CSV are kept as text. A row of it is counted
        as spreadsheets do: the columns' names are row 1.

    Raises
    ------
    InputError
        If the file cannot be read, has no such column, or holds no formula that can be read; it names the rows.
    """
    path = Path(path)
    read = {".csv": _from_csv, ".txt": _from_text, ".json": _from_json}.get(path.suffix.lower())
    if read is None:
        raise InputError(f"{path} is neither CSV nor JSON nor text by its name; end it in .csv, .json or .txt")
    found = [Listed(where, formula, _fault(formula), columns) for where, formula, columns in read(path)]
    if not found:
        raise InputError(f"candidates file {path} holds no candidate")
    if all(row.fault for row in found):
        raise InputError("; ".join(f"{row.where}: {row.fault}" for row in found))
    return found


def _fault(formula: str) -> str | None:
    try:
        parse_formula(formula)
    except InputError as error:
        return str(error)
    return None


def require_suffix(path: Path) -> None:
    """Check that a file is CSV or JSON by its name.

    Raises
    ------
    InputError
        If it is not.
    """
    if path.suffix not in _SUFFIXES:
        raise InputError(f"{path} is neither CSV nor JSON by its name; end it in {' or '.join(_SUFFIXES)}")


def _row(candidate: Candidate) -> dict[str, Any]:
    return {
        _FORMULA: candidate.formula,
        "source_id": candidate.source_id,
        "space_group": candidate.space_group,
        "chemistry_class": candidate.chemistry_class,
        "polyanions": " ".join(candidate.polyanions),
        **candidate.quantities,
    }


def _from_csv(path: Path) -> Iterator[_Row]:
    table = read_table(path, "candidates file")
    place = column(table, _FORMULA)
    if place is None:
        like = next((name for name in table.columns if nearest(name, [_FORMULA])), None)
        hint = f" ({like!r} is not it)" if like else ""
        raise InputError(
            f"candidates file {path} has no column {_FORMULA!r}{hint}; it has {', '.join(table.columns) or 'none'}"
        )
    others = [(at, name) for at, name in enumerate(table.columns) if name and at != place]
    for number, cells in table.rows:
        columns = {name: cells[at] for at, name in others if at < len(cells) and cells[at]}
        yield f"{path} row {number}", cells[place] if place < len(cells) else "", columns


def _from_text(path: Path) -> Iterator[_Row]:
    for number, line in enumerate(read_text(path, "candidates file").splitlines(), start=1):
        formula = line.partition("#")[0].strip()
        if formula:
            yield f"{path} line {number}", formula, {}


def _from_json(path: Path) -> Iterator[_Row]:
    data = parse_json(read_text(path, "candidates file"), path, "candidates file")
    listed = data.get("candidates") if isinstance(data, dict) else data
    if not isinstance(listed, list):
        raise InputError(f"candidates file {path} holds neither a list nor an object with a list 'candidates'")
    for number, item in enumerate(listed, start=1):
        formula = item.get(_FORMULA) if isinstance(item, dict) else item
        if not isinstance(formula, str):
            raise InputError(f"{path} candidate {number} is neither a formula nor an object with a text {_FORMULA!r}")
        yield f"{path} candidate {number}", formula, {}
