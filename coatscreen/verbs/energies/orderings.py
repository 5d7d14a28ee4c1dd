"""``coatscreen energies order``: energies of disordered materials from their lowest-energy orderings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.options import AsJson, Model, OrderingSeed, Workers
from coatscreen.queue_options import FlowName, MaxJobs, NoLaunch, SiteFolder, Submit, put_on_queue, submission_site

if TYPE_CHECKING:
    from workflows.requests.ordered_materials import OrderedMaterials


def order(
    materials: Annotated[
        str,
        typer.Argument(help="Comma list: layered cathodes, solid solutions; 'catalogue': all there are."),
    ],
    output: Annotated[
        Path,
        typer.Option(help="The table; cells it holds already stay. With --submit on a file system that all nodes see."),
    ] = Path("cells.json.gz"),
    lithium: Annotated[
        str, typer.Option(help="Comma list of lithium contents of cathodes, 0 to 1.")
    ] = "1,0.75,0.5,0.25,0",
    orderings: Annotated[int, typer.Option(help="Distinct orderings drawn.", min=1)] = 30,
    ranking: Annotated[str, typer.Option(help="ewald (the lowest of 20 times more) or random.")] = "ewald",
    seed: OrderingSeed = 0,
    relaxed: Annotated[
        int | None, typer.Option(help="Relax so many, the lowest before relaxing; default all.", min=1)
    ] = None,
    least_sites: Annotated[int, typer.Option(help="Sites a supercell has at least.", min=1)] = 45,
    most_sites: Annotated[int, typer.Option(help="Sites a supercell has at most.", min=1)] = 130,
    tolerance: Annotated[float, typer.Option(help="By which an occupancy may be off.", min=0, max=0.5)] = 0.01,
    model: Model = "chgnet-0.3.0",
    workers: Workers = 1,
    structures: Annotated[bool, typer.Option(help="Keep the relaxed structures in the table.")] = True,
    submit: Submit = False,
    site: SiteFolder = None,
    name: FlowName = None,
    max_jobs: MaxJobs = None,
    no_launch: NoLaunch = False,
    as_json: AsJson = False,
) -> None:
    """Find the lowest-energy orderings of cathodes and solid solutions, and put their energies in a table.

    CHGNet relaxes them, and the model says which is lowest. Metals are arranged in the full cathode; lithium alone is
    arranged anew at each other content. An interrupted call goes on where it stopped when it is made again. With
    --submit the table is written by the last job. Needs the extra 'mlip', here and on the nodes.

    Example: coatscreen energies order NCM83,LiNb0.5Ta0.5O3 --relaxed 3 --workers 2

    Example: coatscreen energies order catalogue --output /scratch/me/cells.json.gz --submit
    """
    from coatscreen.output import document, numbers, print_json
    from screening.cathodes.ordering.orderings import Draw
    from screening.cathodes.ordering.supercell import CellSize
    from screening.common.errors import CalculationError, InputError, nearest
    from screening.common.progress import progress_bar
    from workflows.requests.ordered_materials import prepare_orderings, use_table
    from workflows.requests.run_request import run_request

    if ranking not in ("ewald", "random"):
        raise InputError(f"unknown ranking {ranking!r}{nearest(ranking, ['ewald', 'random'])}: ewald or random")
    there = submission_site(submit, site, name, max_jobs, no_launch, {"--workers": workers != 1})
    names = [each.strip() for each in materials.split(",") if each.strip()]
    contents = numbers("--lithium", lithium)
    drawing = Draw(n_orderings=orderings, ranking="ewald" if ranking == "ewald" else "random", seed=seed)
    size = CellSize(least_atoms=least_sites, most_atoms=most_sites, tolerance=tolerance)
    request = prepare_orderings(names, output, contents, drawing, relaxed, size, model, structures)
    if there is not None:
        table = use_table(request.collector.target, model)
        result = f"the last job writes the table; then use it in any verb: --energies {table}"
        put_on_queue(there, request, name, max_jobs, no_launch, as_json, result)
        return
    with progress_bar("orderings") as progress:
        outcome, _ = run_request(request, None, workers, progress)
    if as_json:
        print_json(document(outcome))
    else:
        _print(outcome)
    if outcome.failed:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in list(outcome.failed.items())[:3])
        raise CalculationError(f"{len(outcome.failed)} jobs failed: {reasons}")


def _print(outcome: OrderedMaterials) -> None:
    from coatscreen.output import number, print_energies, print_table

    def mev(value: float | None) -> str:
        return number(None if value is None else 1000 * value, 1)

    print_table(
        ["material", "Li", "cell", "above hull (meV/atom)", "mixing (meV/atom)", "spread (meV/atom)", "relaxed",
         "drawn", "left out"],
        [
            [
                one.material,
                number(one.lithium_per_formula_unit, 2),
                one.cell,
                mev(one.energy_above_hull_ev_per_atom),
                mev(one.mixing_energy_ev_per_atom),
                mev(one.spread_ev_per_atom),
                str(one.n_relaxed),
                str(one.n_drawn),
                ", ".join(one.failed) or "-",
            ]
            for one in outcome.materials
        ],
        numeric=("Li", "relaxed", "drawn"),
    )  # fmt: skip
    print("above hull: against the packaged phases without cells; negative: below all of them")
    print("mixing: from the end members, without configurational entropy")
    print_energies(outcome.energies)
    print(f"use the table in any verb: --energies {outcome.use_as}")
