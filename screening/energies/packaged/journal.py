"""The journal of an energy calculation: one JSON line a structure, and beside it which weights it was begun with."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError

from screening.common.errors import InputError
from screening.energies.potentials.models import ModelProvenance
from screening.files.content import write_whole
from screening.files.journal import Outcome, read_outcomes


class StructureEnergy(Outcome):
    """The outcome of one structure: an energy, or why there is none."""

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
    """Read what a journal holds, as :func:`screening.files.journal.read_outcomes` does."""
    return read_outcomes(path, StructureEnergy)


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
