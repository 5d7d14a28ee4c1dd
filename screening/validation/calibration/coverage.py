"""Test of an error model on compounds that it was not calibrated on.

A 90 % interval that is right contains the value of the other energies nine times in ten: of formation energies, of
their differences between near compounds, of energies above the hull, of reactions of pairs of compounds, closed and
open to lithium, and of limits of windows. A probability that is right is the share of cases in which it comes true.
Some of the tests are not independent: a compound occurs in several pairs, and all share the errors of their pairs of
elements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from screening.common.errors import InputError
from screening.uncertainty.energy_errors import ErrorModel
from screening.validation.calibration.calibration import Compound
from screening.validation.calibration.trials import (
    FAR,
    MUTUAL,
    TOTAL,
    Event,
    Hulls,
    Trial,
    draw_pairs,
    is_something,
)

Progress = Callable[[int, int], None]

N_SAMPLES = 100  # of the energies; half as many as usual, of each of many halves
LEAST_REACTIONS = 10  # fewest reactions for a fit; one in ten then lies outside the intervals
REACTIONS = (MUTUAL, TOTAL)
ALL = "all"

_BINS = (0.0, 0.05, 0.2, 0.5, 0.8, 0.95, 1.0)  # of probabilities
_ROUNDING = 1e-9  # an interval from zero to zero contains a value of zero


class Coverage(BaseModel):
    """How often the intervals of one kind of quantity contain the value of the other energies.

    Energies are in meV per atom, those of contacts open to lithium per closed atom; limits of windows in meV per
    lithium atom, which is mV.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    quantity: str = Field(description="the quantity")
    group: str = Field(description="'all', a chemistry class, a family of compounds, or two families")
    n: int = Field(description="how many were tested, in all divisions together")
    inside_90: float = Field(description="fraction of the 90 % intervals that hold the other value")
    inside_90_least: float = Field(description="the same of the division where it is least")
    inside_50: float = Field(description="the same of the 50 % intervals, in all divisions")
    nominal_inside_90: float = Field(description="fraction of the 90 % intervals that hold the nominal value")
    median_width_mev: float = Field(description="median width of the 90 % intervals")
    width_of_errors_mev: float = Field(description="5 to 95 % of the nominal values less the others")
    median_error_mev: float = Field(description="median of the nominal value less the other")
    median_absolute_error_mev: float = Field(description="median of its magnitude")
    median_bias_mev: float = Field(
        description="median of the samples' median less the nominal value: how far sampling moves the middle"
    )


