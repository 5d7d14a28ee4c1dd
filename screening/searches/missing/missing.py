"""What a screening needs and some energies do not hold, with structures to compute it from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from screening.cathodes.ordering.cell_table import cell_id, read_cells
from screening.cathodes.ordering.disorder import lithiated_cathode, solid_solution
from screening.cathodes.ordering.ordered_cell import OrderedCell
from screening.cathodes.ordering.orderings import ordered_structure
from screening.cathodes.ordering.supercell import Supercell
from screening.chemistry.compositions import format_formula
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.common.provenance import EnergyProvenance
from screening.energies.packaged.packaged_table import PACKAGED_MODEL, cells_path
from screening.energies.sources.union import Table
from screening.files.plain_data import structure_of
from screening.materials.catalogue import Catalogue
from screening.phases.phase import CELL
from screening.phases.phase_set import PhaseSet
from screening.phases.phase_table import sha256_of
from screening.searches.missing.missing_documents import MissingEnergies, MissingPhase, StructureFrom
from screening.searches.missing.needed import Needed, contact_systems, needed_phases
from screening.searches.screening_request import ScreeningPlan
from screening.structures.records import read_structures

if TYPE_CHECKING:
    from pymatgen.core import Structure

_SOURCE_ID = re.compile(r"mp-\d+|mvc-\d+")


def missing_energies(
    plan: ScreeningPlan,
    known: PhaseSet,
    given: Table | None,
    within_mev_per_atom: float,
    structures: str | Path | None = None,
    output: str | Path | None = None,
    fetch: bool = False,
) -> MissingEnergies:
    """Work out which energies a screening needs that are not there, and write structures to compute them from.

    Parameters
    ----------
    plan
        The screening, checked against the packaged energies.
    known, given, within_mev_per_atom, structures, output, fetch
        As for :func:`absent_energies`.

    Raises
    ------
    InputError, CalculationError
        As :func:`absent_energies`.
    """
    needed = needed_phases(plan, known, within_mev_per_atom / 1000.0)
    systems = contact_systems(plan).values()
    return absent_energies(needed, systems, known, given, within_mev_per_atom, structures, output, fetch)


def absent_energies(
    needed: Sequence[Needed],
    systems: Iterable[Iterable[str]],
    known: PhaseSet,
    given: Table | None,
    within_mev_per_atom: float,
    structures: str | Path | None = None,
    output: str | Path | None = None,
    fetch: bool = False,
) -> MissingEnergies:
    """Work out which of the energies that are needed are not there, and write structures to compute them from.

    A phase is there if the energies hold its identifier; or its composition and space group; for an element, any phase
    of it; for an ordered cell, any phase of the composition of the cell or of the material.

    Parameters
    ----------
    needed
        The phases that are needed, the most needed first.
    systems
        The chemical systems they are needed in.
    known
        The packaged energies.
    given
        The energies that are there; None: none.
    within_mev_per_atom
        Competing phases up to this energy above the hull, among the packaged energies, are needed.
    structures
        A file of structures, see :func:`screening.structures.records.read_structures`.
    output
        Folder for CIF files; made if absent. None writes none.
    fetch
        Whether to fetch structures that are had from nowhere else from the Materials Project.

    Raises
    ------
    InputError
        If a file cannot be read, the folder cannot be written, or there is no key of the Materials Project.
    CalculationError
        If the Materials Project cannot be reached.
    """
    cells = {cell_id(cell): cell for cell in read_cells(cells_path(PACKAGED_MODEL))}
    there = _There(given, cells)
    absent = [one for one in needed if not there.holds(one, known)]
    ids = {one.position: known.table.id(one.position) for one in absent if one.position is not None}
    found = _structures(ids.values(), cells, structures, fetch)
    files = {} if output is None else _write(found, Path(output))
    missing = []
    for one in absent:
        name = None if one.position is None else ids[one.position]
        source = found[name][0] if name in found else None
        missing.append(
            MissingPhase(
                id=name,
                formula=one.formula,
                space_group=None if one.position is None else known.table.space_group(one.position),
                why=one.why,
                needed_for=one.needed_for,
                energy_above_hull_ev_per_atom=one.above_hull_ev_per_atom,
                structure_from=source,
                file=files.get(name) if name else None,
                hint=None if source else _hint(name),
            )
        )
    return MissingEnergies(
        energies=known.provenance,
        given=None if given is None else _provenance(given),
        within_mev_per_atom=within_mev_per_atom,
        systems=sorted({"-".join(sorted(system)) for system in systems}),
        n_needed=len(needed),
        n_present=len(needed) - len(absent),
        missing=missing,
    )


class _There:
    """The energies that are there, asked for single phases."""

    def __init__(self, given: Table | None, cells: Mapping[str, OrderedCell]) -> None:
        self.cells = cells
        self.ids: set[str] = set()
        self.space_groups: dict[str, set[int | None]] = {}
        for i in range(0 if given is None else len(given.phases)):
            assert given is not None
            self.ids.add(given.phases.id(i))
            formula = format_formula(given.phases.composition(i))
            self.space_groups.setdefault(formula, set()).add(given.phases.space_group(i))

    def holds(self, one: Needed, known: PhaseSet) -> bool:
        """Whether a phase that is needed is there."""
        if one.position is None or one.why == "element":
            return one.formula in self.space_groups
        name = known.table.id(one.position)
        if name in self.ids:
            return True
        if name.startswith(CELL):
            held = [one.formula]
            if name in self.cells:
                held.append(format_formula(parse_formula(self.cells[name].formula)))
            return any(formula in self.space_groups for formula in held)
        return known.table.space_group(one.position) in self.space_groups.get(one.formula, set())


def _structures(
    ids: Iterable[str], cells: Mapping[str, OrderedCell], file: str | Path | None, fetch: bool
) -> dict[str, tuple[StructureFrom, Structure]]:
    """Find structures of phases, by identifier."""
    wanted = set(ids)
    found: dict[str, tuple[StructureFrom, Structure]] = {
        name: ("packaged cell", cell_structure(cells[name])) for name in wanted & cells.keys()
    }
    if file is not None:
        for record in read_structures(file):
            if record.id in wanted:
                found[record.id] = ("structures file", record.structure())
    left = sorted(name for name in wanted - found.keys() if _SOURCE_ID.fullmatch(name))
    if fetch and left:
        from screening.energies.sources.materials_project_client import MaterialsProjectClient

        fetched = MaterialsProjectClient().structures(left)
        found.update({name: ("Materials Project", structure) for name, structure in fetched.items()})
    return found


def cell_structure(cell: OrderedCell) -> Structure:
    """Build the lowest ordering of a material: relaxed where that is kept, else on the sites of its parent."""
    if cell.structure is not None:
        return structure_of(cell.structure)
    if cell.lithium_per_formula_unit is None:
        crystal = solid_solution(cell.material)
    else:
        crystal = lithiated_cathode(Catalogue.load().cathode(cell.material), cell.lithium_per_formula_unit)
    return ordered_structure(Supercell(crystal=crystal, matrix=cell.matrix), cell.ordering)


def _write(found: Mapping[str, tuple[StructureFrom, Structure]], folder: Path) -> dict[str, str]:
    """Write structures as CIF files; return their paths."""
    files = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, (_, structure) in found.items():
            path = (folder / f"{_file_name(name)}.cif").resolve()
            path.write_text(structure.to(fmt="cif"), encoding="utf-8")
            files[name] = str(path)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}") from None
    return files


def _file_name(name: str) -> str:
    """Return the name of a phase's file: its id where that leads nowhere else, else one that no other id has."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)[:100]
    return plain if plain == name else f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _hint(name: str | None) -> str:
    if name is None:
        return "no structure is known here: give one of your own to coatscreen energies add"
    if _SOURCE_ID.fullmatch(name):
        return f"--structures with a file that holds {name}, or --fetch, from the Materials Project"
    return f"coatscreen energies order {name.removeprefix(CELL).partition('-Li')[0]}"


def _provenance(given: Table) -> EnergyProvenance:
    return EnergyProvenance(
        **given.scale.model_dump(), n_phases=len(given.phases), sha256=sha256_of(given.scale, given.phases)
    )
