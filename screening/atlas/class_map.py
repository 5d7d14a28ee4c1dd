"""How much coatings of each chemistry class react with each neighbour, in the median."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from screening.atlas.columns import AtlasFile
from screening.chemistry.classes import CHEMISTRY_CLASSES


@dataclass(frozen=True)
class ClassMap:
    """Medians over the coatings of each class, for each neighbour, in one reservoir."""

    classes: list[str]
    n_coatings: list[int]  # of each class
    neighbours: list[str]
    mutual_mev: NDArray[np.float64]  # (classes, neighbours) meV per closed atom; NaN where none could be computed


def class_map(atlas: AtlasFile, voltage_v: float | None = None, least: int = 10) -> ClassMap:
    """Compute the median of the lowest mutual energies of each class with each neighbour.

    Parameters
    ----------
    atlas
        The file.
    voltage_v
        One of its voltages; None for closed contacts.
    least
        A class of fewer coatings is left out.

    Raises
    ------
    InputError
        If the file is damaged.
    ValueError
        If it has no such voltage.
    """
    header = atlas.header
    held = 0 if voltage_v is None else 1 + header.voltages_v.index(voltage_v)
    of_coating = np.array(header.coatings.chemistry_class)
    members = {name: np.flatnonzero(of_coating == name) for name in CHEMISTRY_CLASSES}
    members = {name: places for name, places in members.items() if len(places) >= least}
    medians = np.full((len(members), len(header.neighbours)), np.nan)
    for column in range(len(header.neighbours)):
        energies = 1000.0 * atlas.numbers(column, "mutual_ev_per_closed_atom")[:, held].astype(np.float64)
        for row, places in enumerate(members.values()):
            known = energies[places][~np.isnan(energies[places])]
            medians[row, column] = np.median(known) if len(known) else np.nan
    return ClassMap(
        list(members), [len(places) for places in members.values()], [one.label for one in header.neighbours], medians
    )
