"""Crystals with sites that several elements share: solid solutions, and cathodes at any state of charge.

A disordered crystal is a parent crystal with groups of sites, and the occupancies of each group. Its energy cannot be
computed directly, but that of its ordered supercells can (:mod:`screening.cathodes.ordering.supercell`,
:mod:`screening.cathodes.ordering.orderings`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Annotated

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from screening.cathodes.ordering.lattices import (
    Matrix,
    Metric,
    Vector,
    adjugate,
    combined,
    determinant,
    in_cell,
    metric_of,
)
from screening.chemistry.compositions import atomic_fractions, format_formula
from screening.chemistry.elements import ELEMENTS
from screening.common.errors import InputError, nearest
from screening.files.content import DATA
from screening.materials.catalogue import Catalogue
from screening.materials.cathode import Cathode

if TYPE_CHECKING:
    from pymatgen.core import Structure

_DATA = DATA / "disorder.yaml"
_SUM = 1e-6  # occupancies of a group may sum to this much more than one
PLACE = "group"  # site property that names a site's group
_COSINES = 10**6  # cosines of the angles of a crystal are fractions of no larger denominator

Occupancies = dict[str, Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Parent(_Document):
    """A crystal with named groups of sites."""

    space_group: str = Field(description="Hermann-Mauguin symbol")
    lattice: tuple[float, float, float, float, float, float] = Field(
        description="a, b, c in angstrom, alpha, beta, gamma in degrees, of the conventional cell"
    )
    primitive_sixths: Matrix = Field(
        description="right-handed vectors of the primitive cell, in sixths of those of the conventional cell"
    )
    corner: Vector = Field(
        (0, 0, 0),
        description="the corner of the primitive cell at which a site that lies at its corners is counted: it sets the "
        "order of the sites of supercells, in which packaged orderings list them",
    )
    groups: dict[str, list[tuple[float, float, float]]] = Field(
        description="fractional coordinates of one site of each orbit, by group"
    )
    source: str = Field(description="where the structure is published")
    verified: bool = Field(description="whether it was read in that source, not from memory")

    @property
    def conventional(self) -> Matrix:
        """Vectors of the conventional cell in those of the primitive cell."""
        volume = determinant(self.primitive_sixths)
        rows = [(6 * a // volume, 6 * b // volume, 6 * c // volume) for a, b, c in adjugate(self.primitive_sixths)]
        return (rows[0], rows[1], rows[2])

    @property
    def metric(self) -> Metric:
        """Scalar products of the vectors of the primitive cell, in a unit of which they are whole multiples."""
        lengths = [Fraction(str(length)) for length in self.lattice[:3]]
        cosines = [Fraction(math.cos(math.radians(angle))).limit_denominator(_COSINES) for angle in self.lattice[3:]]
        between = {frozenset({1, 2}): cosines[0], frozenset({0, 2}): cosines[1], frozenset({0, 1}): cosines[2]}
        products = [
            [lengths[i] * lengths[j] * between.get(frozenset({i, j}), Fraction(1)) for j in range(3)] for i in range(3)
        ]
        unit = math.lcm(*(entry.denominator for row in products for entry in row))
        return metric_of([[int(entry * unit) for entry in row] for row in products], self.primitive_sixths)

    @model_validator(mode="after")
    def _is_a_part(self) -> Parent:
        volume = determinant(self.primitive_sixths)
        if volume <= 0 or any(6 * entry % volume for row in adjugate(self.primitive_sixths) for entry in row):
            raise ValueError(f"the conventional cell is not made of cells {self.primitive_sixths}")
        return self

    def primitive_cell(self) -> Structure:
        """Build the primitive cell; every site holds a placeholder and the name of its group.

        Coordinates are rounded, and what lies at the corners is put at one of them, so that a site is the same whatever
        computed it.
        """
        from pymatgen.core import Lattice, Structure

        labelled = [(name, site) for name, sites in self.groups.items() for site in sites]
        conventional = Lattice.from_parameters(*self.lattice)
        smallest = Structure.from_spacegroup(
            self.space_group,
            conventional,
            ["H"] * len(labelled),
            [site for _, site in labelled],
            site_properties={PLACE: [name for name, _ in labelled]},
        ).get_primitive_structure(use_site_props=True, reduce=False)
        places = in_cell(conventional.get_fractional_coords(smallest.cart_coords) @ np.array(self.conventional))
        places[~places.any(axis=1)] = self.corner
        return Structure(
            Lattice(combined(self.primitive_sixths, conventional.matrix) / 6.0),
            ["H"] * len(places),
            places,
            site_properties=smallest.site_properties,
        )


class DisorderedCrystal(_Document):
    """A parent crystal, and the occupancies of its groups of sites."""

    name: str = Field(description="name of the material")
    parent: Parent = Field(description="the crystal")
    occupancies: dict[str, Occupancies] = Field(
        description="share of each group's sites that each element holds; what is left is vacant"
    )

    @model_validator(mode="after")
    def _fit(self) -> DisorderedCrystal:
        if self.occupancies.keys() != self.parent.groups.keys():
            groups = ", ".join(self.parent.groups)
            raise ValueError(f"{self.name}: occupancies are given for {', '.join(self.occupancies)}; groups: {groups}")
        for group, held in self.occupancies.items():
            if strange := [element for element in held if element not in ELEMENTS]:
                raise ValueError(f"{self.name}: no element {strange[0]}")
            if sum(held.values()) > 1 + _SUM:
                raise ValueError(f"{self.name}: the occupancies of {group} sum to {sum(held.values()):g}, more than 1")
        return self

    @property
    def mixed_groups(self) -> list[str]:
        """The groups that several elements share, or that are partly vacant."""
        return [group for group, held in self.occupancies.items() if not {1.0, 0.0}.issuperset(held.values())]


class Solution(_Document):
    """A solid solution, or an end member of one."""

    parent: str = Field(description="name of the parent")
    occupancies: dict[str, Occupancies] = Field(description="of each group of the parent")
    end_members: dict[str, float] = Field(
        default_factory=dict, description="pure materials it is mixed from, with their mole fractions"
    )


class Host(_Document):
    """A structure type of cathodes: a parent whose group M metals share, and its group Li lithium and vacancies."""

    anions: dict[str, float] = Field(description="what a formula unit of the host holds beside one atom of metals")
    holds: dict[str, str] = Field(description="the element of each group other than Li and M")

    def metals(self, host: Mapping[str, float]) -> dict[str, float] | None:
        """Return the metals of a host with the anions of this type; None if it has others."""
        if any(abs(host.get(element, 0.0) - amount) > _SUM for element, amount in self.anions.items()):
            return None
        return {element: amount for element, amount in host.items() if element not in self.anions}


class Charges(_Document):
    """Charges of the elements, by which orderings are ranked electrostatically."""

    oxidation_states: dict[str, float] = Field(description="by element")
    balancing: list[str] = Field(
        description="the first of these that is present makes up what the others do not balance"
    )


class _Data(_Document):
    parents: dict[str, Parent]
    hosts: dict[str, Host]
    solutions: dict[str, Solution]
    same_crystals: dict[str, dict[str, str]]
    charges: Charges


@cache
def _data() -> _Data:
    return _Data.model_validate(yaml.safe_load(_DATA.read_text(encoding="utf-8")))


def solid_solutions() -> dict[str, Solution]:
    """Return the solid solutions and their end members, keyed by name."""
    return dict(_data().solutions)


def solid_solution(name: str) -> DisorderedCrystal:
    """Return a solid solution, or an end member of one, as a disordered crystal.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    solutions = _data().solutions
    if name not in solutions:
        raise InputError(f"no structure of a solid solution {name!r}{nearest(name, list(solutions))}")
    solution = solutions[name]
    return _crystal(name, _data().parents[solution.parent], solution.occupancies)


