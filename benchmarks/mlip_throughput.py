"""Structures per second: CHGNet's batched energy call against atomate2's force-field static job.

Both run in this process, on one thread and the same structures, each after one structure to warm up:

    python benchmarks/mlip_throughput.py structures.jsonl.gz --number 24

The static job also computes forces, stress and magnetic moments, loads the model for each structure and makes a
document of it; that is the work saved where only energies are wanted.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import random
import time
import warnings

import torch
from atomate2.forcefields.jobs import ForceFieldStaticMaker
from jobflow import Flow, JobStore, run_locally
from maggma.stores import MemoryStore

from screening.energies.packaged.evaluation import evaluate_chunk, load_model
from screening.structures.records import StructureRecord, read_structures


def sample(path: str, number: int, seed: int) -> list[StructureRecord]:
    records = list(read_structures(path))
    return random.Random(seed).sample(records, min(number, len(records)))


def run_batched(records: list[StructureRecord], chunk_size: int) -> dict[str, float | None]:
    chunks = [records[i : i + chunk_size] for i in range(0, len(records), chunk_size)]
    return {outcome.id: outcome.energy_ev_per_atom for chunk in chunks for outcome in evaluate_chunk(chunk)}


def run_static(records: list[StructureRecord]) -> dict[str, float | None]:
    maker = ForceFieldStaticMaker(force_field_name="CHGNet")
    jobs = [maker.make(record.structure()) for record in records]
    store = JobStore(MemoryStore(), additional_stores={"data": MemoryStore()})
    with contextlib.redirect_stdout(io.StringIO()):
        run_locally(Flow(jobs), store=store, log=False, ensure_success=False)
    energies: dict[str, float | None] = {}
    for job, record in zip(jobs, records, strict=True):
        done = store.query_one({"uuid": job.uuid}, ["output"], load=True)
        energies[record.id] = done and done["output"]["output"]["energy"] / len(record.coords)
    return energies


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("structures", help="structures file (JSON lines, plain or gzipped)")
    parser.add_argument("--number", type=int, default=24, help="structures sampled from it")
    parser.add_argument("--chunk-size", type=int, default=8, help="structures in a batched call")
    parser.add_argument("--seed", type=int, default=0, help="seed of the sample")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    records = sample(options.structures, options.number, options.seed)
    with contextlib.redirect_stdout(io.StringIO()):
        load_model("chgnet-0.3.0")
    rates = {}
    energies = {}
    for name, run in {"batched": lambda r: run_batched(r, options.chunk_size), "static job": run_static}.items():
        run(records[:1])
        start = time.perf_counter()
        energies[name] = run(records)
        seconds = time.perf_counter() - start
        rates[name] = len(records) / seconds
        print(f"{name:10s} {seconds:7.2f} s  {rates[name]:7.2f} structures/s", flush=True)
    both = [(energies["batched"][r.id], energies["static job"][r.id]) for r in records]
    differences = [abs(a - b) for a, b in both if a is not None and b is not None]
    atoms = sum(len(record.coords) for record in records) / len(records)
    print(f"ratio {rates['batched'] / rates['static job']:.1f} for {len(records)} structures of {atoms:.0f} atoms")
    print(f"energies of {len(differences)} compared: largest difference {max(differences):.1e} eV/atom")


if __name__ == "__main__":
    main()
