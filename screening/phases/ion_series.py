"""The energy of a cathode at any content of its working ion, from phases of one host.

A disordered cathode is represented in the energies by the lowest-energy ordering found at each of a few lithium
contents (:mod:`screening.cathodes.ordering.cell_table`); other hosts are known phases that differ by the ion alone
(:mod:`screening.cathodes.hosts`). Between two of these contents it is the mixture of two phases that has the lowest
energy, as in a voltage curve of Aydinol et al., Phys. Rev. B 56, 1354 (1997).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.compositions import same_composition
from screening.phases.phase_set import PhaseSet


@dataclass(frozen=True)
class IonSeries:
    """Phases of one host, by rising content of the working ion.

    Parameters
    ----------
    positions
        Positions of the phases in the set.
    contents
        Ion content of each, atoms per host atom.
    energies
        Formation energy of each, eV per host atom.
    """

    positions: tuple[int, ...]
    contents: tuple[float, ...]
    energies: tuple[float, ...]

    def holds(self, content: float) -> bool:
        """Return whether an ion content (atoms per host atom) is that of a phase or lies between two of them."""
        return bool(self.contents) and self.contents[0] - 1e-9 <= content <= self.contents[-1] + 1e-9

    def mixture(self, content: float) -> dict[int, float]:
        """Return the phases that make up the cathode at an ion content, in atoms per host atom.

        Of all pairs of phases with this content between them it is the pair of lowest energy. The result maps the
        position of each phase to its share of the host atoms.
        """
        below = [i for i, held in enumerate(self.contents) if held <= content + 1e-9]
        above = [i for i, held in enumerate(self.contents) if held >= content - 1e-9]
        best: tuple[float, dict[int, float]] | None = None
        for low in below:
            for high in above:
                width = self.contents[high] - self.contents[low]
                share = (content - self.contents[low]) / width if width > 1e-9 else 0.0
                energy = (1.0 - share) * self.energies[low] + share * self.energies[high]
                if best is None or energy < best[0] - 1e-12:
                    best = (energy, {self.positions[high]: share, self.positions[low]: 1.0 - share})
        return {} if best is None else {position: share for position, share in best[1].items() if share > 1e-9}

    def shares(self, content: float) -> dict[int, float]:
        """Return the phases of :meth:`mixture` with their shares of all atoms; empty beyond the phases."""
        if not self.holds(content):
            return {}
        held = dict(zip(self.positions, self.contents, strict=True))
        atoms = {position: share * (1.0 + held[position]) for position, share in self.mixture(content).items()}
        total = sum(atoms.values())
        return {position: share / total for position, share in atoms.items()}

    def repriced(self, formation_energies: NDArray[np.float64]) -> IonSeries:
        """Return the same phases with the formation energies of another sample of the set, given for all its phases."""
        of_phases = formation_energies[list(self.positions)].tolist()
        energies = tuple(e * (1.0 + content) for e, content in zip(of_phases, self.contents, strict=True))
        return replace(self, energies=energies)

    def energy(self, content: float) -> float:
        """Return the formation energy at an ion content per host atom, eV per host atom."""
        known = dict(zip(self.positions, self.energies, strict=True))
        return sum(share * known[position] for position, share in self.mixture(content).items())


def ion_series(phases: PhaseSet, positions: Sequence[int], host: Mapping[str, float], ion: str) -> IonSeries:
    """Return those of some phases that are a host with its ion. At each content the one lowest in energy is kept.

    Parameters
    ----------
    phases
        The energies.
    positions
        Positions of the phases.
    host
        Amount of each element but the ion.
    ion
        Element of the ion.
    """
    found: dict[float, tuple[float, int]] = {}
    for position in phases.lowest_first(positions).tolist():
        composition = phases.table.composition(position)
        held = composition.pop(ion, 0.0)
        if not composition or not same_composition(composition, host):
            continue
        content = round(held / sum(composition.values()), 9)
        energy = float(phases.formation_energies[position]) * (1.0 + content)
        found.setdefault(content, (energy, position))
    contents = sorted(found)
    return IonSeries(
        positions=tuple(found[content][1] for content in contents),
        contents=tuple(contents),
        energies=tuple(found[content][0] for content in contents),
    )


def ordered_cells(phases: PhaseSet, host: Mapping[str, float]) -> IonSeries:
    """Return the ordered cells of a host of lithium."""
    return ion_series(phases, phases.cells, host, "Li")


def between_cells(phases: PhaseSet, composition: Mapping[str, float]) -> dict[int, float]:
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
    return ordered_cells(phases, host).shares(composition.get("Li", 0.0) / sum(host.values()))
