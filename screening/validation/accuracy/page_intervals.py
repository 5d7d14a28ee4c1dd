"""What the page on errors says of intervals: how often they hold the value they are of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from screening.common.provenance import EnergyProvenance
from screening.energies.measured.anchored_table import anchored_energies, anchored_info
from screening.uncertainty.energy_errors import KINDS, PACKAGED
from screening.validation.accuracy.page_tables import markdown_table
from screening.validation.calibration.calibration_document import Calibration, read_calibration
from screening.validation.calibration.coverage import ALL, REACTIONS, Coverage

_HOW = """\
`--uncertainty` draws the energies of all phases from an error model and prints 5 to 95 % of each quantity. The model is
told from compounds whose energy is known from elsewhere too, and tested on compounds it was not told from: they are
divided into halves ten times, each half is tested with a model told from the other, and a chemical system is never
divided. *Against DFT* says how far a number may be from that of DFT with the same corrections, *against measurement*
how far from nature.

*held* is the share of the 90 % intervals that hold the other value, *least* that of the half where it is least,
*nominal* the share that hold the number printed beside them. Energies are in meV per atom, those of contacts open to
lithium (at 2, 3 and 4 V) per closed atom, limits of windows in mV. *errors* is the width from 5 to 95 % of what the
intervals are of: numbers less the other values."""

_RELIABILITY = """\
What is said with some probability, and how often it is so by the other values. *stable* is within 5 meV/atom of the
hull, *reacts* a mutual energy below -1 meV/atom. Measured compounds are nearly all stable among each other, since what
is not made is not measured: there *stable* is more often so than said."""


def packaged_calibrations(energies: Sequence[EnergyProvenance]) -> list[Calibration]:
    """Return the packaged calibrations of some energies, in their order, and of what is anchored on one of them."""
    anchored = anchored_energies()
    if anchored_info().base_sha256 in {one.sha256 for one in energies}:
        energies = [*energies, anchored.provenance]
    every = [read_calibration(path) for path in sorted(PACKAGED.glob("*.json"))]
    every.sort(key=lambda one: KINDS.index(one.model.against))
    return [
        one
        for wanted in energies
        for one in every
        if (one.model.functional, one.model.correction) == (wanted.functional, wanted.correction)
    ]


def interval_sections(calibrations: Sequence[Calibration]) -> Iterable[str]:
    """Yield the sections of the page on intervals; nothing without calibrations."""
    if not calibrations:
        return
    yield "## What intervals hold"
    yield _HOW
    for one in calibrations:
        yield f"### {one.energies.name}, against {one.model.against}"
        yield (
            f"Told from {one.n_compounds} compounds no more than {1000 * one.model.near_hull_ev_per_atom:.0f} meV/atom "
            f"above the hull, against {one.compared_with}; {one.n_divisions} divisions in halves, {one.n_pairs} pairs "
            f"that react in each half, {one.n_samples} samples. Near compositions err alike: correlation "
            f"{one.model.own_correlation:g}, falling by a factor e over {one.model.correlation_length:g} in atomic "
            "fractions."
        )
        yield _table([row for row in one.coverage if row.group == ALL])
        yield "Reactions, by the families of the two compounds:"
        yield _table([row for row in one.coverage if row.group != ALL and row.quantity in REACTIONS])
        yield _RELIABILITY
        yield markdown_table(
            ["event", "said", "n", "mean of it", "is so"],
            [
                [
                    row.event,
                    f"{100 * row.at_least:.0f} to {100 * row.at_most:.0f} %",
                    str(row.n),
                    f"{100 * row.mean_probability:.1f} %",
                    f"{100 * row.share:.1f} %",
                ]
                for row in one.reliability
            ],
        )


def _table(rows: Sequence[Coverage]) -> str:
    return markdown_table(
        ["quantity", "of", "n", "held", "least", "nominal", "median width", "errors", "median error"],
        [
            [
                row.quantity,
                row.group,
                str(row.n),
                f"{100 * row.inside_90:.0f} %",
                f"{100 * row.inside_90_least:.0f} %",
                f"{100 * row.nominal_inside_90:.0f} %",
                f"{row.median_width_mev:.0f}",
                f"{row.width_of_errors_mev:.0f}",
                f"{row.median_absolute_error_mev:.1f}",
            ]
            for row in rows
        ],
    )
