"""The options of a screening, which ``coatscreen run`` and ``coatscreen submit`` have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

Thresholds = Annotated[
    list[str] | None,
    typer.Option("--threshold", help="NAME=VALUE: another threshold for a criterion or quantity; may be repeated."),
]


_NAMES = (
    "coatings",
    "candidates",
    "cathodes",
    "electrolytes",
    "lithiation",
    "energies",
    "prefer_mu",
    "uncertainty",
    "samples",
    "seed",
    "catalogue",
)


def given_options(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return a verb's options of a screening as settings by name; None where one is not given."""
    given = {name: arguments[name] for name in _NAMES}
    candidates = given["candidates"]
    return {
        **given,
        "candidates": None if candidates is None else str(candidates),
        "uncertainty": given["uncertainty"] or None,
    }


def read_thresholds(given: Sequence[str]) -> dict[str, float]:
    """Read the values of ``--threshold``.

    Raises
    ------
    InputError
        If one is not ``NAME=VALUE`` with a number.
    """
    from screening.common.errors import InputError

    thresholds = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.rpartition("="))
        if not equals:
            raise InputError(f"--threshold {text!r}: write NAME=VALUE")
        try:
            thresholds[name] = float(value)
        except ValueError:
            raise InputError(f"--threshold {text!r}: {value!r} is not a number") from None
    return thresholds
