"""The oxygen sites of a layered cathode, told apart by what stands around them.

An oxygen atom has three metal atoms and three lithium sites as neighbours. Its environment is how many of which; what
is further out is not in its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from screening.cathodes.ordering.orderings import VACANT
from screening.cathodes.ordering.supercell import Supercell

if TYPE_CHECKING:
    from pymatgen.core import Structure

LITHIUM, OXYGEN = "Li", "O"  # groups of the layered parent, named by what fills them
_SHELL = 1.25  # neighbours are at most this much further away than the nearest; the next are at 1.6 times
_LARGEST_ANGSTROM = 4.0
_SYMMETRY_ANGSTROM = 0.01  # sites that an operation maps this close are alike


class Environment(BaseModel):
    """What stands around an oxygen atom."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metals: dict[str, int] = Field(description="metal atoms next to it, by element")
    n_lithium: int = Field(ge=0, description="lithium atoms next to it; the other sites of lithium are vacant")

    @property
    def name(self) -> str:
        """The environment in words, for example ``Ni2Mn + 3 Li``."""
        ordered = sorted(self.metals.items(), key=lambda item: (-item[1], item[0]))
        metals = "".join(f"{element}{count if count > 1 else ''}" for element, count in ordered)
        return f"{metals} + {self.n_lithium} Li"


def cation_neighbours(cell: Supercell) -> dict[int, list[int]]:
    """List the sites of metals and lithium next to each oxygen site of a parent's supercell.

    They are those of the parent, so that a relaxed cell is told apart by how it is connected, not by distances.

    Returns
    -------
    dict of int to list of int
        By place in ``cell.sites``. In a cell so small that an atom has the same site twice as neighbour, it is listed
        twice.
    """
    sites = cell.sites
    around: dict[int, list[int]] = {}
    oxygen = {int(place) for place in cell.groups[OXYGEN]}
    for place in sorted(oxygen):
        near = [
            (float(neighbour.nn_distance), int(neighbour.index))
            for neighbour in sites.get_neighbors(sites[place], _LARGEST_ANGSTROM)
            if int(neighbour.index) not in oxygen
        ]
        reach = _SHELL * min(distance for distance, _ in near)
        around[place] = sorted(index for distance, index in near if distance <= reach)
    return around


def environments(cell: Supercell, ordering: Sequence[str]) -> dict[int, Environment]:
    """Name what stands around each oxygen atom.

    Parameters
    ----------
    cell
        The supercell.
    ordering
        The element on every site of ``cell.sites``, ``""`` where it is vacant.

    Returns
    -------
    dict of int to Environment
        By place in ``cell.sites``.
    """
    lithium = {int(place) for place in cell.groups[LITHIUM]}
    found: dict[int, Environment] = {}
    for place, around in cation_neighbours(cell).items():
        if ordering[place] == VACANT:
            continue
        metals = Counter(ordering[site] for site in around if site not in lithium)
        filled = sum(ordering[site] != VACANT for site in around if site in lithium)
        found[place] = Environment(metals=dict(sorted(metals.items())), n_lithium=filled)
    return found


def most_environments(cell: Supercell, lithium_vacancies: int) -> int:
    """Return the number of environments that there can be at most, before an ordering is known.

    Parameters
    ----------
    cell
        The supercell.
    lithium_vacancies
        Lithium atoms missing from it.
    """
    lithium = {int(place) for place in cell.groups[LITHIUM]}
    around = next(iter(cation_neighbours(cell).values()))
    n_lithium = sum(site in lithium for site in around)
    elements = sorted({el for group, held in cell.counts.items() if group not in (LITHIUM, OXYGEN) for el in held})
    metals = sum(1 for _ in combinations_with_replacement(elements, len(around) - n_lithium))
    return min(metals * (min(n_lithium, lithium_vacancies) + 1), len(cell.groups[OXYGEN]))


def sites_alike(structure: Structure, places: Sequence[int]) -> dict[int, int]:
    """Tell which sites of a structure are alike by symmetry.

    Parameters
    ----------
    structure
        The crystal.
    places
        Sites of it.

    Returns
    -------
    dict of int to int
        For each of `places` the first of them that it is alike.
    """
    from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

    alike = SpacegroupAnalyzer(structure, symprec=_SYMMETRY_ANGSTROM).get_symmetry_dataset().equivalent_atoms
    first: dict[int, int] = {}
    return {place: first.setdefault(int(alike[place]), place) for place in places}


def occupied(ordering: Sequence[str]) -> Mapping[int, int]:
    """Return the index in the structure of each site that is not vacant, by place among the parent's sites."""
    filled = np.flatnonzero([symbol != VACANT for symbol in ordering])
    return {int(place): index for index, place in enumerate(filled)}
