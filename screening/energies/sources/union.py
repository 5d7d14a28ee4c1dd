"""Several tables of energies as one, where they are on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from screening.chemistry.compositions import format_formula
from screening.common.errors import InputError
from screening.common.provenance import EnergyScale
from screening.energies.sources.fetched import FetchedPhaseSet, Systems, inside, largest
from screening.phases.phase_set import PhaseSet
from screening.phases.phase_table import PhaseTable


class Table(NamedTuple):
    """One source's energies; not necessarily a whole set."""

    scale: EnergyScale
    phases: PhaseTable
    systems: Systems | None = None  # where it is whole in some chemical systems alone

    @classmethod
    def of(cls, phases: PhaseSet) -> Table:
        """Return the energies of a set."""
        systems = phases.systems if isinstance(phases, FetchedPhaseSet) else None
        return cls(phases.scale, phases.table, systems)

    def as_set(self) -> PhaseSet:
        """Return the energies as a set.

        Raises
        ------
        InputError
            If they are not a whole set; see :class:`~screening.phases.phase_set.PhaseSet`.
        """
        if self.systems is None:
            return PhaseSet.from_table(self.scale, self.phases)
        return FetchedPhaseSet.complete_in(self.scale, self.phases, self.systems)


def union(tables: Sequence[Table]) -> Table:
    """Join tables of energies.

    Parameters
    ----------
    tables
        In the order they were named. A phase whose id was there before gets its table's name before its id.

    Returns
    -------
    Table
        The origin of each phase is the table it came from, where that is not the first and it has none of its own. Of
        one composition all phases are kept; the lowest counts, as in any set. Where a table is whole in some chemical
        systems alone, so is the union, and it holds no other phases.

    Raises
    ------
    InputError
        If two scales do not agree, or one does not state what it is; the message gives the reason.
    """
    first = tables[0]
    if len(tables) == 1:
        return first
    for other in tables[1:]:
        require_agreement(first.scale, other.scale)
    parts, taken = [first.phases], set(first.phases.ids.tolist())
    for scale, phases, _ in tables[1:]:
        label = scale.name if scale.name != first.scale.name else f"{scale.name} {scale.version}"
        parts.append(_labelled(phases, label, taken))
        taken.update(parts[-1].ids.tolist())
    scales = [table.scale for table in tables]
    scale = EnergyScale(
        name=_joined([s.name for s in scales], " + "),
        version=" + ".join(s.version for s in scales),
        functional=first.scale.functional,
        correction=first.scale.correction,
        source=_joined([s.source for s in scales if s.source], "; "),
    )
    systems = None
    for table in tables:
        if table.systems is not None:
            systems = table.systems if systems is None else largest(a & b for a in systems for b in table.systems)
    joined = concatenated(parts)
    kept = joined if systems is None else inside(joined, systems)
    if kept is None:
        raise InputError(f"the energies {scale.name!r} hold no phase of the chemical systems asked about")
    return Table(scale, kept, systems)


def require_agreement(one: EnergyScale, other: EnergyScale) -> None:
    """Refuse two scales that do not agree.

    Raises
    ------
    InputError
        With the reason.
    """
    if reason := one.disagreement(other):
        raise InputError(f"the energies {one.name!r} and {other.name!r} cannot be joined: {reason}")


def _labelled(phases: PhaseTable, label: str, taken: set[bytes]) -> PhaseTable:
    ids = [f"{label}:{name.decode()}".encode() if name in taken else name for name in phases.ids.tolist()]
    origins: list[str | None] = [phases.origin(i) or label for i in range(len(phases))]
    return replace(phases, ids=np.array(ids, dtype=np.bytes_), origins=origins)


def concatenated(parts: Sequence[PhaseTable]) -> PhaseTable:
    """Return the phases of several tables, whose ids differ, as one."""
    if any(part.formulas is None for part in parts):
        parts = [_reduced(part) for part in parts]
    ends = np.cumsum([part.starts[-1] for part in parts])
    starts = [parts[0].starts, *(part.starts[1:] + end for part, end in zip(parts[1:], ends, strict=False))]
    formulas = [formula for part in parts for formula in part.formulas or ()]
    return PhaseTable(
        ids=np.concatenate([part.ids for part in parts]),
        starts=np.concatenate(starts),
        numbers=np.concatenate([part.numbers for part in parts]),
        amounts=np.concatenate([part.amounts for part in parts]),
        energies=np.concatenate([part.energies for part in parts]),
        space_groups=np.concatenate([part.space_groups for part in parts]),
        volumes=np.concatenate([part.volumes for part in parts]),
        formulas=formulas or None,
        origins=[origin for part in parts for origin in part.origins or [None] * len(part)],
    )


def _reduced(part: PhaseTable) -> PhaseTable:
    """Write the formulas of a table reduced, as those of a large table are, which are not kept but made."""
    if part.formulas is None:
        return part
    formulas = [format_formula(part.composition(i)) for i in range(len(part))]
    columns = part.columns().model_copy(update={"formula": formulas})
    return replace(PhaseTable.from_columns(columns), formulas=None)


def _joined(texts: Sequence[str], between: str) -> str:
    return between.join(dict.fromkeys(texts))
