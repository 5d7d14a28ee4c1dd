"""Adding structures to a user table: check them, compute those that the table does not hold, put them in the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jobflow import Flow, JobStore
from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.compositions import format_formula
from screening.common.errors import InputError
from screening.common.provenance import EnergyScale
from screening.database import StoreLocation
from screening.energies.packaged.packaged_table import PACKAGED_MODEL, packaged_energies
from screening.energies.potentials.models import MODELS, model_named, relaxing_model
from screening.energies.sources.materials_project import MATERIALS_PROJECT
from screening.energies.user.added import (
    AddedEnergies,
    AddedPhase,
    SkippedStructure,
    added_phase,
    depth_remark,
    remarks,
)
from screening.energies.user.task_documents import VASP_SCALE
from screening.energies.user.user_phase import UserPhase
from screening.energies.user.user_table import UserTable, put_into_table, same_among
from screening.phases.phase_set import PhaseSet
from screening.structures.files import read_user_structure, structure_digest
from workflows.outputs import output_of
from workflows.requests.flow_request import FlowRequest, ResultCollector
from workflows.requests.requirements import require_atomate2, require_potential, require_vasp
from workflows.requests.result_file import ResultFile, result_file

if TYPE_CHECKING:
    from pymatgen.core import Structure

CalculatorName = Literal["chgnet", "vasp"]
CHGNET, VASP = "chgnet", "vasp"


class AskedStructure(BaseModel):
    """A structure whose energy is to be computed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(description="as it was given")
    phase_id: str = Field(description="identifier of the phase")
    phase_job: str = Field(description="id of the job whose output is the phase")
    jobs: list[str] = Field(description="names of its jobs, the first to run first")


class UserEnergyCollector(ResultCollector[AddedEnergies]):
    """Puts the computed energies of structures in a user table."""

    kind = "energies"

    kind = "energies"

    table: ResultFile = Field(description="the table, on the machine that collects")
    shown_table: str = Field(description="its path as it was given")
    calculator: CalculatorName = Field(description="what computes")
    model: str = Field(description="model of the energies; it means nothing to VASP")
    scale: EnergyScale = Field(description="of the energies")
    asked: list[AskedStructure] = Field(description="the structures to compute")
    skipped: list[SkippedStructure] = Field(description="structures known before")
    notes: list[str] = Field(description="what is strange about a structure but does not forbid it")

    @property
    def target(self) -> str:
        """The table."""
        return str(self.table)

    @property
    def scale_name(self) -> str:
        """The energies of the same scale, as ``--energies`` takes them."""
        if self.calculator == VASP:
            return MATERIALS_PROJECT
        return MODELS[self.model].source

    @property
    def packaged(self) -> PhaseSet | None:
        """The packaged energies of the same scale."""
        return packaged_energies(self.model) if self.calculator == CHGNET else None

    def collect(self, jobs: JobStore, location: StoreLocation, failed: Mapping[str, str]) -> AddedEnergies:
        """Put every finished phase in the table; a phase that is there already stays as it is."""
        packaged = self.packaged
        added: list[AddedPhase] = []
        skipped, why = list(self.skipped), {}
        for one in self.asked:
            with location.errors():
                found = output_of(jobs, one.phase_job)
            if found is None:
                why[one.file] = _reason(one, failed)
                continue
            phase = UserPhase.model_validate(found)
            same = put_into_table(self.table, self.scale, phase)
            if same in (None, phase.phase.id):
                added.append(added_phase(one.file, phase, packaged))
            else:
                skipped.append(SkippedStructure(file=one.file, same_as=str(same)))
        return AddedEnergies(
            energies=UserTable.read(self.table, self.scale).provenance if packaged is None else packaged.provenance,
            table=str(self.table),
            use_as=f"{self.scale_name}+{self.shown_table}",
            added=added,
            skipped=skipped,
            failed=why,
            notes=[*self.notes, *(note for one in added for note in depth_remark(one))],
        )


