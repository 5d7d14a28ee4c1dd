"""A screening request, checked: every name resolved and every element covered before any work is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from screening.batch import EnergySource
from screening.catalogue import Catalogue
from screening.composition import atomic_fractions, parse_formula
from screening.energies import REFERENCE, open_energies
from screening.errors import InputError
from screening.materials import Cathode, Material

E = TypeVar("E", Material, Cathode)
CATALOGUE = "catalogue"  # in place of a name: all entries of that role


class ScreeningPlan(BaseModel):
    """What is to be screened."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    energies: EnergySource = Field(description="where the energies come from")
    coatings: tuple[Material, ...] = Field(description="the candidates")
    cathodes: tuple[Cathode, ...] = Field(description="each with its states of charge")
    electrolytes: tuple[Material, ...] = Field(description="the electrolytes")


def plan_screening(
    coatings: Sequence[str],
    cathodes: Sequence[str],
    electrolytes: Sequence[str],
    energies: str = REFERENCE,
    catalogue: Sequence[str] = (),
) -> ScreeningPlan:
    """Resolve and check a request.

    Parameters
    ----------
    coatings, cathodes, electrolytes
        Names from the catalogue or formulas; ``"catalogue"`` for all its entries. One named twice is taken once.
    energies
        ``"reference"`` or a file of energies.
    catalogue
        YAML files of the user's own materials.

    Raises
    ------
    InputError
        If a list is empty, a name is unknown, an element has no energies, or a coating is its own neighbour.
    """
    known = Catalogue.load(*catalogue)
    phases = open_energies(energies)
    plan = ScreeningPlan(
        energies=EnergySource(
            source=energies if energies == REFERENCE else str(Path(energies).resolve()), sha256=phases.sha256
        ),
        coatings=_resolved("coating", coatings, known.coating, known.coatings),
        cathodes=_resolved("cathode", cathodes, known.cathode, known.cathodes),
        electrolytes=_resolved("electrolyte", electrolytes, known.electrolyte, known.electrolytes),
    )
    neighbours = {e.name: parse_formula(e.formula) for e in plan.electrolytes}
    neighbours |= {c.name: c.composition(state) for c in plan.cathodes for state in c.lithiations}
    compositions = [(c.name, parse_formula(c.formula)) for c in plan.coatings]
    for name, composition in [*compositions, *neighbours.items()]:
        try:
            phases.require(composition)
        except InputError as error:
            raise InputError(f"{name}: {error}") from None
    for cathode in plan.cathodes:
        for state in cathode.lithiations:
            _forbid_same(compositions, cathode.name, cathode.composition(state))
    for electrolyte in plan.electrolytes:
        _forbid_same(compositions, electrolyte.name, parse_formula(electrolyte.formula))
    return plan


def _resolved(role: str, names: Sequence[str], find: Callable[[str], E], entries: Sequence[E]) -> tuple[E, ...]:
    if not names:
        raise InputError(f"no {role} is given")
    found = [entry for name in names for entry in (entries if name == CATALOGUE else [find(name)])]
    return tuple({entry.name: entry for entry in found}.values())


def _forbid_same(coatings: list[tuple[str, dict[str, float]]], name: str, composition: dict[str, float]) -> None:
    wanted = atomic_fractions(composition)
    for coating, amounts in coatings:
        fractions = atomic_fractions(amounts)
        if fractions.keys() == wanted.keys() and all(abs(fractions[e] - wanted[e]) < 1e-6 for e in wanted):
            raise InputError(f"the coating {coating} is the material it should protect or touch, {name}")
