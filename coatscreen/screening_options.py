"""The options of a screening, which ``coatscreen run`` and ``coatscreen submit`` have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from coatscreen.verbs.materials import ENERGIES_HELP

Coatings = Annotated[
    str | None,
    typer.Option(
        help="Comma list of names, formulas or composites such as 0.5Li2CO3+0.5LiNbO3; 'all': all stable Li "
        "compounds without transition metals."
    ),
]
Candidates = Annotated[
    Path | None, typer.Option(help="CSV or JSON written by coatscreen candidates, in place of --coatings.")
]
Cathodes = Annotated[str | None, typer.Option(help="Comma list of names or formulas.")]
Electrolytes = Annotated[
    str | None, typer.Option(help="Comma list of names, formulas, or glasses such as 0.75Li2S-0.25P2S5@30meV.")
]
Lithiation = Annotated[
    str | None,
    typer.Option(help="Comma list: lithium contents of the cathodes screened besides full and half, such as 0.3."),
]
Energies = Annotated[str | None, typer.Option(help=ENERGIES_HELP)]
PreferMu = Annotated[
    str | None, typer.Option(help="Lithium potential where the literature has one too: 'cited' or 'computed'.")
]
Catalogue = Annotated[str | None, typer.Option(help="Comma list of YAML files with your own materials.")]
Config = Annotated[Path | None, typer.Option(help="YAML or TOML file with the same options.")]


def given_options(
    *,
    coatings: str | None,
    candidates: Path | None,
    cathodes: str | None,
    electrolytes: str | None,
    lithiation: str | None,
    energies: str | None,
    prefer_mu: str | None,
    uncertainty: bool,
    samples: int | None,
    seed: int | None,
    catalogue: str | None,
) -> dict[str, Any]:
    """Return the options as settings by name; None where one is not given."""
    return {
        "coatings": coatings,
        "candidates": None if candidates is None else str(candidates),
        "cathodes": cathodes,
        "electrolytes": electrolytes,
        "lithiation": lithiation,
        "energies": energies,
        "prefer_mu": prefer_mu,
        "uncertainty": uncertainty or None,
        "samples": samples,
        "seed": seed,
        "catalogue": catalogue,
    }
