"""Whether relaxing a structure with CHGNet, rather than only evaluating it, brings formation energies nearer to DFT.

    python benchmarks/relaxation.py structures.jsonl.gz formation_energies.csv.gz --journal relaxed.jsonl \
        --report docs/relaxation.md

A sample of compounds, as many of each chemistry class as there are, at the structure that is lowest in the packaged
energies, and the elements they are made of: each relaxed as ``coatscreen energies add`` does. The formation energies,
from packaged energies and from relaxed ones, are compared with those of the table. What is in the journal is not
computed again, and the report is of what is there when the time is up.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import time
import warnings
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import torch

from screening.chemistry.classes import CHEMISTRY_CLASSES, chemistry_class
from screening.chemistry.compositions import atomic_fractions
from screening.chemistry.formulas import parse_formula
from screening.energies.packaged.packaged_table import packaged_rows
from screening.energies.potentials.potential import model_provenance
from screening.phases.phase_set import PhaseSet
from screening.structures.records import StructureRecord, read_structures
from workflows.flows.energies import UserEnergyMaker

DFT_COLUMN = "formation_energy_mp2020_estimate_ev_per_atom"
Compound = tuple[str, str, float]  # formula, id of its lowest structure, formation energy in DFT, eV/atom


def choose(phases: PhaseSet, table: str, number: int, most_sites: int, seed: int) -> list[Compound]:
    """Sample compounds, the classes in turn: what the first n are does not depend on how many are asked for."""
    sites = {row.id: row.sites for row in packaged_rows()}
    by_class: dict[str, list[Compound]] = defaultdict(list)
    with gzip.open(table, "rt") as lines:
        for row in csv.DictReader(lines):
            composition = parse_formula(row["formula"])
            known = phases.polymorphs(composition)
            if known and len(composition) > 1 and sites[phases.phase(known[0]).id] <= most_sites:
                compound = (row["formula"], phases.phase(known[0]).id, float(row[DFT_COLUMN]))
                by_class[chemistry_class(composition)].append(compound)
    drawn = []
    for name in CHEMISTRY_CLASSES:
        listed = sorted(by_class[name])
        random.Random(seed).shuffle(listed)
        drawn.append(listed)
    return [compound for compound in chain.from_iterable(zip_longest(*drawn)) if compound][:number]


def relax(record: StructureRecord, maker: Any) -> dict[str, Any]:
    """Relax a structure; energies in eV/atom."""
    document = maker.make.original(maker, record.structure())
    return {
        "id": record.id,
        "formula": record.formula,
        "energy_ev_per_atom": document.output.energy_per_atom,
        "converged": document.state.value == "successful",
        "steps": document.output.n_steps,
        "volume_a3_per_atom": document.structure.volume / len(document.structure),
    }


def needed(phases: PhaseSet, compounds: list[Compound]) -> Iterator[str]:
    """Structures in the order in which compounds are complete soonest: each after its elements."""
    seen: set[str] = set()
    for formula, own, _ in compounds:
        elements = [phases.phase(phases.polymorphs({symbol: 1.0})[0]).id for symbol in parse_formula(formula)]
        for name in (*elements, own):
            if name not in seen:
                seen.add(name)
                yield name


def errors(
    phases: PhaseSet, compounds: list[Compound], done: dict[str, Any]
) -> list[tuple[str, float, float, float, str]]:
    """Class, errors before and after, how far relaxing lowered the compound (eV/atom), and its formula, if complete."""
    found = []
    for formula, own, dft in compounds:
        fractions = atomic_fractions(parse_formula(formula))
        lowest = {symbol: phases.polymorphs({symbol: 1.0})[0] for symbol in fractions}
        ids = {symbol: phases.phase(position).id for symbol, position in lowest.items()}
        if not {own, *ids.values()} <= done.keys():
            continue
        position = phases.polymorphs(parse_formula(formula))[0]
        before = float(phases.formation_energies[position])
        after = done[own]["energy_ev_per_atom"] - sum(
            x * done[ids[symbol]]["energy_ev_per_atom"] for symbol, x in fractions.items()
        )
        lowered = float(phases.energies[position]) - done[own]["energy_ev_per_atom"]
        found.append((chemistry_class(fractions), before - dft, after - dft, lowered, formula))
    return found


def report(
    phases: PhaseSet, compounds: list[Compound], done: dict[str, Any], maker: UserEnergyMaker, asked: str
) -> str:
    found = errors(phases, compounds, done)
    unfinished = sorted(row["formula"] for row in done.values() if not row["converged"])
    elements = {phases.phase(phases.polymorphs({symbol: 1.0})[0]).id: symbol for symbol in phases.elements}
    weights = model_provenance(maker.model)
    before, after = (np.array([row[i] for row in found]) for i in (1, 2))
    change = np.abs(after) - np.abs(before)
    draws = np.random.default_rng(0).choice(change, (10_000, len(change))).mean(axis=1)
    low, high = 1000 * np.percentile(draws, (5, 95))
    furthest = int(np.argmax([row[3] for row in found]))
    without_first = 1000 * float(np.delete(change, furthest).mean())
    lines = [
        "# Relaxing against evaluating",
        "",
        f"`{asked}` wrote this page.",
        "",
        f"{len(found)} compounds, drawn from the chemistry classes in turn, each at the structure that is lowest "
        f"in the packaged energies ({phases.scale.name}, {len(phases)} phases), and the elements they are made of; "
        f"relaxed with {weights.model} ({weights.package}), atoms and cell, by {maker.optimizer} to "
        f"{maker.force_tolerance_ev_per_angstrom:g} eV/angstrom in at most {maker.most_steps} steps. Formation "
        "energies against Materials Project DFT (MP2020 estimate); errors in meV/atom, before (packaged: a single "
        "point at the DFT geometry) and after relaxing both the compound and the elements.",
        "",
        "| class | compounds | MAE before | MAE after | median before | median after | mean error before | "
        "mean error after | compound lowered by |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in (*CHEMISTRY_CLASSES, "all"):
        rows = np.array([row[1:4] for row in found if name in (row[0], "all")])
        if len(rows):
            b, a, lowered = 1000 * rows.T
            figures = (abs(b).mean(), abs(a).mean(), np.median(abs(b)), np.median(abs(a)), b.mean(), a.mean())
            shown = " | ".join(f"{figure:.0f}" for figure in (*figures, lowered.mean()))
            lines.append(f"| {name} | {len(rows)} | {shown} |")
    references = dict(zip(phases.elements, phases.references, strict=True))
    lowered_elements = [
        f"{symbol} {1000 * (references[symbol] - done[name]['energy_ev_per_atom']):.0f}"
        for name, symbol in elements.items()
        if name in done
    ]
    lines += [
        "",
        f"Relaxing changes the mean absolute error by {1000 * change.mean():+.1f} meV/atom (90 % interval by "
        f"resampling the compounds: {low:+.1f} to {high:+.1f}); {int((change < 0).sum())} compounds come nearer to "
        f"DFT, {int((change > 0).sum())} move away.",
        "",
        "Lowered most, meV/atom: "
        + ", ".join(f"{row[4]} {1000 * row[3]:.0f}" for row in sorted(found, key=lambda row: -row[3])[:5])
        + f". Without the first of these the mean absolute error changes by {without_first:+.1f}.",
        "",
        f"The elements are lowered by, meV/atom: {', '.join(lowered_elements)}.",
        "",
        f"Not converged within the steps, and taken as they then were: {', '.join(unfinished) or 'none'}.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("structures", help="crystal structures, JSON lines")
    parser.add_argument("table", help=f"CSV of formation energies: formula, {DFT_COLUMN}")
    parser.add_argument("--journal", type=Path, required=True, help="relaxations, one JSON object a line")
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--compounds", type=int, default=80)
    parser.add_argument("--sites", type=int, default=16, help="largest cell of a compound")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=25.0, help="start no relaxation after these")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    stop = time.monotonic() + 60.0 * given.minutes
    phases = PhaseSet.reference()
    compounds = choose(phases, given.table, given.compounds, given.sites, given.seed)
    order = list(needed(phases, compounds))
    done = {row["id"]: row for row in map(json.loads, given.journal.open())} if given.journal.exists() else {}
    maker = UserEnergyMaker(most_steps=given.steps)
    relaxer = maker.relax_maker(model_provenance(maker.model).weights_sha256)
    todo = {name for name in order if name not in done} if given.minutes > 0 else set()
    records = {record.id: record for record in read_structures(given.structures) if record.id in todo} if todo else {}
    for name in order:
        if name in records and time.monotonic() < stop:
            done[name] = relax(records[name], relaxer)
            with given.journal.open("a") as journal:
                journal.write(json.dumps(done[name]) + "\n")
            print(len(done.keys() & set(order)), "of", len(order), json.dumps(done[name]), flush=True)
    asked = (
        f"python benchmarks/relaxation.py {Path(given.structures).name} {Path(given.table).name} --compounds "
        f"{given.compounds} --sites {given.sites} --steps {given.steps} --seed {given.seed}"
    )
    given.report.write_text(report(phases, compounds, done, maker, asked))


if __name__ == "__main__":
    main()
