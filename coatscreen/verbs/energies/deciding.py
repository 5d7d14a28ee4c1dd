"""``coatscreen energies deciding``: which energies would decide an undecided ranking."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen import options

if TYPE_CHECKING:
    from screening.searches.deciding.deciding_documents import DecidingEnergies

_PAIRS = 2  # of a phase, in the table


def deciding(
    cathode: options.OnlyCathode = None,
    electrolyte: options.OnlyElectrolyte = None,
    run: options.RunName = None,
    within_mev: Annotated[
        float | None,
        typer.Option(min=0, help="Ask about phases up to so many meV/atom above the hull; default 10."),
    ] = None,
    top: Annotated[int, typer.Option(help="At most so many phases; 0 for all.", min=0)] = 20,
    output: Annotated[
        Path | None, typer.Option(help="JSON file to write, for coatscreen energies missing --deciding.")
    ] = None,
    store: options.Store = "results/coatings",
    as_json: options.AsJson = False,
) -> None:
    """List the phases whose energies, if known, would decide most of a ranking that was run with --uncertainty.

    For every two coatings whose order is undecided: the share of the variance of their difference, over the samples,
    that the drawn error of a phase explains. Known, that energy would make it smaller by as much. The second phase is
    the one that explains most of what the first leaves, and so on.

    Example: coatscreen energies deciding --cathode NCM83 --output deciding.json &&
    coatscreen energies missing --deciding deciding.json --output structures --structures mp_structures.jsonl.gz &&
    coatscreen energies add structures/*.cif --calculator vasp --table vasp_energies.json.gz
    """
    from coatscreen.output import json_text, print_json
    from screening.database import StoreLocation
    from screening.files.content import write_whole
    from screening.searches.deciding.decisions import Decisions
    from screening.searches.missing.needed import default_within_mev
    from workflows.deciding import deciding_of_store

    within = default_within_mev() if within_mev is None else within_mev
    rankings = deciding_of_store(StoreLocation(store), cathode, electrolyte, run, within)
    if top:
        rankings = [one.model_copy(update={"deciding": one.deciding[:top]}) for one in rankings]
    found = Decisions(rankings=rankings)
    if output is not None:
        write_whole(output, json_text(found.model_dump(mode="json")) + "\n")
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    for one in rankings:
        _print(one)


def _print(found: DecidingEnergies) -> None:
    from coatscreen.output import number, print_energies, print_table

    name = f"{found.cathode} against {found.electrolyte}"
    if not found.n_undecided:
        print(f"{name}: the order of all coatings is decided")
        return
    print(
        f"{name}: the order of {found.n_undecided} of {found.n_pairs} pairs of coatings is undecided; {found.n_phases} "
        f"phases up to {found.within_mev_per_atom:g} meV/atom above the hull were asked about"
    )
    if not found.deciding:
        print(f"none explains more of an undecided difference than chance may ({100 * found.chance_share:.0f} %)")
    else:
        print_table(
            ["id", "formula", "space group", "above hull (meV/atom)", "explains (%)", "alone (%)", "pairs", "most of"],
            [
                [
                    one.id,
                    one.formula,
                    str(one.space_group or "-"),
                    number(1000 * one.energy_above_hull_ev_per_atom, 1),
                    number(100 * one.share, 1),
                    number(100 * one.share_alone, 1),
                    str(len(one.decides)),
                    ", ".join(f"{p.better}|{p.worse} {100 * p.share:.0f} %" for p in one.decides[:_PAIRS]),
                ]
                for one in found.deciding
            ],
            "explains: of the variance of the difference of two coatings whose order is undecided, mean over all such "
            "pairs, beyond the phases above; alone: if no other were known; pairs: of how many it explains more than "
            "chance",
            numeric=["space group", "above hull (meV/atom)", "explains (%)", "alone (%)", "pairs"],
        )
    print_energies(found.energies)
