"""Adding structures to a table of one's own: check, compute what is not yet computed, put it in the table."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screening.added_energies import AddedEnergies, AddedPhase, SkippedStructure, added_phase, depth_remark, remarks
from screening.composition import format_formula
from screening.database import StoreLocation
from screening.energies import R2SCAN, REFERENCE
from screening.errors import InputError
from screening.mlip import MODELS
from screening.own_phase import OwnPhase
from screening.own_structures import read_own_structure, structure_digest
from screening.own_table import OwnTable, put_into_table, same_among
from screening.phase import EnergyScale
from screening.phase_set import PhaseSet
from screening.reference import PACKAGED_MODEL, load_reference
from workflows.calculation_work import require_chgnet
from workflows.outputs import job_store

if TYPE_CHECKING:
    from pymatgen.core import Structure

    from workflows.local import Progress


def add_structures(
    files: Sequence[str | Path],
    table: str | Path,
    model: str = PACKAGED_MODEL,
    most_steps: int = 500,
    progress: Progress = lambda finished, total, name: None,
) -> AddedEnergies:
    """Relax structures with CHGNet and put their energies in a table, on the scale of the packaged ones.

    Each is put in when it is finished. What was computed is kept beside the table, in the folder ``TABLE.work``: an
    interrupted call goes on from there.

    Parameters
    ----------
    files
        Files of structures, see :func:`screening.own_structures.read_own_structure`.
    table
        File of the table; made if absent.
    model
        CHGNet weights, ``"0.3.0"`` or ``"r2scan"``.
    most_steps
        Steps after which a relaxation is given up.
    progress
        Called with (finished structures, all structures, file of the next).

    Returns
    -------
    AddedEnergies
        A structure that fails is named with its reason and does not stop the others.

    Raises
    ------
    InputError
        If a structure is unfit, the table cannot take these energies, or CHGNet or atomate2 is not installed; nothing
        has been computed then.
    StoreError
        If the table or what is beside it cannot be written.
    """
    if model not in MODELS:
        raise InputError(f"unknown CHGNet weights {model!r}; there are {', '.join(MODELS)}")
    packaged, path = load_reference(model), Path(table).resolve()
    structures = _read_all(files, packaged)
    scale = packaged.scale.model_copy(
        update={"name": f"own structures, CHGNet {model} relaxed", "source": "the user's own structures"}
    )
    known = OwnTable.read(path, scale)
    require_chgnet(model)
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
    added, also_skipped, failed = _compute(todo, path, scale, packaged, model, most_steps, progress)
    return AddedEnergies(
        energies=packaged.provenance,
        table=str(path),
        use_as=f"{REFERENCE if model == PACKAGED_MODEL else R2SCAN}+{table}",
        added=added,
        skipped=[*skipped, *also_skipped],
        failed=failed,
        notes=[
            *(note for name in todo for note in remarks(name, _formula(structures[name]))),
            *(note for one in added for note in depth_remark(one)),
        ],
    )


def _read_all(files: Sequence[str | Path], packaged: PhaseSet) -> dict[str, Structure]:
    """Read every file, and refuse the request with a reason for each that is unfit."""
    if not files:
        raise InputError("no structure is given")
    structures, reasons = {}, []
    for file in dict.fromkeys(map(str, files)):
        try:
            structures[file] = read_own_structure(file)
            packaged.require(el.symbol for el in structures[file].composition.elements)
        except InputError as error:
            reason = str(error)
            reasons.append(reason if reason.startswith(("structure file", file)) else f"{file}: {reason}")
    if reasons:
        raise InputError("; ".join(reasons))
    return structures


def _compute(
    todo: dict[str, Structure],
    path: Path,
    scale: EnergyScale,
    packaged: PhaseSet,
    model: str,
    most_steps: int,
    progress: Progress,
) -> tuple[list[AddedPhase], list[SkippedStructure], dict[str, str]]:
    added: list[AddedPhase] = []
    skipped: list[SkippedStructure] = []
    failed: dict[str, str] = {}
    if not todo:
        return added, skipped, failed
    from workflows.flows.energies import OwnEnergyMaker
    from workflows.local import run_local

    maker = OwnEnergyMaker(model=model, most_steps=most_steps)
    location = StoreLocation(path.with_name(f"{path.name}.work"))
    store = job_store(location)
    for finished, (file, structure) in enumerate(todo.items()):
        progress(finished, len(todo), file)
        phase_id = f"own-{Path(file).stem}-{structure_digest(structure)[:8]}"
        flow = maker.make(structure, phase_id)
        with location.errors(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of atomate2 and torch about their own insides
            outcome = run_local(flow, store)
            if outcome.failed:
                failed[file] = next(iter(outcome.failed.values())).removeprefix("CalculationError: ")
                continue
            own = _own_phase(store.get_output(flow.output.uuid))
        if same := put_into_table(path, scale, own):
            skipped.append(SkippedStructure(file=file, same_as=same))
        else:
            added.append(added_phase(file, own, packaged))
    progress(len(todo), len(todo), "")
    store.close()
    return added, skipped, failed


def _own_phase(output: dict[str, Any]) -> OwnPhase:
    return OwnPhase.model_validate({name: value for name, value in output.items() if not name.startswith("@")})


def _formula(structure: Structure) -> str:
    return format_formula({el.symbol: amount for el, amount in structure.composition.items()})