def same_crystals(material: str | None = None) -> dict[str, str]:
    """Return the packaged phase that is the same crystal as each pure material.

    Parameters
    ----------
    material
        Only materials of the structure type of this solid solution or cathode are returned; by default all.
    """
    data = _data()
    if material is None:
        return {name: phase for crystals in data.same_crystals.values() for name, phase in crystals.items()}
    if material in data.solutions:
        return dict(data.same_crystals[data.solutions[material].parent])
    return dict(data.same_crystals[_host(Catalogue.load().cathode(material))[0]])


def structure_type(cathode: Cathode) -> str | None:
    """Return the structure type of a cathode, ``"layered"`` or ``"olivine"``; None if its sites are not known."""
    try:
        return _host(cathode)[0]
    except InputError:
        return None


def lithiated_cathode(cathode: Cathode, lithium: float) -> DisorderedCrystal:
    """Return a cathode at a lithium content as a disordered crystal.

    Parameters
    ----------
    cathode
        The cathode; its host must be of a structure type whose sites are known: a layered oxide MO2 or an olivine MPO4.
    lithium
        Lithium atoms in a formula unit, 0 to 1.

    Raises
    ------
    InputError
        If the host is of no such type, its metals do not sum to one, or the lithium content is out of range.
    """
    name, metals = _host(cathode)
    content = cathode.lithium(lithium)
    others = {group: {element: 1.0} for group, element in _data().hosts[name].holds.items()}
    occupancies = {"Li": {"Li": content}, "M": metals, **others}
    return _crystal(f"{cathode.name} with {content:g} Li", _data().parents[name], occupancies)


