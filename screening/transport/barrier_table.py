"""The packaged table of lithium's barriers: writing it from what was computed, and looking up a material."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.compositions import composition_key
from screening.chemistry.notation import composition_of, composition_of_one, split_polymorph
from screening.common.errors import InputError
from screening.common.provenance import EnergyProvenance
from screening.equilibrium.survey import Survey
from screening.files.content import DATA, file_sha256, write_whole
from screening.phases.phase_set import PhaseSet
from screening.transport.barriers import BarrierMethod, LithiumBarriers
from screening.transport.rules import transport_rules

PACKAGED = DATA / "transport"
_TABLE, _ABOUT = "barriers.csv", "barriers.json"


class StructureBarriers(BaseModel):
    """The barriers of lithium in one structure, eV; null where it does not pass below 10 eV."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(description="identifier of the structure in its source")
    formula: str = Field(description="composition")
    space_group: int | None = Field(None, description="space-group number")
    above_hull_mev_per_atom: float = Field(description="energy above the hull, meV/atom")
    barrier_1d_ev: float | None = Field(None, description="lowest along one direction, eV")
    barrier_2d_ev: float | None = Field(None, description="lowest that opens two directions, eV")
    barrier_3d_ev: float | None = Field(None, description="lowest that opens all directions, eV")
    oxidation_states: str = Field(description="where the charges of the ions come from")

    @property
    def blocked(self) -> bool:
        """Whether it lets no lithium through in three dimensions."""
        return self.barrier_3d_ev is None or self.barrier_3d_ev > transport_rules().blocked_above_ev


class BarrierInfo(BaseModel):
    """Where a table of barriers comes from."""

    model_config = ConfigDict(extra="forbid")

    method: BarrierMethod = Field(description="package, version and settings")
    date: str = Field(description="day the table was written, UTC")
    command: str = Field(description="command that writes this table from the structures")
    structures_file: str = Field(description="file the structures were read from")
    structures_sha256: str = Field(description="SHA-256 of that file")
    energies: EnergyProvenance = Field(description="the energies that the distances to the hull are of")
    above_hull_mev_per_atom: float = Field(description="how far above the hull structures were taken")
    n_structures: int = Field(description="structures in the table")
    n_compositions: int = Field(description="compositions among them")
    n_failed: dict[str, int] = Field(description="structures without barriers, by reason")
    n_not_computed: int = Field(description="structures that were not computed yet")
    table_sha256: str = Field(description="SHA-256 of the table")


def write_barriers(
    folder: str | Path,
    outcomes: Mapping[str, LithiumBarriers],
    phases: PhaseSet,
    method: BarrierMethod,
    structures: str | Path,
    *,
    above_hull_mev_per_atom: float,
    n_not_computed: int,
) -> BarrierInfo:
    """Write a table of barriers and the document that describes it; the same outcomes give the same table.

    Parameters
    ----------
    folder
        Where to write; created if absent.
    outcomes
        The barriers of each structure, by id, or why there are none.
    phases
        The energies, which hold every structure.
    method
        How the barriers were computed.
    structures
        The file the structures came from.
    above_hull_mev_per_atom
        How far above the hull they were taken, meV/atom.
    n_not_computed
        Structures asked for that have no outcome yet.

    Raises
    ------
    InputError
        If none has barriers, or a structure has no energy.
    """
    known = {one.id: one for one in outcomes.values() if one.error is None}
    if not known:
        raise InputError("no structure has barriers")
    places = {phase.id: number for number, phase in enumerate(phases.phases) if phase.id in known}
    if missing := known.keys() - places.keys():
        raise InputError(f"structure {min(missing)} has no energy in {phases.scale.name}")
    ids = sorted(known)
    hull = Survey([phases]).hull_energies([phases.formula(places[i]) for i in ids])[:, 0]
    above = {i: 1000.0 * (phases.formation_energies[places[i]] - e) for i, e in zip(ids, hull, strict=True)}
    text = io.StringIO()
    names = list(StructureBarriers.model_fields)
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(names)
    for i in ids:
        row = {**known[i].model_dump(), "above_hull_mev_per_atom": round(max(above[i], 0.0), 1)}
        lines.writerow(["" if row[name] is None else row[name] for name in names])
    table = text.getvalue().encode()
    failed: dict[str, int] = defaultdict(int)
    for one in outcomes.values():
        if one.error is not None:
            failed[_reason(one.error)] += 1
    source = Path(structures)
    info = BarrierInfo(
        method=method,
        date=datetime.now(UTC).date().isoformat(),
        command=f"coatscreen reference barriers --structures {source.name}" + (" --partial" if n_not_computed else ""),
        structures_file=source.name,
        structures_sha256=file_sha256(source),
        energies=phases.provenance,
        above_hull_mev_per_atom=above_hull_mev_per_atom,
        n_structures=len(ids),
        n_compositions=len({composition_key(composition_of(known[i].formula)) for i in ids}),
        n_failed=dict(sorted(failed.items())),
        n_not_computed=n_not_computed,
        table_sha256=hashlib.sha256(table).hexdigest(),
    )
    write_whole(Path(folder) / _TABLE, table)
    write_whole(Path(folder) / _ABOUT, info.model_dump_json(indent=1) + "\n")
    return info


def _reason(error: str) -> str:
    for known in ("no oxidation states", "the force field has no parameters"):
        if known in error:
            return known
    return "another error"


def barrier_info(folder: str | Path = PACKAGED) -> BarrierInfo:
    """Return where a table of barriers comes from."""
    return BarrierInfo.model_validate_json((Path(folder) / _ABOUT).read_bytes())


def read_barrier_table(folder: str | Path = PACKAGED) -> tuple[StructureBarriers, ...]:
    """Return the rows of a table of barriers."""
    with (Path(folder) / _TABLE).open(encoding="utf-8", newline="") as file:
        rows: Iterable[dict[str, str]] = csv.DictReader(file)
        return tuple(
            StructureBarriers.model_validate({name: text for name, text in row.items() if text}) for row in rows
        )


def material_barriers(material: str) -> StructureBarriers | None:
    """Return the packaged barriers of a material.

    Parameters
    ----------
    material
        A formula, whose structure lowest in energy is taken, or ``LiNbO3#mp-3731``, which names a structure.

    Returns
    -------
    StructureBarriers or None
        None where no structure of the composition is in the table.
    """
    composition = composition_of_one(material)
    if composition is None:
        return None
    named = split_polymorph(material)[1]
    rows = [row for row in _by_composition().get(composition_key(composition), ()) if named in (None, row.id)]
    return min(rows, key=lambda row: (row.above_hull_mev_per_atom, row.id), default=None)


@cache
def _by_composition() -> dict[tuple[tuple[str, Fraction], ...], list[StructureBarriers]]:
    found: dict[tuple[tuple[str, Fraction], ...], list[StructureBarriers]] = defaultdict(list)
    for row in read_barrier_table():
        found[composition_key(composition_of(row.formula))].append(row)
    return found