def prepare_user_energies(
    files: Sequence[str | Path],
    table: str | Path,
    model: str = PACKAGED_MODEL,
    most_steps: int = 500,
    calculator: CalculatorName = "chgnet",
) -> FlowRequest[UserEnergyCollector]:
    """Prepare adding structures to a user table: their relaxation and their energies.

    A potential's energies are on the scale of its packaged ones; VASP's, with MP2020 corrections, on that of ``mp``.

    Parameters
    ----------
    files
        Files of structures, see :func:`screening.structures.files.read_user_structure`.
    table
        File of the table, which is made if absent.
    model
        One of :data:`screening.energies.potentials.models.MODELS`.
    most_steps
        Steps of CHGNet after which a relaxation is given up.
    calculator
        ``"chgnet"``, which relaxes for energies of any model, or ``"vasp"``: atomate2's settings say how it is started.

    Returns
    -------
    FlowRequest
        Its result names a structure that fails with the reason, and the others are added all the same.

    Raises
    ------
    InputError
        If a structure is unfit, the table cannot take these energies, or atomate2 or the potential is not
        installed.
    """
    model_named(model)
    packaged, path = packaged_energies(model) if calculator == CHGNET else None, result_file(table)
    structures = _read_all(files, packaged)
    scale = VASP_SCALE
    if packaged is not None:
        name = f"own structures, {relaxing_model(model).label} relaxed"
        scale = packaged.scale.model_copy(update={"name": name, "source": "the user's own structures"})
    known = UserTable.read(path, scale)
    if calculator == CHGNET:
        require_potential(model)
    else:
        require_atomate2()
    names, given = list(structures), list(structures.values())
    twice = same_among(given)
    skipped = [SkippedStructure(file=names[i], same_as=names[first]) for i, first in twice.items()]
    todo: dict[str, Structure] = {}
    for i, name in enumerate(names):
        if i in twice:
            continue
        if same := known.same_as(given[i], relaxed=False):
            skipped.append(SkippedStructure(file=name, same_as=same))
        else:
            todo[name] = given[i]
    flows, asked = _graphs(todo, model, most_steps, calculator)
    collector = UserEnergyCollector(
        table=path,
        shown_table=str(table),
        calculator=calculator,
        model=model,
        scale=scale,
        asked=asked,
        skipped=skipped,
        notes=[note for name in todo for note in remarks(name, _formula(structures[name]))],
    )
    about = f"{len(todo)} structures by {'VASP' if calculator == VASP else MODELS[model].label} for {path.name}"
    flow = Flow(flows, name="user energies")
    if calculator == CHGNET:
        return FlowRequest(about, flow, collector)
    return FlowRequest(about, flow, collector, partial(require_vasp, list(todo.values())), in_folders=True)


def _read_all(files: Sequence[str | Path], packaged: PhaseSet | None) -> dict[str, Structure]:
    """Read every file, and refuse the request with a reason for each that is unfit."""
    if not files:
        raise InputError("no structure is given")
    structures, reasons = {}, []
    for file in dict.fromkeys(map(str, files)):
        try:
            structures[file] = read_user_structure(file)
            if packaged is not None:
                packaged.require(el.symbol for el in structures[file].composition.elements)
        except InputError as error:
            reason = str(error)
            reasons.append(reason if reason.startswith(("structure file", file)) else f"{file}: {reason}")
    if reasons:
        raise InputError("; ".join(reasons))
    return structures


def _graphs(
    todo: Mapping[str, Structure], model: str, most_steps: int, calculator: CalculatorName
) -> tuple[list[Flow], list[AskedStructure]]:
    """Return a graph for each structure, and what becomes of it."""
    if not todo:
        return [], []
    from workflows.flows.energies import UserEnergyMaker, VaspEnergyMaker

    maker = UserEnergyMaker(model=model, most_steps=most_steps) if calculator == CHGNET else VaspEnergyMaker()
    flows, asked = [], []
    for file, structure in todo.items():
        phase_id = f"own-{Path(file).stem}-{structure_digest(structure)[:8]}"
        flow = maker.make(structure, phase_id)
        flows.append(flow)
        names = [job.name for job, _ in flow.iterflow()]
        asked.append(AskedStructure(file=file, phase_id=phase_id, phase_job=flow.output.uuid, jobs=names))
    return flows, asked


def _reason(one: AskedStructure, failed: Mapping[str, str]) -> str:
    """Return why the phase of a structure is not there: what the first of its jobs to fail said."""
    first = next((failed[name] for name in one.jobs if name in failed), "not finished")
    return first.removeprefix("CalculationError: ")


def _formula(structure: Structure) -> str:
    return format_formula({el.symbol: amount for el, amount in structure.composition.items()})
