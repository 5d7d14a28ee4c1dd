"""``coatscreen reference calibrate``: how far results may be off because the packaged energies are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coatscreen.options import AsJson


def calibrate(
    against: Annotated[Path, typer.Option(help="CSV of DFT formation energies: formula and eV/atom; may be gzipped.")],
    column: Annotated[
        str | None, typer.Option(help="Its column of energies; default the one that names the energies' corrections.")
    ] = None,
    pairs: Annotated[int, typer.Option(min=1, help="Pairs of compounds that react in each half.")] = 400,
    seed: Annotated[int, typer.Option(min=0, help="Of the split in halves, the pairs and the samples.")] = 0,
    output: Annotated[
        Path | None, typer.Option(help="File to write; default the packaged parameters of the installed package.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Calibrate the error model on half of the compounds DFT knows, test it on the other half, and write it.

    Example: coatscreen reference calibrate --against formation_energies.csv.gz
    """
    from coatscreen.output import note, number, print_json, print_table
    from screening.common.errors import InputError
    from screening.common.progress import progress_bar
    from screening.common.provenance import software
    from screening.energies.packaged.packaged_table import PACKAGED_MODEL, packaged_energies
    from screening.uncertainty.energy_errors import model_path
    from screening.validation.calibration.calibration_document import WANTED, calibrate

    name = PACKAGED_MODEL
    path = output or model_path(name)
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent} to write to")
    with progress_bar("reactions") as progress:
        result = calibrate(
            name,
            packaged_energies(),
            against,
            column,
            pairs,
            seed,
            lambda done, all_pairs: progress(done, all_pairs, ""),
        )
    result.to_file(path)
    if as_json:
        data = result.model_dump(mode="json")
        energies = data.pop("energies")
        print_json({**data, "energies": energies, "software": software().model_dump(mode="json")})
        return
    model = result.model
    print(
        f"Error model {model.name}, {model.sha256[:12]}: told from {result.n_calibration} compounds, "
        f"tested on {result.n_test} of other chemical systems, {result.n_pairs} pairs of each; "
        f"errors multiplied by {result.factor:g} to fit the reactions of the former"
    )
    print_table(
        ["kind of pair", "standard deviation (eV/atom)", "pairs"],
        [[key, number(e.sd_ev_per_atom, 3), str(e.n_pairs)] for key, e in model.pair_errors.items()],
        numeric=["pairs"],
    )
    print_table(
        ["chemistry class", "scale of own errors (meV/atom)", "compounds"],
        [[key, number(1000 * e.scale_ev_per_atom, 1), str(e.n_compounds)] for key, e in model.own_errors.items()],
        numeric=["compounds"],
    )
    print(f"degrees of freedom of own errors: {model.freedom_below:g} below zero, {model.freedom_above:g} above")
    print_table(
        [
            "quantity",
            "group",
            "n",
            "in 90 % (%)",
            "in 50 % (%)",
            "width (meV)",
            "error (meV)",
            "|error| (meV)",
            "bias (meV)",
        ],
        [
            [
                row.quantity,
                row.group,
                str(row.n),
                number(100 * row.inside_90, 0),
                number(100 * row.inside_50, 0),
                number(row.median_width_mev_per_atom, 0),
                number(row.median_error_mev_per_atom, 1),
                number(row.median_absolute_error_mev_per_atom, 1),
                number(row.median_bias_mev_per_atom, 1),
            ]
            for row in result.coverage
        ],
        "How often intervals hold the DFT value; medians per atom",
        numeric=["n"],
    )
    for row in result.misses:
        note(
            f"{row.quantity}: {100 * row.inside_90:.1f} % of the 90 % intervals hold the DFT value, "
            f"not {100 * WANTED[0]:.0f} to {100 * WANTED[1]:.0f} %"
        )
    print(f"written to {path}")
