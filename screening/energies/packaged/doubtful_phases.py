"""The guard against structures where a machine-learned potential fails.

A phase whose energy comes out far too low invents stable phases. Nothing the model itself offers tells it from a
good one: its forces, and the energies of independently trained weights, disagree no more on bad phases than on good
ones. What does is chemistry, and how far a phase would lie below everything else known:

1. *anion excess*: even with every element at its highest oxidation state the anions are not balanced.
2. *implausible depth, metal-rich*: metals with fewer oxygen, sulfur or halogen atoms than they can bind,
   lying far below the best mixture of all other phases.
3. *implausible depth*: three or more elements, and lying very far below all other phases.

The depths are those of a set as complete as the Materials Project; in one with gaps real phases lie deep. The packaged
energies have such gaps: they hold no binary bromide of Er and no iodide of Gd, so Li3ErBr6, which exists, comes out
0.9 eV/atom below all else. Such a phase is left out too, since its depth, and so all that would be said of its
stability and reactions, is that of the gap. The limits lie above the depths of real phases where the set is whole:
carbonates, nitrates, sulfates and phosphates of the heavy alkali and alkaline-earth metals reach 0.3 to 0.6.

Not guarded: compounds of metals with each other or with B, C, Si, Ge and P. There a wrong phase cannot be told from
a right one: CHGNet puts TiW 0.236 eV/atom below the elements, 0.23 too low, and NbAl3 and AlCo, which exist, 0.33
and 0.25 below all other phases. Nor does the guard find a false phase that lies no deeper than real ones do, or a
real one whose energy is too high.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.charges import charge_range
from screening.chemistry.compositions import AMOUNT_TOLERANCE
from screening.chemistry.elements import element
from screening.chemistry.formulas import parse_formula
from screening.phases.phase_set import PhaseSet

_METALS = ("s-block", "metal")


class GuardRules(BaseModel):
    """The parameters of the rules, each with the evidence for it.

    The evidence is CHGNet 0.3.0 on 84,729 Materials Project structures in 76 elements.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    highest_oxygen_state: float = Field(
        -1 / 2,
        description="highest oxidation state of O beside a metal: the superoxides'. Fluorine does not oxidise it: "
        "dioxygenyl salts form with the strongest fluoride acceptors only, and the one on the model's hull, ZrO2F5, "
        "is 0.19 eV/atom too low; HfNi(OF)6 and its like are 0.28 too low",
    )
    highest_ozonide_state: float = Field(
        -1 / 3,
        description="the same in compounds of O with alkali and alkaline-earth metals alone, of which ozonides exist",
    )
    metal_rich_anions: tuple[str, ...] = Field(
        ("O", "S", "Se", "F", "Cl", "Br", "I"),
        description="a compound of these and metals is metal-rich if the lowest positive oxidation states of the "
        "metals exceed the charge the anions can take up",
    )
    metal_rich_depth_ev_per_atom: float = Field(
        0.2,
        gt=0,
        description="how far below all other phases a metal-rich compound may lie, eV/atom. The deepest that are "
        "known and whose neighbours are: HoS 0.165, ErS 0.161, HoSe 0.158, La2Ni2I 0.110; Yb3SnO, 0.64, has none",
    )
    depth_ev_per_atom: float = Field(
        0.7,
        gt=0,
        description="how far below all other phases a compound of three or more elements may lie, eV/atom. The "
        "deepest that are known and whose neighbours are: CsPO3 0.610, RbReO4 0.535, SrSO4 0.482, Sr(PN2)2 0.477; "
        "ErBrO, 1.09, has none",
    )


