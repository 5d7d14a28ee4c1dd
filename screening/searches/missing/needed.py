"""The phases whose energies a screening needs.

Elements, for formation energies; the materials themselves; and the phases that compete with them. Which those are is
told from the packaged energies: of each composition the lowest phase, where it is on the hull of a contact's chemical
system or near it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.compositions import format_formula
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError, nearest
from screening.equilibrium.reactant import ZERO, Reactant
from screening.files.content import DATA
from screening.phases.phase_set import PhaseSet
from screening.searches.missing.missing_documents import Why
from screening.searches.screening_request import ScreeningPlan

_PACKAGED = DATA / "missing.yaml"
_LITHIUM = "Li"  # exchanged at every contact
_ORDER: dict[Why, int] = {"element": 0, "material": 1, "on the hull": 2, "near the hull": 3, "would decide": 4}


class _Number(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float = Field(ge=0)
    source: str = Field(min_length=1)


@dataclass
class Needed:
    """A phase that is needed."""

    position: int | None  # in the packaged energies; None: no phase of the formula is known there
    formula: str
    why: Why
    above_hull_ev_per_atom: float | None
    needed_for: list[str] = field(default_factory=list)

    @property
    def rank(self) -> tuple[int, float, str]:
        """The most needed first."""
        return _ORDER[self.why], self.above_hull_ev_per_atom or 0.0, self.formula


@lru_cache(maxsize=1)
def default_within_mev() -> float:
    """Return up to which energy above the hull competing phases are needed where nothing else is asked, meV/atom."""
    data = yaml.safe_load(_PACKAGED.read_text(encoding="utf-8"))
    return _Number.model_validate(data["within_mev_per_atom"]).value


def contact_systems(plan: ScreeningPlan) -> dict[str, frozenset[str]]:
    """Return the chemical system of each contact of a screening, by the names of both sides; lithium is in all."""
    coatings = {coating.name: set(parse_formula(coating.formula)) for coating in plan.coatings}
    cathodes = {cathode.name: set(cathode.composition("full")) for cathode in plan.cathodes}
    electrolytes = {one.name: set(parse_formula(one.formula)) for one in plan.electrolytes}
    sides = [(coatings, cathodes), (coatings, electrolytes), (cathodes, electrolytes)]
    return {
        f"{one}|{other}": frozenset({_LITHIUM, *held, *also})
        for left, right in sides
        for one, held in left.items()
        for other, also in right.items()
    }


def needed_phases(plan: ScreeningPlan, known: PhaseSet, within_ev_per_atom: float) -> list[Needed]:
    """Find what a screening needs, the most needed first.

    Parameters
    ----------
    plan
        The screening, checked against the packaged energies.
    known
        The packaged energies.
    within_ev_per_atom
        Competing phases up to this energy above the hull are needed.
    """
    found: dict[int | str, Needed] = {}

    def need(position: int | None, formula: str, why: Why, above: float | None, whom: str) -> None:
        key = formula if position is None else position
        one = found.setdefault(key, Needed(position, formula, why, above))
        if _ORDER[why] < _ORDER[one.why]:
            one.why = why
        if whom not in one.needed_for:
            one.needed_for.append(whom)

    systems = contact_systems(plan)
    for element in sorted(frozenset().union(*systems.values())):
        lowest = known.polymorphs({element: 1.0})[0]
        need(lowest, known.formula(lowest), "element", 0.0, element)
    for name, formula in _materials(plan):
        reactant = Reactant(known, formula)
        if reactant.given_above_hull is not None:  # a glass, say: its energy is counted from the hull
            continue
        for position in reactant.own:
            need(position, known.formula(position), "material", _above_hull(known, position), name)
        if not reactant.own:
            need(None, format_formula(reactant.composition), "material", None, name)
    for position, competing in competing_phases(systems, known, within_ev_per_atom).items():
        why: Why = "on the hull" if competing.above_hull_ev_per_atom <= ZERO else "near the hull"
        for contact in competing.contacts:
            need(position, known.formula(position), why, competing.above_hull_ev_per_atom, contact)
    return sorted(found.values(), key=lambda one: one.rank)


def named_phases(needed_for: Mapping[str, Sequence[str]], known: PhaseSet) -> list[Needed]:
    """Return phases by their identifiers, in their order, as phases whose energies would decide something.

    Parameters
    ----------
    needed_for
        By identifier: what each is needed for.
    known
        The packaged energies.

    Raises
    ------
    InputError
        If they hold no phase of an identifier.
    """
    place = {identifier.decode(): position for position, identifier in enumerate(known.table.ids.tolist())}
    found = []
    for identifier, whom in needed_for.items():
        if identifier not in place:
            raise InputError(f"no phase {identifier!r} among the packaged energies{nearest(identifier, place)}")
        position = place[identifier]
        above = _above_hull(known, position)
        found.append(Needed(position, known.formula(position), "would decide", above, list(whom)))
    return found


class Competing(NamedTuple):
    """A phase that may be a product of contacts."""

    above_hull_ev_per_atom: float
    contacts: list[str]


def competing_phases(
    systems: Mapping[str, frozenset[str]], known: PhaseSet, within_ev_per_atom: float
) -> dict[int, Competing]:
    """Find the phases that compete in the chemical systems of contacts, of each composition the lowest.

    Parameters
    ----------
    systems
        Elements of each contact, by its name.
    known
        The energies.
    within_ev_per_atom
        Phases further above the hull are left out.

    Returns
    -------
    dict of int to Competing
        By position in the energies, in the order of the contacts.
    """
    found: dict[int, Competing] = {}
    far: set[int] = set()
    for contact, elements in systems.items():
        for position in known.system(elements).positions.tolist():
            if position in far:
                continue
            if position not in found:
                above = _above_hull(known, position)
                if above > within_ev_per_atom:
                    far.add(position)
                    continue
                found[position] = Competing(above, [])
            found[position].contacts.append(contact)
    return found


def _materials(plan: ScreeningPlan) -> Iterator[tuple[str, str]]:
    """Yield the materials of a screening, by the name of each: a composite's phases, a cathode's states."""
    for material in (*plan.coatings, *plan.electrolytes):
        yield from ((material.name, part) for part in material.mole_fractions or (material.reactant,))
    for cathode in plan.cathodes:
        yield from ((f"{cathode.name}, {state}", cathode.formula(state)) for state in cathode.lithiations)


def _above_hull(known: PhaseSet, position: int) -> float:
    """Return the energy above the hull of a phase, eV/atom."""
    composition = known.table.composition(position)
    above = float(known.formation_energies[position]) - known.system(composition).mixture(composition).energy
    return float(np.round(max(above, 0.0), 9))
