"""``coatscreen runs``: what a database holds of whom, and what differs between two runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coatscreen.forms import Format
from coatscreen.options import AsJson, OutputFormat, Store
from coatscreen.verb_groups import VerbGroup

if TYPE_CHECKING:
    from workflows.comparisons import Comparison, Difference
    from workflows.runs import RunSummary

app = typer.Typer(
    cls=VerbGroup,
    help="The runs of a database: list, compare, rename, delete and merge them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Name = Annotated[str, typer.Argument(help="Name of a run, or its id or the beginning of that.")]


@app.command("list")
def list_all(store: Store = "results/coatings", form: OutputFormat = Format.table, as_json: AsJson = False) -> None:
    """List the runs, the last one first.

    Example: coatscreen runs list
    """
    from coatscreen.forms import printed
    from coatscreen.output import note, print_table
    from screening.database import StoreLocation
    from workflows.runs import list_runs

    runs = list_runs(StoreLocation(store))
    listed = [run.model_dump(mode="json") for run in runs]
    if printed(form, as_json, lambda: {"runs": listed}, lambda: listed, None):
        return
    if not runs:
        note("the database holds no run")
        return
    columns = ["name", "id", "state", "energies", "between", "coatings", "criteria", "samples", "created", "updated"]
    print_table(columns, [_row(run) for run in runs], numeric={"coatings", "samples"})


@app.command()
def show(name: Name, store: Store = "results/coatings", as_json: AsJson = False) -> None:
    """Show what a run asked for, its rankings, and the jobs that failed.

    Example: coatscreen runs show "5 coatings, NCM83|Li6PS5Cl"
    """
    from coatscreen.output import print_json, print_table
    from coatscreen.rankings import threshold
    from screening.criteria.criteria import read_criteria
    from screening.database import StoreLocation
    from workflows.runs import describe_run

    found = describe_run(StoreLocation(store), name)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    run = found.run
    print(f"{run.name} ({run.run_id}): {run.state}")
    print(f"created {run.created}, updated {run.updated}")
    for option, value in run.request.items():
        if option != "criteria" and value not in (None, []):
            print(f"{option}: {', '.join(map(str, value)) if isinstance(value, list) else value}")
    print("criteria: " + "; ".join(map(threshold, read_criteria(run.request.get("criteria", [])))))
    print(f"its coatings: {'not known yet' if run.coatings is None else len(run.coatings)}")
    rows = [
        [header.ranking_id[:8], header.cathode, header.electrolyte, _energies(header.energies.model_dump())]
        for header in found.rankings
    ]
    if rows:
        print_table(["id", "cathode", "electrolyte", "energies"], rows, "Rankings")
    for job, why in run.failed.items():
        print(f"failed: {job}: {why}")


@app.command()
def compare(
    a: Name,
    b: Name,
    other: Annotated[
        str | None, typer.Option(help="Database of the second run, if it is another: a folder or mongodb:// URI.")
    ] = None,
    moved_mev: Annotated[float, typer.Option(help="Name energies that moved by more, meV/atom.", min=0)] = 1.0,
    moved_v: Annotated[float, typer.Option(help="Name limits of windows that moved by more, V.", min=0)] = 0.01,
    store: Store = "results/coatings",
    as_json: AsJson = False,
) -> None:
    """Compare two runs: what they rest on, ranks that changed, criteria crossed, numbers that moved.

    Ranks are those among the coatings that both runs have.

    Example: coatscreen runs compare "with my energies" "5 coatings, NCM83|Li6PS5Cl" --moved-mev 5
    """
    from coatscreen.output import print_json
    from screening.database import StoreLocation
    from workflows.comparisons import Side, compare_runs

    first = StoreLocation(store)
    second = first if other is None else StoreLocation(other)
    found = compare_runs(Side(first, a), Side(second, b), moved_mev, moved_v)
    if as_json:
        print_json({"comparisons": [comparison.model_dump(mode="json") for comparison in found]})
        return
    for comparison in found:
        _print_comparison(comparison)


@app.command()
def rename(
    name: Name, new: Annotated[str, typer.Argument(help="The new name.")], store: Store = "results/coatings"
) -> None:
    """Give a run another name.

    Example: coatscreen runs rename "5 coatings, NCM83|Li6PS5Cl" "first screening"
    """
    from coatscreen.output import note
    from screening.database import StoreLocation
    from workflows.runs import rename_run

    renamed = rename_run(StoreLocation(store), name, new)
    note(f"the run {renamed.run_id[:8]} is called {renamed.name!r} now")


@app.command()
def delete(
    name: Name,
    store: Store = "results/coatings",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a run, and of its rankings what no other run has asked for; what was computed stays.

    Example: coatscreen runs delete "first screening" --yes
    """
    from coatscreen.output import note
    from screening.common.errors import InputError
    from screening.database import CoatingDatabase, StoreLocation
    from workflows.runs import delete_run

    location = StoreLocation(store)
    with CoatingDatabase.open(location) as database:
        run = database.run(name)
    if not yes:
        if not sys.stdin.isatty():
            raise InputError(f"to delete the run {run.name!r} ({run.run_id[:8]}) without being asked, add --yes")
        going_on = "; it says that it still runs" if run.state == "running" else ""
        typer.confirm(f"Delete the run {run.name!r} ({run.run_id[:8]}){going_on}?", abort=True, err=True)
    deleted = delete_run(location, run.run_id)
    note(
        f"deleted the run {deleted.run.name!r}, with {len(deleted.deleted)} rankings of its own; "
        f"{len(deleted.made_again)} shared with other runs are now without it"
    )