def _host(cathode: Cathode) -> tuple[str, dict[str, float]]:
    """Return the name of the structure type of a cathode, and the shares of its metals."""
    hosts = _data().hosts
    for name, host in hosts.items():
        metals = host.metals(cathode.host)
        if metals is not None:
            if abs(sum(metals.values()) - 1.0) <= _SUM:
                return name, metals
            raise InputError(f"{cathode.name}: its metals sum to {sum(metals.values()):g} in a formula unit, not to 1")
    known = " nor ".join(f"{name} M{format_formula(host.anions)}" for name, host in hosts.items())
    raise InputError(f"{cathode.name}: the host {format_formula(cathode.host)} is neither {known}")


def _crystal(name: str, parent: Parent, occupancies: dict[str, dict[str, float]]) -> DisorderedCrystal:
    try:
        return DisorderedCrystal(name=name, parent=parent, occupancies=occupancies)
    except ValueError as error:
        reason = str(error).splitlines()
        raise InputError(next((line.strip() for line in reason if name in line), reason[0])) from None


def mean_charges(composition: Mapping[str, float]) -> dict[str, float]:
    """Return mean charges of the elements with which a composition is neutral.

    Raises
    ------
    InputError
        If an element has no charge in the data, or no element can balance the charges.
    """
    charges = _data().charges
    if missing := [element for element in composition if element not in charges.oxidation_states]:
        known = ", ".join(charges.oxidation_states)
        raise InputError(
            f"no charge of {missing[0]} to rank orderings by (there are {known}): use the ranking 'random'"
        )
    means = {element: charges.oxidation_states[element] for element in composition}
    excess = sum(means[element] * amount for element, amount in composition.items())
    balancing = next((element for element in charges.balancing if element in composition), None)
    if balancing is not None:
        means[balancing] -= excess / composition[balancing]
    elif abs(excess) > _SUM:
        raise InputError(f"the charges of {format_formula(dict(composition))} do not balance: use the ranking 'random'")
    return means


def composition_of(crystal: DisorderedCrystal) -> dict[str, float]:
    """Return the atomic fractions of the elements in a disordered crystal."""
    amounts: dict[str, float] = {}
    for site in crystal.parent.primitive_cell():
        for element, share in crystal.occupancies[site.properties[PLACE]].items():
            amounts[element] = amounts.get(element, 0.0) + share
    return atomic_fractions({element: amount for element, amount in amounts.items() if amount > 0})
