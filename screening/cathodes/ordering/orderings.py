"""Ordered arrangements of a disordered crystal in a supercell, drawn with a seed; no two are equal by symmetry.

The arrangements are either drawn at random, as the thirty of Wang et al. (Adv. Energy Mater. 2021), or are those with
the lowest electrostatic energy among a larger number drawn at random, with each element at its mean oxidation state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from screening.cathodes.ordering.disorder import mean_charges
from screening.cathodes.ordering.supercell import Supercell
from screening.chemistry.elements import ELEMENTS
from screening.common.errors import InputError
from screening.common.ties import ranks

if TYPE_CHECKING:
    from pymatgen.core import Structure

N_ORDERINGS = 30
VACANT = ""
_POOL = 20  # arrangements drawn for each that is kept, where they are ranked
_TRIES = 50  # draws for each arrangement wanted, after which there are taken to be no more
_SAME_ENERGY_EV = 1e-6  # a sum of thousands of terms differs by less; equal are all where two metals have one charge
_SAME_PLACE_ANGSTROM = 0.05  # parent sites that an operation maps this close are one

Ranking = Literal["ewald", "random"]


class Draw(BaseModel):
    """How orderings are drawn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    n_orderings: int = Field(N_ORDERINGS, ge=1, description="distinct orderings wanted; fewer where there are no more")
    ranking: Ranking = Field("ewald", description="'random', or the lowest by electrostatic energy of 20 times more")
    seed: int = Field(0, ge=0, description="names another set of orderings")


def draw_orderings(cell: Supercell, draw: Draw, fixed: dict[str, list[str]] | None = None) -> list[list[str]]:
    """Draw distinct orderings.

    Parameters
    ----------
    cell
        The supercell.
    draw
        How many orderings are drawn, and how.
    fixed
        The element on each site of some groups, which are then not drawn, keyed by group: the metals of a cathode as
        made, in which only lithium moves.

    Returns
    -------
    list of list of str
        For each ordering the element on every site of ``cell.sites``, ``""`` for a vacant site. No two orderings are
        equal by the symmetry of the parent.

    Raises
    ------
    InputError
        If orderings are to be ranked electrostatically and an element has no charge in the data.
    """
    start = _start(cell, fixed or {})
    drawn_groups = [g for g in cell.crystal.mixed_groups if g not in (fixed or {})]
    generator = np.random.default_rng(draw.seed)
    permutations = _symmetry(cell)
    wanted = draw.n_orderings * (_POOL if draw.ranking == "ewald" else 1)
    found: dict[tuple[int, ...], list[str]] = {}
    symbols = {symbol: number for number, symbol in enumerate(dict.fromkeys(start))}
    for _ in range(_TRIES * wanted):
        if len(found) == wanted:
            break
        arrangement = start.copy()
        for group in drawn_groups:
            places = cell.groups[group]
            arrangement[places] = generator.permutation(arrangement[places])
        codes = np.array([symbols[symbol] for symbol in arrangement.tolist()])
        alike = codes[permutations]
        key = tuple(alike[np.lexsort(alike.T[::-1])[0]].tolist())
        found.setdefault(key, arrangement.tolist())
        if not drawn_groups:
            break
    orderings = list(found.values())
    if draw.ranking == "ewald" and len(orderings) > draw.n_orderings:
        energies = electrostatic_energies_ev(cell, orderings)
        lowest = np.argsort(ranks(energies, _SAME_ENERGY_EV), kind="stable")  # of equal ones the first drawn
        orderings = [orderings[i] for i in lowest[: draw.n_orderings]]
    return orderings


def ordered_structure(cell: Supercell, ordering: list[str], places: Structure | None = None) -> Structure:
    """Build the structure of an ordering.

    Parameters
    ----------
    cell, ordering
        As from :func:`draw_orderings`.
    places
        Positions of the sites in the order of ``cell.sites``, instead of the parent's: those of a cell that was relaxed
        with all sites filled.
    """
    from pymatgen.core import Structure

    sites = cell.sites if places is None else places
    occupied = [i for i, symbol in enumerate(ordering) if symbol != VACANT]
    return Structure(sites.lattice, [ordering[i] for i in occupied], sites.frac_coords[occupied])


def electrostatic_energies_ev(cell: Supercell, orderings: list[list[str]]) -> NDArray[np.float64]:
    """Compute the Ewald energies of orderings on the parent's sites, (n,), eV per cell.

    Every element has its mean charge; see :func:`screening.cathodes.ordering.disorder.mean_charges`.

    Raises
    ------
    InputError
        If an element has no charge in the data.
    """
    from pymatgen.analysis.ewald import EwaldSummation
    from pymatgen.core import Species, Structure

    charges = {VACANT: 0.0, **mean_charges(cell.composition)}
    unit_charges = Structure(cell.sites.lattice, [Species("H", 1)] * len(cell.sites), cell.sites.frac_coords)
    pair_energies = EwaldSummation(unit_charges).total_energy_matrix
    rows = np.array([[charges[symbol] for symbol in ordering] for ordering in orderings])
    return np.asarray(np.einsum("ki,ij,kj->k", rows, pair_energies, rows))


def _start(cell: Supercell, fixed: dict[str, list[str]]) -> NDArray[np.str_]:
    """Return an ordering in which the sites of each group are filled in order, element by element."""
    arrangement = np.full(len(cell.sites), VACANT, dtype="<U2")
    for group, places in cell.groups.items():
        held = [element for element, count in cell.counts[group].items() for _ in range(count)]
        filled = fixed.get(group, held + [VACANT] * (len(places) - len(held)))
        if len(filled) != len(places):
            raise InputError(f"the group {group} has {len(places)} sites, not the {len(filled)} that are to be filled")
        arrangement[places] = filled
    return arrangement


def _symmetry(cell: Supercell) -> NDArray[np.intp]:
    """Return how each symmetry operation of the empty supercell permutes its sites, (n_operations, n_sites)."""
    from pymatgen.core import Structure
    from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

    sites = cell.sites
    labels = dict(zip(cell.groups, ELEMENTS[2:], strict=False))  # any elements, which only distinguish the groups
    dummies = Structure(sites.lattice, [labels[g] for g in sites.site_properties["group"]], sites.frac_coords)
    rotations, translations = zip(
        *(
            (operation.rotation_matrix, operation.translation_vector)
            for operation in SpacegroupAnalyzer(dummies, symprec=1e-3).get_symmetry_operations()
        ),
        strict=True,
    )
    permutations = []
    for rotation, translation in zip(rotations, translations, strict=True):
        moved = sites.frac_coords @ rotation.T + translation
        apart = moved[:, None, :] - sites.frac_coords[None, :, :]
        apart -= np.rint(apart)
        distances = np.linalg.norm(apart @ sites.lattice.matrix, axis=2)
        nearest = distances.argmin(axis=1)
        if distances.min(axis=1).max() < _SAME_PLACE_ANGSTROM and len(set(nearest.tolist())) == len(sites):
            permutations.append(nearest)
    return np.array(permutations)
