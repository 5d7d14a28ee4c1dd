"""``coatscreen reference calibrate``: how far results may be off because the packaged energies are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coatscreen.options import AsJson


def calibrate(
    against: Annotated[
        str,
        typer.Option(help="CSV of DFT formation energies: formula and eV/atom, may be gzipped; or 'measurement'."),
    ],
    energies: Annotated[
        str, typer.Option(help="The packaged energies to calibrate: reference, reference:sevennet or another.")
    ] = "reference",
    column: Annotated[
        str | None, typer.Option(help="Its column of energies; default the one that names the energies' corrections.")
    ] = None,
    pairs: Annotated[int, typer.Option(min=1, help="Pairs of compounds that react in each half.")] = 200,
    divisions: Annotated[int, typer.Option(min=1, help="Divisions in halves; each half is tested.")] = 10,
    seed: Annotated[int, typer.Option(min=0, help="Of the first division, its pairs and samples.")] = 0,
    output: Annotated[
        Path | None, typer.Option(help="File to write; default the packaged parameters of the installed package.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Calibrate the error model of packaged energies, test it on compounds held back, and write it.

    The compounds that DFT or measurement knows are divided into halves several times, and each half is tested with a
    model told from the other. The parameters written are told from all. Measured are the formation enthalpies that
    pymatgen packages; of energies anchored on them, compounds held back are compared.

    Example: coatscreen reference calibrate --energies reference:sevennet --against formation_energies.csv.gz

    Example: coatscreen reference calibrate --energies reference:measured --against measurement
    """
    from coatscreen.output import note, number, print_json, print_table
    from screening.common.errors import InputError, nearest
    from screening.common.progress import progress_bar
    from screening.common.provenance import software
    from screening.energies.measured.anchored_table import SOURCE as ANCHORED
    from screening.energies.potentials.models import SOURCES
    from screening.energies.source import PACKAGED_SOURCES, open_energies, with_doubtful_phases
    from screening.uncertainty.energy_errors import model_path
    from screening.validation.anchoring import held_out_energies
    from screening.validation.calibration.calibration_document import WANTED, calibrate, calibrate_on_measurement

    if energies not in PACKAGED_SOURCES:
        raise InputError(
            f"no packaged energies {energies!r}{nearest(energies, PACKAGED_SOURCES)}; there are "
            f"{', '.join(PACKAGED_SOURCES)}"
        )
    measured = against == "measurement"
    if energies == ANCHORED and not measured:
        raise InputError(f"{energies} aims at measurement: --against measurement")
    if measured and column is not None:
        raise InputError("--column is of a file, not of measured enthalpies")
    name = SOURCES.get(energies, "anchored")
    path = output or model_path(name, "measurement" if measured else "DFT")
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent} to write to")
    phases = open_energies(with_doubtful_phases(energies))
    with progress_bar("halves") as bar:

        def progress(done: int, halves: int) -> None:
            bar(done, halves, "")

        if measured:
            computed = held_out_energies() if energies == ANCHORED else None
            result = calibrate_on_measurement(name, phases, computed, pairs, divisions, seed, progress)
        else:
            result = calibrate(name, phases, Path(against), column, pairs, divisions, seed, progress)
    result.to_file(path)
    if as_json:
        data = result.model_dump(mode="json")
        provenance = data.pop("energies")
        print_json({**data, "energies": provenance, "software": software().model_dump(mode="json")})
        return
    model = result.model
    print(
        f"Error model {model.name} against {model.against}, {model.sha256[:12]}: told from {result.n_compounds} "
        f"compounds, tested on {2 * result.n_divisions} halves, {result.n_pairs} pairs of each; errors of halves "
        f"multiplied by {min(result.factors):g} to {max(result.factors):g} to fit their reactions"
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
    factors = ", ".join(f"{factor:g} for {n} elements" for n, factor in model.own_by_elements.items())
    print(
        f"own errors times {factors} and more; correlation of near compositions {model.own_correlation:g}, falling by "
        f"e over {model.correlation_length:g}; degrees of freedom {model.freedom_below:g} below zero, "
        f"{model.freedom_above:g} above"
    )
    print_table(
        ["quantity", "group", "n", "in 90 % (%)", "least half (%)", "in 50 % (%)", "width (meV)", "|error| (meV)"],
        [
            [
                row.quantity,
                row.group,
                str(row.n),
                number(100 * row.inside_90, 0),
                number(100 * row.inside_90_least, 0),
                number(100 * row.inside_50, 0),
                number(row.median_width_mev, 0),
                number(row.median_absolute_error_mev, 1),
            ]
            for row in result.coverage
        ],
        f"How often intervals hold the value of {model.against}; medians per atom (limits of windows: lithium atom)",
        numeric=["n"],
    )
    print_table(
        ["event", "probability said", "n", "mean of it", "came true"],
        [
            [
                row.event,
                f"{row.at_least:g} to {row.at_most:g}",
                str(row.n),
                number(row.mean_probability, 2),
                number(row.share, 2),
            ]
            for row in result.reliability
        ],
        "How often what is said with some probability comes true",
        numeric=["n"],
    )
    for row in result.misses:
        note(
            f"{row.quantity}: {100 * row.inside_90:.1f} % of the 90 % intervals hold the other value, "
            f"not {100 * WANTED[0]:.0f} to {100 * WANTED[1]:.0f} %"
        )
    print(f"written to {path}")
