"""``coatscreen reference anchor``: the energies anchored on measured formation enthalpies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coatscreen.options import AsJson


def anchor(
    output: Annotated[Path, typer.Option(help="Folder the two files are written to.")] = Path("measured"),
    as_json: AsJson = False,
) -> None:
    """Correct the packaged r2SCAN energies by what measured compounds tell, and say how far held-out ones are off.

    What it writes is packaged, as the energies reference:measured.

    Example: coatscreen reference anchor --output measured
    """
    from coatscreen.output import print_json, print_table, say
    from screening.energies.measured.anchored_table import BASE
    from screening.validation.anchoring import build_anchored

    info = build_anchored(output, BASE)
    if as_json:
        return print_json(info.model_dump(mode="json"))
    print_table(
        ["compounds", "n", "before", "median", "held out", "median", "system held out", "median"],
        [
            [
                name,
                str(found.n),
                f"{found.before_mean_mev_per_atom:.0f}",
                f"{found.before_median_mev_per_atom:.0f}",
                f"{found.by_compound_mean_mev_per_atom:.0f}",
                f"{found.by_compound_median_mev_per_atom:.0f}",
                f"{found.by_system_mean_mev_per_atom:.0f}",
                f"{found.by_system_median_mev_per_atom:.0f}",
            ]
            for name, found in info.held_out.items()
        ],
        "Formation energies against measured enthalpies, mean absolute error, meV/atom",
    )
    reactions = info.reactions
    return say(
        f"{reactions.n} reactions between measured compounds: {reactions.before_mean_mev_per_atom:.0f} before, "
        f"{reactions.after_mean_mev_per_atom:.0f} meV/atom held out (medians "
        f"{reactions.before_median_mev_per_atom:.0f}, {reactions.after_median_mev_per_atom:.0f})"
    )
