"""Contacts of many materials with each of some neighbours, closed and open: numbers and products as arrays.

What is found here is what :class:`~screening.equilibrium.interface.Interface` finds. Where the compiled core is used,
one call follows all lines; what it cannot compute, and everything where there is none, is asked of that class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.common.errors import CoatscreenError
from screening.equilibrium.interface import Interface
from screening.equilibrium.survey import Survey
from screening.hull.compiled.core import Core, core
from screening.hull.compiled.lines import Field, LineResults, Rows, compute_lines
from screening.hull.reservoir import Reservoir
from screening.phases.element_rows import ROW, rows_of
from screening.phases.phase_set import PhaseSet

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]

_HALF = 64  # bits of a word; the elements of a system are the bits of two words
_WIDEST = 12  # products there is room for at first; a contact of more closed elements makes room for all of them
_FIELDS = (Field.MUTUAL, Field.X_MUTUAL, Field.TOTAL, Field.X_TOTAL, Field.SELF_TO, Field.SELF_FROM)


class Place(NamedTuple):
    """Which contact of a grid: numbers of the material, the neighbour and the reservoir."""

    material: int
    neighbour: int
    reservoir: int


@dataclass(frozen=True)
class ContactGrid:
    """Reaction energies of a materials with b neighbours in r reservoirs: (a, b, r) arrays, NaN where there is none.

    Energies are in eV per closed atom, which in a closed contact are all atoms; x is the fraction of the closed atoms
    that come from the material.
    """

    mutual: Floats  # lowest mutual energy
    x_mutual: Floats
    total: Floats  # lowest total energy
    x_total: Floats
    self_material: Floats
    self_neighbour: Floats
    products: NDArray[np.int32]  # (a, b, r, room) phases at the lowest mutual energy by rising position, then -1
    amounts: Floats  # (a, b, r, room) their shares of the closed atoms
    why_missing: dict[Place, str]


def contact_grid(
    phases: PhaseSet,
    materials: Sequence[str],
    neighbours: Sequence[str],
    reservoirs: Sequence[Reservoir | None],
) -> ContactGrid:
    """Compute the contacts of every material with every neighbour in every reservoir.

    Parameters
    ----------
    phases
        The energies.
    materials, neighbours
        In the notation of :mod:`screening.chemistry.notation`. Materials of one chemical system are best given side by
        side, those of many systems in parts of some hundreds.
    reservoirs
        None for closed contacts.

    Raises
    ------
    InputError
        If a material or neighbour cannot be read or holds an element without energies.
    """
    survey = Survey([phases])
    named = [*materials, *neighbours]
    compositions = [survey.reactant(name).composition for name in named]
    shape = (len(materials), len(neighbours), len(reservoirs))
    numbers = np.full((len(_FIELDS), *shape), np.nan)
    products, amounts = np.full((*shape, _WIDEST), -1, dtype=np.int32), np.zeros((*shape, _WIDEST))
    compiled = core()
    if compiled is not None and all(shape):
        own = survey.formation_energies(named)[:, 0]
        positions, found = _lines(compiled, phases, rows_of(compositions), own, shape, reservoirs)
        records = found.records[:, 0].reshape(*shape, len(Field))
        numbers = np.moveaxis(records[..., _FIELDS], -1, 0).copy()
        chosen = found.phases.reshape(*shape, -1)
        products = np.where(chosen >= 0, positions[chosen], -1).astype(np.int32)
        amounts = found.amounts.reshape(products.shape)
    why: dict[Place, str] = {}
    for index in np.argwhere(np.isnan(numbers[0])).tolist():
        place = Place(*index)
        try:
            interface = Interface(
                phases, materials[place.material], neighbours[place.neighbour], reservoirs[place.reservoir]
            )
            profile = interface.profile()
        except CoatscreenError as error:
            why[place] = str(error)
            continue
        lowest, at = profile.lowest_mutual, profile.lowest_total
        minima = (profile.mutual.min(), profile.x[lowest], profile.total.min(), profile.x[at])
        numbers[(slice(None), *place)] = (*minima, profile.self_a, profile.self_b)
        held = sorted(profile.line.mixture(lowest).amounts.items())
        if len(held) > products.shape[-1]:
            wider = [(0, 0)] * 3 + [(0, len(held) - products.shape[-1])]
            products, amounts = np.pad(products, wider, constant_values=-1), np.pad(amounts, wider)
        products[place], amounts[place] = -1, 0.0
        products[place][: len(held)] = [position for position, _ in held]
        amounts[place][: len(held)] = [amount for _, amount in held]
    mutual, x_mutual, total, x_total, self_material, self_neighbour = numbers.round(9) + 0.0
    return ContactGrid(mutual, x_mutual, total, x_total, self_material, self_neighbour, products, amounts, why)


def _lines(
    compiled: Core,
    phases: PhaseSet,
    points: Rows,
    own: Floats,
    shape: tuple[int, int, int],
    reservoirs: Sequence[Reservoir | None],
) -> tuple[NDArray[np.intp], LineResults]:
    """Follow the line of every contact; return the positions of the phases among which it is followed, and the results.

    Points are the materials, then the neighbours. Lines of one system are followed one after the other.
    """
    positions, shelves = phases.shelved.lowest if phases.is_sample else phases.shelved.on_hull
    material, neighbour, reservoir = (axis.ravel() for axis in np.indices(shape))
    neighbour = neighbour + shape[0]
    held = [tuple(one.mu_relative_ev.items()) if one is not None else () for one in reservoirs]
    open_elements = np.array([ROW[element] for one in held for element, _ in one], dtype=np.int64)
    open_starts = np.cumsum([0, *map(len, held)], dtype=np.int64)
    opened, inside = _words(open_starts, open_elements), _words(points.starts, points.elements)
    system = inside[:, material] | inside[:, neighbour] | opened[:, reservoir]
    order = np.lexsort((reservoir, *opened[:, reservoir], *system))
    widest = int(np.bitwise_count(system).sum(axis=0).max())
    found = compute_lines(
        compiled,
        shelves,
        phases.formation_energies[positions][None],
        points,
        own[None],
        np.stack([neighbour, material], axis=1)[order],
        reservoir[order],
        open_starts,
        open_elements,
        np.array([[mu for one in held for _, mu in one]], dtype=np.float64),
        room=max(widest, _WIDEST),
    )
    unsorted = np.empty_like(order)
    unsorted[order] = np.arange(len(order))
    return positions, found.taken(unsorted)


def _words(starts: NDArray[np.int64], elements: NDArray[np.int64]) -> Words:
    """Return the elements of sparse rows as bits, (2, rows); a row may be empty."""
    words = np.zeros((2, len(starts) - 1), dtype=np.uint64)
    rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    bits = np.uint64(1) << (elements % _HALF).astype(np.uint64)
    np.bitwise_or.at(words, (elements // _HALF, rows), bits)
    return words
