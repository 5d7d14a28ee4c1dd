"""Energies of crystal structures from the CHGNet machine-learned potential.

CHGNet's own batched energy call is used rather than a static calculation per structure through
atomate2's force-field maker: only the energy is wanted, so forces, stress and moments (a backward
pass each) and a job document per structure are work thrown away. ``benchmarks/mlip_throughput.py``
measures both.

References
----------
B. Deng et al., *CHGNet as a pretrained universal neural network potential for charge-informed
atomistic modelling*, Nat. Mach. Intell. 5, 1031 (2023).
"""

from __future__ import annotations

import hashlib
import json
import math
import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field

from screening.errors import CalculationError, InputError
from screening.structures import StructureRecord

MODELS = ("0.3.0", "r2scan")
_model: Any = None


class StructureEnergy(BaseModel):
    """The outcome of one structure: an energy, or why there is none."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="identifier in the source database")
    formula: str = Field(description="formula of the cell")
    n_sites: int = Field(description="sites in the cell")
    space_group: int = Field(description="space-group number")
    energy_ev_per_atom: float | None = Field(None, description="model energy, eV/atom")
    volume_a3_per_atom: float | None = Field(None, description="cell volume, cubic angstrom per atom")
    error: str | None = Field(None, description="why the energy could not be computed")


class ModelProvenance(BaseModel):
    """Which weights computed an energy."""

    model: str = Field(description="name of the weights")
    package: str = Field(description="package and version that ran them")
    torch: str = Field(description="version of torch")
    weights_sha256: str = Field(description="SHA-256 of the weights file")


def model_provenance(model: str) -> ModelProvenance:
    """Identify the installed weights of `model` by version and hash.

    Raises
    ------
    InputError
        If CHGNet is not installed or has no such weights.
    """
    if model not in MODELS:
        raise InputError(f"unknown CHGNet weights {model!r}; there are {', '.join(MODELS)}")
    try:
        import chgnet
    except ImportError:
        raise InputError("CHGNet is not installed: python -m pip install 'coatscreen[mlip]'") from None
    files = sorted((Path(chgnet.__file__).parent / "pretrained" / model).glob("*.pth.tar"))
    if len(files) != 1:
        raise InputError(f"the installed chgnet has no single weights file for {model!r}")
    return ModelProvenance(
        model=f"CHGNet {model}",
        package=f"chgnet {version('chgnet')}",
        torch=version("torch"),
        weights_sha256=hashlib.sha256(files[0].read_bytes()).hexdigest(),
    )


def _start_worker(model: str) -> None:
    """Load the model once in a worker process; one thread each, since the processes share the cores."""
    global _model
    import torch
    from chgnet.model.model import CHGNet

    torch.set_num_threads(1)
    _model = CHGNet.load(model_name=model, use_device="cpu", verbose=False)
    for parameter in _model.parameters():
        parameter.requires_grad_(False)


def _evaluate(records: Sequence[StructureRecord]) -> list[StructureEnergy]:
    """Evaluate a chunk in one batched call; if that fails, one by one, to name what failed."""
    import torch

    outcomes: list[StructureEnergy] = []
    graphs = []
    ready: list[tuple[StructureRecord, float]] = []
    for record in records:
        try:
            structure = record.structure()
            if not structure.is_valid(tol=0.5):
                raise ValueError("two atoms are closer than 0.5 angstrom")
            graphs.append(_model.graph_converter(structure))
            ready.append((record, structure.volume / len(structure)))
        except Exception as error:  # whatever one structure provokes must not stop the others
            outcomes.append(_outcome(record, error=error))
    with torch.no_grad():
        try:
            energies = [float(p["e"]) for p in _model.predict_graph(graphs, task="e", batch_size=len(graphs) or 1)]
            if len(energies) != len(graphs):
                energies = [energies[0]]
        except Exception:
            energies = []
            for graph in graphs:
                try:
                    energies.append(float(_model.predict_graph(graph, task="e")["e"]))
                except Exception:
                    energies.append(math.nan)
    for (record, volume), energy in zip(ready, energies, strict=True):
        if math.isfinite(energy):
            outcomes.append(_outcome(record, energy=energy, volume=volume))
        else:
            outcomes.append(_outcome(record, error=ValueError("the model returned no finite energy")))
    return outcomes


def _outcome(
    record: StructureRecord,
    energy: float | None = None,
    volume: float | None = None,
    error: Exception | None = None,
) -> StructureEnergy:
    return StructureEnergy(
        id=record.id,
        formula=record.formula,
        n_sites=len(record.coords),
        space_group=record.sg,
        energy_ev_per_atom=None if energy is None else round(energy, 6),
        volume_a3_per_atom=None if volume is None else round(volume, 4),
        error=None if error is None else f"{type(error).__name__}: {error}".splitlines()[0][:200],
    )


def read_journal(path: Path) -> dict[str, StructureEnergy]:
    """Read what a journal holds; a last line cut off by a kill is ignored (and computed again)."""
    outcomes: dict[str, StructureEnergy] = {}
    if not path.exists():
        return outcomes
    with path.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                outcome = StructureEnergy.model_validate_json(line)
                outcomes[outcome.id] = outcome
    return outcomes


def _append(path: Path, outcomes: Iterable[StructureEnergy]) -> None:
    """Append a chunk in one write, after cutting off a half-written last line."""
    import os

    with path.open("ab+") as journal:
        size = journal.seek(0, os.SEEK_END)
        if size:
            journal.seek(max(0, size - 65536))
            tail = journal.read()
            if not tail.endswith(b"\n"):
                journal.truncate(size - (len(tail) - (tail.rfind(b"\n") + 1)))
        journal.seek(0, os.SEEK_END)
        journal.write("".join(o.model_dump_json(exclude_none=True) + "\n" for o in outcomes).encode())
        journal.flush()
        os.fsync(journal.fileno())


def evaluate_structures(
    records: Iterable[StructureRecord],
    journal: Path,
    *,
    model: str = "0.3.0",
    processes: int = 1,
    chunk_size: int = 8,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, StructureEnergy]:
    """Compute each structure's energy once, writing every finished chunk to a journal.

    A call with a journal of an interrupted one goes on where that stopped: what is in the journal is
    not computed again, and a chunk is in it whole or not at all.

    Parameters
    ----------
    records
        The structures; a repeated id is an error.
    journal
        JSON-lines file, created if absent. One process at a time may hold it.
    model
        CHGNet weights: ``"0.3.0"`` (PBE/PBE+U with MP2020 corrections) or ``"r2scan"``.
    processes
        Worker processes, one thread each.
    chunk_size
        Structures evaluated in one batched call.
    advance
        Called with (done, total) after each chunk.

    Returns
    -------
    dict of str to StructureEnergy
        The outcome of each structure, in the order of `records`.

    Raises
    ------
    InputError
        If the model is not installed, an id repeats, or another process holds the journal.
    CalculationError
        If worker processes die (out of memory, say); what was finished is in the journal.
    """
    provenance = model_provenance(model)
    wanted: dict[str, StructureRecord] = {}
    for record in records:
        if record.id in wanted:
            raise InputError(f"structure id {record.id} occurs twice")
        wanted[record.id] = record
    journal.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{journal}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(f"another process is writing {journal}") from None
    with lock:
        _claim(journal, provenance)
        done = read_journal(journal)
        # big cells first, and like sizes together: no core is left with one long chunk at the end
        todo = sorted((r for i, r in wanted.items() if i not in done), key=lambda r: (-len(r.coords), r.id))
        chunks = [todo[i : i + chunk_size] for i in range(0, len(todo), chunk_size)]
        finished = len(wanted) - len(todo)
        advance(finished, len(wanted))
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, context, _start_worker, (model,)) as pool:
            try:
                pending = set()
                queue = iter(chunks)
                for chunk in queue:
                    pending.add(pool.submit(_evaluate, chunk))
                    if len(pending) >= 2 * processes:
                        break
                while pending:
                    ready, pending = wait(pending, return_when=FIRST_COMPLETED)
                    for future in ready:
                        outcomes = future.result()
                        _append(journal, outcomes)
                        done.update((o.id, o) for o in outcomes)
                        finished += len(outcomes)
                        advance(finished, len(wanted))
                        if (chunk := next(queue, None)) is not None:
                            pending.add(pool.submit(_evaluate, chunk))
            except BrokenProcessPool:
                raise CalculationError(
                    f"a worker process died; {finished} of {len(wanted)} structures are in {journal}: "
                    "run the same command again to go on (with fewer processes if memory ran out)"
                ) from None
            finally:
                pool.shutdown(cancel_futures=True)
    return {i: done[i] for i in wanted}


def _claim(journal: Path, provenance: ModelProvenance) -> None:
    """Tie a journal to the weights it was begun with."""
    header = journal.with_suffix(".model.json")
    if header.exists():
        begun = ModelProvenance.model_validate(json.loads(header.read_text()))
        if begun.weights_sha256 != provenance.weights_sha256:
            raise InputError(f"{journal} was begun with {begun.model}, not with {provenance.model}: use another folder")
    else:
        header.write_text(provenance.model_dump_json(indent=1) + "\n")
