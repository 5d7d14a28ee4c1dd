"""A test whether the intervals of an error model contain the DFT values.

The test uses formation energies, energies above the hull and reaction energies of compounds that the model was not
calibrated on, in a hull of the compounds that both our energies and DFT know. Of the nominal 90 % intervals nine in ten
should contain the DFT value. Quantities that are zero in both (no reaction, on the hull) are left out, since any
interval would contain them. Compounds far above the hull, which the model is not made for, are tested separately.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.classes import ChemistryClass, chemistry_class
from screening.common.errors import InputError
from screening.common.sampling_defaults import N_SAMPLES
from screening.equilibrium.interface import Interface
from screening.equilibrium.reactant import clean
from screening.phases.phase_set import PhaseSet
from screening.uncertainty.energy_errors import ErrorModel
from screening.validation.calibration.calibration import Compound, formation_phases

Progress = Callable[[int, int], None]

ZERO_EV_PER_ATOM = 1e-3  # smaller energies count as no reaction
MOST_ELEMENTS = 9  # largest number of elements in a pair of compounds
LEAST_REACTIONS = 10  # fewest reactions for a fit; one in ten then lies outside the intervals
REACTIONS = ("mutual reaction energy", "total reaction energy")
ALL = "all"
FAR = "all further above the hull"  # compounds that the model is not calibrated for; they are not part of "all"

_FAMILIES: dict[ChemistryClass, str] = {
    "oxide": "oxide",
    "transition-metal oxide": "oxide",
    "polyanionic oxide": "oxide",
    "sulfide": "sulfide",
    "thiophosphate": "sulfide",
    "halide": "halide",
    "mixed anion": "mixed anion",
}
_OTHER_FAMILY = "intermetallic and other"
_TRIES = 100  # most draws for each pair wanted; few draws are refused


class Coverage(BaseModel):
    """How often the intervals of one kind of quantity contain the DFT value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quantity: str = Field(description="formation energy, energy above hull, mutual or total reaction energy")
    group: str = Field(description="'all', a chemistry class, or two families of compounds")
    n: int = Field(description="how many were tested")
    inside_90: float = Field(description="fraction of the 90 % intervals that hold the DFT value")
    inside_50: float = Field(description="the same of the 50 % intervals")
    median_width_mev_per_atom: float = Field(description="median width of the 90 % intervals, meV/atom")
    median_error_mev_per_atom: float = Field(description="median of the nominal value less that of DFT, meV/atom")
    median_absolute_error_mev_per_atom: float = Field(description="median of its magnitude, meV/atom")
    median_bias_mev_per_atom: float = Field(
        description="median of the samples' median less the nominal value, meV/atom: how far sampling moves the middle"
    )


class _Tested(NamedTuple):
    quantity: str
    group: str
    dft: float  # DFT value, eV/atom
    nominal: float
    samples: NDArray[np.float64]


def measure_coverage(
    model: ErrorModel,
    known: Sequence[Compound],
    tested: Sequence[Compound],
    n_pairs: int,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Coverage]:
    """Test an error model on compounds it was not calibrated on.

    Parameters
    ----------
    model
        The error model.
    known
        All compounds that both the energies and DFT know; the hulls are made of these.
    tested
        The compounds that the model was not calibrated on.
    n_pairs
        Number of pairs of compounds that react, drawn evenly from all pairs of families.
    seed
        Seed of the pairs and the samples.
    progress
        Called with the number of pairs done and the number of all pairs.
    """
    found = [
        *_formation_energies(model, tested, seed),
        *_reactions(model, known, tested, n_pairs, seed, progress),
    ]
    groups: dict[tuple[str, str], list[_Tested]] = {}
    for t in _distinct(found):
        groups.setdefault((t.quantity, t.group), []).append(t)
        if t.group != FAR:
            groups.setdefault((t.quantity, ALL), []).append(t)
    order = list(dict.fromkeys(t.quantity for t in found))
    return [
        _coverage(quantity, group, members)
        for (quantity, group), members in sorted(
            groups.items(), key=lambda item: (order.index(item[0][0]), item[0][1] != ALL, item[0][1])
        )
    ]


def fitting_factor(
    model: ErrorModel,
    known: Sequence[Compound],
    told: Sequence[Compound],
    n_pairs: int,
    seed: int = 0,
    progress: Progress | None = None,
) -> float:
    """Return the factor by which errors must grow for nine in ten intervals of reaction energies to contain DFT.

    The sizes of errors fitted to formation energies are those of single phases. Errors that phases share beyond those
    of their pairs of elements cancel in reactions. The factor is determined from reactions of the compounds that the
    model was calibrated on, on the assumption that intervals widen in proportion about the median of the samples.

    Parameters
    ----------
    model
        The error model, before the factor.
    known
        All compounds that both the energies and DFT know.
    told
        The compounds that the model was calibrated on.
    n_pairs, seed, progress
        As for :func:`measure_coverage`.

    Raises
    ------
    InputError
        If too few of the pairs react.
    """
    ratios = []
    for t in _distinct(_reactions(model, known, told, n_pairs, seed, progress)):
        if t.quantity in REACTIONS:
            low, middle, high = np.percentile(t.samples, (5, 50, 95))
            off = t.dft - middle
            ratios.append(off / max(high - middle, 1e-9) if off > 0.0 else off / min(low - middle, -1e-9))
    if len(ratios) < LEAST_REACTIONS:
        raise InputError(
            f"{n_pairs} pairs of compounds gave {len(ratios)} reaction energies to fit; {LEAST_REACTIONS} are needed"
        )
    return float(np.percentile(ratios, 90))


