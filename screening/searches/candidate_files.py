"""Files of candidates: written at the end of a funnel, read as the coatings of a screening."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError, nearest
from screening.common.files import parse_json, read_text
from screening.common.visible_text import cell
from screening.searches.candidate_documents import Candidate, CandidatesDocument

_SUFFIXES = (".csv", ".json")
_FORMULA = "formula"


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


def read_candidates(path: str | Path) -> list[tuple[str, str]]:
    """Read the formulas of a file of candidates.

    Parameters
    ----------
    path
        A CSV with a column ``formula``; or JSON: a list of formulas, or of objects with a key ``formula``, alone or
        under ``candidates``. Whatever else it holds is for people.

    Returns
    -------
    list of tuple of str
        Where each stands, for messages, and the formula. A row of a CSV is counted as spreadsheets do: the columns'
        names are row 1.

    Raises
    ------
    InputError
        If the file cannot be read, has no such column, holds nothing, or a formula cannot be read; it names the row.
    """
    path = Path(path)
    require_suffix(path)
    text = read_text(path, "candidates file")
    found = list(_from_csv(path, text) if path.suffix == ".csv" else _from_json(path, text))
    if not found:
        raise InputError(f"candidates file {path} holds no candidate")
    for where, formula in found:
        try:
            parse_formula(formula)
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
    return found


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


def _from_csv(path: Path, text: str) -> Iterator[tuple[str, str]]:
    lines = csv.reader(text.splitlines(), skipinitialspace=True)
    try:
        columns = [name.strip() for name in next(lines, [])]
        if _FORMULA not in columns:
            like = next((name for name in columns if nearest(name, [_FORMULA])), None)
            hint = f" ({like!r} is not it)" if like else ""
            raise InputError(
                f"candidates file {path} has no column {_FORMULA!r}{hint}; it has {', '.join(columns) or 'none'}"
            )
        place = columns.index(_FORMULA)
        for values in lines:
            if any(value.strip() for value in values):
                yield f"{path} row {lines.line_num}", values[place].strip() if place < len(values) else ""
    except csv.Error as error:
        raise InputError(f"candidates file {path} is not CSV: row {lines.line_num}: {error}") from None


def _from_json(path: Path, text: str) -> Iterator[tuple[str, str]]:
    data = parse_json(text, path, "candidates file")
    listed = data.get("candidates") if isinstance(data, dict) else data
    if not isinstance(listed, list):
        raise InputError(f"candidates file {path} holds neither a list nor an object with a list 'candidates'")
    for number, item in enumerate(listed, start=1):
        formula = item.get(_FORMULA) if isinstance(item, dict) else item
        if not isinstance(formula, str):
            raise InputError(f"{path} candidate {number} is neither a formula nor an object with a text {_FORMULA!r}")
        yield f"{path} candidate {number}", formula
