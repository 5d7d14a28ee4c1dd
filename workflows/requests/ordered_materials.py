"""Energies of disordered materials: plan the orderings, relax them, put the lowest in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from jobflow import Flow, JobStore
from pydantic import BaseModel, ConfigDict, Field

from screening.cathodes.ordering.cell_table import (
    elements_energy,
    mixing_energy_ev_per_atom,
    phases_of_cells,
    read_cells,
    write_cells,
)
from screening.cathodes.ordering.disorder import (
    DisorderedCrystal,
    lithiated_cathode,
    same_crystals,
    solid_solution,
    solid_solutions,
    structure_type,
)
from screening.cathodes.ordering.ordered_cell import JOB_FAILED, OrderedCell
from screening.cathodes.ordering.orderings import Draw
from screening.cathodes.ordering.supercell import CellSize
from screening.common.errors import CalculationError, InputError
from screening.common.provenance import Result
from screening.database import StoreLocation
from screening.energies.packaged.packaged_table import PACKAGED, PACKAGED_MODEL, cells_path, read_packaged
from screening.energies.potentials.models import model_named
from screening.equilibrium.reactant import Reactant
from screening.files.locks import locked
from screening.materials.catalogue import Catalogue
from screening.phases.phase_set import PhaseSet
from workflows.outputs import output_of
from workflows.requests.flow_request import FlowRequest, ResultCollector
from workflows.requests.requirements import require_potential
from workflows.requests.result_file import ResultFile, result_file

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
    failed: dict[str, str] = Field(description="orderings whose relaxation failed, by number: why")
    mixing_energy_ev_per_atom: float | None = Field(
        description="of a solid solution from its end members, without configurational entropy, eV/atom"
    )


class OrderedMaterials(Result):
    """What came of ordering materials."""

    table: str = Field(description="file of the table")
    use_as: str = Field(description="the energies as --energies takes them, with the packaged ones")
    materials: list[OrderedMaterial] = Field(description="all cells of the table")
    failed: dict[str, str] = Field(description="jobs that failed: why")


class AskedCell(BaseModel):
    """A composition whose lowest ordering is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    job: str = Field(description="id of the job whose output is its cell")
    relaxations: list[str] = Field(description="names of the jobs that relax its orderings, by number")


class OrderingCollector(ResultCollector[OrderedMaterials]):
    """Puts the lowest orderings of materials in a table.

    A composition whose job failed gets no cell; a cell made from fewer orderings says which are left out and why.
    """

    kind = "orderings"

    table: ResultFile = Field(description="file of the table; cells it holds already stay, but for those computed now")
    model: str = Field(description="model of the energies")
    with_structures: bool = Field(description="whether the table keeps the relaxed structures")
    cells: list[AskedCell] = Field(description="what is asked for")

    @property
    def target(self) -> str:
        """The table."""
        return str(self.table)

    def collect(self, jobs: JobStore, location: StoreLocation, failed: Mapping[str, str]) -> OrderedMaterials:
        """Put the cells that are finished in the table."""
        found = [cell for asked in self.cells if (cell := _finished_cell(asked, jobs, failed)) is not None]
        if not found:
            name, reason = next(iter(failed.items()), ("orderings", f"none is in {location.name}"))
            raise CalculationError(f"no cell for {self.table.name}: {name}: {reason}")
        known = read_packaged(PACKAGED, self.model)
        with locked(self.table):
            before = read_cells(self.table) if self.table.exists() else []
            cells = list({_key(cell): cell for cell in [*before, *found]}.values())
            computed = {cell.material for cell in cells}
            pure = [cell for cell in _packaged_cells(self.model) if cell.material not in computed]
            write_cells(self.table, cells, known, pure, self.with_structures)
        return OrderedMaterials(
            energies=known.provenance,
            table=str(self.table),
            use_as=use_table(self.table, self.model),
            materials=_rows(cells, known, pure),
            failed=dict(failed),
        )


