"""How well closed shells tell which compounds have a gap: ``python -m screening.validation.electron_check GAPS``.

GAPS is a CSV file, plain or gzipped, of computed band gaps by formula, with the columns ``formula``, ``lowest_gap_ev``
and ``highest_gap_ev`` (of the entries of that formula). It is only compared with: no rule is fitted to it.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from pathlib import Path

from pydantic import BaseModel, Field

from screening.chemistry.classes import LANTHANIDES
from screening.chemistry.formulas import parse_formula
from screening.common.errors import CoatscreenError, InputError
from screening.files.content import read_text
from screening.transport.electrons import ELECTRON_CLASSES, electron_class

GAP_EV = 1.0
_COLUMNS = ("formula", "lowest_gap_ev", "highest_gap_ev")


class ElectronCheck(BaseModel):
    """How well the classes of compounds tell a computed gap above 1 eV."""

    about: str = Field(description="which compounds")
    n: int = Field(description="compounds compared")
    n_gapped: int = Field(description="of them with a gap above 1 eV")
    counts: dict[str, tuple[int, int]] = Field(description="of each class: compounds without, and with such a gap")
    area_under_curve: float | None = Field(
        description="how often a compound with the gap is of a better class than one without, equals counting half; "
        "null where there are none of one kind"
    )


def check_electrons(path: str | Path) -> list[ElectronCheck]:
    """Compare the classes of all compounds in a file with computed band gaps.

    Formulas of which some entries have a gap above 1 eV and others have none are left out.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    list of ElectronCheck
        For all compounds, those of lithium, and those without lanthanides, of which PBE finds many insulators metallic.

    Raises
    ------
    InputError
        If the file cannot be read or lacks a column, or a row is no formula with two numbers.
    """
    rows = csv.DictReader(io.StringIO(read_text(path, "file of band gaps")))
    if missing := [name for name in _COLUMNS if name not in (rows.fieldnames or ())]:
        raise InputError(f"{path} lacks the column {missing[0]!r}")
    found: list[tuple[frozenset[str], str, bool]] = []
    for number, row in enumerate(rows, start=2):
        try:
            composition = parse_formula(row["formula"])
            low, high = float(row["lowest_gap_ev"]), float(row["highest_gap_ev"])
        except (CoatscreenError, TypeError, ValueError):
            raise InputError(f"{path} line {number} is no formula with two band gaps") from None
        if (low > GAP_EV) == (high > GAP_EV):
            found.append((frozenset(composition), electron_class(composition), low > GAP_EV))
    of_lithium = [one for one in found if "Li" in one[0]]
    without = [one for one in found if not one[0] & LANTHANIDES]
    return [
        _compared("all compounds", found),
        _compared("compounds of lithium", of_lithium),
        _compared("without lanthanides", without),
    ]


def _compared(about: str, found: list[tuple[frozenset[str], str, bool]]) -> ElectronCheck:
    counted = Counter((kind, gapped) for _, kind, gapped in found)
    counts = {kind: (counted[kind, False], counted[kind, True]) for kind in ELECTRON_CLASSES}
    return ElectronCheck(
        about=about,
        n=len(found),
        n_gapped=sum(gapped for _, _, gapped in found),
        counts=counts,
        area_under_curve=area_under_curve(list(counts.values())),
    )


def area_under_curve(counts: list[tuple[int, int]]) -> float | None:
    """Return the probability that one with the property is of a higher class than one without, equals counting half.

    Parameters
    ----------
    counts
        Of each class, the lowest first: how many are without, and with the property.
    """
    without, having = (sum(kind[which] for kind in counts) for which in (0, 1))
    if not without or not having:
        return None
    below, pairs = 0, 0.0
    for lacking, with_it in counts:
        pairs += with_it * (below + lacking / 2)
        below += lacking
    return pairs / (without * having)


def main() -> None:
    """Print how well the classes do on the file that is named."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m screening.validation.electron_check GAPS")
    try:
        checks = check_electrons(sys.argv[1])
    except CoatscreenError as error:
        raise SystemExit(str(error)) from None
    for check in checks:
        area = "-" if check.area_under_curve is None else f"{check.area_under_curve:.3f}"
        print(f"{check.about}: {check.n}, {check.n_gapped} with a gap over {GAP_EV:g} eV; area under the curve {area}")
        for kind, (without, having) in check.counts.items():
            print(f"  {kind}: {having} with, {without} without")


if __name__ == "__main__":
    main()
