"""``coatscreen atlas``: the contacts of all coatings there could be, in one file, and questions to it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen import options
from coatscreen.forms import Format
from coatscreen.queue_options import FlowName, MaxJobs, NoLaunch, SiteFolder, Submit, put_on_queue, submission_site
from coatscreen.verb_groups import VerbGroup

if TYPE_CHECKING:
    from screening.atlas.questions import AtlasAnswer

app = typer.Typer(
    cls=VerbGroup,
    help="All coatings there could be on all neighbours, in one file.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_FILE = "atlas.parquet"
_CLOSED = "closed"
_REASONS = 5


@app.command("build")
def build(
    output: Annotated[Path, typer.Option(help="The file, Parquet; replaced if present.")] = Path(_FILE),
    elements: Annotated[str | None, typer.Option(help="Comma list: only coatings of these elements.")] = None,
    exclude: options.Exclude = None,
    with_lithium: Annotated[bool, typer.Option("--with-lithium", help="Only coatings that hold lithium.")] = False,
    cathodes: options.Cathodes = None,
    electrolytes: options.Electrolytes = None,
    voltage: Annotated[
        str | None,
        typer.Option(help="Comma list: V against Li/Li+ of contacts open to lithium; by default 2.9,3.6,4.3."),
    ] = None,
    energies: options.Energies = "reference",
    doubtful: options.Doubtful = options.DoubtfulPhases.drop,
    catalogue: options.Catalogue = None,
    batch: Annotated[int, typer.Option(help="Coatings in a job.", min=1)] = 1000,
    workers: options.Workers = 1,
    submit: Submit = False,
    site: SiteFolder = None,
    name: FlowName = None,
    max_jobs: MaxJobs = None,
    no_launch: NoLaunch = False,
    as_json: options.AsJson = False,
) -> None:
    """Compute the contacts of every coating there could be with every cathode and electrolyte, into one file.

    Coatings are the stable compounds of the energies that do not conduct electrons, with or without lithium, and those
    of the catalogue. Each meets every cathode of the catalogue in each state of charge and every electrolyte, or those
    named, closed and open to lithium at each voltage. Of every contact the file has the lowest mutual and total energy,
    where they lie, the self parts, and the products with their amounts.

    Finished jobs are kept in the folder FILE.work: the same command goes on where it was interrupted. With --submit the
    jobs run on a queue, on machines that reach FILE.work by the same path.

    Example: coatscreen atlas build --output atlas.parquet --workers 2
    """
    from coatscreen.output import document, note, numbers, print_json
    from screening.atlas.atlas_request import plan_atlas
    from screening.atlas.columns import arrow
    from screening.common.progress import progress_bar
    from screening.searches.candidates.candidate_documents import Selection
    from workflows.atlas import build_atlas, prepare_atlas
    from workflows.requests.result_file import result_file
    from workflows.settings import split_names

    arrow()
    result_file(output)
    there = submission_site(submit, site, name, max_jobs, no_launch, {"--workers": workers != 1})
    plan = plan_atlas(
        options.chosen_energies(energies, doubtful),
        Selection(
            any=not with_lithium,
            transition_metals=True,
            elements=None if elements is None else tuple(split_names(elements)),
            exclude=tuple(split_names(exclude or "")),
        ),
        split_names(cathodes or ""),
        split_names(electrolytes or ""),
        None if voltage is None else numbers("--voltage", voltage),
        split_names(catalogue or ""),
    )
    for neighbour, why in plan.left_out.items():
        note(f"left out: {neighbour}: {why}")
    if there is not None:
        prepared = prepare_atlas(plan, output, batch)
        result = f"when its jobs are done, the atlas is in {prepared.collector.file}"
        put_on_queue(there, prepared, name, max_jobs, no_launch, as_json, result)
        return
    with progress_bar("atlas") as progress:
        built, _ = build_atlas(plan, output, batch, workers, progress)
    if built.n_missing:
        note(f"{built.n_missing} contacts could not be computed; the header of the file names the first")
    if as_json:
        print_json(document(built))
        return
    from coatscreen.output import print_energies, say

    say(
        f"{built.file}: {built.n_contacts} contacts of {built.n_coatings} coatings with {built.n_neighbours} "
        f"neighbours, closed and at {', '.join(f'{one:g}' for one in built.voltages_v) or 'no'} V; "
        f"{built.n_bytes / 1e6:.1f} MB, {built.bytes_per_contact:.1f} bytes a contact; sha256 {built.sha256}"
    )
    print_energies(built.energies)


@app.command("query")
def query(
    file: Annotated[Path, typer.Option("--atlas", help="The file of the atlas.")] = Path(_FILE),
    cathode: Annotated[
        str | None,
        typer.Option(help="Comma list: names, patterns such as NCM*, or chemistry classes such as polyanionic oxide."),
    ] = None,
    electrolyte: Annotated[
        str | None,
        typer.Option(help="Comma list: the same, such as halide or Li6PS5Cl."),
    ] = None,
    state: Annotated[str | None, typer.Option(help="Comma list: states of charge; all by default.")] = None,
    at: Annotated[
        str | None, typer.Option(help="Comma list: closed, or V against Li/Li+; by default all the atlas has.")
    ] = None,
    element: Annotated[str | None, typer.Option(help="Comma list: elements that a coating must hold.")] = None,
    exclude: options.Exclude = None,
    kind: Annotated[
        str | None, typer.Option("--class", help="Comma list: chemistry classes of coatings, such as oxide,halide.")
    ] = None,
    without: Annotated[
        str | None,
        typer.Option(
            "--no-product",
            help="Comma list: products that no contact may form: conducting (electrons), classes such as sulfate or "
            "transition-metal sulfide, or formulas.",
        ),
    ] = None,
    passing: Annotated[bool, typer.Option("--passing", help="Only what passes all criteria of a screening.")] = False,
    threshold: options.Thresholds = None,
    sort: Annotated[
        str, typer.Option(help="What comes first: any quantity; coatscreen catalogue list --quantities has them.")
    ] = "worst_contact_mev_per_closed_atom",
    top: options.TopCoatings = 20,
    energies: Annotated[
        str | None, typer.Option(help="The energies that the atlas must have been made from; not checked by default.")
    ] = None,
    form: options.OutputFormat = Format.table,
    as_json: options.AsJson = False,
) -> None:
    """Print the best coatings of an atlas between some neighbours at some potentials.

    A coating is as good as the worst of its contacts with all that is named. With --cathode or --electrolyte alone only
    that side counts; without both, NCM83 in its states and Li6PS5Cl.

    Example: coatscreen atlas query --cathode 'NCM*' --electrolyte Li6PS5Cl,Li3YCl6 --at closed,4.3 --passing

    Example: coatscreen atlas query --electrolyte Li6PS5Cl --no-product conducting --class oxide --element Li
    """
    from coatscreen.forms import printed
    from coatscreen.output import document, numbers
    from screening.atlas.atlas import Atlas
    from screening.atlas.questions import asked
    from workflows.settings import split_names

    potentials = None if at is None else split_names(at)
    voltages = None
    if potentials is not None:
        voltages = tuple(numbers("--at", ",".join(part for part in potentials if part != _CLOSED)))
    question = asked(
        cathodes=tuple(split_names(cathode or "")),
        electrolytes=tuple(split_names(electrolyte or "")),
        states=tuple(split_names(state or "")),
        voltages_v=voltages,
        closed=potentials is None or _CLOSED in potentials,
        elements=tuple(split_names(element or "")),
        exclude=tuple(split_names(exclude or "")),
        classes=tuple(split_names(kind or "")),
        without_products=tuple(split_names(without or "")),
        passing=passing,
        thresholds=options.read_thresholds(threshold or []),
        sort=sort,
        top=top,
    )
    with Atlas(file, energies) as atlas:
        found = atlas.ask(question)
    if not printed(form, as_json, partial(document, found), found.rows, found.energies):
        _print(found)


def _print(found: AtlasAnswer) -> None:
    from coatscreen.output import number, print_energies, print_table, say
    from screening.criteria.quantities import WORST_CONTACT, quantity

    names = [name for name in (found.ranking[0].quantities if found.ranking else ()) if not name.startswith("mutual_")]
    names += [name for name in (found.question.sort, *(one.quantity for one in found.criteria)) if name not in names]
    shown = [quantity(name) for name in dict.fromkeys(names)]
    rows = []
    for one in found.ranking:
        worst, reacts = one.worst_contact, "-"
        if worst is not None:
            met = worst.neighbour if worst.state is None else f"{worst.neighbour} {worst.state}"
            where = "closed" if worst.voltage_v is None else f"{worst.voltage_v:g} V"
            products = ", ".join(worst.products)
            reacts = f"{met} {where}: {products}" if products else "nothing"
        values = []
        for each in shown:
            value = one.quantities.get(each.name)
            none = "none" if each.compared is not None and one.quantities.get("reduction_limit_v") is not None else "-"
            values.append(number(value, each.digits, none))
        rows.append([str(one.rank), one.coating, one.chemistry_class, *values, reacts])
    say(
        f"{found.n_found} of {found.n_coatings} coatings, met by {_some(found.neighbours)}; "
        f"{', '.join(found.potentials)}. Energies in meV per atom that is not exchanged"
    )
    if rows:
        heads = [each.label for each in shown]
        print_table(
            ["rank", "coating", "class", *heads, "reacts most"],
            rows,
            numeric={"rank", *heads},
            importance=["coating", quantity(WORST_CONTACT).label, "rank", *heads, "class", "reacts most"],
        )
    if found.bare_worst_mutual_mev_per_atom is not None:
        say(f"Without a coating, closed: {number(found.bare_worst_mutual_mev_per_atom, 1)} meV/atom")
    print_energies(found.energies)


def _some(names: list[str]) -> str:
    return ", ".join(names[:_REASONS]) + (f" and {len(names) - _REASONS} more" if len(names) > _REASONS else "")