def use_table(table: str | Path, model: str) -> str:
    """Return the packaged energies with those of a table, as ``--energies`` takes them."""
    return f"{model_named(model).source}+{table}"


def prepare_orderings(
    names: Sequence[str],
    output: str | Path,
    lithium: Sequence[float] = VOLTAGE_CURVE,
    drawing: Draw | None = None,
    n_relaxed: int | None = None,
    size: CellSize | None = None,
    model: str = PACKAGED_MODEL,
    with_structures: bool = True,
) -> FlowRequest[OrderingCollector]:
    """Prepare finding the lowest-energy orderings of disordered materials, for a table of their energies.

    Parameters
    ----------
    names
        Layered cathodes of the catalogue or their formulas, solid solutions, or ``"catalogue"`` for all of them.
    output
        File of the table. Cells it holds already stay, except those that are computed now.
    lithium
        Lithium atoms per formula unit of a cathode. The full cathode is always computed, since lithium leaves it.
    drawing, n_relaxed, size, model
        As for :class:`workflows.flows.orderings.OrderingMaker`.
    with_structures
        Whether the table keeps the relaxed structures.

    Raises
    ------
    InputError
        If a name is unknown, a lithium content out of range, no supercell holds a composition, the table is damaged or
        cannot be written, it could not be told how far relaxing lowers an energy, or the model or atomate2 is not
        installed.
    """
    crystals = _crystals(names, lithium)
    require_potential(model)
    table = result_file(output)
    before = read_cells(table) if table.exists() else []
    _check_pure(list(crystals), [*before, *_packaged_cells(model)])
    from workflows.flows.orderings import OrderingMaker

    maker = OrderingMaker(model=model, drawing=drawing or Draw(), n_relaxed=n_relaxed, size=size or CellSize())
    flow = Flow([maker.make(name, crystal) for name, crystal in crystals.items()])
    jobs = {job.uuid: job for job, _ in flow.iterflow()}
    cells = []
    for made in flow.jobs:
        for reference in made.output:
            relaxed = jobs[reference.uuid].function_args[3]  # of the job `ordered_cell`
            cells.append(AskedCell(job=reference.uuid, relaxations=[jobs[one.uuid].name for one in relaxed]))
    collector = OrderingCollector(table=table, model=model, with_structures=with_structures, cells=cells)
    return FlowRequest(f"{', '.join(crystals)}: {len(cells)} compositions", flow, collector)


def _finished_cell(asked: AskedCell, jobs: JobStore, failed: Mapping[str, str]) -> OrderedCell | None:
    """Read a cell from the job store, and why orderings were left out from the jobs that failed."""
    output = output_of(jobs, asked.job)
    if output is None:
        return None
    cell = OrderedCell.model_validate(output)
    reasons = {
        number: failed.get(asked.relaxations[int(number)], why) if why == JOB_FAILED else why
        for number, why in cell.failed.items()
    }
    return cell.model_copy(update={"failed": reasons})


def _packaged_cells(model: str) -> list[OrderedCell]:
    path = cells_path(model)
    return read_cells(path) if path.exists() else []


def _check_pure(names: Sequence[str], cells: Sequence[OrderedCell]) -> None:
    """Refuse materials for which it could not be told how far relaxing lowers their energy."""
    there = {*names, *(cell.material for cell in cells if cell.lithium_per_formula_unit in (None, 1.0))}
    for name in names:
        if there.isdisjoint(same_crystals(name)):
            raise InputError(
                f"{name}: how far relaxing lowers it is told from {' or '.join(same_crystals(name))}: order one too"
            )


def _crystals(
    names: Sequence[str], lithium: Sequence[float]
) -> dict[str, dict[float, DisorderedCrystal] | DisorderedCrystal]:
    if not names:
        raise InputError("no material is given")
    catalogue = Catalogue.load()
    every = [*(cathode.name for cathode in catalogue.cathodes if structure_type(cathode)), *solid_solutions()]
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
                failed=cell.failed,
                mixing_energy_ev_per_atom=None if mixed is None else round(mixed, 6),
            )
        )
    return rows
