"""Energies of disordered materials: plan the orderings, relax them, put the lowest in a table."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from screening.catalogue import Catalogue
from screening.equilibrium import Reactant
from screening.errors import InputError
from screening.ordering.cell_table import (
    elements_energy,
    mixing_energy_ev_per_atom,
    phases_of_cells,
    read_cells,
    write_cells,
)
from screening.ordering.disorder import DisorderedCrystal, lithiated_cathode, solid_solution, solid_solutions
from screening.ordering.ordered_cell import OrderedCell
from screening.ordering.orderings import Draw
from screening.ordering.supercell import CellSize
from screening.phase_set import PhaseSet
from screening.provenance import Result
from screening.reference import PACKAGED, PACKAGED_MODEL, cells_path, read_reference
from workflows.calculation_work import calculation_work, require_chgnet

if TYPE_CHECKING:
    from workflows.local import Progress

CATALOGUE = "catalogue"  # in place of a name: every layered cathode of the catalogue and every solid solution
VOLTAGE_CURVE = (1.0, 0.75, 0.5, 0.25, 0.0)  # lithium contents; the first has every lithium site filled


class OrderedMaterial(BaseModel):
    """A material at one composition, with its lowest ordering's energy."""

    model_config = ConfigDict(extra="forbid")

    material: str = Field(description="name")
    lithium_per_formula_unit: float | None = Field(description="of a cathode; null for other materials")
    cell: str = Field(description="composition of the cell")
    energy_above_hull_ev_per_atom: float = Field(
        description="against the packaged phases without cells, eV/atom; negative: below all of them"
    )
    spread_ev_per_atom: float = Field(description="of the relaxed orderings: highest less lowest energy, eV/atom")
    n_drawn: int = Field(description="distinct orderings drawn")
    n_relaxed: int = Field(description="of them relaxed")
    left_out: dict[str, str] = Field(description="orderings whose relaxation failed, by number: why")
    mixing_energy_ev_per_atom: float | None = Field(
        description="of a solid solution from its end members, without configurational entropy, eV/atom"
    )


class OrderedMaterials(Result):
    """What came of ordering materials."""

    table: str = Field(description="file of the table")
    use_as: str = Field(description="the energies as --energies takes them, with the packaged ones")
    materials: list[OrderedMaterial] = Field(description="all cells of the table")
    failed: dict[str, str] = Field(description="jobs that failed: why")


def order_materials(
    names: Sequence[str],
    output: str | Path,
    lithium: Sequence[float] = VOLTAGE_CURVE,
    drawing: Draw | None = None,
    n_relaxed: int | None = None,
    size: CellSize | None = None,
    model: str = PACKAGED_MODEL,
    workers: int = 1,
    with_structures: bool = True,
    progress: Progress = lambda finished, total, name: None,
) -> OrderedMaterials:
    """Find the lowest-energy orderings of disordered materials with CHGNet, and put their energies in a table.

    What was computed is kept beside the table, in the folder ``OUTPUT.work``: an interrupted call goes on from there.

    Parameters
    ----------
    names
        Layered cathodes of the catalogue or their formulas, solid solutions, or ``"catalogue"`` for all of them.
    output
        File of the table; cells it holds already stay, but for those computed now.
    lithium
        Lithium atoms in a formula unit of a cathode; the full cathode is always computed, since lithium leaves it.
    drawing, n_relaxed, size, model
        As for :class:`workflows.flows.orderings.OrderingMaker`.
    workers
        Processes.
    with_structures
        Whether the table keeps the relaxed structures.
    progress
        Called with (finished jobs, all jobs, name of the last).

    Raises
    ------
    InputError
        If a name is unknown, a lithium content out of range, no supercell holds a composition, another process writes
        this table, or CHGNet or atomate2 is not installed; nothing has been computed then.
    CalculationError, StoreError
        If a worker dies, or what is finished cannot be written.
    """
    from jobflow import Flow

    path = Path(output).resolve()
    crystals = _crystals(names, lithium)
    known = read_reference(PACKAGED, model)
    require_chgnet(model)
    from workflows.flows.orderings import OrderingMaker
    from workflows.local import run_local

    maker = OrderingMaker(model=model, drawing=drawing or Draw(), n_relaxed=n_relaxed, size=size or CellSize())
    flows = [maker.make(name, crystal) for name, crystal in crystals.items()]
    cells = {_key(cell): cell for cell in (read_cells(path) if path.exists() else [])}
    packaged = read_cells(cells_path(model)) if cells_path(model).exists() else []
    with calculation_work(path) as work:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of atomate2 and torch about their own insides
            outcome = run_local(Flow(flows), work.store, workers, progress)
        for flow in flows:
            for reference in flow.output:
                if (found := work.output(reference.uuid)) is not None:
                    cell = OrderedCell.model_validate(found)
                    cells[_key(cell)] = cell
        computed = {cell.material for cell in cells.values()}
        pure = [cell for cell in packaged if cell.material not in computed]
        if cells:
            write_cells(path, list(cells.values()), known, pure, with_structures)
    return OrderedMaterials(
        energies=known.provenance,
        table=str(path),
        use_as=f"reference+{output}" if model == PACKAGED_MODEL else f"reference:{model}+{output}",
        materials=_rows(list(cells.values()), known, pure),
        failed=outcome.failed,
    )


def _crystals(
    names: Sequence[str], lithium: Sequence[float]
) -> dict[str, dict[float, DisorderedCrystal] | DisorderedCrystal]:
    if not names:
        raise InputError("no material is given")
    catalogue = Catalogue.load()
    every = [*(cathode.name for cathode in catalogue.cathodes), *solid_solutions()]
    found: dict[str, dict[float, DisorderedCrystal] | DisorderedCrystal] = {}
    for name in dict.fromkeys(each for given in names for each in (every if given == CATALOGUE else [given])):
        if name in solid_solutions():
            found[name] = solid_solution(name)
            continue
        cathode = catalogue.cathode(name)
        contents = dict.fromkeys([cathode.lithium("full"), *map(cathode.lithium, lithium)])
        found[cathode.name] = {content: lithiated_cathode(cathode, content) for content in contents}
    return found


def _key(cell: OrderedCell) -> tuple[str, float | None]:
    return cell.material, cell.lithium_per_formula_unit


def _rows(cells: Sequence[OrderedCell], known: PhaseSet, pure: Sequence[OrderedCell]) -> list[OrderedMaterial]:
    solutions = {cell.material: cell for cell in cells if cell.lithium_per_formula_unit is None}
    rows = []
    for cell, phase in phases_of_cells(cells, known, pure):
        mixed = mixing_energy_ev_per_atom(solutions, cell.material) if cell.material in solutions else None
        hull = Reactant(known, phase.formula)
        above = phase.energy_ev_per_atom - elements_energy(known, hull.composition) - hull.mixture.energy
        rows.append(
            OrderedMaterial(
                material=cell.material,
                lithium_per_formula_unit=cell.lithium_per_formula_unit,
                cell=cell.formula,
                energy_above_hull_ev_per_atom=round(above, 6),
                spread_ev_per_atom=round(cell.relaxed_ev_per_atom[-1] - cell.relaxed_ev_per_atom[0], 6),
                n_drawn=cell.n_drawn,
                n_relaxed=len(cell.relaxed_ev_per_atom),
                left_out=cell.left_out,
                mixing_energy_ev_per_atom=None if mixed is None else round(mixed, 6),
            )
        )
    return rows
