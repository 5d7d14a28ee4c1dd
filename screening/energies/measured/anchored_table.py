"""The packaged energies anchored on measurement: shifts of another packaged table, and where they come from."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screening.common.errors import InputError
from screening.common.provenance import EnergyScale
from screening.energies.measured.anchoring import AnchorRules
from screening.energies.packaged.packaged_table import packaged_energies
from screening.files.content import DATA, parse_json, read_bytes, write_whole
from screening.files.validation import explained
from screening.phases.phase_set import PhaseSet

SOURCE = "reference:measured"
BASE = "chgnet-r2scan"  # of the packaged tables the one whose compounds come nearest to measurement with a correction
PACKAGED = DATA / "measured"
ORIGIN = "measured formation enthalpy at 298 K (packaged with pymatgen)"
_STEP_EV = 1e-4  # of the shifts in the table
_MOST_EV = 3.2


class HeldOut(BaseModel):
    """Errors of compounds that were held back, meV/atom."""

    model_config = ConfigDict(extra="forbid")

    n: int = Field(description="compounds")
    before_mean_mev_per_atom: float = Field(description="mean absolute error of the table that is corrected")
    before_median_mev_per_atom: float = Field(description="its median")
    by_compound_mean_mev_per_atom: float = Field(description="mean after the correction, each compound held back")
    by_compound_median_mev_per_atom: float = Field(description="its median")
    by_system_mean_mev_per_atom: float = Field(description="the same, all compounds of its elements held back")
    by_system_median_mev_per_atom: float = Field(description="its median")


class HeldOutReactions(BaseModel):
    """Errors of reactions between measured compounds, each held back, meV per atom."""

    model_config = ConfigDict(extra="forbid")

    n: int = Field(description="reactions of two measured compounds to measured ones")
    before_mean_mev_per_atom: float = Field(description="mean absolute error of the table that is corrected")
    after_mean_mev_per_atom: float = Field(description="after the correction")
    before_median_mev_per_atom: float = Field(description="its median before")
    after_median_mev_per_atom: float = Field(description="and after")


class AnchoredInfo(BaseModel):
    """Where the anchored energies come from, and how far they are off."""

    model_config = ConfigDict(extra="forbid")

    scale: EnergyScale = Field(description="what the energies are")
    base: str = Field(description="the packaged table that is corrected")
    base_sha256: str = Field(description="hash of its phases")
    shifts_sha256: str = Field(description="SHA-256 of the table of shifts")
    command: str = Field(description="command that writes both files")
    measured: str = Field(description="the measured values")
    packages: dict[str, str] = Field(description="versions of the packages that hold them and that wrote the files")
    rules: AnchorRules = Field(description="the correction's parameters")
    n_measured: int = Field(description="measured compounds among the phases, those of which the terms were found")
    n_taken: int = Field(description="of them those whose measured value is taken")
    distrusted_mev_per_atom: dict[str, float] = Field(
        description="measured compounds whose value is not taken: computed and corrected less measured, meV/atom"
    )
    held_out: dict[str, HeldOut] = Field(description="errors of held-out compounds, of all and by chemistry class")
    reactions: HeldOutReactions = Field(description="errors of reactions between them")
    terms_ev_per_atom: dict[str, float] = Field(description="the error of each kind of bond, eV per atom of its share")


@cache
def anchored_energies() -> PhaseSet:
    """Load the packaged energies anchored on measurement, once a process.

    Raises
    ------
    InputError
        If the installed files are missing, damaged or edited, or made from another base.
    """
    return read_anchored(PACKAGED)


def read_anchored(folder: Path) -> PhaseSet:
    """Read anchored energies from the folder that :func:`write_anchored` wrote.

    Raises
    ------
    InputError
        As :func:`anchored_energies`.
    """
    document = _document(folder)
    base = packaged_energies(document["base"])
    if base.sha256 != document["base_sha256"]:
        raise InputError(f"{folder} was made from another version of the energies {document['base']}: make it again")
    path = _table_path(folder)
    content = read_bytes(path)
    if hashlib.sha256(content).hexdigest() != document["shifts_sha256"]:
        raise InputError(f"{path} is not the table its document describes (another hash): damaged or edited")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        steps, taken = arrays["steps"], np.flatnonzero(arrays["taken"])
    origins: list[str | None] = [None] * len(base)
    for position in taken.tolist():
        origins[position] = ORIGIN
    energies = base.energies + steps.astype(np.float64) * _STEP_EV
    table = replace(base.table, energies=energies, origins=origins)
    return PhaseSet.from_table(EnergyScale.model_validate(document["scale"]), table)


def anchored_info(folder: Path = PACKAGED) -> AnchoredInfo:
    """Say where the anchored energies come from.

    Raises
    ------
    InputError
        If the document is missing or damaged.
    """
    try:
        return AnchoredInfo.model_validate(_document(folder))
    except ValidationError as error:
        raise InputError(f"{_document_path(folder)} is damaged: {explained(error)}") from None


def pack_shifts(shifts_ev_per_atom: NDArray[np.float64], taken: Sequence[bool]) -> bytes:
    """Write shifts and which phases are measured as a compressed table; the same arrays give the same bytes.

    Raises
    ------
    InputError
        If a shift is larger than the table can hold.
    """
    if np.abs(shifts_ev_per_atom).max(initial=0.0) > _MOST_EV:
        raise InputError(f"a shift of more than {_MOST_EV:g} eV/atom is no correction")
    steps = np.round(shifts_ev_per_atom / _STEP_EV).astype(np.int16)
    out = io.BytesIO()
    np.savez_compressed(out, steps=steps, taken=np.asarray(taken, dtype=bool))
    return out.getvalue()


def write_anchored(folder: Path, table: bytes, info: AnchoredInfo) -> None:
    """Write the two files."""
    write_whole(_table_path(folder), table)
    write_whole(_document_path(folder), info.model_dump_json(indent=1) + "\n")


def _document_path(folder: Path) -> Path:
    return folder / "anchored.json"


def _table_path(folder: Path) -> Path:
    return folder / "anchored.npz"


def _document(folder: Path) -> Mapping[str, Any]:
    path = _document_path(folder)
    document = parse_json(read_bytes(path), path)
    try:
        EnergyScale.model_validate(document["scale"])
        {document[name].upper() for name in ("base", "base_sha256", "shifts_sha256")}
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise InputError(f"{path} is damaged: {str(error).splitlines()[0]}") from None
    return dict(document)
