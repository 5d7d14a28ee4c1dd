"""The energy of a disordered cathode at any lithium content, from its ordered cells.

A disordered cathode is represented in the energies by the lowest-energy ordering found at each of a few lithium
contents (:mod:`screening.cathodes.ordering.cell_table`). Between two of these contents it is the mixture of two cells
that has the lowest energy, as in a voltage curve of Aydinol et al., Phys. Rev. B 56, 1354 (1997).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.compositions import same_composition
from screening.phases.phase_set import PhaseSet


@dataclass(frozen=True)
class LithiumSeries:
    """The ordered cells of one host, by rising lithium content.

    Parameters
    ----------
    positions
        Positions of the cells in the set of phases.
    lithium
        Lithium content of each cell, atoms per host atom.
    energies
        Formation energy of each cell, eV per host atom.
    """

    positions: tuple[int, ...]
    lithium: tuple[float, ...]
    energies: tuple[float, ...]

    def holds(self, lithium: float) -> bool:
        """Return whether a lithium content (atoms per host atom) is that of a cell or lies between two cells."""
        return bool(self.lithium) and self.lithium[0] - 1e-9 <= lithium <= self.lithium[-1] + 1e-9

    def mixture(self, lithium: float) -> dict[int, float]:
        """Return the cells that make up the cathode at a lithium content, in atoms per host atom.

        Of all pairs of cells with this content between them it is the pair of lowest energy. The result maps the
        position of each cell to its share of the host atoms.
        """
        below = [i for i, content in enumerate(self.lithium) if content <= lithium + 1e-9]
        above = [i for i, content in enumerate(self.lithium) if content >= lithium - 1e-9]
        best: tuple[float, dict[int, float]] | None = None
        for low in below:
            for high in above:
                width = self.lithium[high] - self.lithium[low]
                share = (lithium - self.lithium[low]) / width if width > 1e-9 else 0.0
                energy = (1.0 - share) * self.energies[low] + share * self.energies[high]
                if best is None or energy < best[0] - 1e-12:
                    best = (energy, {self.positions[high]: share, self.positions[low]: 1.0 - share})
        return {} if best is None else {position: share for position, share in best[1].items() if share > 1e-9}

    def shares(self, lithium: float) -> dict[int, float]:
        """Return the cells of :meth:`mixture` with their shares of all atoms; empty beyond the cells."""
        if not self.holds(lithium):
            return {}
        held = dict(zip(self.positions, self.lithium, strict=True))
        atoms = {position: share * (1.0 + held[position]) for position, share in self.mixture(lithium).items()}
        total = sum(atoms.values())
        return {position: share / total for position, share in atoms.items()}

    def repriced(self, formation_energies: NDArray[np.float64]) -> LithiumSeries:
        """Return the same cells with the formation energies of another sample of the set, given for all its phases."""
        of_cells = formation_energies[list(self.positions)].tolist()
        energies = tuple(e * (1.0 + content) for e, content in zip(of_cells, self.lithium, strict=True))
        return replace(self, energies=energies)

    def energy(self, lithium: float) -> float:
        """Return the formation energy at a lithium content per host atom, eV per host atom."""
        known = dict(zip(self.positions, self.energies, strict=True))
        return sum(share * known[position] for position, share in self.mixture(lithium).items())


def lithium_series(phases: PhaseSet, host: dict[str, float]) -> LithiumSeries:
    """Find the ordered cells of a host. At each lithium content the lowest-energy cell is kept.

    Parameters
    ----------
    phases
        The energies.
    host
        Amount of each element but lithium.
    """
    found: dict[float, tuple[float, int]] = {}
    for position in phases.lowest_first(phases.cells).tolist():
        composition = phases.table.composition(position)
        lithium = composition.pop("Li", 0.0)
        if not same_composition(composition, host):
            continue
        content = round(lithium / sum(composition.values()), 9)
        energy = float(phases.formation_energies[position]) * (1.0 + content)
        found.setdefault(content, (energy, position))
    contents = sorted(found)
    return LithiumSeries(
        positions=tuple(found[content][1] for content in contents),
        lithium=tuple(contents),
        energies=tuple(found[content][0] for content in contents),
    )


def between_cells(phases: PhaseSet, composition: dict[str, float]) -> dict[int, float]:
    """Return the ordered cells that make up a cathode whose own composition is not among the phases.

    Parameters
    ----------
    phases
        The energies.
    composition
        Amount of each element.

    Returns
    -------
    dict of int to float
        Position of each cell, and its share of the atoms; empty if the host has no cells, or not on both sides of the
        lithium content.
    """
    host = {element: amount for element, amount in composition.items() if element != "Li"}
    if not host or len(phases.cells) == 0:
        return {}
    return lithium_series(phases, host).shares(composition.get("Li", 0.0) / sum(host.values()))
