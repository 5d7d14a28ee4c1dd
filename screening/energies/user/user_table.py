"""A table of the user's own phases: their energies in the form of any table, and the structures they belong to.

The file is read by ``--energies`` as any other file of energies. It has one key more, ``own``, with the structures of
each phase and how it was relaxed, from which it is seen that a structure is added a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from screening.common.errors import InputError
from screening.common.provenance import EnergyProvenance, EnergyScale
from screening.energies.user.user_phase import UserPhase
from screening.files.content import parse_json, read_bytes, write_json
from screening.files.locks import locked
from screening.files.plain_data import structure_of
from screening.files.validation import explained
from screening.phases.files import content_of, table_of
from screening.phases.phase import Phase, PhaseColumns
from screening.phases.phase_table import PhaseTable, sha256_of
from screening.structures.files import same_structure

if TYPE_CHECKING:
    from pymatgen.core import Structure

_COMPUTED = "own"  # the key in the file


@dataclass
class UserTable:
    """The phases of a table, and the structures of those that were computed for it."""

    scale: EnergyScale
    phases: list[Phase] = field(default_factory=list)
    computed: dict[str, UserPhase] = field(default_factory=dict)  # by the phase's id

    @classmethod
    def read(cls, path: str | Path, scale: EnergyScale) -> UserTable:
        """Read a table; an empty one is returned if there is no such file.

        Parameters
        ----------
        path
            The file.
        scale
            The energy scale of the phases that are to be added.

        Raises
        ------
        InputError
            If the file is damaged or is no table of energies, or if its energies are on another scale.
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
            computed = [UserPhase.model_validate(item) for item in data.get(_COMPUTED, [])]
        except ValidationError as error:
            raise InputError(f"{path} is damaged: {_COMPUTED}.{explained(error)}") from None
        phases = [Phase(**dict(zip(fields, row, strict=True))) for row in rows]
        return cls(found, phases, {one.phase.id: one for one in computed})

    def write(self, path: str | Path) -> None:
        """Write the table, whole or not at all."""
        computed = [one.model_dump(mode="json") for one in self.computed.values()]
        write_json(path, {**content_of(self.scale, self.columns), _COMPUTED: computed})

    @property
    def columns(self) -> PhaseColumns:
        """The phases, field by field."""
        return PhaseColumns(**{name: [getattr(p, name) for p in self.phases] for name in Phase.model_fields})

    @property
    def provenance(self) -> EnergyProvenance:
        """The energies of the table as results name them."""
        sha256 = sha256_of(self.scale, PhaseTable.from_columns(self.columns))
        return EnergyProvenance(**self.scale.model_dump(), n_phases=len(self.phases), sha256=sha256)

    def same_as(self, structure: Structure, relaxed: bool) -> str | None:
        """Return the id of the phase in the table that is the same crystal; None if there is none.

        Parameters
        ----------
        structure
            The structure.
        relaxed
            Whether it is compared with the relaxed structures of the table, or with those that were given: relaxing
            may change the symmetry, so that like must be compared with like.
        """
        for name, known in self.computed.items():
            if same_structure(structure, structure_of(known.relaxed if relaxed else known.given)):
                return name
        return None


def put_into_table(path: str | Path, scale: EnergyScale, phase: UserPhase) -> str | None:
    """Add a phase to a table unless the same crystal is there; several processes may do so at the same time.

    Parameters
    ----------
    path
        The file of the table, which is made if absent, as is its folder.
    scale
        The energy scale of the phase.
    phase
        The phase.

    Returns
    -------
    str or None
        The id of the phase in the table that is the same crystal; None if there was none and the phase was added.

    Raises
    ------
    InputError
        As :meth:`UserTable.read`.
    StoreError
        If another process holds the table for ten minutes, or it cannot be written.
    """
    with locked(Path(path)):
        table = UserTable.read(path, scale)
        if known := table.same_as(structure_of(phase.relaxed), relaxed=True):
            return known
        table.phases.append(phase.phase)
        table.computed[phase.phase.id] = phase
        table.write(path)
    return None


def same_among(structures: Sequence[Structure]) -> dict[int, int]:
    """Return the position of each structure that repeats an earlier one, with the position of the first such."""
    found: dict[int, int] = {}
    for i, structure in enumerate(structures):
        for j in range(i):
            if j not in found and same_structure(structure, structures[j]):
                found[i] = j
                break
    return found
