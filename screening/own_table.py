"""A table of the user's own phases: their energies in the form of any table, and their structures beside them.

A file of energies as ``--energies`` reads it, with one more key, ``own``: the structures of each phase and how it was
relaxed. By these it is noticed when a structure is added twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from screening.errors import InputError, StoreError
from screening.own_phase import OwnPhase
from screening.own_structures import same_structure
from screening.phase import EnergyProvenance, EnergyScale, Phase, PhaseColumns
from screening.phase_table import PhaseTable, sha256_of
from screening.plain_data import structure_of
from screening.sources.files import parse_json, read_bytes, write_json
from screening.sources.table import content_of, table_of

if TYPE_CHECKING:
    from pymatgen.core import Structure

_LOCK_SECONDS = 60.0
_OWN = "own"


@dataclass
class OwnTable:
    """The phases of a table, and what is known of those that were relaxed for it."""

    scale: EnergyScale
    phases: list[Phase] = field(default_factory=list)
    own: dict[str, OwnPhase] = field(default_factory=dict)  # by the phase's id

    @classmethod
    def read(cls, path: str | Path, scale: EnergyScale) -> OwnTable:
        """Read a table, or begin one where there is no file.

        Parameters
        ----------
        path
            The file.
        scale
            Of the phases that are to be added.

        Raises
        ------
        InputError
            If the file is damaged or no table of energies, or its scale is another.
        """
        if not Path(path).exists():
            return cls(scale)
        data = parse_json(read_bytes(path), path)
        found, columns = table_of(data, path)
        if reason := scale.disagreement(found):
            raise InputError(f"{path} cannot take energies of {scale.name!r}: {reason}")
        fields = Phase.model_fields
        rows = zip(*(getattr(columns, name) for name in fields), strict=True)
        try:
            own = [OwnPhase.model_validate(item) for item in data.get(_OWN, [])]
        except ValidationError as error:
            raise InputError(f"{path} is damaged: {_OWN}: {error.errors()[0]['msg']}") from None
        return cls(found, [Phase(**dict(zip(fields, row, strict=True))) for row in rows], {o.phase.id: o for o in own})

    def write(self, path: str | Path) -> None:
        """Write the table, whole or not at all."""
        own = [own.model_dump(mode="json") for own in self.own.values()]
        write_json(path, {**content_of(self.scale, self.columns), _OWN: own})

    @property
    def columns(self) -> PhaseColumns:
        """The phases, field by field."""
        return PhaseColumns(**{name: [getattr(p, name) for p in self.phases] for name in Phase.model_fields})

    @property
    def provenance(self) -> EnergyProvenance:
        """What the energies are, as results name it."""
        sha256 = sha256_of(self.scale, PhaseTable.from_columns(self.columns))
        return EnergyProvenance(**self.scale.model_dump(), n_phases=len(self.phases), sha256=sha256)

    def same_as(self, structure: Structure, relaxed: bool) -> str | None:
        """Return the id of a phase that is the same crystal; None if there is none.

        Parameters
        ----------
        structure
            The structure.
        relaxed
            Whether it is relaxed. Like is compared with like: relaxing may change the symmetry.
        """
        for name, known in self.own.items():
            if same_structure(structure, structure_of(known.relaxed if relaxed else known.given)):
                return name
        return None


def put_into_table(path: str | Path, scale: EnergyScale, phase: OwnPhase) -> str | None:
    """Put a phase into a table, unless it is there; other processes may do so at the same time.

    Parameters
    ----------
    path
        The table's file; made if absent, and so is its folder.
    scale
        Of the phase.
    phase
        The phase.

    Returns
    -------
    str or None
        The id of the phase of the table that is the same crystal, where there is one: then nothing is added.

    Raises
    ------
    InputError
        As :meth:`OwnTable.read`.
    StoreError
        If another process holds the table for a minute.
    """
    from filelock import FileLock, Timeout

    try:
        with FileLock(f"{path}.lock", timeout=_LOCK_SECONDS):
            table = OwnTable.read(path, scale)
            if known := table.same_as(structure_of(phase.relaxed), relaxed=True):
                return known
            table.phases.append(phase.phase)
            table.own[phase.phase.id] = phase
            table.write(path)
    except Timeout:
        raise StoreError(f"another process has been writing {path} for {_LOCK_SECONDS:g} s") from None
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror or error}") from None
    return None


def same_among(structures: Sequence[Structure]) -> dict[int, int]:
    """Map each structure that is the same crystal as an earlier one to the first such, by position."""
    found: dict[int, int] = {}
    for i, structure in enumerate(structures):
        for j in range(i):
            if j not in found and same_structure(structure, structures[j]):
                found[i] = j
                break
    return found
