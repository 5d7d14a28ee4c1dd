"""A test whether replacing single energies by corrected DFT values improves the energies that are not replaced.

pymatgen packages some four hundred DFT entries. If a set of energies is on their scale, the phases they name could be
given their DFT value. Each of these phases would then be closer to DFT, but its neighbours would not, and errors that
similar phases share would no longer cancel in a reaction between a replaced and an unreplaced phase. So the test does
not look at the replaced phases. It compares the energies above hull of all others, and reaction energies, with a table
of DFT formation energies. Both hulls hold the same compositions: those that the energies and the table both know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.compositions import atomic_fractions
from screening.chemistry.formulas import parse_formula
from screening.common.provenance import EnergyScale
from screening.equilibrium.interface import Interface
from screening.materials.catalogue import Catalogue
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet
from screening.validation.accuracy.formation_tables import FormationTable
from screening.validation.accuracy.statistics import Errors, Pair, errors, rank_correlation

COATING_ABOVE_HULL_EV = 0.03  # lithium compounds at most this far above the hull of the table stand for coatings
_UNCHANGED_EV = 1e-9
_STANDARD_ERRORS = 2.0  # a change is significant if it is larger than this many standard errors


class HeldOut(BaseModel):
    """Errors of one group of held-out values against the table, without and with replaced energies."""

    model_config = ConfigDict(extra="forbid")

    quantity: str = Field(description="what the values are")
    group: str = Field(description="which of them")
    before_mev_per_atom: Errors = Field(description="errors of the energies as they are, meV/atom")
    after_mev_per_atom: Errors = Field(description="errors with some replaced, meV/atom")
    rank_correlation_before: float | None = Field(description="Spearman's, with the table")
    rank_correlation_after: float | None = Field(description="Spearman's, with the table")


class OneByOne(BaseModel):
    """The effect of each single replacement on the errors of one quantity."""

    model_config = ConfigDict(extra="forbid")

    quantity: str = Field(description="what the values are")
    n_lower: int = Field(description="replaced energies that lower the summed absolute error")
    n_raise: int = Field(description="replaced energies that raise it")
    change_mev_per_atom: float = Field(description="change of the mean absolute error, summed over them, meV/atom")
    standard_error_mev_per_atom: float = Field(
        description="of that sum, the replaced phases taken as drawn by chance, meV/atom"
    )

    @property
    def lowers_the_error(self) -> bool:
        """Whether the error falls significantly."""
        return self.change_mev_per_atom < -_STANDARD_ERRORS * self.standard_error_mev_per_atom


class ReplacementTest(BaseModel):
    """The result of the test: whether replacing single energies lowers the errors of values that are not replaced."""

    model_config = ConfigDict(extra="forbid")

    compared_with: str = Field(description="the table compared with")
    label: str = Field(description="its short name")
    n_formulas: int = Field(description="compounds that the energies and the table both know: both hulls")
    replaced: list[str] = Field(description="formulas replaced")
    own_error_before_mev_per_atom: float = Field(description="mean absolute error of their formation energies")
    own_error_after_mev_per_atom: float = Field(description="the same, replaced")
    held_out: list[HeldOut] = Field(description="errors of what is not replaced")
    one_by_one: list[OneByOne] = Field(description="each replaced energy alone")

    @property
    def helps(self) -> bool:
        """Whether each error falls significantly, and no rank correlation of all values of a quantity falls."""
        whole = [group for group in self.held_out if group.group == "all"]
        kept = all((g.rank_correlation_after or 0.0) >= (g.rank_correlation_before or 0.0) for g in whole)
        return kept and all(single.lowers_the_error for single in self.one_by_one)


class _Item(NamedTuple):
    """A held-out value: an energy above hull (one formula) or a mutual reaction energy (two)."""

    formulas: tuple[str, ...]
    elements: frozenset[str]


class _Answer(NamedTuple):
    energy: float  # eV/atom
    reactants: frozenset[str]  # phases of the set that the reactants consist of, or the compound itself
    products: frozenset[str]
    potentials: NDArray[np.float64]  # (segments, elements in alphabetical order) along the mixing line, eV


def is_on_dft_scale(phases: PhaseSet) -> bool:
    """Return whether energies are on the scale of the packaged DFT entries, MP2020-corrected PBE and PBE+U."""
    return "MP2020" in phases.scale.correction and "PBE" in phases.scale.functional


def replacement_test(
    phases: PhaseSet, table: FormationTable, dft: FormationTable, catalogue: Catalogue
) -> ReplacementTest | None:
    """Test the effect of replacing energies by DFT values; return None if no formula would be replaced.

    Parameters
    ----------
    phases
        The energies, on the scale of the DFT values.
    table
        The formation energies taken as correct, on the same scale.
    dft
        The formation energies that would replace ours.
    catalogue
        Its default cathodes, at each state of charge, and its electrolytes are the partners of the coatings.
    """
    ours = {f: float(phases.formation_energies[known[0]]) for f in table.values if (known := _known(phases, f))}
    replaced = sorted(ours.keys() & dft.values.keys())
    if not replaced:
        return None
    right = _only(phases, {f: table.values[f] for f in ours})
    before = _only(phases, ours)
    after = _only(phases, {**ours, **{f: dft.values[f] for f in replaced}})
    compounds = [_item(f) for f in ours if f not in replaced]
    interfaces = _interfaces(right, ours, catalogue)
    pairs = _pairs(ours)
    held_out: list[HeldOut] = []
    one_by_one: list[OneByOne] = []
    for quantity, items in (
        ("energy above hull", compounds),
        ("reaction of a coating with cathode or electrolyte", interfaces),
        ("reaction of two compounds", pairs),
    ):
        if not items:
            continue
        items.sort(key=lambda item: sorted(item.elements))  # so that each chemical system is selected only once
        answers = [[_answer(energies, item) for item in items] for energies in (right, before, after)]
        held_out += _groups(quantity, items, answers, frozenset(replaced))
        one_by_one.append(_one_by_one(quantity, phases, items, answers[0], answers[1], ours, dft.values, replaced))
    return ReplacementTest(
        compared_with=table.name,
        label=table.label,
        n_formulas=len(ours),
        replaced=replaced,
        own_error_before_mev_per_atom=1000 * float(np.mean([abs(ours[f] - table.values[f]) for f in replaced])),
        own_error_after_mev_per_atom=1000 * float(np.mean([abs(dft.values[f] - table.values[f]) for f in replaced])),
        held_out=held_out,
        one_by_one=one_by_one,
    )


def _known(phases: PhaseSet, formula: str) -> list[int]:
    return phases.polymorphs(parse_formula(formula))


def _item(*formulas: str) -> _Item:
    return _Item(formulas, frozenset(element for formula in formulas for element in parse_formula(formula)))


def _interfaces(right: PhaseSet, formulas: Iterable[str], catalogue: Catalogue) -> list[_Item]:
    """Pair the lithium compounds near the table's hull with cathodes and electrolytes."""
    cathodes = [catalogue.cathode(name) for name in catalogue.defaults("cathode")]
    others = [cathode.formula(state) for cathode in cathodes for state in cathode.lithiations]
    others += [electrolyte.formula for electrolyte in catalogue.electrolytes]
    coatings = [f for f in formulas if "Li" in parse_formula(f)]
    stable = [f for f in coatings if _answer(right, _item(f)).energy <= COATING_ABOVE_HULL_EV]
    items = [_item(coating, other) for coating in stable for other in others]
    return [item for item in items if item.elements.issubset(right.elements)]