class Reliability(BaseModel):
    """How often what is said to be so with some probability is so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: str = Field(description="the event")
    at_least: float = Field(description="probabilities from here")
    at_most: float = Field(description="to here")
    n: int = Field(description="how many were tested, in all divisions together")
    mean_probability: float = Field(description="mean of the probabilities said")
    share: float = Field(description="fraction of which it is so by the other energies")


class Division(NamedTuple):
    """What was found of one half of the compounds, with a model told from the other half."""

    factor: float  # what the errors were multiplied by
    trials: list[Trial]
    events: list[Event]


def try_half(
    model: ErrorModel,
    known: Sequence[Compound],
    told: Sequence[Compound],
    held: Sequence[Compound],
    n_pairs: int,
    seed: int,
) -> Division:
    """Test an error model on compounds that it was not calibrated on.

    Parameters
    ----------
    model
        The error model, told from `told` and before the factor of :func:`fitting_factor`.
    known
        All compounds that both energies know; the hulls are made of these.
    told, held
        The compounds that the model was calibrated on, and those that it was not.
    n_pairs
        Number of pairs of compounds that react in each half, drawn evenly from all pairs of families.
    seed
        Seed of the pairs and the samples.

    Raises
    ------
    InputError
        If too few of the pairs react.
    """
    errors = model.draw([compound.composition for compound in known], N_SAMPLES, seed)
    factor = fitting_factor(Hulls(known, errors), told, n_pairs, seed)
    hulls = Hulls(known, factor * errors)
    pairs = _reacting_pairs(held, n_pairs, seed)
    found: list[Trial | Event] = [
        *hulls.formation_energies(held),
        *hulls.neighbours(held),
        *hulls.above_hull(held),
        *hulls.reactions(pairs),
        *hulls.open_reactions(pairs),
        *hulls.windows(held),
    ]
    tested = [one for one in found if isinstance(one, Trial)]
    return Division(factor, _distinct(tested), [one for one in found if isinstance(one, Event)])


def fitting_factor(hulls: Hulls, told: Sequence[Compound], n_pairs: int, seed: int) -> float:
    """Return the factor by which errors must grow for nine in ten intervals of reaction energies to hold the others.

    The sizes of errors fitted to formation energies are those of single phases. Errors that phases share beyond those
    of the model cancel in reactions. The factor is determined from reactions of the compounds that the model was
    calibrated on, on the assumption that intervals widen in proportion about the median of the samples.

    Parameters
    ----------
    hulls
        The compounds in samples of the error model, before the factor.
    told
        The compounds that the model was calibrated on.
    n_pairs, seed
        As for :func:`try_half`.

    Raises
    ------
    InputError
        If too few of the pairs react.
    """
    found = [one for one in hulls.reactions(_reacting_pairs(told, n_pairs, seed)) if isinstance(one, Trial)]
    ratios = []
    for one in _distinct(found):
        low, _, middle, _, high = one.cuts
        off = one.other - middle
        ratios.append(off / max(high - middle, 1e-9) if off > 0.0 else off / min(low - middle, -1e-9))
    if len(ratios) < LEAST_REACTIONS:
        raise InputError(
            f"{n_pairs} pairs of compounds gave {len(ratios)} reaction energies to fit; {LEAST_REACTIONS} are needed"
        )
    return float(np.percentile(ratios, 90))


def coverage_of(divisions: Sequence[Division]) -> list[Coverage]:
    """Say how often intervals hold the other value, by quantity and group, in all divisions together."""
    groups: dict[tuple[str, str], list[tuple[int, Trial]]] = {}
    order: dict[str, int] = {}
    for number, division in enumerate(divisions):
        for one in division.trials:
            order.setdefault(one.quantity, len(order))
            groups.setdefault((one.quantity, one.group), []).append((number, one))
            if one.group != FAR:
                groups.setdefault((one.quantity, ALL), []).append((number, one))
    return [
        _coverage(quantity, group, members)
        for (quantity, group), members in sorted(
            groups.items(), key=lambda item: (order[item[0][0]], item[0][1] != ALL, item[0][1])
        )
    ]


def reliability_of(divisions: Sequence[Division]) -> list[Reliability]:
    """Say how often what was said with some probability came true, in all divisions together; first of all alike."""
    by_event: dict[str, list[Event]] = {}
    for division in divisions:
        for one in division.events:
            by_event.setdefault(one.event, []).append(one)
    rows = []
    for event, members in by_event.items():
        said = np.array([one.probability for one in members])
        so = np.array([one.so for one in members])
        bin_of = np.clip(np.digitize(said, _BINS), 1, len(_BINS) - 1)
        for number in range(len(_BINS)):
            held = np.ones(len(said), dtype=bool) if number == 0 else bin_of == number
            if held.any():
                rows.append(
                    Reliability(
                        event=event,
                        at_least=_BINS[max(number - 1, 0)],
                        at_most=_BINS[number or -1],
                        n=int(held.sum()),
                        mean_probability=round(float(said[held].mean()), 3),
                        share=round(float(so[held].mean()), 3),
                    )
                )
    return rows


def _reacting_pairs(compounds: Sequence[Compound], n_pairs: int, seed: int) -> list[tuple[Compound, Compound]]:
    return draw_pairs([compound for compound in compounds if compound.is_near_hull], n_pairs, seed)


def _distinct(found: Iterable[Trial]) -> list[Trial]:
    """Leave out values that are zero in both energies, and a compound that occurs again in another pair."""
    kept: Mapping[tuple[str, str, float, float], Trial] = {
        (one.quantity, one.group, one.other, one.nominal): one for one in found if is_something(one)
    }
    return list(kept.values())


def _coverage(quantity: str, group: str, members: Sequence[tuple[int, Trial]]) -> Coverage:
    division = np.array([number for number, _ in members])
    low, quarter, middle, three_quarters, high = np.array([one.cuts for _, one in members]).T
    other, nominal = np.array([one.other for _, one in members]), np.array([one.nominal for _, one in members])

    def inside(values: NDArray[np.float64], least: NDArray[np.float64], most: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.asarray((values >= least - _ROUNDING) & (values <= most + _ROUNDING))

    def mev(value: float) -> float:
        return round(1000.0 * float(value), 1) + 0.0

    held = inside(other, low, high)
    return Coverage(
        quantity=quantity,
        group=group,
        n=len(members),
        inside_90=round(float(held.mean()), 3),
        inside_90_least=round(min(float(held[division == number].mean()) for number in np.unique(division)), 3),
        inside_50=round(float(inside(other, quarter, three_quarters).mean()), 3),
        nominal_inside_90=round(float(inside(nominal, low, high).mean()), 3),
        median_width_mev=mev(float(np.median(high - low))),
        width_of_errors_mev=mev(float(np.ptp(np.percentile(nominal - other, (5.0, 95.0))))),
        median_error_mev=mev(float(np.median(nominal - other))),
        median_absolute_error_mev=mev(float(np.median(np.abs(nominal - other)))),
        median_bias_mev=mev(float(np.median(middle - nominal))),
    )
