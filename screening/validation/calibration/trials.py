"""What intervals are tested on: quantities of compounds, nominal, by the other energies, and in samples.

All hulls are made of the compounds that both energies know. The samples of all quantities are of the same errors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.classes import ChemistryClass, chemistry_class
from screening.chemistry.compositions import atomic_fractions
from screening.equilibrium.reactant import clean
from screening.equilibrium.survey import Pair, Survey
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet
from screening.uncertainty.sampled_quantities import REACTS_BELOW_EV, stable_within_ev_per_atom
from screening.validation.calibration.calibration import Compound, formation_phases

Floats = NDArray[np.float64]

ZERO_EV = 1e-3  # smaller energies count as no reaction
MOST_ELEMENTS = 9  # largest number of elements in a pair of compounds
FAR = "all further above the hull"  # compounds that the model is not calibrated for; they are not part of "all"
NEAR = 0.02  # distance between compositions that are all but the same: root of the summed squares
OPEN_AT_V = (2.0, 3.0, 4.0)  # voltages of the lithium reservoir, one pair after the other

FORMATION = "formation energy"
NEIGHBOURS = "difference of near compounds"
ABOVE_HULL = "energy above hull"
MUTUAL = "mutual reaction energy"
TOTAL = "total reaction energy"
OPEN = "mutual reaction energy, open to lithium"
REDUCTION = "reduction limit"
OXIDATION = "oxidation limit"
STABLE = "stable"
REACTS = "reacts mutually"
REACTS_OPEN = "reacts mutually, open to lithium"

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
_PERCENTILES = (5.0, 25.0, 50.0, 75.0, 95.0)


class Trial(NamedTuple):
    """One quantity of one compound or pair: a number and its interval."""

    quantity: str
    group: str
    other: float  # by the energies compared with, eV per atom (of lithium: a limit of a window)
    nominal: float
    cuts: tuple[float, ...]  # 5, 25, 50, 75 and 95 % of the samples


class Event(NamedTuple):
    """Something that is so or not."""

    event: str
    probability: float  # share of the samples in which it is so
    so: bool  # by the energies compared with


class Hulls:
    """The compounds both energies know, in samples of an error model.

    Parameters
    ----------
    known
        The compounds.
    errors
        Errors of their energies, (s, n), eV/atom.
    """

    def __init__(self, known: Sequence[Compound], errors: Floats) -> None:
        ours = formation_phases({compound.formula: compound.energy for compound in known})
        theirs = formation_phases({compound.formula: compound.dft_energy for compound in known})
        of_compound = {compound.formula: column for compound, column in zip(known, errors.T, strict=True)}
        zero = np.zeros(len(errors))
        shifts = np.array([of_compound.get(ours.table.formula(i), zero) for i in range(len(ours))]).T
        self.errors = of_compound
        self.has_lithium = "Li" in ours.elements
        self.nominal, self.other = Survey([ours]), Survey([theirs])
        self.sampled = Survey(_samples(ours, shifts))

    def formation_energies(self, compounds: Sequence[Compound]) -> Iterator[Trial]:
        """Yield the formation energies of compounds."""
        for compound in compounds:
            group = chemistry_class(compound.composition) if compound.is_near_hull else FAR
            samples = compound.energy + self.errors[compound.formula]
            yield _trial(FORMATION, group, compound.dft_energy, compound.energy, samples)

    def neighbours(self, compounds: Sequence[Compound]) -> Iterator[Trial]:
        """Yield the difference of each two compounds near the hull whose compositions are all but the same."""
        near = [compound for compound in compounds if compound.is_near_hull]
        held = [atomic_fractions(compound.composition) for compound in near]
        elements = sorted({element for fractions in held for element in fractions})
        dense = np.array([[fractions.get(element, 0.0) for element in elements] for fractions in held])
        for i, a in enumerate(near):
            distances = np.sqrt(((dense[i + 1 :] - dense[i]) ** 2).sum(axis=1))
            for j in (np.flatnonzero(distances <= NEAR) + i + 1).tolist():
                b = near[j]
                nominal = a.energy - b.energy
                samples = nominal + self.errors[a.formula] - self.errors[b.formula]
                group = _pair_of_families(a, b)
                yield _trial(NEIGHBOURS, group, a.dft_energy - b.dft_energy, nominal, samples)

    def above_hull(self, compounds: Sequence[Compound]) -> Iterator[Trial | Event]:
        """Yield the energies above the hull of the compounds near it, and whether they are stable."""
        near = [compound for compound in compounds if compound.is_near_hull]
        formulas = [compound.formula for compound in near]
        nominal, other, samples = (
            np.maximum(one.formation_energies(formulas) - one.hull_energies(formulas), 0.0).round(9)
            for one in (self.nominal, self.other, self.sampled)
        )
        within = stable_within_ev_per_atom()
        for compound, ours, theirs, drawn in zip(near, nominal[:, 0], other[:, 0], samples, strict=True):
            yield _trial(ABOVE_HULL, family(compound), theirs, ours, drawn)
            yield Event(STABLE, float((drawn <= within).mean()), bool(theirs <= within))

    def reactions(self, pairs: Sequence[tuple[Compound, Compound]]) -> Iterator[Trial | Event]:
        """Yield the closed reaction energies of pairs, and whether they react."""
        asked = [Pair(a.formula, b.formula) for a, b in pairs]
        nominal, other, samples = (one.contacts(asked) for one in (self.nominal, self.other, self.sampled))
        for k, (a, b) in enumerate(pairs):
            for quantity in (MUTUAL, TOTAL):
                name = quantity.split()[0]
                ours, theirs, drawn = (getattr(one, name)[k] for one in (nominal, other, samples))
                yield _trial(quantity, _pair_of_families(a, b), theirs[0], ours[0], drawn)
            yield _reacts(REACTS, other.mutual[k], samples.mutual[k])

    def open_reactions(self, pairs: Sequence[tuple[Compound, Compound]]) -> Iterator[Trial | Event]:
        """Yield the mutual reaction energies of pairs open to lithium; nothing where no compound holds any."""
        if not self.has_lithium:
            return
        apart = [pair for pair in pairs if all(set(compound.composition) != {"Li"} for compound in pair)]
        asked = [
            Pair(a.formula, b.formula, (Reservoir.lithium_voltage(OPEN_AT_V[k % len(OPEN_AT_V)]),))
            for k, (a, b) in enumerate(apart)
        ]
        nominal, other, samples = (one.contacts(asked).mutual for one in (self.nominal, self.other, self.sampled))
        for k, (a, b) in enumerate(apart):
            if np.isnan([*nominal[k], *other[k], *samples[k]]).any():  # no equilibrium at that voltage in some sample
                continue
            yield _trial(OPEN, _pair_of_families(a, b), other[k, 0], nominal[k, 0], samples[k])
            yield _reacts(REACTS_OPEN, other[k], samples[k])

    def windows(self, compounds: Sequence[Compound]) -> Iterator[Trial]:
        """Yield the limits of the windows of the lithium compounds near the hull."""
        lithium = [compound for compound in compounds if compound.is_near_hull and "Li" in compound.composition]
        if not lithium:
            return
        formulas = [compound.formula for compound in lithium]
        nominal, other, samples = (one.windows(formulas) for one in (self.nominal, self.other, self.sampled))
        for k, compound in enumerate(lithium):
            for quantity, name in ((REDUCTION, "reduction"), (OXIDATION, "oxidation")):
                ours, theirs, drawn = (getattr(one, name)[k] for one in (nominal, other, samples))
                yield _trial(quantity, family(compound), theirs[0], ours[0], drawn)


def draw_pairs(compounds: Sequence[Compound], n_pairs: int, seed: int) -> list[tuple[Compound, Compound]]:
    """Draw pairs of compounds with at most nine elements, equally many from each pair of families."""
    random = np.random.default_rng(seed)
    families: dict[str, list[Compound]] = {}
    for compound in compounds:
        families.setdefault(family(compound), []).append(compound)
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


def family(compound: Compound) -> str:
    """Return the family of a compound, of which there are fewer than of classes."""
    return _FAMILIES.get(chemistry_class(compound.composition), _OTHER_FAMILY)


def is_something(tested: Trial) -> bool:
    """Return whether a quantity is not zero in both energies; that it is, most energies would tell."""
    return max(abs(tested.other), abs(tested.nominal)) > ZERO_EV


def _samples(ours: PhaseSet, shifts: Floats) -> list[PhaseSet]:
    return [ours.shifted(shift) for shift in shifts]


def _pair_of_families(a: Compound, b: Compound) -> str:
    return " | ".join(sorted((family(a), family(b))))


def _reacts(event: str, other: Floats, samples: Floats) -> Event:
    return Event(event, float((samples < REACTS_BELOW_EV).mean()), bool(other[0] < REACTS_BELOW_EV))


def _trial(quantity: str, group: str, other: float, nominal: float, samples: Floats) -> Trial:
    cuts = np.percentile(samples, _PERCENTILES)
    return Trial(quantity, group, clean(float(other)), clean(float(nominal)), tuple(map(float, cuts)))