def _pairs(formulas: Iterable[str]) -> list[_Item]:
    """Pair each compound with the one half the list further on: this mixes all chemistries, without any selection."""
    ordered = sorted(formulas)
    half = len(ordered) // 2
    return [_item(a, b) for a, b in zip(ordered, ordered[half:] + ordered[:half], strict=True)]


def _only(phases: PhaseSet, values: Mapping[str, float]) -> PhaseSet:
    """Return a set of the elements, at zero, and of some compounds, at their formation energies."""
    scale = EnergyScale(name="formation energies", version="", functional="", correction="")
    elements = [Phase(id=f"element {symbol}", formula=symbol, energy_ev_per_atom=0.0) for symbol in phases.elements]
    return PhaseSet(scale, elements + [Phase(id=f, formula=f, energy_ev_per_atom=e) for f, e in values.items()])


def _answer(energies: PhaseSet, item: _Item) -> _Answer:
    def named(amounts: Mapping[int, float]) -> frozenset[str]:
        return frozenset(energies.table.id(position) for position in amounts)

    if len(item.formulas) == 1:
        composition = parse_formula(item.formulas[0])
        [position] = energies.polymorphs(composition)
        mixture = energies.system(composition).mixture(composition)
        above = float(energies.formation_energies[position]) - mixture.energy
        potentials = np.array([[mixture.potentials[element] for element in sorted(composition)]])
        return _Answer(above, frozenset(item.formulas), named(mixture.amounts), potentials)
    profile = Interface(energies, item.formulas[0], item.formulas[1]).profile()
    lowest = profile.lowest_mutual
    ends = named(profile.line.mixture(0).amounts) | named(profile.line.mixture(len(profile.x) - 1).amounts)
    products = named(profile.line.mixture(lowest).amounts)
    return _Answer(float(profile.mutual[lowest]), ends, products, profile.line.duals)


