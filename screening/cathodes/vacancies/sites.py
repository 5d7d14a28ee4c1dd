"""The oxygen sites of a layered cathode, distinguished by their neighbours.

An oxygen atom has three metal atoms and three lithium sites as neighbours. Its environment is the number of atoms of
each element among them; atoms further away do not count.
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

LITHIUM, OXYGEN = "Li", "O"  # groups of the layered parent, named after the element that fills them
_SHELL = 1.25  # neighbours are at most this many times as far as the nearest; the next shell is at 1.6 times
_LARGEST_ANGSTROM = 4.0
_SYMMETRY_ANGSTROM = 0.01  # sites that a symmetry operation maps this close to each other are equivalent


class Environment(BaseModel):
    """The neighbours of an oxygen atom."""

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
    """List the metal and lithium sites next to each oxygen site of a supercell of the parent.

    Neighbours are those in the parent, so that sites of a relaxed cell are distinguished by connectivity, not by
    distance.

    Returns
    -------
    dict of int to list of int
        Keyed by the index of the oxygen site in ``cell.sites``. If the cell is so small that an atom has the same site
        twice as a neighbour, the site is listed twice.
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
    """Return the environment of each oxygen atom.

    Parameters
    ----------
    cell
        The supercell.
    ordering
        The element on every site of ``cell.sites``, ``""`` for a vacant site.

    Returns
    -------
    dict of int to Environment
        Keyed by the index of the oxygen site in ``cell.sites``.
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
    """Return the largest possible number of environments, before an ordering is known.

    Parameters
    ----------
    cell
        The supercell.
    lithium_vacancies
        Number of lithium atoms missing from the cell.
    """
    lithium = {int(place) for place in cell.groups[LITHIUM]}
    around = next(iter(cation_neighbours(cell).values()))
    n_lithium = sum(site in lithium for site in around)
    elements = sorted({el for group, held in cell.counts.items() if group not in (LITHIUM, OXYGEN) for el in held})
    metals = sum(1 for _ in combinations_with_replacement(elements, len(around) - n_lithium))
    return min(metals * (min(n_lithium, lithium_vacancies) + 1), len(cell.groups[OXYGEN]))


def sites_alike(structure: Structure, places: Sequence[int]) -> dict[int, int]:
    """Find which sites of a structure are equivalent by symmetry.

    Parameters
    ----------
    structure
        The crystal.
    places
        Indices of some of its sites.

    Returns
    -------
    dict of int to int
        For each of `places` the first of them that is equivalent to it.
    """
    from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

    alike = SpacegroupAnalyzer(structure, symprec=_SYMMETRY_ANGSTROM).get_symmetry_dataset().equivalent_atoms
    first: dict[int, int] = {}
    return {place: first.setdefault(int(alike[place]), place) for place in places}


def occupied(ordering: Sequence[str]) -> Mapping[int, int]:
    """Return the index in the structure of each occupied site, keyed by the site's index in the parent."""
    filled = np.flatnonzero([symbol != VACANT for symbol in ordering])
    return {int(place): index for index, place in enumerate(filled)}
