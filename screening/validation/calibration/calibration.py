"""Fit of the parameters of an error model to compounds for which both our energies and DFT energies are known.

The compounds are split into two halves by chemical system. So no polymorph or neighbour of a compound used in the fit
is among those the model is tested on (:mod:`screening.validation.calibration.coverage`).

The fit is by expectation maximisation: given the sizes of the errors, the weights of all pairs of elements have a
normal distribution; given that distribution, the sizes are chosen that make the observed errors most likely. Student's
t distribution enters as a normal distribution whose variance differs from compound to compound. How far near
compositions err alike is then found from what is left (:mod:`screening.validation.calibration.likeness`). Only
formation energies are fitted. How errors combine in reactions is a prediction of the model, except for one factor
(:func:`screening.validation.calibration.coverage.fitting_factor`).

References
----------
C. Liu and D. Rubin, Stat. Sinica 5, 19 (1995) (the t distribution by expectation maximisation);
D. MacKay, Neural Comput. 4, 415 (1992) (the sizes of weights).
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from screening.chemistry.classes import chemistry_class
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError, nearest
from screening.common.provenance import EnergyScale
from screening.equilibrium.reactant import Reactant
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet
from screening.uncertainty.energy_errors import (
    MANY_ELEMENTS,
    Against,
    ErrorModel,
    OwnError,
    PairError,
    number_of_elements,
)
from screening.uncertainty.pairs import kind, pairs
from screening.validation.accuracy.formation import formation_pairs
from screening.validation.accuracy.formation_tables import FormationTable
from screening.validation.calibration.likeness import near_correlation

Floats = NDArray[np.float64]

NEAR_HULL_EV_PER_ATOM = 0.1  # compounds further above the hull are hardly ever made, and have larger errors
LEAST_COMPOUNDS = 100  # in each half; fewer do not determine a distribution

_ROUNDS = 100  # of expectation maximisation; the parameters change by less than 1 % in the last half of them
_FREEDOMS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0, 30.0)
_LEAST_VARIANCE = 1e-8  # of the weights of a kind of pair, (eV/atom)^2: practically zero
_AS_PAIRS = 3.0  # in the size of each kind, the mean over all kinds has the weight of this many pairs
_AS_COMPOUNDS = 10.0  # in the scale of each class, the mean over all classes has the weight of this many compounds


class Compound(NamedTuple):
    """A compound for which both our energy and the DFT energy are known."""

    formula: str  # reduced formula
    composition: Mapping[str, float]
    energy: float  # formation energy of its lowest phase, eV/atom
    dft_energy: float  # formation energy by DFT, eV/atom
    above_hull: float  # energy above the hull of all these compounds, eV/atom

    @property
    def error(self) -> float:
        """DFT energy minus ours, eV/atom: the correction that would make our energy right."""
        return self.dft_energy - self.energy

    @property
    def is_near_hull(self) -> bool:
        """Whether the compound is near enough to the hull to occur in practice; only such compounds enter the fit."""
        return self.above_hull <= NEAR_HULL_EV_PER_ATOM


def compounds_in_common(
    phases: PhaseSet, table: FormationTable, energies: Mapping[str, float] | None = None
) -> list[Compound]:
    """Return the compounds that both know, each with its lowest-energy phase, in the order of their formulas.

    Parameters
    ----------
    phases
        The energies.
    table
        The others.
    energies
        Formation energies by formula, eV/atom, in place of those of the set; compounds not named are left out.
    """
    found = sorted(formation_pairs(phases, table))
    if energies is not None:
        found = [pair._replace(ours=energies[pair.name]) for pair in found if pair.name in energies]
    inside = formation_phases({pair.name: pair.ours for pair in found})
    return [
        Compound(
            formula=pair.name,
            composition=parse_formula(pair.name),
            energy=pair.ours,
            dft_energy=pair.theirs,
            above_hull=Reactant(inside, pair.name).energy_above_hull,
        )
        for pair in found
    ]


def formation_phases(energies: Mapping[str, float]) -> PhaseSet:
    """Make a set of phases from formation energies, eV/atom, keyed by formula; the elements are at zero."""
    elements = sorted({element for formula in energies for element in parse_formula(formula)})
    scale = EnergyScale(name="formation energies", version="", functional="", correction="")
    zero = dict.fromkeys(elements, 0.0)
    return PhaseSet(
        scale, [Phase(id=name, formula=name, energy_ev_per_atom=e) for name, e in {**zero, **energies}.items()]
    )


def choose_table(tables: Sequence[FormationTable], phases: PhaseSet, column: str | None = None) -> FormationTable:
    """Return the table to calibrate with: the column asked for, or the one with the corrections of the energies.

    Raises
    ------
    InputError
        If there is no such column, or none or several name the scheme of the corrections.
    """
    by_column = {table.name.rpartition(": ")[2]: table for table in tables}
    if column is not None:
        if column not in by_column:
            raise InputError(f"no column {column!r} of formation energies{nearest(column, by_column)}")
        return by_column[column]
    if len(tables) == 1:
        return tables[0]
    corrections = re.findall(r"\w+", phases.scale.correction.casefold())
    fitting = [name for name in by_column if set(name.casefold().split("_")) & set(corrections)]
    if len(fitting) != 1:
        raise InputError(
            f"which of the columns {', '.join(by_column)} has the corrections of the energies "
            f"({phases.scale.correction})? Name it with --column"
        )
    return by_column[fitting[0]]


def split(compounds: Sequence[Compound], seed: int = 0) -> tuple[list[Compound], list[Compound]]:
    """Split compounds into two halves, for calibration and for the test; a chemical system is never divided.

    Raises
    ------
    InputError
        If a half is too small to determine a distribution.
    """
    halves: tuple[list[Compound], list[Compound]] = ([], [])
    for compound in compounds:
        system = "-".join(sorted(compound.composition))
        halves[hashlib.blake2b(f"{seed} {system}".encode(), digest_size=1).digest()[0] % 2].append(compound)
    if min(map(len, halves)) < LEAST_COMPOUNDS:
        raise InputError(
            f"{len(compounds)} compounds known to both the energies and DFT are too few to calibrate and test "
            f"an error model: {LEAST_COMPOUNDS} are needed in each half"
        )
    return halves


def fit(
    name: str, version: str, phases: PhaseSet, compounds: Sequence[Compound], against: Against = "DFT"
) -> ErrorModel:
    """Find the parameters of the error model that make the errors of the compounds most likely.

    Parameters
    ----------
    name, version
        Name and version of the model.
    phases
        The energies; the model is for their scale.
    compounds
        The compounds to fit; those far above the hull are left out.
    against
        What their other energies are.
    """
    compounds = [compound for compound in compounds if compound.is_near_hull]
    counted = [pairs(compound.composition) for compound in compounds]
    column = {pair: number for number, pair in enumerate(sorted({pair for held in counted for pair in held}))}
    products = np.zeros((len(compounds), len(column)))
    for row, held in enumerate(counted):
        for pair, product in held.items():
            products[row, column[pair]] = product
    kinds, kind_of = _numbered([kind(pair) for pair in column])
    classes, class_of = _numbered([chemistry_class(compound.composition) for compound in compounds])
    numbers = [str(number) for number in range(2, MANY_ELEMENTS + 1)]
    number_of = np.array([numbers.index(number_of_elements(compound.composition)) for compound in compounds])
    sizes = _maximise(products, kind_of, class_of, number_of, np.array([compound.error for compound in compounds]))
    alike = near_correlation([compound.composition for compound in compounds], sizes.scores)
    pair_counts, class_counts = np.bincount(kind_of).tolist(), np.bincount(class_of).tolist()
    return ErrorModel(
        name=name,
        version=version,
        functional=phases.scale.functional,
        correction=phases.scale.correction,
        against=against,
        elements=tuple(sorted({element for compound in compounds for element in compound.composition})),
        pair_errors={
            key: PairError(sd_ev_per_atom=round(math.sqrt(variance), 4), n_pairs=count)
            for key, variance, count in zip(
                [*kinds, "other"], [*sizes.kinds, sizes.all_kinds], [*pair_counts, len(column)], strict=True
            )
        },
        own_errors={
            key: OwnError(scale_ev_per_atom=round(math.sqrt(variance), 4), n_compounds=count)
            for key, variance, count in zip(
                [*classes, "other"], [*sizes.classes, sizes.all_classes], [*class_counts, len(compounds)], strict=True
            )
        },
        own_by_elements={
            number: round(math.sqrt(square), 3) for number, square in zip(numbers, sizes.numbers, strict=True)
        },
        own_correlation=alike.correlation,
        correlation_length=alike.length,
        near_hull_ev_per_atom=NEAR_HULL_EV_PER_ATOM,
        freedom_below=sizes.freedom[0],
        freedom_above=sizes.freedom[1],
    )


class _Sizes(NamedTuple):
    kinds: list[float]  # variance of the weights of each kind of pair; all_kinds: of all kinds together
    all_kinds: float
    classes: list[float]  # squared scale of the own errors of each class; all_classes: of all classes together
    all_classes: float
    numbers: list[float]  # squared factor of the own errors by number of elements
    freedom: tuple[float, float]  # degrees of freedom for errors below and above zero
    scores: Floats  # the own error of each compound as a normal score


def _maximise(
    products: Floats,
    kind_of: NDArray[np.intp],
    class_of: NDArray[np.intp],
    number_of: NDArray[np.intp],
    errors: Floats,
) -> _Sizes:
    """Find the most likely sizes by expectation maximisation; `products` is (compounds, pairs)."""
    n_kinds, n_classes, n_numbers = int(kind_of.max()) + 1, int(class_of.max()) + 1, MANY_ELEMENTS - 1
    spread = float(np.median(np.abs(errors))) ** 2
    all_kinds, all_classes, freedom = 100.0 * spread, spread, (3.0, 3.0)
    kinds, classes, numbers = np.full(n_kinds, all_kinds), np.full(n_classes, all_classes), np.ones(n_numbers)
    likeness = np.ones(len(errors))  # weight of each compound's error, which is small if the error is large
    left = errors
    for _ in range(_ROUNDS):
        scales = classes[class_of] * numbers[number_of]
        precision = likeness / scales
        covariance = np.linalg.inv((products.T * precision) @ products + np.diag(1.0 / kinds[kind_of]))
        weights = covariance @ (products.T @ (precision * errors))
        told = 1.0 - np.diag(covariance) / kinds[kind_of]  # how far the data determine each weight, 0 to 1
        squares, counts = np.bincount(kind_of, weights**2, n_kinds), np.bincount(kind_of, told, n_kinds)
        all_kinds = float(squares.sum() / max(counts.sum(), 1.0))
        kinds = np.maximum((squares + _AS_PAIRS * all_kinds) / (counts + _AS_PAIRS), _LEAST_VARIANCE)
        left = errors - products @ weights
        own = left**2 + ((products @ covariance) * products).sum(axis=1)
        above = left > 0.0
        ratios = own / scales
        freedom = _likeliest_freedom(ratios[~above]), _likeliest_freedom(ratios[above])
        degrees = np.where(above, freedom[1], freedom[0])
        likeness = (degrees + 1.0) / (degrees + ratios)
        by_class = likeness * own / numbers[number_of]
        all_classes = float(by_class.mean())
        classes = _drawn_towards(all_classes, by_class, class_of, n_classes)
        numbers = _drawn_towards(1.0, likeness * own / classes[class_of], number_of, n_numbers)
    scales = classes[class_of] * numbers[number_of]
    scores = norm.ppf(t.cdf(left / np.sqrt(scales), np.where(left > 0.0, freedom[1], freedom[0])))
    return _Sizes(kinds.tolist(), all_kinds, classes.tolist(), all_classes, numbers.tolist(), freedom, scores)


def _drawn_towards(common: float, values: Floats, group_of: NDArray[np.intp], n_groups: int) -> Floats:
    """Return the mean of each group, that of a small one drawn towards what all have in common."""
    summed, members = np.bincount(group_of, values, n_groups), np.bincount(group_of, minlength=n_groups)
    return np.asarray((summed + _AS_COMPOUNDS * common) / (members + _AS_COMPOUNDS))


def _likeliest_freedom(ratios: Floats) -> float:
    """Return the degrees of freedom for which squared errors, in units of the squared scale, are most likely."""

    def log_likelihood(freedom: float) -> float:
        norm = math.lgamma((freedom + 1.0) / 2.0) - math.lgamma(freedom / 2.0) - 0.5 * math.log(freedom)
        return float((norm - (freedom + 1.0) / 2.0 * np.log1p(ratios / freedom)).sum())

    return max(_FREEDOMS, key=log_likelihood)


def _numbered(names: Sequence[str]) -> tuple[list[str], NDArray[np.intp]]:
    """Return the distinct names in order, and the index of each name among them."""
    distinct = sorted(set(names))
    return distinct, np.array([distinct.index(name) for name in names])
