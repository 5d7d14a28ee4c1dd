"""Energies computed elsewhere with the same model, taken over once a sample of them, computed again, agrees."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screening.chemistry.compositions import format_formula
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.energies.potentials.potential import single_point_energies
from screening.files.content import read_text
from screening.files.validation import explained
from screening.structures.records import StructureRecord

SEED_TOLERANCE_EV_PER_ATOM = 1e-4  # between the processors and versions that one model may have been run on


class SeedEnergy(BaseModel):
    """An energy computed elsewhere; one line of a file."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    id: str = Field(description="identifier in the source database")
    formula: str = Field(description="formula")
    sites: int = Field(description="sites in the cell")
    energy_ev_per_atom: float | None = Field(description="model energy, without corrections, eV/atom; null: none")


def read_seed(path: str | Path, records: Sequence[StructureRecord]) -> dict[str, float]:
    """Read the energies of structures from a file of energies computed elsewhere.

    Parameters
    ----------
    path
        JSON lines of :class:`SeedEnergy`, plain or gzipped.
    records
        The structures; lines of others are passed over.

    Returns
    -------
    dict of str to float
        Energies by id, eV/atom, without corrections.

    Raises
    ------
    InputError
        If the file cannot be read, or a line is none or of another structure than the record of its id.
    """
    wanted = {record.id: record for record in records}
    found: dict[str, float] = {}
    for number, line in enumerate(read_text(path, "energies file").splitlines(), start=1):
        try:
            row = SeedEnergy.model_validate_json(line)
        except ValidationError as error:
            raise InputError(f"{path} line {number}: {explained(error)}") from None
        record = wanted.get(row.id)
        if record is None or row.energy_ev_per_atom is None:
            continue
        if (row.sites, _reduced(row.formula)) != (len(record.coords), _reduced(record.formula)):
            raise InputError(f"{path} line {number}: {row.id} is another structure there, of {row.formula}")
        found[row.id] = row.energy_ev_per_atom
    return found


def check_seed(known: dict[str, float], records: Sequence[StructureRecord], model: str, recheck: int) -> None:
    """Compute a sample of energies again, and refuse them all if one differs.

    Parameters
    ----------
    known
        Energies by id, eV/atom.
    records
        The structures.
    model
        What they are said to be computed with.
    recheck
        How many are computed again; always the same ones.

    Raises
    ------
    InputError
        If an energy differs by more than :data:`SEED_TOLERANCE_EV_PER_ATOM`, or the model is not installed.
    """
    sample = set(random.Random(0).sample(sorted(known), min(recheck, len(known))))
    chosen = [record for record in records if record.id in sample]
    again = single_point_energies([record.structure() for record in chosen], model)
    for record, energy in zip(chosen, again, strict=True):
        if not abs(energy - known[record.id]) <= SEED_TOLERANCE_EV_PER_ATOM:
            raise InputError(
                f"the seed is not of this model: {record.id} ({_reduced(record.formula)}) is {known[record.id]:.5f} "
                f"eV/atom there and {energy:.5f} computed again"
            )


def _reduced(formula: str) -> str:
    return format_formula(parse_formula(formula))
