"""The options that several verbs have, each declared once; an option that only one verb has is declared there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from coatscreen.forms import Format, usable
from screening.common.sampling_defaults import LEAST_SAMPLES, N_SAMPLES, SEED


def _print_version(asked: bool) -> None:
    if asked:
        from screening.common.provenance import software
        from screening.hull.compiled.core import core_name

        print(f"coatscreen {software().coatscreen}, {core_name()}")
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version.")]

# -- how results are printed ------------------------------------------------------------------------------

OutputFormat = Annotated[
    Format, typer.Option("--format", callback=usable, help="How to print; parquet and xlsx go into a file: > FILE.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

# -- where the energies come from -------------------------------------------------------------------------

_ENERGIES = (
    "'reference', 'reference:sevennet', 'reference:r2scan', 'reference:measured', "
    "'mp' (the Materials Project), a file (a set of phases, "
    "pymatgen entries or a CSV of formation energies), or several of one scale joined by '+'."
)
Energies = Annotated[str, typer.Option(help=_ENERGIES, envvar="COATSCREEN_ENERGIES")]


class DoubtfulPhases(StrEnum):
    """What is done with phases whose energies are doubtful."""

    keep = "keep"
    drop = "drop"


_DOUBTFUL = typer.Option("--doubtful", help="Phases whose energies are doubtful: drop them, or keep them.")
Doubtful = Annotated[DoubtfulPhases, _DOUBTFUL]
ScreeningDoubtful = Annotated[DoubtfulPhases | None, _DOUBTFUL]
Model = Annotated[str, typer.Option(help="Model of the energies: chgnet-0.3.0, chgnet-r2scan or sevennet-l3i5.")]
Elements = Annotated[
    str | None, typer.Option(help="Take phases of these elements alone: 'Li P S' or Li,P,S; default all.")
]


class Kind(StrEnum):
    """What the errors of energies are counted from."""

    dft = "DFT"
    measurement = "measurement"


# -- samples of the energies ------------------------------------------------------------------------------

Uncertainty = Annotated[
    bool, typer.Option("--uncertainty", help="Say how far each number may be off, from samples of the energies.")
]
Samples = Annotated[
    int | None, typer.Option("--samples", min=LEAST_SAMPLES, help=f"How many, with --uncertainty; default {N_SAMPLES}.")
]
SamplingSeed = Annotated[
    int | None, typer.Option("--seed", min=0, help=f"Which samples, with --uncertainty; default {SEED}.")
]
Against = Annotated[
    Kind | None,
    typer.Option(
        "--against",
        case_sensitive=False,
        help="How far from DFT with the same corrections, or from measurement (wider), with --uncertainty; default DFT "
        "where that is known.",
    ),
]

# -- one material, or two neighbours ----------------------------------------------------------------------

Material = Annotated[
    str,
    typer.Argument(
        help="Formula, name, cathode at a state of charge such as NCM83:half, glass such as 1.5Li2S-0.5P2S5-LiI, any "
        "of them 30 meV/atom above the hull as NAME@30meV, or composite such as 0.5Li2CO3+0.5LiNbO3."
    ),
]
CathodeName = Annotated[
    str,
    typer.Argument(
        help="Name of the catalogue, or a formula with the working ion; with the id of its phase as LiFePO4#mp-19017."
    ),
]
WorkingIon = Annotated[
    str, typer.Option("--ion", help="Working ion: Li, Na, K or Mg. Voltages are counted against its metal.")
]
SWEEP = typer.Option("--sweep", help="LOW:HIGH or LOW:HIGH:STEP: open to Li at these voltages, V; the step is 0.1.")
Cathode = Annotated[str | None, typer.Option(help="Name or formula of the cathode.")]
Electrolyte = Annotated[str | None, typer.Option(help="Name or formula of the electrolyte.")]
OnlyCathode = Annotated[str | None, typer.Option("--cathode", help="Only this cathode.")]
OnlyElectrolyte = Annotated[str | None, typer.Option("--electrolyte", help="Only this electrolyte.")]

# -- a screening; None means that a file of options or the default says -----------------------------------

Coatings = Annotated[
    str | None,
    typer.Option(
        help="Comma list of names, formulas or composites such as 0.5Li2CO3+0.5LiNbO3; 'catalogue': all of it; 'all': "
        "all stable Li compounds without transition metals."
    ),
]
Candidates = Annotated[
    Path | None,
    typer.Option(help="CSV, JSON or text of formulas, as coatscreen candidates writes; in place of --coatings."),
]
Exclude = Annotated[str | None, typer.Option(help="Comma list: no compound of one of these.")]
Cathodes = Annotated[str | None, typer.Option(help="Comma list of names or formulas.")]
Electrolytes = Annotated[
    str | None, typer.Option(help="Comma list of names, formulas, or glasses such as 0.75Li2S-0.25P2S5@30meV.")
]
Lithiation = Annotated[
    str | None,
    typer.Option(help="Comma list: further states of charge of cathodes, as lithium per formula unit, such as 0.3."),
]
ScreeningEnergies = Annotated[str | None, typer.Option("--energies", help=_ENERGIES)]
Voltage = Annotated[
    str | None,
    typer.Option(help="Comma list: V against Li/Li+ at which contacts are opened to lithium, in place of 2.9 and 4.3."),
]
FilmThickness = Annotated[
    float | None,
    typer.Option("--film-thickness-nm", help="Thickness of the coatings, nm, for their resistance; default 10."),
]
FilmArea = Annotated[
    float | None,
    typer.Option("--film-area-ratio", help="Coated area over the cell's area, for the resistance; default 50."),
]
TableFolder = Annotated[Path, typer.Option("--output", help="Folder the table is written to.")]
Journal = Annotated[
    Path | None, typer.Option("--work", help="Folder of the journal; default build/NAME beside the output.")
]
Processes = Annotated[
    int | None, typer.Option("--processes", min=1, help="Worker processes; default one for each core.")
]
OnlyComputed = Annotated[
    bool, typer.Option("--partial", help="Compute nothing more: leave out, and count, what is not computed yet.")
]
Catalogue = Annotated[str | None, typer.Option(help="Comma list of YAML files with your own materials.")]
Config = Annotated[Path | None, typer.Option(help="YAML or TOML file with the same options.")]

# -- where work is done and kept --------------------------------------------------------------------------

_STORE = "Folder of the database, a mongodb:// URI, or a site's folder."
Store = Annotated[str, typer.Option(help=_STORE, envvar="COATSCREEN_STORE")]
ScreeningStore = Annotated[str | None, typer.Option("--store", help=_STORE)]
_WORKERS = typer.Option("--workers", min=1, help="Processes.")
Workers = Annotated[int, _WORKERS]
ScreeningWorkers = Annotated[int | None, _WORKERS]
OrderingSeed = Annotated[int, typer.Option("--seed", min=0, help="Names another set of orderings.")]

RunName = Annotated[str | None, typer.Option("--run", help="Only this run, by name or id; see coatscreen runs list.")]
Sort = Annotated[
    str,
    typer.Option(
        help="What comes first: rank, tier, pareto, or any quantity, such as cost or gain_over_bare_mev_per_atom; "
        "the ranks stay."
    ),
]
TopCoatings = Annotated[int, typer.Option("--top", help="At most so many coatings; 0 for all.", min=0)]
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
    "doubtful",
    "voltage",
    "uncertainty",
    "samples",
    "seed",
    "against",
    "film_thickness_nm",
    "film_area_ratio",
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
        "against": None if given["against"] is None else given["against"].value,
    }


def chosen_energies(energies: str, doubtful: DoubtfulPhases) -> str:
    """Return the source of the energies that a verb was asked for, with or without doubtful phases."""
    from screening.energies.source import with_doubtful_phases

    return energies if doubtful == DoubtfulPhases.drop else with_doubtful_phases(energies)


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