class Exclusion(BaseModel):
    """A phase that is not used, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(description="identifier in the source")
    formula: str = Field(description="reduced formula")
    rule: str = Field(description="the rule that excludes it")
    reason: str = Field(description="how it offends, in one line")
    depth_ev_per_atom: float = Field(
        description="its energy against the best mixture of the phases of other compositions, eV/atom; negative: "
        "below them"
    )


def guard(phases: PhaseSet, rules: GuardRules | None = None) -> list[Exclusion]:
    """Find the phases that cannot be trusted.

    Phases of impossible composition go first, then those that lie too deep below the phases left. Leaving one out
    can only deepen the others, so the last step is repeated until it finds none, and its order does not matter.

    Parameters
    ----------
    phases
        The energies.
    rules
        Parameters of the rules; their defaults if not given.

    Returns
    -------
    list of Exclusion
        In the order of `phases`; empty if all is well.
    """
    rules = rules or GuardRules()
    found: dict[str, Exclusion] = {}
    for composition, members in _compositions(phases):
        if (charge := _anion_excess(composition, rules)) is not None:
            reason = f"the highest oxidation states leave a charge of {charge:.2f} an atom"
            depths = _depths(phases, composition, members)
            found.update(_exclude(phases, members, depths, "anion excess", reason))
    left = phases
    while True:
        left = left.without(number for number, phase in enumerate(left.phases) if phase.id in found)
        deep = _too_deep(left, rules)
        if not deep:
            break
        found.update(deep)
    return [found[phase.id] for phase in phases.phases if phase.id in found]


def _anion_excess(composition: dict[str, float], rules: GuardRules) -> float | None:
    """Highest charge per atom if it is negative, else None; the compounds judged hold a metal and a nonmetal."""
    known = {symbol: element(symbol) for symbol in composition}
    nonmetals = [symbol for symbol, own in known.items() if own.kind == "nonmetal"]
    if not nonmetals or not any(own.kind in _METALS for own in known.values()):
        return None
    limits: dict[str, tuple[float, float]] = {}
    for symbol in nonmetals:
        own = known[symbol]
        if symbol == "O":
            ozonide = all(other.kind == "s-block" for name, other in known.items() if name != "O")
            limits[symbol] = (-2, rules.highest_ozonide_state if ozonide else rules.highest_oxygen_state)
        elif own.lowest_state is None or own.highest_state is None:
            return None
        elif any(known[other].electronegativity > own.electronegativity for other in nonmetals):
            limits[symbol] = (own.lowest_state, own.highest_state)
    charge = charge_range(composition, limits)
    if charge is None or charge[1] >= -AMOUNT_TOLERANCE:
        return None
    return charge[1] / sum(composition.values())


def _is_metal_rich(composition: dict[str, float], rules: GuardRules) -> bool:
    limits: dict[str, tuple[float, float]] = {}
    for symbol in composition:
        own = element(symbol)
        if symbol in rules.metal_rich_anions:
            continue
        if own.kind not in _METALS or own.lowest_state is None or own.highest_state is None:
            return False
        limits[symbol] = (max(1, own.lowest_state), own.highest_state)
    charge = charge_range(composition, limits)
    return 0 < len(limits) < len(composition) and charge is not None and charge[0] > AMOUNT_TOLERANCE


def _too_deep(phases: PhaseSet, rules: GuardRules) -> dict[str, Exclusion]:
    """Apply the rules of depth once."""
    found: dict[str, Exclusion] = {}
    for composition, members in _compositions(phases):
        metal_rich = _is_metal_rich(composition, rules)
        if not metal_rich and len(composition) < 3:
            continue
        limit = rules.metal_rich_depth_ev_per_atom if metal_rich else rules.depth_ev_per_atom
        if phases.formation_energies[members[0]] > -limit:  # the elements are other phases too
            continue
        if members[0] not in phases.system(composition).mixture(composition).amounts:
            continue
        depths = _depths(phases, composition, members)
        deep = depths < -limit
        rule = "implausible depth, metal-rich" if metal_rich else "implausible depth"
        reason = f"further below all other phases than {limit:g} eV/atom"
        found.update(_exclude(phases, np.array(members)[deep], depths[deep], rule, reason))
    return found


def _compositions(phases: PhaseSet) -> Iterator[tuple[dict[str, float], list[int]]]:
    """Each composition of two or more elements, with the positions of its phases, lowest energy first."""
    groups: dict[str, list[int]] = {}
    for number in phases.lowest_first(range(len(phases))).tolist():
        groups.setdefault(phases.formula(number), []).append(number)
    for formula in sorted(groups):
        composition = parse_formula(formula)
        if len(composition) > 1:
            yield composition, groups[formula]


def _depths(phases: PhaseSet, composition: dict[str, float], members: list[int]) -> NDArray[np.float64]:
    """Energies of the phases of a composition against the best mixture of all others, (len(members),), eV/atom."""
    others = phases.system(composition).without(members[0])  # a system holds the lowest of each composition only
    return np.asarray(phases.formation_energies[members] - others.mixture(composition).energy)


def _exclude(
    phases: PhaseSet, members: Iterable[int], depths: Iterable[float], rule: str, reason: str
) -> dict[str, Exclusion]:
    found: dict[str, Exclusion] = {}
    for number, depth in zip(members, depths, strict=True):
        phase = phases.phase(number)
        found[phase.id] = Exclusion(
            id=phase.id,
            formula=phases.formula(number),
            rule=rule,
            reason=f"{reason}; {depth:+.3f} eV/atom against all other phases",
            depth_ev_per_atom=round(depth, 6),
        )
    return found
