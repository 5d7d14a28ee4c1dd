"""Tables of formation energies to compare with: measured ones, those that pymatgen packages, and a user's."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from screening.chemistry.compositions import format_formula
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.energies.measured.measurements import SOURCE, measured_enthalpies
from screening.phases.phase_set import PhaseSet

_COLUMN = re.compile(r"formation_energy(_\w+)?_ev_per_atom")
_LIMIT_EV_PER_ATOM = 6.0  # larger values are refused; the most stable compounds, lanthanide oxides, reach -4.5


@dataclass(frozen=True)
class FormationTable:
    """Formation energies of compounds by reduced formula, the lowest of each composition, eV/atom."""

    name: str
    label: str  # short name of letters, digits, blanks, - and _
    kind: str  # the quantity: 'formation energy, 0 K' or 'formation enthalpy, 298 K'
    values: Mapping[str, float]


def measured() -> FormationTable:
    """Return the measured formation enthalpies that pymatgen packages; see :func:`measured_enthalpies`."""
    return FormationTable(SOURCE, "measured", "formation enthalpy, 298 K", measured_enthalpies())


def packaged_dft(elements: frozenset[str]) -> FormationTable:
    """Return the formation energies, for some elements, of the DFT entries that pymatgen packages.

    They are PBE and PBE+U with MP2020 corrections, relative to the elements among these entries.
    """
    from screening.energies.packaged.dft_check import dft_phases

    dft = dft_phases(elements)
    found: dict[str, float] = {}
    for position, phase in enumerate(dft.phases if dft else ()):
        composition = parse_formula(phase.formula)
        if dft is not None and len(composition) > 1:
            _keep_lowest(found, composition, float(dft.formation_energies[position]))
    name = "PBE(+U) with MP2020 corrections packaged with pymatgen (calc_compounds)"
    return FormationTable(name, "packaged DFT", "formation energy, 0 K", found)


def read_formation_tables(path: str | Path) -> list[FormationTable]:
    """Read a CSV of formation energies, which gives one table for each column of energies.

    Parameters
    ----------
    path
        CSV, plain or gzipped, with a column ``formula`` and one or more columns ``formation_energy_ev_per_atom`` or
        ``formation_energy_SCHEME_ev_per_atom``. An empty cell means that the value is unknown.

    Raises
    ------
    InputError
        If the file is missing, damaged or not such a CSV, or a value cannot be a formation energy in eV/atom.
    """
    path = Path(path)
    reader = csv.DictReader(io.StringIO(_text(path)), skipinitialspace=True)
    names = [name.strip() for name in reader.fieldnames or []]
    reader.fieldnames = names
    columns = [name for name in names if _COLUMN.fullmatch(name)]
    if "formula" not in names or not columns:
        raise InputError(
            f"{path} needs a column 'formula' and columns 'formation_energy_..._ev_per_atom' (energies in eV/atom); "
            f"it has {', '.join(names) or 'none'}"
        )
    found: dict[str, dict[str, float]] = {column: {} for column in columns}
    try:
        for row in reader:
            where = f"{path}, line {reader.line_num}"
            try:
                composition = parse_formula(row["formula"] or "")
            except InputError as error:
                raise InputError(f"{where}: {error}") from None
            for column in columns:
                text = (row[column] or "").strip()
                if text and len(composition) > 1:
                    _keep_lowest(found[column], composition, _energy(text, f"{where}, {column}"))
    except csv.Error as error:
        raise InputError(f"{path} is not CSV: {error}") from None
    for column, values in found.items():
        if not values:
            raise InputError(f"{path}: the column {column} holds no value of a compound")
    return [
        FormationTable(f"{path.name}: {column}", _label(column), "formation energy, 0 K", found[column])
        for column in columns
    ]


def require_per_atom(table: FormationTable, phases: PhaseSet) -> None:
    """Refuse a table whose values are plainly energies per formula unit.

    Raises
    ------
    InputError
        If the values agree better with these energies when read as eV per formula unit than as eV per atom.
    """
    as_read = as_formula = 0
    for formula, value in table.values.items():
        composition = parse_formula(formula)
        if known := phases.polymorphs(composition):
            ours = float(phases.formation_energies[known[0]])
            nearer = abs(value / sum(composition.values()) - ours) < abs(value - ours)
            as_formula += nearer
            as_read += not nearer
    if as_formula > 9 * as_read:
        raise InputError(f"{table.name}: the values look like eV per formula unit; they must be eV/atom")


def _label(column: str) -> str:
    """Return the correction scheme in the name of a column."""
    found = _COLUMN.fullmatch(column)
    return found[1].strip("_") if found and found[1] else "table"


def _text(path: Path) -> str:
    from screening.files.content import read_text

    return read_text(path, "formation energies")


def _energy(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise InputError(f"{where}: {text!r} is not a number") from None
    if not math.isfinite(value):
        raise InputError(f"{where}: {text!r} is not a finite number")
    if abs(value) > _LIMIT_EV_PER_ATOM:
        raise InputError(f"{where}: {text} cannot be a formation energy in eV/atom (kJ/mol, or eV per formula unit?)")
    return value


def _keep_lowest(found: dict[str, float], composition: Mapping[str, float], value: float) -> None:
    formula = format_formula(dict(composition))
    found[formula] = min(value, found.get(formula, math.inf))
