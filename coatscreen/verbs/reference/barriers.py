"""``coatscreen reference barriers``: the packaged barriers of lithium, and how they are made again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.options import AsJson, Energies, Journal, OnlyComputed, Processes, TableFolder

if TYPE_CHECKING:
    from screening.transport.barrier_table import BarrierInfo


def barriers(
    structures: Annotated[
        Path | None,
        typer.Option(help="Compute those of these crystal structures: JSON lines, plain or gzipped."),
    ] = None,
    output: TableFolder = Path("barriers"),
    work: Journal = None,
    processes: Processes = None,
    above_hull: Annotated[
        float, typer.Option("--above-hull", min=0.0, help="How far above the hull a structure may lie, meV/atom.")
    ] = 50.0,
    most: Annotated[int | None, typer.Option(min=1, help="At most so many structures; default all.")] = None,
    most_sites: Annotated[int, typer.Option("--largest-cell", min=2, help="Sites of the largest cell.")] = 100,
    partial: OnlyComputed = False,
    energies: Energies = "reference",
    as_json: AsJson = False,
) -> None:
    """Say what the packaged barriers of lithium are, or compute those of structures; goes on where it was interrupted.

    Barriers are from the bond-valence site energy, in compounds of lithium near the hull of the energies, which hold
    the structures by their ids: the catalogue's coatings and electrolytes first, then small cells. Needs the extra
    coatscreen[transport].

    Example: coatscreen reference barriers

    Example: coatscreen reference barriers --structures mp_structures.jsonl.gz --output barriers --processes 2
    """
    from screening.transport.barrier_table import PACKAGED, barrier_info

    if structures is None:
        return _print(barrier_info(PACKAGED), as_json)
    import os
    import warnings

    from jobflow import JobStore, run_locally
    from maggma.stores import MemoryStore

    from screening.common.errors import InputError
    from screening.transport.barriers import barrier_method
    from workflows.flows.barriers import LithiumBarriersMaker

    barrier_method()
    if not structures.is_file():
        raise InputError(f"structures file {structures} does not exist")
    maker = LithiumBarriersMaker(
        energies=energies,
        above_hull_mev_per_atom=above_hull,
        most_sites=most_sites,
        processes=processes or os.cpu_count() or 1,
        most=most,
        partial=partial,
    )
    flow = maker.make(structures, work or output.parent / "build" / output.name, output)
    warnings.filterwarnings("ignore", category=FutureWarning, module="jobflow")  # it changes folders a deprecated way
    run_locally(flow, store=JobStore(MemoryStore()), log=False, ensure_success=True, raise_immediately=True)
    return _print(barrier_info(output), as_json)


def _print(about: BarrierInfo, as_json: bool) -> None:
    from coatscreen.output import print_json, say
    from screening.common.provenance import software

    if as_json:
        return print_json({**about.model_dump(mode="json"), "software": software().model_dump(mode="json")})
    method = about.method
    failed = "; ".join(f"{count} {reason}" for reason, count in about.n_failed.items()) or "none"
    facts = {
        "computed with": f"{method.package}, points {method.grid_angstrom:g} angstrom apart, ions within "
        f"{method.cutoff_angstrom:g} angstrom, screening {method.screening_factor:g}",
        "structures": f"{about.n_structures} of {about.n_compositions} compositions, from {about.structures_file}, "
        f"SHA-256 {about.structures_sha256[:12]}",
        "within": f"{about.above_hull_mev_per_atom:g} meV/atom of the hull of {about.energies.name}, version "
        f"{about.energies.version}",
        "without barriers": failed,
        "not computed yet": str(about.n_not_computed),
        "written": f"{about.date} by {about.command}",
        "hash of the table": about.table_sha256,
    }
    for key, value in facts.items():
        say(f"{key}: {value}")
    return None