def _reactions(
    model: ErrorModel,
    known: Sequence[Compound],
    tested: Sequence[Compound],
    n_pairs: int,
    seed: int,
    progress: Progress | None,
) -> Iterator[_Tested]:
    drawn = draw_pairs([compound for compound in tested if compound.is_near_hull], n_pairs, seed)
    ours = formation_phases({compound.formula: compound.energy for compound in known})
    theirs = formation_phases({compound.formula: compound.dft_energy for compound in known})
    for number, (a, b) in enumerate(drawn, start=1):
        yield from _reaction(model, ours, theirs, a, b, seed)
        if progress:
            progress(number, len(drawn))


def _distinct(found: Iterable[_Tested]) -> Iterable[_Tested]:
    """Leave out values that are zero in both, and a compound that occurs again in another pair."""
    return {
        (t.quantity, t.group, clean(t.dft), clean(t.nominal)): t
        for t in found
        if max(abs(t.dft), abs(t.nominal)) > ZERO_EV_PER_ATOM
    }.values()


def draw_pairs(compounds: Sequence[Compound], n_pairs: int, seed: int) -> list[tuple[Compound, Compound]]:
    """Draw pairs of compounds with at most nine elements, equally many from each pair of families."""
    random = np.random.default_rng(seed)
    families: dict[str, list[Compound]] = {}
    for compound in compounds:
        families.setdefault(_family(compound), []).append(compound)
    names = sorted(families)
    kinds = [
        (one, other) for i, one in enumerate(names) for other in names[i:] if one != other or len(families[one]) > 1
    ]
    drawn: list[tuple[Compound, Compound]] = []
    for _ in range(_TRIES * n_pairs):
        if len(drawn) == n_pairs:
            break
        one, other = kinds[len(drawn) % len(kinds)]
        a = families[one][random.integers(len(families[one]))]
        b = families[other][random.integers(len(families[other]))]
        if a is not b and len({*a.composition, *b.composition}) <= MOST_ELEMENTS:
            drawn.append((a, b))
    return drawn


def _family(compound: Compound) -> str:
    return _FAMILIES.get(chemistry_class(compound.composition), _OTHER_FAMILY)


def _formation_energies(model: ErrorModel, tested: Sequence[Compound], seed: int) -> Iterator[_Tested]:
    errors = model.draw([compound.composition for compound in tested], N_SAMPLES, seed)
    for compound, own in zip(tested, errors.T, strict=True):
        group = chemistry_class(compound.composition) if compound.is_near_hull else FAR
        yield _Tested("formation energy", group, compound.dft_energy, compound.energy, compound.energy + own)


def _reaction(
    model: ErrorModel, ours: PhaseSet, theirs: PhaseSet, a: Compound, b: Compound, seed: int
) -> Iterator[_Tested]:
    inside = ours.within({*a.composition, *b.composition})
    shifts = model.draw([inside.table.composition(i) for i in range(len(inside))], N_SAMPLES, seed)
    nominal, dft = (Interface(phases, a.formula, b.formula).profile() for phases in (inside, theirs))
    samples = [Interface(inside.shifted(shift), a.formula, b.formula).profile() for shift in shifts]
    for compound, own in ((a, "self_a"), (b, "self_b")):
        above = -np.array([getattr(sample, own) for sample in samples])
        group = chemistry_class(compound.composition)
        yield _Tested("energy above hull", group, -getattr(dft, own), -getattr(nominal, own), above)
    families = " | ".join(sorted((_family(a), _family(b))))
    for quantity in REACTIONS:
        name = quantity.split()[0]
        least = np.array([getattr(sample, name).min() for sample in samples])
        yield _Tested(quantity, families, float(getattr(dft, name).min()), float(getattr(nominal, name).min()), least)


def _coverage(quantity: str, group: str, members: Sequence[_Tested]) -> Coverage:
    samples = np.array([member.samples for member in members])
    low, quarter, middle, three_quarters, high = np.percentile(samples, (5, 25, 50, 75, 95), axis=1)
    dft, nominal = np.array([member.dft for member in members]), np.array([member.nominal for member in members])
    rounding = 1e-9  # an interval from zero to zero contains a value of zero

    def inside(least: NDArray[np.float64], most: NDArray[np.float64]) -> float:
        return round(float(((dft >= least - rounding) & (dft <= most + rounding)).mean()), 3)

    def mev(values: NDArray[np.float64]) -> float:
        return round(1000.0 * float(np.median(values)), 1) + 0.0

    return Coverage(
        quantity=quantity,
        group=group,
        n=len(members),
        inside_90=inside(low, high),
        inside_50=inside(quarter, three_quarters),
        median_width_mev_per_atom=mev(high - low),
        median_error_mev_per_atom=mev(nominal - dft),
        median_absolute_error_mev_per_atom=mev(np.abs(nominal - dft)),
        median_bias_mev_per_atom=mev(middle - nominal),
    )