def _groups(
    quantity: str, items: Sequence[_Item], answers: Sequence[Sequence[_Answer]], replaced: frozenset[str]
) -> list[HeldOut]:
    """Compute the errors of all values, and of those in which a replaced phase takes part."""
    right, before, after = answers
    groups: dict[str, list[int]] = {"all": list(range(len(items)))}
    reactant, product = "a replaced phase is a reactant", "a replaced phase is a product, none a reactant"
    for number in range(len(items)):
        if replaced & (before[number].reactants | after[number].reactants):
            groups.setdefault(reactant, []).append(number)
        elif replaced & (before[number].products | after[number].products):
            groups.setdefault(product, []).append(number)
    found = []
    for group, numbers in groups.items():
        pairs = [
            [Pair(" | ".join(items[i].formulas), 1000 * energies[i].energy, 1000 * right[i].energy) for i in numbers]
            for energies in (before, after)
        ]
        summed = [errors(members) for members in pairs]
        if summed[0] is not None and summed[1] is not None:
            found.append(
                HeldOut(
                    quantity=quantity,
                    group=group,
                    before_mev_per_atom=summed[0],
                    after_mev_per_atom=summed[1],
                    rank_correlation_before=rank_correlation(pairs[0]),
                    rank_correlation_after=rank_correlation(pairs[1]),
                )
            )
    return found


def _takes_part(formula: str, energy: float, replaced_by: float, item: _Item, answer: _Answer) -> bool:
    """Return whether replacing the energy of a compound can change a value at all.

    A higher energy can do so only if the compound is part of a mixture; a lower one only if it is below the sum of the
    chemical potentials of the compound's elements in a mixture.
    """
    if replaced_by >= energy:
        return formula in answer.reactants | answer.products
    fractions = atomic_fractions(parse_formula(formula))
    if not fractions.keys() <= item.elements:
        return False
    inside = np.array([fractions.get(element, 0.0) for element in sorted(item.elements)])
    return bool((answer.potentials @ inside).max() > replaced_by)


def _one_by_one(
    quantity: str,
    phases: PhaseSet,
    items: Sequence[_Item],
    right: Sequence[_Answer],
    before: Sequence[_Answer],
    ours: Mapping[str, float],
    dft: Mapping[str, float],
    replaced: Sequence[str],
) -> OneByOne:
    """Replace each energy alone and sum the changes of the absolute errors, without those of the compound itself."""
    changes = []
    for formula in replaced:
        alone = _only(phases, {**ours, formula: dft[formula]})
        changed = 0.0
        for item, table, old in zip(items, right, before, strict=True):
            if formula not in item.formulas and _takes_part(formula, ours[formula], dft[formula], item, old):
                new = _answer(alone, item).energy
                changed += abs(new - table.energy) - abs(old.energy - table.energy)
        changes.append(1000.0 * changed / len(items))
    moved = np.array([change for change in changes if abs(change) > _UNCHANGED_EV])
    return OneByOne(
        quantity=quantity,
        n_lower=int((moved < 0).sum()),
        n_raise=int((moved > 0).sum()),
        change_mev_per_atom=float(moved.sum()),
        standard_error_mev_per_atom=float(np.sqrt((moved**2).sum())),
    )
