"""``coatscreen reference info`` and ``build``: the packaged energies, and how they are made again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.options import AsJson, Elements, Journal, Model, OnlyComputed, Processes, TableFolder

if TYPE_CHECKING:
    from screening.energies.packaged.packaged_documents import PackagedInfo, UnusedStructure
    from screening.energies.packaged.rows import Row
    from screening.phases.phase_set import PhaseSet


def build(
    structures: Annotated[Path, typer.Option(help="Crystal structures: JSON lines, plain or gzipped.")],
    elements: Elements = None,
    output: TableFolder = Path("reference"),
    work: Journal = None,
    processes: Processes = None,
    model: Model = "chgnet-0.3.0",
    seed: Annotated[
        Path | None, typer.Option(help="Energies computed elsewhere with this model: JSON lines, plain or gzipped.")
    ] = None,
    recheck: Annotated[
        int, typer.Option(min=1, help="With --seed: how many of its energies are computed again; all must agree.")
    ] = 100,
    partial: OnlyComputed = False,
    as_json: AsJson = False,
) -> None:
    """Compute the energies of crystal structures and write them as a table; goes on where it was interrupted.

    Example: coatscreen reference build --structures mp_structures.jsonl.gz --elements "Li P S Cl" --output energies
    """
    import os
    import warnings

    from jobflow import JobStore, run_locally
    from maggma.stores import MemoryStore

    from screening.energies.packaged.packaged_table import packaged_info, read_packaged
    from screening.energies.potentials.models import model_named
    from workflows.flows.packaged import PackagedEnergiesMaker

    model_named(model)
    maker = PackagedEnergiesMaker(
        model=model,
        processes=processes or os.cpu_count() or 1,
        seed=None if seed is None else str(seed),
        recheck=recheck,
        partial=partial,
    )
    chosen = None if elements is None else elements.replace(",", " ").split()
    flow = maker.make(structures, chosen, work or output.parent / "build" / output.name, output)
    warnings.filterwarnings("ignore", category=FutureWarning, module="jobflow")  # it changes folders a deprecated way
    run_locally(flow, store=JobStore(MemoryStore()), log=False, ensure_success=True, raise_immediately=True)
    _print(packaged_info(output, model), read_packaged(output, model), None, as_json)


def info(
    model: Model = "chgnet-0.3.0",
    exclusions: Annotated[bool, typer.Option("--exclusions", help="List what is not used, and why.")] = False,
    csv: Annotated[Path | None, typer.Option(help="Write every row of the table as CSV.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what the packaged energies are, where they come from and how far they are from DFT.

    Example: coatscreen reference info --exclusions
    """
    from screening.energies.packaged.packaged_table import (
        PACKAGED,
        packaged_energies,
        packaged_info,
        packaged_rows,
        unused_structures,
    )

    about = packaged_info(PACKAGED, model)
    if csv is not None:
        _write_csv(csv, packaged_rows(PACKAGED, model))
    _print(about, packaged_energies(model), unused_structures(PACKAGED, model) if exclusions else None, as_json)


def _write_csv(file: Path, rows: Iterable[Row]) -> None:
    import csv
    from io import StringIO

    from screening.energies.packaged.rows import Row
    from screening.files.content import write_whole
    from screening.text.visible_text import cell

    text = StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(Row._fields)
    lines.writerows(map(cell, row) for row in rows)
    write_whole(file, text.getvalue())


def _print(about: PackagedInfo, phases: PhaseSet, unused: list[UnusedStructure] | None, as_json: bool) -> None:
    from coatscreen.output import number, print_json, print_table, say
    from screening.common.provenance import software
    from screening.energies.packaged.dft_check import FAR_OFF_EV_PER_ATOM

    if as_json:
        data = about.model_dump(mode="json")
        if unused is not None:
            data["unused"] = [structure.model_dump(mode="json") for structure in unused]
        data["n_ordered_cells"] = len(phases.cells)
        data["energies"] = phases.provenance.model_dump(mode="json")
        data["software"] = software().model_dump(mode="json")
        print_json(data)
        return
    check = about.dft_check
    rules = "; ".join(f"{count} {rule}" for rule, count in about.n_excluded.items()) or "none"
    facts = {
        "name": f"{about.scale.name}, version {about.scale.version}",
        "functional": about.scale.functional,
        "correction": about.scale.correction,
        "structures": f"{about.scale.source}; {about.structures_file}, SHA-256 {about.structures_sha256[:12]}",
        "computed with": f"{about.model.package}, torch {about.model.torch}, weights {about.model.weights_sha256[:12]}",
        "phases used": f"{about.n_used} of {about.n_structures} structures, {about.n_compositions} compositions",
        "ordered cells": f"{len(phases.cells)} of cathodes and solid solutions" if phases.cells else "none",
        "excluded by the guard": rules,
        "not computable": str(about.n_failed),
        "not computed yet": str(about.n_not_computed),
        "elements": " ".join(about.elements),
        "against DFT": f"{check.n_compounds} compounds: mean absolute error "
        f"{_mev(check.mean_absolute_error_ev_per_atom)}, median {_mev(check.median_absolute_error_ev_per_atom)}, "
        f"{len(check.far_off)} further off than {_mev(FAR_OFF_EV_PER_ATOM)}",
        "written": f"{about.date} by {about.command}",
        "hash of the phases": phases.sha256,
    }
    for key, value in facts.items():
        say(f"{key}: {value}")
    if unused is not None:
        rows = [[s.id, s.formula, str(s.space_group), number(s.energy_ev_per_atom, 3), s.status] for s in unused]
        print_table(["id", "formula", "space group", "energy (eV/atom)", "why it is not used"], rows)


def _mev(energy_ev: float | None) -> str:
    return "unknown" if energy_ev is None else f"{1000 * energy_ev:.0f} meV/atom"
