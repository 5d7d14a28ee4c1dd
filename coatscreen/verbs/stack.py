"""``coatscreen stack``: the best coatings of one or two layers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coatscreen import options
from coatscreen.forms import Format
from coatscreen.queue_options import FlowName, MaxJobs, NoLaunch, SiteFolder, Submit, put_on_queue, submission_site

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from screening.searches.stacks.stack_documents import Ensemble, Layer, Stack, StacksDocument

_NOTES = 10  # of coatings left out; thousands are no reading matter


def stack(
    context: typer.Context,
    coatings: options.Coatings = None,
    candidates: options.Candidates = None,
    tier: Annotated[
        int | None,
        typer.Option(
            help="In place of --coatings: those screened into the store that have this tier or a better one; 1: all "
            "criteria passed.",
            min=1,
            max=4,
        ),
    ] = None,
    cathode: options.Cathode = None,
    electrolyte: options.Electrolyte = None,
    open_first: Annotated[
        bool, typer.Option("--open", help="Rank by the contacts open to lithium first, then by the closed ones.")
    ] = False,
    top: Annotated[int, typer.Option(help="So many stacks of one and of two layers.", min=1)] = 10,
    max_above_hull: Annotated[
        float | None,
        typer.Option(
            help="Leave out coatings further above the hull, meV/atom; the packaged criterion's if not given."
        ),
    ] = None,
    energies: options.Energies = "reference",
    doubtful: options.Doubtful = options.DoubtfulPhases.drop,
    catalogue: options.Catalogue = None,
    store: options.Store = "results/coatings",
    workers: options.Workers = 1,
    submit: Submit = False,
    site: SiteFolder = None,
    name: FlowName = None,
    max_jobs: MaxJobs = None,
    no_launch: NoLaunch = False,
    form: options.OutputFormat = Format.table,
    as_json: options.AsJson = False,
) -> None:
    """Find the best coatings of one and of two layers between a cathode and an electrolyte.

    A stack is as good as its weakest contact. Stacks are ranked by the closed mutual reaction energy of that contact,
    the cathode fully and half lithiated; then by the sum over the contacts; then by the same of the contacts open to
    lithium at the potentials of the cathode's states of charge; then by the windows of the layers. All pairs of
    coatings are compared, of which few have to be computed.

    Without options: the coatings of the catalogue between NCM83 and Li6PS5Cl. Finished work is kept in the store, which
    may be that of a screening: the same command goes on where it was interrupted.

    With --submit the jobs run on a queue and the stacks stay in the site's database. When the jobs are done, the same
    command with --store SITE in place of --submit prints them at once.

    Example: coatscreen stack --coatings all --open --workers 2

    Example: coatscreen candidates --until oxidation --output stable.csv && coatscreen stack --candidates stable.csv
    """
    from coatscreen.forms import printed
    from coatscreen.output import document, note
    from screening.common.errors import InputError
    from screening.common.progress import progress_bar
    from screening.materials.catalogue import Catalogue
    from screening.searches.screening_request import CATALOGUE
    from screening.searches.stacks.stack_request import plan_stacks
    from workflows.settings import split_names
    from workflows.stack import find_stacks, prepare_stacks, screened_coatings

    energies = options.chosen_energies(energies, doubtful)
    if sum(option is not None for option in (coatings, candidates, tier)) > 1:
        raise InputError("give one of --coatings, --candidates and --tier")
    source = context.get_parameter_source("store")
    elsewhere = source is not None and source.name == "COMMANDLINE"
    there = submission_site(submit, site, name, max_jobs, no_launch, {"--workers": workers != 1, "--store": elsewhere})
    if there is not None:
        store = str(there.folder)
    known = Catalogue.load(*split_names(catalogue or ""))
    host = known.cathode(cathode or known.defaults("cathode")[0]).name
    conductor = known.electrolyte(electrolyte or known.defaults("electrolyte")[0]).name
    if tier is not None:
        named = screened_coatings(store, host, conductor, tier)
    else:
        named = split_names((CATALOGUE if candidates is None else "") if coatings is None else coatings)
    plan = plan_stacks(named, host, conductor, energies, split_names(catalogue or ""), candidates, max_above_hull)
    ranked_by: Ensemble = "open" if open_first else "closed"
    if there is not None:
        result = f"when its jobs are done, the same command with --store {store} in place of --submit prints the stacks"
        with there.job_store() as jobs:
            prepared = prepare_stacks(plan, ranked_by, top, jobs)
        put_on_queue(there, prepared, name, max_jobs, no_launch, as_json, result)
        return
    with progress_bar("stacks") as progress:
        found, outcome = find_stacks(plan, store, ranked_by, top, workers, progress)
    for name, reason in outcome.failed.items():
        note(f"failed: {name}: {reason}")
    if not printed(form, as_json, partial(document, found), lambda: _flat(found), found.energies):
        _print(found)
    for name, why in list(found.failed.items())[:_NOTES]:
        note(f"left out: {name}: {why}")
    if len(found.failed) > _NOTES:
        note(f"{len(found.failed) - _NOTES} more left out: --json names them")


def _print(found: StacksDocument) -> None:
    from coatscreen.output import number, print_energies, print_table

    print(
        f"Coatings between {found.cathode} and {found.electrolyte}, ranked by their {found.ranked_by} contacts. Mutual "
        "reaction energies: closed in meV/atom, open to lithium in meV per atom that is not lithium; without coating "
        f"{number(found.bare_worst_mutual_mev_per_atom, 1)} closed, "
        f"{number(found.bare_worst_mutual_mev_per_closed_atom, 1)} open"
    )
    for title, stacks in (("One layer", found.one_layer), ("Two layers", found.two_layers)):
        if stacks:
            print_table(list(_HEADS), _rows(stacks), title, _NUMERIC, _IMPORTANCE)
    closed, opened = found.second_layer_gain_mev_per_atom, found.second_layer_gain_mev_per_closed_atom
    if closed is not None and opened is not None:
        print(f"The best two layers against the best single one: {_less(closed)} closed, {_less(opened)} open")
    print(
        f"{found.n_coatings} coatings, {found.n_pairs} stacks of two compared; "
        f"pairs whose interface had to be computed: {found.n_pairs_computed}"
    )
    print("layers: from the cathode to the electrolyte; sum: over the contacts; equal stacks have the same rank")
    print_energies(found.energies)


_NUMERIC = {"rank", "worst", "sum", "open worst", "open sum"}
_IMPORTANCE = ("layers", "rank", "worst", "open worst", "weakest contact", "weakest open", "sum", "open sum")
_HEADS = (
    "rank",
    "layers",
    "worst",
    "sum",
    "weakest contact",
    "open worst",
    "open sum",
    "weakest open",
    "above hull",
    "window (V)",
)


def _rows(stacks: Sequence[Stack]) -> list[list[str]]:
    from coatscreen.output import number

    return [
        [
            str(stack.rank),
            " | ".join(layer.coating for layer in stack.layers),
            number(stack.closed.worst_mutual_mev_per_atom, 1),
            number(stack.closed.sum_mutual_mev_per_atom, 1),
            stack.closed.contact or "none",
            number(stack.open.worst_mutual_mev_per_closed_atom, 1),
            number(stack.open.sum_mutual_mev_per_closed_atom, 1),
            stack.open.contact or "none",
            " | ".join(number(layer.energy_above_hull_mev_per_atom, 1, "no phase") for layer in stack.layers),
            " | ".join(_window(layer) for layer in stack.layers),
        ]
        for stack in stacks
    ]


def _flat(found: StacksDocument) -> Iterator[dict[str, Any]]:
    """Yield the stacks of one layer and of two, one row each."""
    for n_layers, stacks in ((1, found.one_layer), (2, found.two_layers)):
        for stack in stacks:
            yield {
                "cathode": found.cathode,
                "electrolyte": found.electrolyte,
                "n_layers": n_layers,
                "rank": stack.rank,
                "layers": " | ".join(layer.coating for layer in stack.layers),
                "closed": stack.closed.model_dump(mode="json"),
                "open": stack.open.model_dump(mode="json"),
            }


def _window(layer: Layer) -> str:
    from coatscreen.output import number

    return f"{number(layer.reduction_limit_v, 2)} to {number(layer.oxidation_limit_v, 2, 'none')}"


def _less(gain: float) -> str:
    from coatscreen.output import number

    return f"{number(abs(gain), 1)} {'more' if gain < 0 else 'less'}"