@app.command()
def merge(
    other: Annotated[str, typer.Argument(help="Database that is copied from: a folder or mongodb:// URI.")],
    store: Store = "results/coatings",
) -> None:
    """Copy the runs of another database, and all that was computed for them, into this one.

    What this one holds stays as it is.

    Example: coatscreen runs merge ../elsewhere/results/coatings
    """
    from coatscreen.output import note
    from screening.database import StoreLocation
    from workflows.runs import merge

    merged = merge(StoreLocation(store), StoreLocation(other))
    note(
        f"copied {merged.jobs} jobs and {len(merged.runs)} runs; {merged.jobs_there} jobs were there; "
        f"{len(merged.rankings)} rankings have part in them"
    )


def _row(run: RunSummary) -> list[str]:
    from coatscreen.output import number
    from coatscreen.rankings import threshold

    request: dict[str, Any] = run.request
    changed = [*map(threshold, run.changed_criteria), *(f"without {name}" for name in run.criteria_left_out)]
    return [
        run.name,
        run.run_id[:8],
        run.state + (f", {len(run.failed)} jobs failed" if run.failed and run.state == "done" else ""),
        str(request.get("energies", "-")),
        f"{', '.join(request.get('cathodes', []))} | {', '.join(request.get('electrolytes', []))}",
        number(None if run.coatings is None else len(run.coatings)),
        "; ".join(changed) or "as packaged",
        number(request.get("samples")),
        run.created[:16],
        run.updated[:16],
    ]


def _print_comparison(found: Comparison) -> None:
    from coatscreen.output import number, print_table
    from screening.criteria.quantities import quantity

    where = "" if found.a.store == found.b.store else f" of {found.a.store}"
    there = "" if found.a.store == found.b.store else f" of {found.b.store}"
    print(f"{found.cathode} | {found.electrolyte}: A is {found.a.run!r}{where}, B is {found.b.run!r}{there}")
    for difference in found.rests_on:
        print(f"differs: {difference.what}: A {_said(difference, 'a')}, B {_said(difference, 'b')}")
    if not found.rests_on:
        print("both rest on the same energies, potentials, samples and criteria")
    for side, names in (("A", found.only_a), ("B", found.only_b)):
        if names:
            print(f"only in {side}: {', '.join(names)}")
    if found.ranks:
        rows = [[one.coating, number(one.a), number(one.b)] for one in found.ranks]
        title = f"Ranks that changed, among the {found.n_common} coatings of both"
        print_table(["coating", "A", "B"], rows, title, numeric={"A", "B"})
    if found.criteria:
        rows = [
            [one.coating, one.criterion, *(("FAILS", "passes")[one.a], ("FAILS", "passes")[one.b])]
            for one in found.criteria
        ]
        print_table(["coating", "criterion", "A", "B"], rows, "Criteria crossed")
    if found.numbers:
        digits = {name: quantity(name).digits for name in found.least_movement}
        rows = [
            [one.coating, one.quantity, *(number(v, digits[one.quantity]) for v in (one.a, one.b, one.moved_by))]
            for one in found.numbers
        ]
        print_table(["coating", "quantity", "A", "B", "moved by"], rows, "Numbers that moved", {"A", "B", "moved by"})
    if not (found.ranks or found.criteria or found.numbers):
        print(f"no rank, criterion or number of the {found.n_common} coatings of both differs")
    least = ", ".join(f"{name} {value:g}" for name, value in found.least_movement.items())
    print(f"Numbers are named where they moved by more than: {least}")


def _said(difference: Difference, side: str) -> str:
    from coatscreen.rankings import limit
    from screening.criteria.criteria import Criterion

    value = getattr(difference, side)
    if value is None:
        return "none"
    if difference.what == "energies":
        return _energies(value)
    if difference.what == "samples":
        return f"{value['n_samples']}, seed {value['seed']}, error model {value['model']['name']}"
    return limit(Criterion.model_validate(value)) if isinstance(value, dict) else str(value)


def _energies(energies: dict[str, Any]) -> str:
    return f"{energies['name']}, version {energies['version']} ({energies['sha256'][:8]})"
