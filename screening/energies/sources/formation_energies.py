"""A CSV of formation energies per atom: the least that a hull can be built of.

The elements, which are at zero by definition, need not be listed.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from screening.chemistry.compositions import composition_key
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError, nearest
from screening.common.provenance import NOT_STATED, EnergyScale
from screening.phases.phase import PhaseColumns

ENERGY = "formation_energy_ev_per_atom"
_OPTIONAL = ("id", "space_group", "volume_a3_per_atom")
_COLUMNS = ("formula", ENERGY, *_OPTIONAL)
_MATERIALS_PROJECT = {  # headings of its summaries
    "formula_pretty": "formula",
    "formation_energy_per_atom": ENERGY,
    "material_id": "id",
    "symmetry.number": "space_group",
    "spacegroup.number": "space_group",
}
_BEYOND_EV_PER_ATOM = 10.0  # the most strongly bound compounds, fluorides such as CaF2 and YF3, lie near -4.5
_SPACE_GROUPS = range(1, 231)
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")

# what the name of a column says of its unit, and what makes eV per atom of it
_OTHER_UNITS = (
    (r"kj.*atom", "kJ/mol of atoms", "divide by 96.485"),
    (r"kj", "kJ/mol", "divide by 96.485 and by the number of atoms in the formula"),
    (r"kcal", "kcal/mol", "divide by 23.061 and by the number of atoms in the formula"),
    (r"mev", "meV", "divide by 1000, and by the number of atoms if it is per formula unit"),
    (r"ev.*(formula|f\.?u\b|unit|cell)", "eV per formula unit", "divide by the number of atoms in the formula"),
    (r"hartree|\bry", "not eV", "convert to eV/atom"),
)


class _Row(NamedTuple):
    """A line of the file."""

    id: str
    formula: str
    energy: float
    space_group: int | None
    volume: float | None
    named: bool = False  # the id is the user's own


def read_formation_energies(content: bytes, path: Path, version: str) -> tuple[EnergyScale, PhaseColumns]:
    """Read a CSV of formation energies.

    Parameters
    ----------
    content
        UTF-8. Columns ``formula`` and ``formation_energy_ev_per_atom``, and optionally ``id``, ``space_group`` and
        ``volume_a3_per_atom``. Or the headings of the Materials Project's summaries, ``formula_pretty`` and
        ``formation_energy_per_atom`` among them; the volume is then that of ``volume`` and ``nsites``, and all else
        they have is not read.
    path
        For messages, and for the name of the energies.
    version
        Of the energies.

    Returns
    -------
    EnergyScale
        With functional and correction not stated, since a table of formation energies cannot be told from another.
    PhaseColumns
        Elements that are not listed are added, at zero.

    Raises
    ------
    InputError
        Naming the line, if a column, a unit or a value is unfit, or a phase occurs twice.
    """
    rows = list(_rows(content, path))
    if not rows:
        raise InputError(f"{path} holds no phase")
    _require_unit(rows, path)
    _forbid_twice(rows, path)
    known = {tuple(c) for row in rows if row.energy == 0.0 and len(c := parse_formula(row.formula)) == 1}
    elements = sorted({element for row in rows for element in parse_formula(row.formula)})
    rows += [_Row(f"element-{e}", e, 0.0, None, None) for e in elements if (e,) not in known]
    scale = EnergyScale(
        name=path.name,
        version=version,
        functional=NOT_STATED,
        correction=NOT_STATED,
        source="formation energies per atom, the elements at zero",
    )
    return scale, PhaseColumns(
        id=[row.id for row in rows],
        formula=[row.formula for row in rows],
        energy_ev_per_atom=[row.energy for row in rows],
        space_group=[row.space_group for row in rows],
        volume_a3_per_atom=[row.volume for row in rows],
        origin=[None] * len(rows),
    )


def _rows(content: bytes, path: Path) -> Iterator[_Row]:
    try:
        text = content.decode("utf-8-sig")
        if _NO_TEXT.search(text):
            raise InputError(f"{path} is not CSV: it holds characters that are no text")
        lines = csv.reader(text.splitlines(), skipinitialspace=True, strict=True)
        names = [name.strip() for name in next(lines, [])]
        summaries = {"formula_pretty", "formation_energy_per_atom"} <= set(names)
        if summaries:
            names = [_MATERIALS_PROJECT.get(name, name) for name in names]
        _check_columns([name for name in names if name in _COLUMNS] if summaries else names, path)
        for values in lines:
            where = f"{path}, line {lines.line_num}"
            if not any(value.strip() for value in values):
                continue
            if len(values) != len(names):
                raise InputError(f"{where}: {len(values)} values for {len(names)} columns: half written?")
            row = dict(zip(names, (value.strip() for value in values), strict=True))
            if summaries:
                row["volume_a3_per_atom"] = _volume_per_atom(row, where)
            yield _row(row, where, lines.line_num)
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} is not CSV: {error}") from None


def _check_columns(names: list[str], path: Path) -> None:
    for name in names:
        if name == ENERGY:
            continue
        for pattern, unit, advice in _OTHER_UNITS:
            if re.search(pattern, name.casefold()):
                raise InputError(f"{path}: column {name!r} is {unit}; {ENERGY} is needed: {advice}")
    for name in names:
        if name not in _COLUMNS:
            raise InputError(
                f"{path}: unknown column {name!r}{nearest(name, _COLUMNS)}; there must be formula and {ENERGY}, "
                f"and may be {', '.join(_OPTIONAL)}"
            )
    for name in _COLUMNS[:2]:
        if name not in names:
            raise InputError(f"{path}: there is no column {name!r}, only {', '.join(names) or 'nothing'}")
    if len(set(names)) < len(names):
        raise InputError(f"{path}: the column {max(names, key=names.count)!r} occurs twice")


def _row(values: dict[str, str], where: str, line: int) -> _Row:
    formula = values["formula"]
    try:
        composition = parse_formula(formula)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    energy = _number(values[ENERGY], f"{where}: the formation energy of {formula}")
    if len(composition) > 1 and energy == 0.0:
        raise InputError(f"{where}: {formula} is a compound with a formation energy of zero: a missing value?")
    if len(composition) == 1 and energy < 0.0:
        raise InputError(f"{where}: {formula} is an element, and its formation energy is below zero: {energy:g}")
    space_group, volume = values.get("space_group"), values.get("volume_a3_per_atom")
    if space_group and (not space_group.isdecimal() or int(space_group) not in _SPACE_GROUPS):
        raise InputError(f"{where}: {space_group!r} is no number of a space group")
    number = _number(volume, f"{where}: the volume of {formula}") if volume else None
    if number is not None and number <= 0.0:
        raise InputError(f"{where}: the volume of {formula} is not positive")
    return _Row(
        id=values.get("id") or f"line-{line}",
        formula=formula,
        energy=energy,
        space_group=int(space_group) if space_group else None,
        volume=number,
        named=bool(values.get("id")),
    )


def _volume_per_atom(row: dict[str, str], where: str) -> str:
    """Return the volume per atom of a row of summaries, as text; empty if it does not say."""
    if not row.get("volume") or not row.get("nsites"):
        return ""
    sites = _number(row["nsites"], f"{where}: nsites")
    if sites < 1:
        raise InputError(f"{where}: nsites is {sites:g}")
    return repr(_number(row["volume"], f"{where}: the volume") / sites)


def _number(text: str, what: str) -> float:
    if not text:
        raise InputError(f"{what} is missing")
    try:
        number = float(text)
    except ValueError:
        raise InputError(f"{what} is not a number: {text!r}") from None
    if not math.isfinite(number):
        raise InputError(f"{what} is not finite: {text!r}")
    return number


def _require_unit(rows: list[_Row], path: Path) -> None:
    beyond = [row for row in rows if abs(row.energy) > _BEYOND_EV_PER_ATOM]
    if beyond:
        likely = "very likely kJ/mol or eV per formula unit" if len(beyond) > len(rows) / 2 else "an error"
        raise InputError(
            f"{path}: {beyond[0].formula} has {beyond[0].energy:g}, which cannot be eV/atom: {likely} "
            f"({len(beyond)} of {len(rows)} values are beyond {_BEYOND_EV_PER_ATOM:g})"
        )


def _forbid_twice(rows: list[_Row], path: Path) -> None:
    ids: set[str] = set()
    phases: dict[tuple[object, ...], _Row] = {}
    for row in rows:
        if row.id in ids:
            raise InputError(f"{path}: the id {row.id!r} occurs twice")
        ids.add(row.id)
        what = (composition_key(parse_formula(row.formula)), row.energy, row.space_group)
        same = phases.setdefault(what, row)
        if same is not row and not (same.named and row.named):  # polymorphs may differ by less than the digits
            raise InputError(f"{path}: {same.id} and {row.id} are the same phase, {row.formula}")
