"""The journal of an energy calculation: one JSON line a structure, and beside it which weights it was begun with."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screening.common.errors import InputError
from screening.energies.potentials.models import ModelProvenance
from screening.files.content import write_whole


class StructureEnergy(BaseModel):
    """The outcome of one structure: an energy, or why there is none."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="identifier in the source database")
    formula: str = Field(description="formula of the cell")
    n_sites: int = Field(description="sites in the cell")
    space_group: int = Field(description="space-group number")
    energy_ev_per_atom: float | None = Field(None, description="model energy, without corrections, eV/atom")
    correction_ev_per_atom: float | None = Field(
        None, description="MP2020 corrections, for a model that learned energies without them, eV/atom"
    )
    volume_a3_per_atom: float | None = Field(None, description="cell volume, cubic angstrom per atom")
    error: str | None = Field(None, description="why the energy could not be computed")


def read_journal(path: Path) -> dict[str, StructureEnergy]:
    """Read what a journal holds; a last line cut off by a kill is ignored (and computed again).

    Raises
    ------
    InputError
        If another line is no outcome of a structure.
    """
    outcomes: dict[str, StructureEnergy] = {}
    if not path.exists():
        return outcomes
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.endswith(b"\n"):
                try:
                    outcome = StructureEnergy.model_validate_json(line)
                except ValidationError:
                    raise InputError(f"{path} line {number} is damaged: remove it to compute it again") from None
                outcomes[outcome.id] = outcome
    return outcomes


def cut_half_line(path: Path) -> None:
    """Cut off a last line that a kill left half-written."""
    if path.exists():
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.truncate(path, whole)


def append(path: Path, outcomes: Iterable[StructureEnergy]) -> None:
    """Append outcomes; they are on disk when this returns."""
    with path.open("ab") as journal:
        journal.write("".join(o.model_dump_json(exclude_none=True) + "\n" for o in outcomes).encode())
        journal.flush()
        os.fsync(journal.fileno())


def begun_with(journal: Path) -> ModelProvenance | None:
    """Return which weights a journal was begun with; None if it does not exist.

    Raises
    ------
    InputError
        If that note is damaged.
    """
    header = _header(journal)
    if not header.exists():
        return None
    try:
        return ModelProvenance.model_validate_json(header.read_bytes())
    except ValidationError:
        raise InputError(f"{header} does not name the weights of {journal.name}: use another folder") from None


def claim(journal: Path, provenance: ModelProvenance) -> None:
    """Tie a journal to the weights it is begun with.

    Raises
    ------
    InputError
        If it was begun with others.
    """
    begun = begun_with(journal)
    if begun is None:
        write_whole(_header(journal), provenance.model_dump_json(indent=1) + "\n")
    elif begun.weights_sha256 != provenance.weights_sha256:
        raise InputError(f"{journal} was begun with {begun.model}, not with {provenance.model}: use another folder")


def _header(journal: Path) -> Path:
    return journal.with_suffix(".model.json")
